import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { InboundContent } from '#domain/messages/schema.ts'
import {
  type InboundItem,
  type MessageItem,
  mapItem,
  parseWebhook,
  splitWebhook,
} from '#infra/providers/whatsapp/inbound.ts'

const read = (name: string) => readFileSync(join(import.meta.dirname, `../fixtures/whatsapp/${name}.json`))
const items = (name: string) => parseWebhook(read(name)).items
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))

function only<K extends InboundItem['kind']>(all: InboundItem[], kind: K): Extract<InboundItem, { kind: K }>[] {
  return all.filter((item): item is Extract<InboundItem, { kind: K }> => item.kind === kind)
}

function message(all: InboundItem[], id: string): MessageItem {
  const found = only(all, 'message').find(({ externalId }) => externalId === `wamid.${id}`)
  assert.ok(found, `no message ${id}`)
  assert.deepEqual(InboundContent.parse(found.content), found.content)
  return found
}

test('a user without a phone is known by the user id, also when that id sits in from', () => {
  const all = items('username-users')
  assert.deepEqual(message(all, 'U1').from, {
    externalIds: { userId: 'KE.7001', parentUserId: 'KE.ENT.9001' },
    profileName: 'Noor',
    username: 'noor.sews',
  })
  assert.deepEqual(message(all, 'U2').from, { externalIds: { userId: 'PK.55AA66' }, profileName: 'Bilal' })
})

test('with several contacts in one value each message finds its own', () => {
  const all = items('username-users')
  assert.equal(message(all, 'U3').from.profileName, 'Ben')
  assert.equal(message(all, 'U4').from.profileName, 'Ann')
})

test('one bad item never drops its neighbours', () => {
  const all = items('batch-with-bad-neighbours')
  assert.deepEqual(message(all, 'B1').content, { kind: 'text', text: 'good one' })
  assert.deepEqual(message(all, 'B7').content, { kind: 'text', text: 'good two' })
  assert.deepEqual(message(all, 'B3').content, { kind: 'unsupported', type: 'hologram' })
  assert.deepEqual(message(all, 'B4').content, { kind: 'unsupported', type: 'text' })
  assert.deepEqual(message(all, 'B5').content, { kind: 'unsupported', type: 'image' })
  assert.deepEqual(message(all, 'B6').content, { kind: 'unsupported', type: 'constructor' })
  assert.deepEqual(
    only(all, 'bad').map(({ reason }) => reason),
    [
      'entry_not_an_object',
      'changes_not_a_list',
      'value_not_an_object',
      'value_not_an_object',
      'message_not_an_object',
      'message_without_id',
      'status_not_an_object',
      'messages_not_a_list',
    ],
  )
  assert.equal(only(all, 'status')[0]?.status, 'in_orbit')
  assert.equal(only(all, 'unknown')[0]?.field, 'brand_new_field')
})

test('a message that names nobody is parked, not guessed', () => {
  const value = { metadata: { phone_number_id: '1' }, messages: [{ id: 'wamid.N', type: 'text', text: { body: 'x' } }] }
  const body = { object: 'whatsapp_business_account', entry: [{ id: '9', changes: [{ field: 'messages', value }] }] }
  const [item] = parseWebhook(bytes(body)).items
  assert.equal(item?.kind === 'bad' && item.reason, 'message_without_sender')
})

test('garbage as a whole creates nothing and says why', () => {
  const cases: [string | Buffer, string][] = [
    ['', 'not_json'],
    ['{', 'not_json'],
    ['null', 'not_json'],
    ['[]', 'not_json'],
    ['"text"', 'not_json'],
    ['\ufeff{"object":"whatsapp_business_account"}', 'not_json'],
    ['{"object":"page","entry":[]}', 'other_object'],
    ['{"object":"whatsapp_business_account"}', 'no_entries'],
    ['{"object":"whatsapp_business_account","entry":{}}', 'no_entries'],
    ['{"object":"whatsapp_business_account","entry":[]}', 'no_entries'],
    ['['.repeat(100_000), 'too_deep'],
    [`{"a":${'{"a":'.repeat(100_000)}`, 'too_deep'],
    [`{${Array.from({ length: 100_000 }, (_, n) => `"k${n}":1`).join()}}`, 'too_many_keys'],
    [`[${'0,'.repeat(1_000_000)}0]`, 'too_many_values'],
  ]
  for (const [text, unparsable] of cases) {
    assert.deepEqual(parseWebhook(Buffer.from(text)), { items: [], unparsable }, String(text).slice(0, 60))
  }
})

