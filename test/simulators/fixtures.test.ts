import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { incomingId, objectId } from '../../simulators/whatsapp/ids.ts'
import { businessNumber } from '../../simulators/whatsapp/seed.ts'
import { type Bench, CUSTOMER, type Loose, startBench, TOKEN } from './support.ts'

// Recorded exchanges and published request bodies, collected outside this repository.
const FIXTURES = join(import.meta.dirname, '../../../shared/fixtures')
const manifest = join(FIXTURES, 'manifest.json')
const skip = existsSync(manifest) ? false : 'the collected fixtures are not beside this repository'
const items: Loose[] = skip ? [] : JSON.parse(readFileSync(manifest, 'utf8')).items
const fixture = (file: string): Loose => JSON.parse(readFileSync(join(FIXTURES, file), 'utf8'))
const named = (file: string): string => file.split('/').at(-1)?.replace('.json', '') ?? file

const RECORDED_NUMBER = '107878721936019'
const RECORDED_WABA = '114503234599312'

let bench: Bench
let mediaId = ''
before(async () => {
  if (skip) return
  bench = await startBench()
  await bench.control('POST', 'options', { mps: 0, pairLimits: false, templateReview: 'approve' })
  await bench.open(CUSTOMER)
  mediaId = bench.simulator.sim.media.sample('image').id
  const profile = { about: 'a', address: 'b', description: 'c', email: 'd@a.test', websites: ['https://a.test'] }
  await bench.graph('POST', `/v23.0/${RECORDED_NUMBER}/whatsapp_business_profile`, {
    messaging_product: 'whatsapp',
    ...profile,
  })
})
after(() => bench?.close())

test('the collected fixtures are at hand', { skip }, () => assert.ok(items.length > 100))

describe('published request bodies are accepted', { skip }, () => {
  for (const item of items.filter(({ set }) => set === 'send_request')) {
    test(named(item.file), async () => {
      const body = filled(fixture(item.file))
      if (body.status === 'read') body.message_id = await bench.open(CUSTOMER)
      if (body.template) await ensureTemplate(body.template)
      const answer = await bench.graph('POST', `/v23.0/${bench.numberId}/messages`, body)
      assert.equal(answer.status, 200, JSON.stringify({ answer: answer.body, body }))
    })
  }
})

/** Samples have placeholders where a caller puts values, among them two that are not even links. */
function filled(body: Loose): Loose {
  const text = JSON.stringify(body)
    .replaceAll(/"\{\{Recipient[^"]*\}\}"/g, `"${CUSTOMER}"`)
    .replaceAll(/"link":"[^"]*"/g, '"link":"https://a.test/file"')
    .replaceAll(/"id":"<(?:AUDIO|DOCUMENT|IMAGE|VIDEO|MEDIA)[^"]*"/g, `"id":"${mediaId}"`)
    .replaceAll('language-and-locale-code', 'en_US')
    .replaceAll('template-name', 'template_name')
    .replaceAll('<HEADER_TYPE>', 'text')
    .replaceAll('<BUTTON_TITLE_', '<TITLE_')
    .replaceAll(/<(?:LIST_)?SECTION_(\d)_ROW_(\d)_(ID|TITLE|DESC)>/g, 'row $1 $2 $3')
    .replaceAll(/<SECTION_(\d)_TITLE>/g, 'section $1')
    .replaceAll(/<LIST_SECTION_(\d)_ROW_(\d)_ID>/g, 'row $1 $2')
    .replaceAll('Not shown in draft mode', 'Not shown in draft')
  const value = JSON.parse(text)
  if (value.type === undefined && value.interactive) value.type = 'interactive'
  return value
}

/** A template that fits what the sample sends. */
async function ensureTemplate(template: Loose): Promise<void> {
  if (bench.simulator.sim.world.findTemplate(bench.wabaId, template.name, 'en_US') && !template.components) return
  const count = template.components?.find(({ type }: Loose) => type === 'body')?.parameters.length ?? 0
  const buttons = (template.components ?? []).filter(({ type }: Loose) => type === 'button')
  const header = template.components?.some(({ type }: Loose) => type === 'header')
  const words = Array.from({ length: count }, (_, index) => `word and {{${index + 1}}} word`).join(' ')
  template.name = `sample_${count}_${buttons.length}_${header ? 1 : 0}`
  if (bench.simulator.sim.world.findTemplate(bench.wabaId, template.name, 'en_US')) return
  const answer = await bench.graph('POST', `/v23.0/${bench.wabaId}/message_templates`, {
    name: template.name,
    language: 'en_US',
    category: 'UTILITY',
    components: [
      ...(header ? [{ type: 'HEADER', format: 'IMAGE' }] : []),
      { type: 'BODY', text: `Hello ${words} end`, example: { body_text: [Array.from({ length: count }, () => 'x')] } },
      ...(buttons.length > 0
        ? [
            {
              type: 'BUTTONS',
              buttons: buttons.map((_: Loose, index: number) => ({ type: 'QUICK_REPLY', text: `Button ${index}` })),
            },
          ]
        : []),
    ],
  })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  await bench.hook.item((item) => item.message_template_id === Number(answer.body.id) && item.event === 'APPROVED')
}

