import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createFileStore } from '#infra/media/store.ts'
import { cookieOf, type House, PASSWORD } from '../api/house.ts'
import { askAs, makeKey, setLimits } from '../api/program.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { as } from '../support/product.ts'
import { type Edit, holds } from '../support/without.ts'
import { houseOf, uploaded } from './house.ts'

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'holdfast-answers-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const open = await houseOf({ deps: { media: createFileStore(folder) } })
const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })

/** Answers of every kind and status that there is. */
async function answersOf(house: House): Promise<Record<string, Response>> {
  const owner = await house.owner()
  const agent = await house.member(owner, 'agent')
  const tag = { name: 'spring', color: 'blue' }
  const form = { 'content-type': 'text/plain' }
  const image = new File([Buffer.from('89504e470d0a1a0a', 'hex')], 'x.png', { type: 'image/png' })
  await setLimits(house, owner.tenantId, { keyRequestsPerMinute: 1 })
  const { secret } = await makeKey(owner)
  await askAs(house, secret, '/contacts')
  const root = (path: string, init: RequestInit = {}) => house.app.request(path, init)
  const answers: Record<string, Response> = {
    'data, 200': await owner.request('GET', '/me'),
    'something made, 201': await owner.request('POST', '/tags', tag),
    'nothing, 204': await owner.request('POST', '/auth/confirm', { password: PASSWORD }),
    'nobody, 401': await house.browser().request('GET', '/me'),
    'a foreign page, 403': await owner.request('POST', '/tags', tag, { origin: 'https://evil.test' }),
    'no permission, 403': await agent.request('GET', '/audit'),
    'no route, 404': await owner.request('GET', '/nothing'),
    'no method, 405': await owner.request('PATCH', '/me/tenant'),
    'there already, 409': await owner.request('POST', '/tags', tag),
    'too large, 413': await owner.request('POST', '/tags', `"${'x'.repeat(300_000)}"`),
    'a refusal, 422': await owner.request('GET', '/contacts/nonsense'),
    'a form, 4xx': await owner.request('POST', '/tags', 'a=b', form),
    'too often, 429': await askAs(house, secret, '/contacts'),
    'an image': await uploaded(house, owner, image),
    'a table': await owner.request('GET', '/audit/export?format=csv'),
    'a page': await root('/api/docs'),
    'its script': await root('/api/docs/swagger-ui-bundle.js'),
    contract: await root('/api/openapi.json'),
    'a guide': await root('/api/guides/quick-start'),
    'the client': await root('/api/clients/typescript.tgz'),
    'a collection': await root('/api/collections/holdfast.postman_collection.json'),
    'the page of a problem': await root('/problems/not_found'),
    'a webhook, 403': await root('/webhooks/whatsapp/x'),
    'a signature, 401': await root('/webhooks/whatsapp/x', { method: 'POST', body: '{}' }),
    'a decoder': await root('/api/temporal-codec/decode', { method: 'POST', headers: { origin: 'https://evil.test' } }),
  }
  const { db } = house.deps
  for (const [name, code] of Object.entries({ 'a fault, 500': 'EFAULT', 'a moment, 503': '57P01' })) {
    const broken = () => Promise.reject(Object.assign(new Error('broken'), { code }))
    house.deps.db = { ...db, tenant: broken }
    answers[name] = await owner.request('GET', '/contacts')
  }
  house.deps.db = db
  for (const [name, { status }] of Object.entries(answers)) {
    const said = /\d{3}$/.exec(name)?.[0]
    if (said !== undefined && status !== Number(said)) throw new Error(`${name} is ${status}`)
  }
  return answers
}

holds('[S32] [S37] whatever answers, nothing in it may run, be framed or be taken for another type', {
  open,
  async attack(house) {
    const got: string[] = []
    for (const [name, { headers }] of Object.entries(await answersOf(house))) {
      const policy = headers.get('content-security-policy') ?? ''
      const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? /default-src ([^;]*)/.exec(policy)?.[1] ?? '*'
      if (/unsafe|\*|data:/.test(scripts)) got.push(`${name} runs scripts`)
      if (!policy.includes("frame-ancestors 'none'")) got.push(`${name} may be framed`)
      if (headers.get('x-frame-options') !== 'DENY') got.push(`${name} may be framed by the old`)
      if (headers.get('x-content-type-options') !== 'nosniff') got.push(`${name} is sniffed`)
      if (headers.get('access-control-allow-origin') !== null) got.push(`${name} is read by other sites`)
    }
    return got
  },
  without: edit('api/app.ts', '  app.use(securityHeaders)\n', ''),
})

