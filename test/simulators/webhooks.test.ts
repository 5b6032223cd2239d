import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { APP_SECRET, type Bench, CUSTOMER, type Loose, startBench, startHook, VERIFY_TOKEN } from './support.ts'

let bench: Bench
before(async () => {
  bench = await startBench()
})
beforeEach(() => bench.control('DELETE', 'faults'))
after(() => bench.close())

const write = (phone: string, message: Loose): Promise<{ id: string }> =>
  bench.control('POST', `phones/${phone}/messages`, { to: bench.numberId, message })

test('every body is signed over its raw, escaped bytes', async () => {
  const { id } = await write(CUSTOMER, { type: 'text', text: { body: 'café https://x.test 😀' } })
  await bench.hook.item((item) => item.id === id)
  const body = bench.hook.bodies.find(({ raw }) => raw.includes(id))
  assert.ok(body)
  assert.match(body.raw, /caf\\u00e9 https:\\\/\\\/x\.test \\ud83d\\ude00/)
  assert.doesNotMatch(body.raw, /\P{ASCII}/u)
  const hmac = (name: string) => createHmac(name, APP_SECRET).update(body.raw).digest('hex')
  assert.equal(body.headers['x-hub-signature-256'], `sha256=${hmac('sha256')}`)
  assert.equal(body.headers['x-hub-signature'], `sha1=${hmac('sha1')}`)
  assert.equal(body.headers['content-type'], 'application/json')
})

test('a message carries metadata, the contact, both ids and its content', async () => {
  await bench.control('POST', 'phones/+15550102031', { name: 'Sheena', username: 'sheena' })
  const { id } = await write('15550102031', { type: 'text', text: { body: 'hi' }, context: { id: 'wamid.before' } })
  await bench.hook.item((item) => item.id === id)
  const { json } = bench.hook.bodies.find(({ raw }) => raw.includes(id)) ?? { json: undefined }
  assert.equal(json.object, 'whatsapp_business_account')
  assert.equal(json.entry[0].id, bench.wabaId)
  assert.equal(json.entry[0].changes[0].field, 'messages')
  const { value } = json.entry[0].changes[0]
  assert.deepEqual(value.metadata, { display_phone_number: '15550934873', phone_number_id: bench.numberId })
  const userId = value.contacts[0].user_id
  assert.match(userId, /^US\.\d{20}$/)
  assert.deepEqual(value.contacts, [
    { profile: { name: 'Sheena', username: '@sheena' }, wa_id: '15550102031', user_id: userId },
  ])
  const { timestamp, ...message } = value.messages[0]
  assert.match(timestamp, /^\d{10}$/)
  assert.deepEqual(message, {
    from: '15550102031',
    from_user_id: userId,
    type: 'text',
    text: { body: 'hi' },
    context: { from: '15550934873', id: 'wamid.before' },
    id,
  })
})

test('media of a customer has an id that can be fetched, with base64 there and hex here', async () => {
  const { id } = await write(CUSTOMER, { type: 'image', image: { caption: 'look' } })
  const { image } = await bench.hook.item((item) => item.id === id)
  const facts = (await bench.graph('GET', `/v25.0/${image.id}`)).body
  assert.equal(Buffer.from(image.sha256, 'base64').toString('hex'), facts.sha256)
  assert.equal(typeof facts.file_size, 'number')
  assert.equal(image.caption, 'look')
  assert.equal(image.mime_type, 'image/png')
})

test('what the endpoint refuses comes again, byte for byte, until it is taken', async () => {
  bench.hook.answers.push(500, 503)
  const { id } = await write('15550102032', { type: 'text', text: { body: 'again' } })
  await bench.hook.item((item) => item.id === id)
  const times = () => bench.hook.bodies.filter(({ raw }) => raw.includes(id))
  await bench.hook.item((item) => item.id === id, 2)
  await bench.hook.item((item) => item.id === id, 3)
  assert.equal(times().length, 3)
  assert.equal(new Set(times().map(({ raw }) => raw)).size, 1)
  await bench.control('POST', 'webhooks/retry')
  assert.equal(times().length, 3, 'taken is taken')
})

