import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Bench, CUSTOMER, type Loose, startBench } from './support.ts'

let bench: Bench
before(async () => {
  bench = await startBench()
  await bench.control('POST', 'options', { mps: 0, pairLimits: false })
  await bench.open(CUSTOMER)
})
after(() => bench.close())

test('an accepted text answers as recorded, is logged, and goes on to delivered with the callback data', async () => {
  const sent = await bench.send({
    to: '+1 (555) 010-2030',
    type: 'text',
    text: { body: 'hello' },
    biz_opaque_callback_data: 'id.1',
  })
  assert.equal(sent.status, 200)
  const { id } = sent.body.messages[0]
  assert.deepEqual(sent.body, {
    messaging_product: 'whatsapp',
    contacts: [{ input: '+1 (555) 010-2030', wa_id: CUSTOMER }],
    messages: [{ id }],
  })
  const decoded = Buffer.from(id.slice('wamid.'.length), 'base64')
  assert.equal(decoded.subarray(0, 3).toString('hex'), '1c180b')
  assert.equal(decoded.subarray(3, 14).toString(), CUSTOMER)

  const delivered = await bench.hook.status(id, 'delivered')
  assert.equal(delivered.biz_opaque_callback_data, 'id.1')
  assert.equal(delivered.recipient_id, CUSTOMER)
  assert.equal(delivered.pricing.category, 'service')
  const entry = (await bench.log()).at(-1)
  assert.deepEqual(
    { n: entry.n, phoneNumberId: entry.phoneNumberId, to: entry.to, id: entry.id, callbackData: entry.callbackData },
    { n: (await bench.log()).length, phoneNumberId: bench.numberId, to: CUSTOMER, id, callbackData: 'id.1' },
  )
  assert.deepEqual(entry.body.text, { body: 'hello' })
})

test('the log is read from where the reader stopped', async () => {
  const { next } = await bench.control('GET', 'log?after=0')
  await bench.send({ text: { body: 'one more' } })
  const page = await bench.control('GET', `log?after=${next}`)
  assert.equal(page.entries.length, 1)
  assert.equal(page.entries[0].n, next + 1)
  assert.deepEqual(await bench.control('GET', `log?after=${page.next}`), { entries: [], next: page.next })
})

const BAD: [string, Record<string, unknown>, number, RegExp][] = [
  ['a text without a body', { type: 'text', text: {} }, 100, /text\['body'\]/],
  ['a text of 4097 characters', { type: 'text', text: { body: 'a'.repeat(4097) } }, 100, /4096/],
  ['an unknown type', { type: 'telegram' }, 131051, /telegram/],
  ['no content for the type', { type: 'image' }, 131008, /image/],
  ['an image without id and link', { type: 'image', image: {} }, 131008, /image/],
  ['an image with an unknown id', { type: 'image', image: { id: '42' } }, 100, /42/],
  ['a link that is no link', { type: 'image', image: { link: 'not a link' } }, 100, /URI/],
  [
    'a caption that is too long',
    { type: 'image', image: { link: 'https://a.test/x.png', caption: 'c'.repeat(1025) } },
    131009,
    /caption/,
  ],
  ['a location off the map', { type: 'location', location: { latitude: 91, longitude: 0 } }, 131009, /latitude/],
  ['a contact without a name', { type: 'contacts', contacts: [{}] }, 131008, /name/],
  [
    'a contact with a formatted name only',
    { type: 'contacts', contacts: [{ name: { formatted_name: 'A' } }] },
    131009,
    /at least one/,
  ],
  [
    'a reaction that is a word',
    { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: 'ok' } },
    131009,
    /emoji/,
  ],
  [
    'callback data of 513 characters',
    { text: { body: 'a' }, biz_opaque_callback_data: 'x'.repeat(513) },
    131009,
    /biz_opaque/,
  ],
  ['no recipient', { to: '', text: { body: 'a' } }, 100, /to/],
  ['a recipient that is no number', { to: 'nobody', text: { body: 'a' } }, 131009, /phone number/],
  ['the wrong product', { messaging_product: 'telegram', text: { body: 'a' } }, 100, /messaging_product/],
]
for (const [what, body, code, words] of BAD) {
  test(`refused with ${code}: ${what}`, async () => {
    const before = (await bench.control('GET', 'state')).sendsCount
    const answer = await bench.send(body)
    assert.equal(answer.body.error?.code, code, JSON.stringify(answer.body))
    assert.match(`${answer.body.error.message} ${answer.body.error.error_data?.details}`, words)
    assert.equal(answer.body.error.type, 'OAuthException')
    assert.ok(answer.body.error.fbtrace_id)
    assert.equal((await bench.control('GET', 'state')).sendsCount, before, 'nothing is accepted')
  })
}