/** What listens to other windows, or speaks to any of them. There is no widget yet, and nothing that would need to. */
const WINDOWS =
  /addEventListener\(\s*['"]message['"]|\bonmessage\s*=|\.postMessage\(|new (BroadcastChannel|MessageChannel)\b/

test('[S37] no page listens to what another window says, and none speaks to one', () => {
  const files = globSync('web/{src,static}/**/*.{ts,js,svelte,html}', { cwd: ROOT })
  assert.ok(files.length > 200)
  const listening = files.filter((file) => WINDOWS.test(readFileSync(join(ROOT, file), 'utf8')))
  // The stream of events of the house itself, which no window can write into.
  assert.deepEqual(listening, ['web/src/lib/live/live.svelte.ts'])
  for (const text of [
    "window.addEventListener('message', take)",
    'window.onmessage = take',
    "parent.postMessage(1, '*')",
    "new BroadcastChannel('x')",
  ]) {
    assert.ok(WINDOWS.test(text), text)
  }
})

const SCRIPT = '<script>alert(1)</script>'
const HOSTILE: [string, string, string][] = [
  ['x.svg', 'image/svg+xml', `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">${SCRIPT}</svg>`],
  ['x.html', 'text/html', SCRIPT],
  ['x.xhtml', 'application/xhtml+xml', SCRIPT],
  ['x.xml', 'text/xml', `<?xml version="1.0"?>${SCRIPT}`],
  ['x.js', 'text/javascript', 'alert(1)'],
  ['gif.gif', 'image/gif', `GIF89a/*${SCRIPT}*/=1`],
  ['x.jpg', 'image/jpeg; charset=text/html', SCRIPT],
  ['x.pdf', 'application/pdf', '%PDF-1.7 /JS (app.alert(1))'],
]

holds('[S33] a file that could run code is a download in a sandbox, whatever it claims to be', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const got: string[] = []
    for (const [name, type, text] of HOSTILE) {
      const { headers } = await uploaded(house, owner, new File([text], name, { type }))
      if (/html|svg|xml|javascript/.test(headers.get('content-type') ?? '')) got.push(`${name} keeps its type`)
      if (!/^attachment/.test(headers.get('content-disposition') ?? '')) got.push(`${name} is shown`)
      if (!/\bsandbox\b/.test(headers.get('content-security-policy') ?? '')) got.push(`${name} has no sandbox`)
      if (headers.get('x-content-type-options') !== 'nosniff') got.push(`${name} is sniffed`)
    }
    return got
  },
  without: edit(
    'infra/media/names.ts',
    "'content-type': isInline || type === 'application/pdf' ? type : 'application/octet-stream'",
    "'content-type': type",
  ),
})

holds('[S34] the name of a file ends no header, climbs no folder and turns nothing around', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const got: string[] = []
    const names = [
      'a\r\nset-cookie: a=b',
      '../../etc/passwd',
      '"; filename="x.html',
      '\u202Egpj.exe',
      'x'.repeat(5_000),
    ]
    for (const name of names) {
      const { headers } = await uploaded(house, owner, new File(['x'], name, { type: 'text/plain' }))
      const header = headers.get('content-disposition') ?? ''
      const shown = decodeURIComponent(header.replace(/^.*filename\*=UTF-8''/, ''))
      if (headers.get('set-cookie') !== null || /[\r\n]/.test(header)) got.push(`${name}: another header`)
      if (/[\p{Cc}\p{Cf}]/u.test(shown)) got.push(`${JSON.stringify(name)}: a sign that turns text`)
      if (/[/\\]/.test(shown) || shown.length > 300) got.push(`${name.slice(0, 30)}: a path or a flood`)
    }
    const place = /^[0-9a-f-]{36}(\/media(\/library(\/[0-9a-f-]{36}(\/[A-Za-z0-9_-]+\.\w+)?)?)?)?$/
    const stored = readdirSync(folder, { recursive: true }).map(String)
    return [...got, ...stored.filter((path) => !place.test(path) && !path.includes('/pending'))]
  },
  without: edit('infra/media/names.ts', ".replace(/[\\p{Cc}\\p{Cf}\\u2028\\u2029]/gu, '')", ''),
})