test('while one customer waits for a retry, another is not held up, and the first stays in order', async () => {
  bench.hook.answers.push(500)
  const first = await write('15550102033', { type: 'text', text: { body: '1' } })
  await bench.hook.item((item) => item.id === first.id)
  const second = await write('15550102033', { type: 'text', text: { body: '2' } })
  const other = await write('15550102034', { type: 'text', text: { body: 'x' } })
  await bench.hook.item((item) => item.id === other.id)
  assert.ok(!bench.hook.items().some((item) => item.id === second.id))
  await bench.hook.item((item) => item.id === second.id)
  const order = bench.hook.items().filter((item) => item.from === '15550102033')
  assert.deepEqual(
    order.map((item) => item.id),
    [first.id, first.id, second.id],
  )
})

test('statuses of many messages leave together', async () => {
  await bench.control('POST', 'options', { mps: 0, pairLimits: false })
  await bench.open(CUSTOMER)
  const before = bench.hook.bodies.length
  const sent = await Promise.all(Array.from({ length: 40 }, () => bench.send({ text: { body: 'x' } })))
  await Promise.all(sent.map(({ body }) => bench.hook.status(body.messages[0].id, 'delivered')))
  const posts = bench.hook.bodies.slice(before).filter(({ raw }) => raw.includes('"statuses"'))
  assert.ok(posts.length < 40, `${posts.length} posts for 80 statuses`)
})

test("an override is verified by a handshake, and a number's own override wins over the account's", async () => {
  const account = await startHook({ verifyToken: 'account token' })
  const own = await startHook({ verifyToken: 'own token' })
  try {
    const path = `/v25.0/${bench.wabaId}/subscribed_apps`
    const wrong = await bench.graph('POST', path, { override_callback_uri: account.url, verify_token: 'guess' })
    assert.equal(wrong.body.error.code, 2200)
    const right = await bench.graph('POST', path, { override_callback_uri: account.url, verify_token: 'account token' })
    assert.deepEqual(right.body, { success: true })
    const listed = (await bench.graph('GET', path)).body.data[0]
    assert.equal(listed.override_callback_uri, account.url)
    const toAccount = await write('15550102035', { type: 'text', text: { body: 'a' } })
    await account.item((item) => item.id === toAccount.id)

    await bench.graph('POST', `/v25.0/${bench.numberId}`, {
      webhook_configuration: { override_callback_uri: own.url, verify_token: 'own token' },
    })
    const toOwn = await write('15550102035', { type: 'text', text: { body: 'b' } })
    await own.item((item) => item.id === toOwn.id)
    assert.ok(!account.items().some((item) => item.id === toOwn.id))
  } finally {
    await bench.graph('POST', `/v25.0/${bench.numberId}`, { webhook_configuration: { override_callback_uri: '' } })
    await bench.graph('POST', `/v25.0/${bench.wabaId}/subscribed_apps`, {})
    await account.close()
    await own.close()
  }
})

test('without a subscription nothing is delivered', async () => {
  const path = `/v25.0/${bench.wabaId}/subscribed_apps`
  await bench.graph('DELETE', path)
  const { webhooks } = await bench.control('GET', 'state')
  await write('15550102036', { type: 'text', text: { body: 'nobody listens' } })
  assert.equal((await bench.control('GET', 'state')).webhooks.nowhere, webhooks.nowhere + 1)
  await bench.graph('POST', path, {})
})