describe('interactive messages', () => {
  const interactive = (part: Record<string, unknown>) => ({
    type: 'interactive',
    interactive: { body: { text: 'b' }, ...part },
  })
  const button = (id: string, title: string) => ({ type: 'reply', reply: { id, title } })
  const buttons = (...list: unknown[]) => interactive({ type: 'button', action: { buttons: list } })
  const rows = (count: number, prefix = 'r') =>
    Array.from({ length: count }, (_, row) => ({ id: `${prefix}${row}`, title: `Row ${row}` }))
  const list = (sections: unknown[], extra = {}) =>
    interactive({ type: 'list', action: { button: 'Menu', sections }, ...extra })
  const GOOD: [string, Loose][] = [
    ['three buttons', buttons(button('1', 'One'), button('2', 'Two'), button('3', 'Three'))],
    ['a list of ten rows', list([{ rows: rows(10) }])],
    ['a list body of 4096', list([{ rows: rows(1) }], { body: { text: 'b'.repeat(4096) } })],
    [
      'a link button',
      interactive({
        type: 'cta_url',
        action: { name: 'cta_url', parameters: { display_text: 'Open', url: 'https://a.test' } },
      }),
    ],
    ['a location request', interactive({ type: 'location_request_message', action: { name: 'send_location' } })],
    [
      'a header picture',
      {
        ...interactive({
          type: 'button',
          header: { type: 'image', image: { link: 'https://a.test/x.png' } },
          action: { buttons: [button('1', 'A')] },
        }),
      },
    ],
    [
      'a product without a body',
      { type: 'interactive', interactive: { type: 'product', action: { catalog_id: '1', product_retailer_id: 'p' } } },
    ],
  ]
  for (const [what, body] of GOOD) {
    test(`accepted: ${what}`, async () => assert.equal((await bench.send(body)).status, 200))
  }
  const REFUSED: [string, Loose][] = [
    ['four buttons', buttons(button('1', 'A'), button('2', 'B'), button('3', 'C'), button('4', 'D'))],
    ['a button title of 21', buttons(button('1', 'x'.repeat(21)))],
    ['two buttons of one id', buttons(button('1', 'A'), button('1', 'B'))],
    ['two buttons of one title', buttons(button('1', 'A'), button('2', 'A'))],
    ['a button id of 257', buttons(button('x'.repeat(257), 'A'))],
    [
      'eleven rows in two sections',
      list([
        { title: 'a', rows: rows(6) },
        { title: 'b', rows: rows(5, 's') },
      ]),
    ],
    ['two sections, one without a title', list([{ title: 'a', rows: rows(1) }, { rows: rows(1, 's') }])],
    ['a row title of 25', list([{ rows: [{ id: 'a', title: 'x'.repeat(25) }] }])],
    ['a row description of 73', list([{ rows: [{ id: 'a', title: 'x', description: 'd'.repeat(73) }] }])],
    [
      'a body of 1025 under buttons',
      {
        ...buttons(button('1', 'A')),
        interactive: { ...buttons(button('1', 'A')).interactive, body: { text: 'x'.repeat(1025) } },
      },
    ],
    [
      'a footer of 61',
      interactive({ type: 'button', footer: { text: 'x'.repeat(61) }, action: { buttons: [button('1', 'A')] } }),
    ],
    [
      'a picture over a list',
      list([{ rows: rows(1) }], { header: { type: 'image', image: { link: 'https://a.test/x.png' } } }),
    ],
    ['an unknown kind', interactive({ type: 'hologram', action: {} })],
  ]
  for (const [what, body] of REFUSED) {
    test(`refused: ${what}`, async () => {
      const answer = await bench.send(body)
      assert.equal(answer.status, 400)
      assert.ok([131008, 131009].includes(answer.body.error.code), JSON.stringify(answer.body))
    })
  }
})