holds('[S40] a file of more than 100 MB is refused while it comes in, said or unsaid, and leaves nothing behind', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const got: string[] = []
    const mega = new Uint8Array(1024 * 1024)
    const head =
      '--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: image/png\r\n\r\n'
    for (const declared of [undefined, '10', String(200 * 1024 * 1024)]) {
      let left = 102
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          left -= 1
          if (left === 101) controller.enqueue(Buffer.from(head))
          else if (left >= 0) controller.enqueue(mega)
          else controller.close()
        },
      })
      const headers = {
        ...{ origin: 'http://holdfast.test', 'content-type': 'multipart/form-data; boundary=x' },
        cookie: cookieOf(owner),
        ...(declared !== undefined && { 'content-length': declared }),
      }
      const request = new Request('http://holdfast.test/api/v1/media', {
        ...{ method: 'POST', headers, body, duplex: 'half' },
      } as RequestInit)
      const { status } = await house.app.request(request)
      if (status !== 413) got.push(`answered by ${status}`)
    }
    return [
      ...got,
      ...readdirSync(folder, { recursive: true })
        .map(String)
        .filter((path) => /a\.(bin|png)$/.test(path)),
    ]
  },
  without: edit('api/routes/media.ts', 'sizeBytesMax: UPLOAD_SIZE_BYTES_MAX', 'sizeBytesMax: 1e12'),
})

/** The cells of a table as a spreadsheet reads them. */
function cellsOf(csv: string): string[] {
  const cell = /(?:^|,|\r\n)("(?:[^"]|"")*"|[^",\r\n]*)/g
  return [...csv.matchAll(cell)].map(([, text = '']) =>
    text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text,
  )
}

const FORMULAS = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '\0=1',
  '＝1+1',
  '=cmd|"/c calc"!A1',
  '=1,"=2"',
]

holds('[S38] no cell of an exported table is a formula, and none breaks out of its place', {
  open,
  async attack(house) {
    const owner = await house.owner()
    for (const name of FORMULAS) {
      const [{ id } = { id: '' }] = await house.admin<{ id: string }>(
        `insert into people (id, email, name) values (gen_random_uuid(), gen_random_uuid() || '@t.test', $1) returning id`,
        [name.replaceAll('\0', '\u0001')],
      )
      await house.admin(
        `insert into memberships (id, tenant_id, person_id, role_id) select gen_random_uuid(), tenant_id, $2, role_id
         from memberships where tenant_id = $1 limit 1`,
        [owner.tenantId, id],
      )
      await house.admin(
        `insert into audit_log (id, tenant_id, actor, action, subject_type, subject_id, request_id)
         values (gen_random_uuid(), $1, jsonb_build_object('kind', 'person', 'id', $2::text), 'x.y', 'z', $3, $3)`,
        [owner.tenantId, id, name.replaceAll('\0', '')],
      )
    }
    const csv = await (await owner.request('GET', '/audit/export?format=csv&action=x.y')).text()
    const cells = cellsOf(csv.trimEnd())
    const got = cells.filter((text) => /^[=+\-@＝\t\r\n\0]/.test(text))
    if (cells.length % 9 !== 0) got.push(`${cells.length} cells in rows of nine`)
    if (cells.length < 9 * FORMULAS.length) throw new Error('the names are in the table')
    return got
  },
  without: edit('domain/csv.ts', 'FORMULA.test(text) ?', 'false ?'),
})

holds('[S35] a button of a message opens pages, and nothing that runs in ours', {
  open: async (code) => (await code<typeof import('../support/product.ts')>('test/support/product.ts')).openProduct(),
  async attack(product) {
    product.clock.ms = Date.now()
    const tenant = await product.tenant()
    const contactId = await makeContact(product, tenant)
    const { conversationId } = await receive(product, tenant, { contactId, messages: ['hi'] })
    const got: string[] = []
    const addresses = [
      'javascript:alert(1)',
      'JavaScript:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'file:///etc/passwd',
    ]
    for (const [index, url] of addresses.entries()) {
      const button = { kind: 'link_button', text: 'Look', label: 'Open', url }
      const image = { kind: 'image', media: { link: url } }
      for (const [kind, content] of Object.entries({ button, image })) {
        const body = { content, clientId: `link-${kind}-${index}-of-the-attack` }
        const path = `/conversations/${conversationId}/messages`
        const { status } = await product.call(as(tenant, 'agent'), 'POST', path, body)
        if (status < 300) got.push(`${kind}: ${url}`)
      }
    }
    await product.close()
    return got
  },
  without: edit('domain/messages/schema.ts', 'z.url({ protocol: /^https?$/ })', 'z.url()'),
})