test('faults: twice, reversed, dropped, late', async () => {
  const fault = (body: Loose) => bench.control('POST', 'faults', { phoneNumberId: bench.numberId, ...body })
  await bench.open(CUSTOMER)
  await fault({ kind: 'duplicate_webhook', times: 3, ms: 1 })
  const { id } = await write(CUSTOMER, { type: 'text', text: { body: 'thrice' } })
  const other = await write(CUSTOMER, { type: 'text', text: { body: 'once' } })
  await bench.hook.item((item) => item.id === other.id)
  await bench.hook.item((item) => item.id === id, 3)

  await fault({ kind: 'reorder_webhook', times: 2 })
  const reversed = (await bench.send({ text: { body: 'reversed' } })).body.messages[0].id
  await bench.hook.status(reversed, 'sent')
  const order = bench.hook.items().filter((item) => item.id === reversed)
  assert.deepEqual(
    order.map((item) => item.status),
    ['delivered', 'sent'],
  )

  await fault({ kind: 'drop_status', status: 'delivered' })
  const dropped = (await bench.send({ text: { body: 'dropped' } })).body.messages[0].id
  await bench.hook.status(dropped, 'sent')
  await bench.control('POST', `phones/${CUSTOMER}/read`, { to: bench.numberId })
  await bench.hook.status(dropped, 'read')
  assert.ok(!bench.hook.items().some((item) => item.id === dropped && item.status === 'delivered'))

  await fault({ kind: 'late_status', status: 'sent', ms: 30 })
  const late = (await bench.send({ text: { body: 'late' } })).body.messages[0].id
  await bench.hook.status(late, 'sent')
  const lateOrder = bench.hook.items().filter((item) => item.id === late)
  assert.deepEqual(
    lateOrder.map((item) => item.status),
    ['delivered', 'sent'],
  )
})

test('raw deliveries can be unsigned or badly signed, and are told what came back', async () => {
  const body = { object: 'whatsapp_business_account', entry: [] }
  const good = await bench.control('POST', 'webhook-batch', { phoneNumberId: bench.numberId, body, times: 2 })
  assert.deepEqual(
    good.answers.map((answer: Loose) => answer.status),
    [200, 200],
  )
  await bench.control('POST', 'webhook-batch', { phoneNumberId: bench.numberId, body, signature: 'none' })
  assert.equal(bench.hook.bodies.at(-1)?.headers['x-hub-signature-256'], undefined)
  await bench.control('POST', 'webhook-batch', { phoneNumberId: bench.numberId, body, signature: 'bad' })
  assert.equal(bench.hook.bodies.at(-1)?.headers['x-hub-signature-256'], `sha256=${'0'.repeat(64)}`)
})

test('a customer who stops offers is told by user_preferences, and marketing to them fails with 131050', async () => {
  await bench.open('15550102037')
  await bench.control('POST', 'phones/15550102037/preferences', { to: bench.numberId, value: 'stop' })
  const preference = await bench.hook.item(
    (item, field) => field === 'user_preferences' && item.wa_id === '15550102037',
  )
  assert.equal(preference.value, 'stop')
  assert.equal(typeof preference.timestamp, 'number')
  const image = { type: 'image', image: { link: 'https://a.test/x.png' } }
  const template = {
    name: 'sample_purchase_feedback',
    language: { code: 'en_US' },
    components: [
      { type: 'header', parameters: [image] },
      { type: 'body', parameters: [{ type: 'text', text: 'a bike' }] },
    ],
  }
  const sent = await bench.send({ to: '15550102037', type: 'template', template })
  assert.equal((await bench.hook.status(sent.body.messages[0].id, 'failed')).errors[0].code, 131050)
})

test('the challenge of the app-level address is answered with the token that was given at the start', async () => {
  const hook = await startHook({ verifyToken: VERIFY_TOKEN })
  const path = `/v25.0/${bench.wabaId}/subscribed_apps`
  const answer = await bench.graph('POST', path, { override_callback_uri: hook.url, verify_token: VERIFY_TOKEN })
  assert.deepEqual(answer.body, { success: true })
  await bench.graph('POST', path, {})
  await hook.close()
})
