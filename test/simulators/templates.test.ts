import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Bench, CUSTOMER, type Loose, startBench } from './support.ts'

let bench: Bench
before(async () => {
  bench = await startBench()
  await bench.control('POST', 'options', { mps: 0, pairLimits: false })
})
after(() => bench.close())

const order = {
  name: 'order_ready',
  language: 'en_US',
  category: 'utility',
  components: [
    { type: 'body', text: 'Hi {{1}}, order {{2}} is ready for you.', example: { body_text: [['Ana', '42']] } },
    {
      type: 'buttons',
      buttons: [
        { type: 'quick_reply', text: 'On my way' },
        { type: 'url', text: 'Track', url: 'https://a.test/o/{{1}}', example: ['42'] },
      ],
    },
  ],
}
const create = (body: Loose) => bench.graph('POST', `/v25.0/${bench.wabaId}/message_templates`, body)
const approved = (name: string) =>
  bench.hook.item(
    (item, field) =>
      field === 'message_template_status_update' && item.message_template_name === name && item.event === 'APPROVED',
  )
const send = (name: string, components: Loose[] = []) =>
  bench.send({ type: 'template', template: { name, language: { code: 'en_US' }, components } })
const body = (...texts: string[]) => ({ type: 'body', parameters: texts.map((text) => ({ type: 'text', text })) })
const url = { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: '42' }] }

test('a template is created, reviewed, told by webhook, sent, edited and deleted', async () => {
  const made = await create(order)
  assert.equal(made.status, 200)
  assert.deepEqual({ ...made.body, id: '' }, { id: '', status: 'PENDING', category: 'UTILITY' })
  assert.equal((await create(order)).body.error.error_subcode, 2388024)
  const event = await approved('order_ready')
  assert.equal(event.message_template_id, Number(made.body.id))
  assert.equal(event.message_template_language, 'en_US')
  const read = (await bench.graph('GET', `/v25.0/${made.body.id}`)).body
  assert.equal(read.status, 'APPROVED')
  assert.deepEqual(
    read.components.map((component: Loose) => component.type),
    ['BODY', 'BUTTONS'],
  )

  const sent = await send('order_ready', [body('Ana', '42'), url])
  assert.equal(sent.body.messages[0].message_status, 'accepted')
  const status = await bench.hook.status(sent.body.messages[0].id, 'delivered')
  assert.deepEqual(status.pricing.category, 'utility')

  const edited = await bench.graph('POST', `/v25.0/${made.body.id}`, {
    components: [{ type: 'BODY', text: 'Order {{1}} is ready.', example: { body_text: [['42']] } }],
  })
  assert.deepEqual(edited.body, { success: true })
  const gone = await bench.graph('DELETE', `/v25.0/${bench.wabaId}/message_templates?name=order_ready`)
  assert.deepEqual(gone.body, { success: true })
  assert.equal((await send('order_ready', [body('42')])).body.error.code, 132001)
})

test('parameters are held against the definition', async () => {
  await create({ ...order, name: 'params' })
  await approved('params')
  const code = async (...components: Loose[]) => (await send('params', components)).body.error?.code
  assert.equal(await code(body('Ana'), url), 132000)
  assert.equal(await code(body('Ana', '1', '2'), url), 132000)
  assert.equal(await code(body('Ana', '42')), 131008, 'the link needs its end')
  assert.equal(await code(body('Ana', ''), url), 131008)
  assert.equal(await code(body('Ana', 'a\nb'), url), 132018)
  assert.equal(
    await code(
      {
        type: 'body',
        parameters: [
          { type: 'image', image: {} },
          { type: 'text', text: 'x' },
        ],
      },
      url,
    ),
    132012,
  )
  assert.equal(await code(body('Ana', '42'), url), undefined)
  const missing = await bench.send({ type: 'template', template: { name: 'params', language: { code: 'de' } } })
  assert.deepEqual([missing.status, missing.body.error.code], [404, 132001])
})

test('named parameters come by name', async () => {
  await create({
    name: 'named',
    language: 'en_US',
    category: 'MARKETING',
    parameter_format: 'named',
    components: [
      {
        type: 'BODY',
        text: 'Hello {{first_name}}, your code is {{code}} today.',
        example: { body_text_named_params: [{ param_name: 'first_name', example: 'Ana' }] },
      },
    ],
  })
  await approved('named')
  const named = (name: string, text: string) => ({ type: 'text', parameter_name: name, text })
  const good = await send('named', [{ type: 'body', parameters: [named('code', 'X'), named('first_name', 'Ana')] }])
  assert.equal(good.status, 200)
  const rendered = bench.simulator.sim.world.messages.get(good.body.messages[0].id)?.rendered
  assert.equal(rendered?.['body'], 'Hello Ana, your code is X today.')
  assert.equal((await send('named', [body('Ana', 'X')])).body.error.code, 132012)
})