test('text that only looks deep is not refused', () => {
  const value = {
    metadata: { phone_number_id: '1' },
    messages: [{ id: 'w', from: '2', type: 'text', text: { body: '[{"\\":'.repeat(5_000) } }],
  }
  const {
    items: [item],
  } = parseWebhook(bytes({ entry: [{ changes: [{ field: 'messages', value }] }] }))
  assert.equal(item?.kind, 'message')
})

test('a reaction is taken back by an empty emoji or by none', () => {
  const all = items('inbound-types')
  const emojis = ['T1', 'T2', 'T3'].map((id) => message(all, id).content)
  assert.deepEqual(
    emojis.map((content) => content.kind === 'reaction' && content.emoji),
    ['👍', null, null],
  )
})

test('a quick reply without payload and a broken form answer are kept as they are', () => {
  const all = items('inbound-types')
  assert.deepEqual(message(all, 'T4').content, { kind: 'tap', source: 'template', title: 'Stop promotions' })
  assert.deepEqual(message(all, 'T5').content, { kind: 'form_reply', name: 'flow', text: 'Sent', raw: '{"broken":' })
  assert.deepEqual(message(all, 'T6').content, { kind: 'form_reply', name: 'flow', text: 'Sent', raw: '' })
  assert.deepEqual(message(all, 'T7').content, { kind: 'form_reply', raw: '{"already":"parsed"}' })
})

test('media carry the digest in hex, a bounded name, and no address that is about to die', () => {
  const all = items('inbound-types')
  assert.deepEqual(message(all, 'T8').content, {
    kind: 'image',
    caption: 'A receipt',
    media: {
      providerMediaId: '1234',
      mimeType: 'image/jpeg',
      sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    },
  })
  const voices = ['T9', 'T10'].map((id) => message(all, id).content)
  assert.ok(voices.every((content) => content.kind === 'audio' && content.media.voice))
  const document = message(all, 'T11').content
  assert.equal(document.kind === 'document' && document.media.fileName?.length, 240)
  const lost = message(all, 'T19')
  assert.deepEqual(lost.errors, [{ code: 131052, title: 'Media download error', details: 'gone' }])
})

test('prices of an order become minor units of their own currency', () => {
  const { content } = message(items('inbound-types'), 'T12')
  assert.deepEqual(content, {
    kind: 'order',
    catalogId: '77',
    items: [
      { productRetailerId: 'A', quantity: 2, itemPriceMinor: 799, currency: 'USD' },
      { productRetailerId: 'B', quantity: 1, itemPriceMinor: 1500, currency: 'UGX' },
      { productRetailerId: 'C', quantity: 1, itemPriceMinor: 1234, currency: 'KWD' },
    ],
  })
})

test('what cannot be shown says what it was, and an opened chat is an event', () => {
  const all = items('inbound-types')
  const unsupported = message(all, 'T13').content
  assert.equal(unsupported.kind === 'unsupported' && unsupported.type, 'poll')
  assert.deepEqual(message(all, 'T14').content, { kind: 'system', event: 'chat_opened' })
  assert.equal(message(all, 'T22').content.kind, 'permission_reply')
})