test('outside the 24-hour window a text is accepted and fails later with 131047, a template is delivered', async () => {
  const late = await bench.send({ to: '15550109999', text: { body: 'hello?' } })
  assert.equal(late.status, 200)
  const failed = await bench.hook.status(late.body.messages[0].id, 'failed')
  assert.equal(failed.errors[0].code, 131047)
  const template = await bench.send({
    to: '15550109999',
    type: 'template',
    template: { name: 'hello_world', language: { code: 'en_US' } },
  })
  assert.equal(template.body.messages[0].message_status, 'accepted')
  await bench.hook.status(template.body.messages[0].id, 'delivered')
})

test('the clock closes the window, and the next message of the customer opens it', async () => {
  await bench.open('15550108888')
  await bench.control('POST', 'clock', { advanceMs: 24 * 3_600_000 + 1000 })
  const late = await bench.send({ to: '15550108888', text: { body: 'too late' } })
  assert.equal((await bench.hook.status(late.body.messages[0].id, 'failed')).errors[0].code, 131047)
  await bench.open('15550108888')
  const timely = await bench.send({ to: '15550108888', text: { body: 'in time' } })
  await bench.hook.status(timely.body.messages[0].id, 'delivered')
})

test('45 messages to one person pass, the 46th is refused with 131056, and only for that person', async () => {
  const own = await startBench()
  try {
    const codes: number[] = []
    for (let index = 0; index < 46; index += 1) {
      const { body } = await own.send({ text: { body: `m${index}` } })
      codes.push(body.error?.code ?? 200)
    }
    assert.deepEqual(
      codes.slice(0, 45),
      Array.from({ length: 45 }, () => 200),
    )
    assert.equal(codes[45], 131056)
    assert.equal((await own.send({ to: '15550107777', text: { body: 'other' } })).status, 200)
    await own.control('POST', 'clock', { advanceMs: 6_100 })
    assert.equal((await own.send({ text: { body: 'again' } })).status, 200)
    assert.equal((await own.send({ text: { body: 'too soon' } })).body.error.code, 131056)
  } finally {
    await own.close()
  }
})

test('more than the throughput of a number is refused with 130429, and only for that number', async () => {
  await bench.control('POST', 'options', { mps: 5 })
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) => bench.send({ to: `1555020000${index}`, text: { body: 'x' } })),
  )
  const refused = answers.filter(({ body }) => body.error?.code === 130429)
  assert.ok(refused.length >= 5 && refused.length <= 7, `${refused.length} refused`)
  const [, other] = [...bench.simulator.sim.world.numbers.keys()]
  assert.equal((await bench.send({ text: { body: 'x' } }, other)).status, 200)
  await bench.control('POST', 'options', { mps: 0 })
})

test('a username user has no phone number anywhere, and is reached by `recipient`', async () => {
  const userId = 'US.13491208655302741918'
  await bench.control('POST', `phones/${userId}`, { name: 'Ada', username: 'ada' })
  const id = await bench.open(userId)
  const message = await bench.hook.item((item) => item.id === id)
  assert.equal(message.from, undefined)
  assert.equal(message.from_user_id, userId)
  const sent = await bench.send({ to: undefined, recipient: userId, text: { body: 'hello' } })
  assert.deepEqual(sent.body.contacts, [{ input: userId, user_id: userId }])
  const delivered = await bench.hook.status(sent.body.messages[0].id, 'delivered')
  assert.equal(delivered.recipient_id, undefined)
  assert.equal(delivered.recipient_user_id, userId)
})