test('what no reviewer would see is refused at once', async () => {
  const subcode = async (part: Loose) => {
    const { error } = (await create({ ...order, name: 'refused', ...part })).body
    return error?.error_subcode ?? error?.code
  }
  const text = (value: string, example: Loose = { body_text: [['a']] }) => ({
    components: [{ type: 'BODY', text: value, example }],
  })
  assert.equal(await subcode({ name: 'Not Lower' }), 100)
  assert.equal(await subcode({ category: 'NEWS' }), 100)
  assert.equal(await subcode({ components: [] }), 131009)
  assert.equal(await subcode(text('{{1}} comes first here now')), 2388299)
  assert.equal(await subcode(text('comes last here now {{1}}')), 2388299)
  assert.equal(await subcode(text('a {{2}} b c d e')), 2388072)
  assert.equal(await subcode(text('a {{1}} {{2}} {{3}} b')), 2388293)
  assert.equal(await subcode(text('hello there {{1}} you', null)), 2388072)
  assert.equal(await subcode(text('x'.repeat(1025))), 2388040)
  assert.equal(
    await subcode({
      components: [
        { type: 'HEADER', format: 'TEXT', text: 'h'.repeat(61) },
        { type: 'BODY', text: 'b' },
      ],
    }),
    2388047,
  )
  assert.equal(
    await subcode({
      components: [
        { type: 'BODY', text: 'b' },
        { type: 'FOOTER', text: '{{1}}' },
      ],
    }),
    2388073,
  )
  const reply = { type: 'QUICK_REPLY', text: 'Yes' }
  const link = { type: 'URL', text: 'Go', url: 'https://a.test' }
  const mixed = [reply, link, { ...reply, text: 'No' }]
  assert.equal(
    await subcode({
      components: [
        { type: 'BODY', text: 'b' },
        { type: 'BUTTONS', buttons: mixed },
      ],
    }),
    2388060,
  )
})

test('a red score pauses for three hours, then six, then for good', async () => {
  const { id } = (await create({ ...order, name: 'paused' })).body
  await approved('paused')
  const attempt = async () => (await send('paused', [body('Ana', '42'), url])).body.error?.code
  await bench.control('POST', `templates/${id}`, { quality: 'RED' })
  const pause = await bench.hook.item((item) => item.event === 'PAUSED' && item.message_template_name === 'paused')
  assert.equal(pause.other_info.title, 'FIRST_PAUSE')
  assert.equal(await attempt(), 132015)
  await bench.control('POST', 'clock', { advanceMs: 3 * 3_600_000 + 1 })
  assert.equal(await attempt(), undefined)
  await bench.control('POST', `templates/${id}`, { status: 'PAUSED' })
  assert.equal(await attempt(), 132015)
  assert.deepEqual((await bench.graph('POST', `/v25.0/${id}/unpause`, {})).body, { success: true })
  assert.equal(await attempt(), undefined)
  await bench.control('POST', `templates/${id}`, { status: 'PAUSED' })
  assert.equal(await attempt(), 132016)
})

test('a reviewer can be told to reject or to wait', async () => {
  await bench.control('POST', 'options', { templateReview: 'hold' })
  const { id } = (await create({ ...order, name: 'waits' })).body
  assert.equal((await send('waits', [body('Ana', '42'), url])).body.error.code, 132001)
  await bench.control('POST', `templates/${id}`, { status: 'REJECTED', reason: 'PROMOTIONAL' })
  const rejected = await bench.hook.item((item) => item.event === 'REJECTED' && item.message_template_name === 'waits')
  assert.equal(rejected.reason, 'PROMOTIONAL')
  await bench.control('POST', 'options', { templateReview: 'approve' })
  await bench.control('POST', `templates/${id}`, { category: 'MARKETING' })
  const moved = await bench.hook.item((_item, field) => field === 'template_category_update')
  assert.deepEqual([moved.previous_category, moved.new_category], ['UTILITY', 'MARKETING'])
})

test('lists go page by page and by filter', async () => {
  const path = `/v25.0/${bench.wabaId}/message_templates`
  const first = (await bench.graph('GET', `${path}?limit=3&fields=name,status`)).body
  assert.equal(first.data.length, 3)
  assert.deepEqual(Object.keys(first.data[0]), ['name', 'status', 'id'])
  const next = await bench.graph('GET', new URL(first.paging.next).pathname + new URL(first.paging.next).search)
  assert.notEqual(next.body.data[0].name, first.data[0].name)
  const named = (await bench.graph('GET', `${path}?name=hello_world`)).body
  assert.deepEqual(
    named.data.map((template: Loose) => template.name),
    ['hello_world'],
  )
  assert.deepEqual((await bench.graph('GET', `${path}?name=nobody`)).body, { data: [] })
})

test('a tap on a quick reply comes back with its payload', async () => {
  const message = { type: 'button', button: { payload: 'ON_MY_WAY', text: 'On my way' }, context: { id: 'wamid.t' } }
  const { id } = await bench.control('POST', `phones/${CUSTOMER}/messages`, { to: bench.numberId, message })
  const tap = await bench.hook.item((item) => item.id === id)
  assert.equal(tap.button.payload, 'ON_MY_WAY')
})