test('context, advertisement and group are told apart', () => {
  const all = items('inbound-types')
  assert.deepEqual(message(all, 'T15').context, { forwarded: 'often' })
  const asked = message(all, 'T16')
  assert.deepEqual(asked.context, {
    externalId: 'wamid.OUT2',
    referredProduct: { catalogId: '77', productRetailerId: 'A' },
  })
  assert.equal(asked.referral?.clickId, 'clid-1')
  assert.equal(message(all, 'T17').groupId, 'Z3JvdXA')
  assert.equal(message(all, 'T16').groupId, undefined)
})

test('times come as text or number; one that cannot be read is left out', () => {
  const all = items('inbound-types')
  assert.equal(message(all, 'T19').sentAtMs, 1_763_700_000_000)
  assert.equal(message(all, 'T20').sentAtMs, 1_763_700_020_000)
  assert.equal(message(all, 'T21').sentAtMs, undefined)
  const place = message(all, 'T18').content
  assert.deepEqual(place, { kind: 'location', latitude: -1.2921, longitude: 36.8219 })
})

test('an interactive message without body is kept, with the error that explains it', () => {
  const all = items('interactive-without-body')
  const { content, context } = message(all, 'I1')
  assert.equal(content.kind === 'unsupported' && content.errors?.[0]?.code, 131000)
  assert.equal(context?.externalId, 'wamid.OUT1')
  assert.equal(only(all, 'errors')[0]?.errors[0]?.code, 131000)
})

test('system messages need neither contacts nor from', () => {
  const all = items('system-messages')
  assert.deepEqual(message(all, 'S1').content, {
    kind: 'system',
    event: 'number_changed',
    text: 'Ann changed from 254700000001 to 254700000009',
    newExternalId: '254700000009',
  })
  const changed = message(all, 'S2')
  assert.deepEqual(changed.from.externalIds, { userId: 'KE.1', parentUserId: 'KE.ENT.1' })
  assert.deepEqual(changed.content, { kind: 'system', event: 'user_id_changed', newExternalId: 'KE.10' })
  const strange = message(all, 'S3').content
  assert.equal(strange.kind === 'system' && strange.event, 'other')
})

test('statuses carry our callback data, their price and whoever they reached', () => {
  const all = only(items('statuses'), 'status')
  const [first] = all
  assert.equal(first?.callbackData, '0197-msg.1')
  assert.deepEqual(first?.recipient, {
    externalIds: { userId: 'KE.7001', parentUserId: 'KE.ENT.9001' },
    profileName: 'Noor',
    username: 'noor.sews',
  })
  assert.deepEqual(first?.pricing, {
    category: 'authentication_international',
    type: 'regular',
    model: 'PMP',
    billable: true,
  })
  assert.deepEqual(first?.conversation, { id: 'c1', origin: 'service', expiresAtMs: 1_763_786_400_000 })
  assert.deepEqual(all.find(({ status }) => status === 'failed')?.errors, [
    { code: 131047, title: 'Re-engagement message', details: 'More than 24 hours have passed.' },
  ])
  const groups = all.filter(({ recipient }) => recipient.groupId === 'Z3JvdXA')
  assert.equal(new Set(groups.map(({ key }) => key)).size, 2)
  assert.equal(all.at(-1)?.recipient.externalIds.userId, 'KE.7001')
})

test('a doubled status has one key, and keys differ between numbers', () => {
  const keys = only(items('statuses'), 'status').map(({ key }) => key)
  assert.equal(keys.length - new Set(keys).size, 1)
  const other = splitWebhook(Buffer.from(read('statuses').toString().replaceAll('700100200300', '700100200301')))
  assert.ok(other.items.every(({ key }) => !keys.includes(key)))
})

test('what the business writes on its phone is an echo, never inbound', () => {
  const all = items('coexistence')
  const echoes = only(all, 'echo')
  assert.deepEqual(
    echoes.map(({ content }) => content),
    [
      { kind: 'text', text: 'Answered by hand' },
      { kind: 'edit', originalExternalId: 'wamid.E1', text: 'Answered by both hands' },
      { kind: 'revoke', originalExternalId: 'wamid.E1' },
    ],
  )
  assert.equal(echoes[0]?.to.externalIds.waId, '254700000001')
  assert.equal(only(all, 'message').length, 0)
  assert.deepEqual(
    only(all, 'account').map(({ event }) => event),
    ['history', 'smb_app_state_sync'],
  )
})

