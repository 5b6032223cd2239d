import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client } from '@great-detail/whatsapp'
import { WhatsAppAPI } from 'whatsapp-api-js'
import * as made from 'whatsapp-api-js/messages'
import { APP_SECRET, type Bench, CUSTOMER, type Loose, startBench, TOKEN, VERIFY_TOKEN } from './support.ts'

// Clients that nobody here wrote have to work against the simulator unchanged, and to believe its webhooks.

let bench: Bench
before(async () => {
  bench = await startBench()
  await bench.control('POST', 'options', { mps: 0, pairLimits: false })
  await bench.open(CUSTOMER)
})
after(() => bench.close())

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

describe('whatsapp-api-js', () => {
  let api: WhatsAppAPI<void>
  before(() => {
    api = new WhatsAppAPI({
      token: TOKEN,
      appSecret: APP_SECRET,
      webhookVerifyToken: VERIFY_TOKEN,
      v: 'v25.0',
      ponyfill: {
        fetch: ((url: string | URL, options?: RequestInit) =>
          fetch(String(url).replace('https://graph.facebook.com', bench.url), options)) as typeof fetch,
      },
    })
  })

  const messages: [string, () => Loose][] = [
    ['text', () => new made.Text('hello', true)],
    ['image by link', () => new made.Image('https://a.test/x.png', false, 'a caption')],
    ['location', () => new made.Location(45.4, 75.6, 'somewhere', '141 Cooper Street')],
    [
      'contacts',
      () => new made.Contacts([new made.Name('Ana Lee', 'Ana', 'Lee'), new made.Phone('+15550102030', 'WORK')]),
    ],
    [
      'buttons',
      () =>
        new made.Interactive(
          new made.ActionButtons(new made.Button('a', 'Yes'), new made.Button('b', 'No')),
          new made.Body('Sure?'),
          new made.Header('Order'),
          new made.Footer('small print'),
        ),
    ],
    [
      'list',
      () =>
        new made.Interactive(
          new made.ActionList(
            'Menu',
            new made.ListSection('Hot', new made.Row('1', 'Tea', 'green'), new made.Row('2', 'Coffee')),
            new made.ListSection('Cold', new made.Row('3', 'Water')),
          ),
          new made.Body('Choose'),
        ),
    ],
    ['link button', () => new made.Interactive(new made.ActionCTA('Open', 'https://a.test'), new made.Body('Read'))],
    ['location request', () => new made.Interactive(new made.ActionLocation(), new made.Body('Where are you?'))],
    ['product', () => new made.Interactive(new made.ActionProduct(new made.CatalogProduct('p1', 'c1')))],
    [
      'product list',
      () =>
        new made.Interactive(
          new made.ActionProductList(
            'c1',
            new made.ProductSection('Bread', new made.Product('p1'), new made.Product('p2')),
          ),
          new made.Body('Fresh'),
          new made.Header('Today'),
        ),
    ],
    [
      'template',
      () =>
        new made.Template('sample_shipping_confirmation', 'en_US', new made.BodyComponent(new made.BodyParameter('2'))),
    ],
  ]
  for (const [what, message] of messages) {
    test(`sends ${what}`, async () => {
      const answer: Loose = await api.sendMessage(bench.numberId, CUSTOMER, message(), undefined, `js ${what}`)
      assert.ok(answer.messages?.[0]?.id, JSON.stringify(answer))
      await bench.hook.item((item) => item.biz_opaque_callback_data === `js ${what}` && item.status === 'delivered')
    })
  }

  test('reacts to a message of the customer and marks it as read, typing', async () => {
    const id = await bench.open(CUSTOMER)
    const reaction: Loose = await api.sendMessage(bench.numberId, CUSTOMER, new made.Reaction(id, '👍'))
    await bench.hook.status(reaction.messages[0].id, 'sent')
    assert.deepEqual(await api.markAsRead(bench.numberId, id, 'text'), { success: true })
  })

  test('uploads, finds, downloads and deletes media', async () => {
    const form = new FormData()
    form.set('file', new Blob([PNG], { type: 'image/png' }), 'dot.png')
    const uploaded: Loose = await api.uploadMedia(bench.numberId, form)
    assert.match(uploaded.id, /^\d+$/)
    const found: Loose = await api.retrieveMedia(uploaded.id)
    assert.deepEqual([found.file_size, found.mime_type], [PNG.length, 'image/png'])
    const bytes = Buffer.from(await (await api.fetchMedia(found.url)).arrayBuffer())
    assert.ok(bytes.equals(PNG))
    const sent: Loose = await api.sendMessage(bench.numberId, CUSTOMER, new made.Image(uploaded.id, true))
    await bench.hook.status(sent.messages[0].id, 'delivered')
    assert.deepEqual(await api.deleteMedia(uploaded.id), { success: true })
    assert.equal(((await api.retrieveMedia(uploaded.id)) as Loose).error.error_subcode, 33)
  })

  test('a link to media lives five minutes, needs its hash, and needs the token', async () => {
    const form = new FormData()
    form.set('file', new Blob([PNG], { type: 'image/png' }), 'dot.png')
    const { id }: Loose = await api.uploadMedia(bench.numberId, form)
    const { url }: Loose = await api.retrieveMedia(id)
    assert.equal((await fetch(url)).status, 401)
    assert.equal((await api.fetchMedia(`${url}x`)).status, 404)
    await bench.control('POST', 'clock', { advanceMs: 5 * 60_000 + 1000 })
    assert.equal((await api.fetchMedia(url)).status, 404)
    const { url: fresh }: Loose = await api.retrieveMedia(id)
    assert.equal((await api.fetchMedia(fresh)).status, 200)
  })

  test('blocks and unblocks', async () => {
    const blocked: Loose = await api.blockUser(bench.numberId, `+${CUSTOMER}`)
    assert.equal(blocked.block_users.added_users[0].wa_id, CUSTOMER)
    const free: Loose = await api.unblockUser(bench.numberId, `+${CUSTOMER}`)
    assert.equal(free.block_users.removed_users[0].wa_id, CUSTOMER)
  })

  test('believes the webhooks: signature, message, status', async () => {
    const seen: Loose[] = []
    api.on.message = ({ message, from }) => void seen.push([from, (message as Loose).text.body])
    api.on.status = ({ id, status }) => void seen.push([id, status])
    const message = { type: 'text', text: { body: 'héllo / 😀' } }
    const { id } = await bench.control('POST', `phones/${CUSTOMER}/messages`, { to: bench.numberId, message })
    await bench.hook.item((item) => item.id === id)
    const sent = await bench.send({ text: { body: 'back' } })
    await bench.hook.status(sent.body.messages[0].id, 'delivered')
    for (const { raw, headers, json } of bench.hook.bodies) {
      if (!raw.includes(id) && !raw.includes(sent.body.messages[0].id)) continue
      await api.post(json, raw, String(headers['x-hub-signature-256']))
      await assert.rejects(api.post(json, `${raw} `, String(headers['x-hub-signature-256'])))
    }
    assert.ok(seen.some(([from, text]) => from === CUSTOMER && text === 'héllo / 😀'))
    assert.ok(seen.some(([status]) => status === sent.body.messages[0].id))
    const params: Loose = { 'hub.mode': 'subscribe', 'hub.challenge': '123', 'hub.verify_token': VERIFY_TOKEN }
    assert.equal(api.get(params), '123')
  })
})