describe('published template definitions are accepted', { skip }, () => {
  for (const [index, item] of items.filter(({ set }) => set === 'template_create').entries()) {
    test(named(item.file), async () => {
      const definition = { ...fixture(item.file), name: `published_${index}` }
      const answer = await bench.graph('POST', `/v23.0/${bench.wabaId}/message_templates`, definition)
      assert.equal(answer.status, 200, JSON.stringify(answer.body))
    })
  }
})

/** Values differ from recording to recording; names and kinds of values do not. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])]
  if (value === null || typeof value !== 'object') return typeof value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, part]) => [name, shape(part)]),
  )
}

// What a test account answers and a live one does not, and counts that depend on what is in the account.
const LOOSE = new Set(['get_templates', 'get_a_template_by_id', 'registered_number_with_success_response'])

describe('recorded exchanges are answered in the same shape', { skip }, () => {
  for (const item of items.filter(({ set }) => set === 'http_exchange')) {
    test(named(item.file), async () => {
      const { request, response } = fixture(item.file)
      const known = await prepared(request, response)
      const answer = await fetch(`${bench.url}${known.path}${request.query ? `?${known.query}` : ''}`, {
        method: request.method,
        headers: {
          authorization: `Bearer ${TOKEN}`,
          ...(typeof known.body === 'string' && request.content_type ? { 'content-type': request.content_type } : {}),
        },
        ...(known.body === undefined ? {} : { body: known.body as NonNullable<RequestInit['body']> }),
      })
      assert.equal(answer.status, response.status)
      for (const name of ['content-type', 'cache-control', 'www-authenticate']) {
        const recorded = response.headers[name]
        if (recorded && !response.body.$binary)
          assert.equal(answer.headers.get(name)?.toLowerCase(), recorded.toLowerCase())
      }
      if (response.body.$binary)
        return assert.match(answer.headers.get('content-disposition') ?? '', /^inline;filename=whatsapp\.png$/)
      const body: Loose = await answer.json()
      if (LOOSE.has(named(item.file))) {
        const [ours, theirs] = [body.data?.[0] ?? body, response.body.data?.[0] ?? response.body]
        for (const name of Object.keys(theirs).filter(
          (key) => !/^(certificate|previous_category|sub_category)$/.test(key),
        )) {
          assert.equal(typeof ours[name], typeof theirs[name], name)
        }
        return
      }
      assert.deepEqual(shape(body), shape(response.body))
      if (response.body.error) assert.equal(body.error.message, response.body.error.message)
    })
  }
})

/** Brings about what the recording took for granted: its number, its media, its template, its message. */
async function prepared(request: Loose, response: Loose): Promise<{ path: string; query: string; body: unknown }> {
  const { sim } = bench.simulator
  let path: string = request.path
  let query = String(request.query ?? '')
  let body: unknown = request.body === null ? undefined : request.body
  const media = sim.media.sample('image')
  const id = path.split('/').find((part) => /^\d{8,}$/.test(part)) ?? ''
  if (id !== '' && response.status === 200 && !sim.world.numbers.has(id) && !sim.world.wabas.has(id)) {
    const isTemplate =
      JSON.stringify(response.body).includes('components') || JSON.stringify(request.body).includes('components')
    const template = [...sim.world.templates.values()].find(({ name }) => name === 'sample_shipping_confirmation')
    const spare = sim.media.add(new Uint8Array([1, 2, 3]), { mimeType: 'image/png', from: 'business' })
    path = path.replace(id, isTemplate ? (template?.id ?? '') : request.method === 'DELETE' ? spare.id : media.id)
  }
  if (path.includes('attachments')) query = new URL(sim.media.signedUrl(media)).search.slice(1)
  if (query.includes('hsm_id')) {
    const made = await bench.graph('POST', `/v23.0/${RECORDED_WABA}/message_templates`, {
      name: 'to_delete',
      language: 'en_US',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'x' }],
    })
    query = `hsm_id=${made.body.id}&name=to_delete`
  }
  if (body && typeof body === 'object' && '$binary' in body) {
    const form = new FormData()
    form.set('messaging_product', 'whatsapp')
    form.set('file', new Blob([new Uint8Array([1])], { type: 'image/png' }), 'x.png')
    body = form
  } else if (body !== undefined && typeof body !== 'string') {
    const sent = body as Loose
    if (sent.to !== undefined && sim.world.customers.size < 50) await bench.open(String(sent.to))
    if (sent.status === 'read') sent.message_id = (await bench.send({ text: { body: 'own' } })).body.messages[0].id
    const part = sent[sent.type]
    if (part?.id) part.id = media.id
    body = JSON.stringify(sent).replaceAll('<ACCESS_TOKEN>', TOKEN)
  }
  return { path, query, body }
}

test('the pool starts with the ids of the recordings', { skip }, () => {
  assert.ok(bench.simulator.sim.world.numbers.has(RECORDED_NUMBER))
  assert.ok(bench.simulator.sim.world.wabas.has(RECORDED_WABA))
})

test('ids have the form of recorded ids', () => {
  assert.match(objectId(), /^\d{16}$/)
  assert.ok(Number.isSafeInteger(Number(objectId())))
  assert.equal(Buffer.from(incomingId(CUSTOMER).slice(6), 'base64').subarray(14, 18).toString('hex'), '15020012')
  assert.equal(
    businessNumber({ id: '1', wabaId: '2', digits: '15550934873', verifiedName: 'x' }).displayPhoneNumber,
    '+1 555-093-4873',
  )
})