test('a stop of marketing and a call are events of their own', () => {
  const all = items('preferences-and-calls')
  const [stop, resume] = only(all, 'preference')
  assert.equal(stop?.value, 'stop')
  assert.deepEqual(stop?.from, { externalIds: { waId: '254700000001', userId: 'KE.1' }, profileName: 'Ann' })
  assert.equal(stop?.atMs, 1_763_700_300_000)
  assert.deepEqual([resume?.value, resume?.from.externalIds], ['resume', { userId: 'KE.7001' }])
  const [ringing, call] = only(all, 'call')
  assert.deepEqual([call?.event, call?.fromContact, call?.peer.externalIds.waId], ['connect', true, '254700000001'])
  assert.deepEqual([ringing?.event, ringing?.fromContact], ['ringing', false])
})

test('template events speak of one language code and one direction of a change', () => {
  const [approved, paused, quality, notice, moved, parts] = only(items('template-events'), 'template')
  assert.deepEqual(
    [approved?.event, approved?.language, approved?.category, approved?.reason, approved?.templateId],
    ['APPROVED', 'en_US', 'utility', undefined, '1689556908129832'],
  )
  assert.deepEqual([paused?.event, paused?.detail], ['PAUSED', 'Paused for 3 hours'])
  assert.deepEqual([quality?.change, quality?.event], ['quality', 'RED'])
  assert.deepEqual([notice?.previousCategory, notice?.category], ['utility', 'marketing'])
  assert.deepEqual([moved?.previousCategory, moved?.category, moved?.event], ['utility', 'marketing', 'MARKETING'])
  assert.equal(parts?.change, 'components')
})

test('a template id longer than a double holds keeps all its digits', () => {
  const text = read('template-events').toString().replace('1689556908129832', '12345678901234567891')
  const [approved] = parseWebhook(Buffer.from(text)).items
  assert.equal(approved?.kind === 'template' && approved.templateId, '12345678901234567891')
})

test('account events keep their body and say in one word what happened', () => {
  const all = items('account-events')
  assert.deepEqual(
    only(all, 'account').map(({ event }) => event),
    ['THROUGHPUT_UPGRADE', 'APPROVED', 'OBA_REJECTED', 'business_capability_update'],
  )
  assert.equal(only(all, 'account')[0]?.displayPhoneNumber, '15550100001')
  assert.deepEqual(only(all, 'errors')[0]?.errors, [{ code: 130429, title: 'Rate limit hit', details: 'Too many' }])
})

test('characters that Postgres refuses are replaced, so that one message cannot block its batch', () => {
  const value = {
    metadata: { phone_number_id: '1' },
    messages: [
      { id: 'w1', from: '2', type: 'text', text: { body: 'nul \0 here, half a pair \ud83d, whole 😀' } },
      { id: 'w2', from: '2', type: 'text', text: { body: 'a neighbour' } },
    ],
  }
  const { items: split } = splitWebhook(bytes({ entry: [{ changes: [{ field: 'messages', value }] }] }))
  const stored = JSON.stringify(split.map(({ item }) => item))
  assert.ok(!/\\u0000|\\ud83d/i.test(stored))
  const [first, second] = split.map(({ item }) => mapItem(item))
  assert.deepEqual(first?.kind === 'message' && first.content, {
    kind: 'text',
    text: 'nul \ufffd here, half a pair \ufffd, whole 😀',
  })
  assert.equal(second?.kind, 'message')
})

test('an id of any length gives a key of bounded length', () => {
  const value = { metadata: { phone_number_id: '1' }, messages: [{ id: 'w'.repeat(10_000), from: '2', type: 'text' }] }
  const [item] = splitWebhook(bytes({ entry: [{ changes: [{ field: 'messages', value }] }] })).items
  assert.ok(item!.key.length < 500)
})