describe('@great-detail/whatsapp', () => {
  let sdk: Client
  before(() => {
    sdk = new Client({
      prefixUrl: bench.url,
      graphVersion: 'v25.0',
      request: { headers: { Authorization: `Bearer ${TOKEN}` }, retry: 0 },
    } as ConstructorParameters<typeof Client>[0])
  })
  const read = async (answer: unknown): Promise<Loose> => (await (answer as Promise<Response>)).json()

  test('sends, and marks as read', async () => {
    const sent = await read(
      sdk.message.createMessage({
        phoneNumberID: bench.numberId,
        to: CUSTOMER,
        type: 'text',
        text: { body: 'hi' },
      } as Loose),
    )
    await bench.hook.status(sent.messages[0].id, 'delivered')
    const id = await bench.open(CUSTOMER)
    const status = { phoneNumberID: bench.numberId, message_id: id, status: 'read', typing_indicator: { type: 'text' } }
    assert.deepEqual(await read(sdk.message.createStatus(status as Loose)), { success: true })
  })

  test('manages media, numbers, subscriptions, profile and templates', async () => {
    const { id } = await read(
      sdk.media.upload({
        phoneNumberID: bench.numberId,
        file: new Blob([PNG], { type: 'image/png' }),
        filename: 'dot.png',
        mimeType: 'image/png',
      } as Loose),
    )
    assert.equal((await read(sdk.media.getURL({ mediaID: id }))).file_size, PNG.length)
    assert.deepEqual(await read(sdk.media.delete({ mediaID: id })), { success: true })

    const numbers = await read(sdk.phoneNumbers.listPhoneNumbers({ businessAccountID: bench.wabaId } as Loose))
    assert.equal(numbers.data[0].id, bench.numberId)
    assert.deepEqual(await read(sdk.subscribedApps.createSubscription({ businessAccountID: bench.wabaId } as Loose)), {
      success: true,
    })
    const profile = { phoneNumberID: bench.numberId, about: 'Bread since 1984', websites: ['https://a.test'] }
    assert.deepEqual(await read(sdk.businessProfile.updateBusinessProfile(profile as Loose)), { success: true })
    const seen = await read(
      sdk.businessProfile.getBusinessProfile({ phoneNumberID: bench.numberId, fields: ['about'] } as Loose),
    )
    assert.deepEqual(seen.data, [{ about: 'Bread since 1984', messaging_product: 'whatsapp' }])

    const template = {
      name: 'from_sdk',
      language: 'en_US',
      category: 'MARKETING',
      components: [{ type: 'BODY', text: 'Hello there' }],
    }
    const createdTemplate = await read(sdk.template.create(bench.wabaId, template as Loose))
    const listed = await read(sdk.template.list(bench.wabaId, { name_or_content: 'from_sdk' } as Loose))
    assert.equal(listed.data[0].id, createdTemplate.id)
    assert.deepEqual(await read(sdk.template.delete(bench.wabaId, { name: 'from_sdk' } as Loose)), { success: true })
    assert.equal((await read(sdk.whatsappBusinessAccount.get(bench.wabaId))).id, bench.wabaId)
  })

  test('believes the webhooks by both signatures', async () => {
    const id = await bench.open(CUSTOMER)
    await bench.hook.item((item) => item.id === id)
    const body = bench.hook.bodies.find(({ raw }) => raw.includes(id))
    assert.ok(body)
    const event = await sdk.webhook.eventNotification({
      method: 'POST',
      query: {},
      body: body.raw,
      headers: body.headers,
    } as Loose)
    assert.equal(await event.checkSignature(APP_SECRET), true)
    assert.equal(await event.signature.sha1.check(APP_SECRET), true)
    assert.equal(await event.checkSignature('another secret'), false)
  })
})