test('a read receipt turns the customer blue, also for earlier messages, and may show typing', async () => {
  const first = await bench.open('15550106666')
  const second = await bench.open('15550106666')
  const receipt = { status: 'read', message_id: second, typing_indicator: { type: 'text' }, to: undefined }
  assert.deepEqual((await bench.send(receipt)).body, { success: true })
  const thread = await (await fetch(`${bench.url}/phone/thread?customer=15550106666&number=${bench.numberId}`)).json()
  assert.deepEqual(
    (thread as Loose).messages.map((message: Loose) => [message.id, message.status]),
    [
      [first, 'read'],
      [second, 'read'],
    ],
  )
  assert.ok((thread as Loose).typingMs > 20_000)
  const unknown = await bench.send({ status: 'read', message_id: 'wamid.none', to: undefined })
  assert.equal(unknown.body.error.error_data.details, 'Please check the message ID you have provided.')
})

test('a phone that is off gets nothing until it is back; one that is unreachable never', async () => {
  await bench.open('15550105555')
  await bench.control('POST', 'phones/15550105555', { online: false })
  const { id } = (await bench.send({ to: '15550105555', text: { body: 'later' } })).body.messages[0]
  await bench.hook.status(id, 'sent')
  await bench.control('POST', 'phones/15550105555', { online: true })
  await bench.hook.status(id, 'delivered')
  await bench.control('POST', 'phones/15550105555', { reachable: false })
  const lost = (await bench.send({ to: '15550105555', text: { body: 'never' } })).body.messages[0]
  assert.equal((await bench.hook.status(lost.id, 'failed')).errors[0].code, 131026)
})

test('read is told when the customer looks, and only once', async () => {
  await bench.open(CUSTOMER)
  const { id } = (await bench.send({ text: { body: 'look' } })).body.messages[0]
  await bench.hook.status(id, 'delivered')
  await bench.control('POST', `phones/${CUSTOMER}/read`, { to: bench.numberId })
  await bench.hook.status(id, 'read')
  assert.deepEqual(await bench.control('POST', `phones/${CUSTOMER}/read`, { to: bench.numberId }), { count: 0 })
})

test('a token that is wrong or missing is 401 with code 190; an unknown id is a GraphMethodException', async () => {
  const wrong = await fetch(`${bench.url}/v25.0/${bench.numberId}`, { headers: { authorization: 'Bearer wrong' } })
  assert.equal(wrong.status, 401)
  assert.equal(((await wrong.json()) as Loose).error.code, 190)
  const unknown = await bench.graph('POST', '/v25.0/123123/messages', {})
  assert.equal(unknown.body.error.error_subcode, 33)
  assert.match(unknown.body.error.message, /^Unsupported post request\. Object with ID '123123'/)
})

test('a number that was taken off the platform answers 133010 until it is registered again', async () => {
  const [, other = ''] = [...bench.simulator.sim.world.numbers.keys()]
  await bench.graph('POST', `/v25.0/${other}/deregister`, {})
  assert.equal((await bench.send({ text: { body: 'x' } }, other)).body.error.code, 133010)
  assert.equal(
    (await bench.graph('POST', `/v25.0/${other}/register`, { messaging_product: 'whatsapp', pin: '123' })).status,
    400,
  )
  const registered = await bench.graph('POST', `/v25.0/${other}/register`, {
    messaging_product: 'whatsapp',
    pin: '123456',
  })
  assert.deepEqual(registered.body, { success: true })
  assert.equal((await bench.send({ text: { body: 'x' } }, other)).status, 200)
})
