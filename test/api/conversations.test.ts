import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Conversation, ConversationCounts, ConversationSummary, Message } from '#domain/conversations/schema.ts'
import type { InboundContent } from '#domain/messages/schema.ts'
import { sql } from '#infra/db/tx.ts'
import { conversationWorkflowId } from '#workflows/conversations/messages.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { as, openProduct, type Product, type TestTenant } from '../support/product.ts'

let product: Product
let tenant: TestTenant
let other: TestTenant

before(async () => {
  product = await openProduct()
  product.clock.ms = Date.now() // The service window is compared with the database's clock in places.
  tenant = await product.tenant()
  other = await product.tenant()
})
after(() => product.close())

type Page<T> = { items: T[]; nextCursor: string | null }
type Refusal = { code: string }

const opened = async (name: string, messages: readonly string[] = ['Hello'], of: TestTenant = tenant) =>
  (await receive(product, of, { contactId: await makeContact(product, of, name), messages })).conversationId

const list = async (query: string, role: 'agent' | 'owner' = 'agent') =>
  (await product.call<Page<ConversationSummary>>(as(tenant, role), 'GET', `/conversations?${query}`)).body
const act = <T = Conversation>(
  id: string,
  verb: string,
  body: unknown = {},
  role: 'agent' | 'supervisor' | 'viewer' = 'agent',
) => product.call<T>(as(tenant, role), 'POST', `/conversations/${id}/${verb}`, body)
const write = (id: string, text: string, clientId: string) =>
  product.call<Message>(as(tenant, 'agent'), 'POST', `/conversations/${id}/messages`, {
    content: { kind: 'text', text },
    clientId,
  })
const thread = async (id: string, query = '') =>
  (await product.call<Page<Message>>(as(tenant, 'agent'), 'GET', `/conversations/${id}/messages${query}`)).body

test('[INB-01] [INB-02] the inbox lists the last written first, and its filters agree with its counts', async () => {
  const first = await opened('Filter One')
  const second = await opened('Filter Two')
  const all = await list('state=open')
  assert.deepEqual(
    all.items.slice(0, 2).map(({ id }) => id),
    [second, first],
  )
  assert.equal(all.items[0]!.contact.name, 'Filter Two')
  assert.equal(all.items[0]!.lastMessagePreview, 'Hello')
  await act(first, 'take-over')
  assert.deepEqual(
    (await list('mine=true')).items.map(({ id }) => id),
    [first],
  )
  assert.deepEqual((await list('mine=true', 'owner')).items, [])
  assert.deepEqual(
    (await list('state=assigned')).items.map(({ id }) => id),
    [first],
  )
  assert.deepEqual(
    (await list('q=filter+tw')).items.map(({ id }) => id),
    [second],
  )
  const counts = await product.call<ConversationCounts>(as(tenant, 'agent'), 'GET', '/conversations/counts')
  assert.partialDeepStrictEqual(counts.body, { assigned: 1, mine: 1 })
  assert.equal(counts.body.open, (await list('state=open&limit=100')).items.length)
  assert.equal(counts.body.unread, (await list('unread=true&limit=100')).items.length)
})

test('pages of the inbox follow each other though conversations share their instant', async () => {
  for (let n = 0; n < 7; n += 1) await opened(`Page ${n}`)
  await product.db.tenant(tenant.tenantId, (tx) =>
    tx.run(sql`update conversations set last_message_at = '2026-01-01 10:00:00.000123+00'`),
  )
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page: Page<ConversationSummary> = await list(
      `limit=3${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    )
    seen.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
  } while (cursor !== null)
  const count = await product.db.tenant(tenant.tenantId, (tx) =>
    tx.row<{ n: number }>(sql`select count(*) as n from conversations`),
  )
  assert.equal(seen.length, count!.n)
  assert.equal(new Set(seen).size, seen.length)
  const forged = await product.call<Refusal>(as(tenant), 'GET', `/conversations?cursor=${'x'.repeat(40)}`)
  assert.equal(forged.body.code, 'cursor_invalid')
})

test('[INB-04] a person takes over, hands back, and an act on what changed meanwhile is refused', async () => {
  const id = await opened('Epoch')
  const read = await product.call<Conversation>(as(tenant, 'agent'), 'GET', `/conversations/${id}`)
  const taken = await act(id, 'take-over', { epoch: read.body.epoch })
  assert.equal(taken.body.state, 'assigned')
  assert.deepEqual(taken.body.owner, { kind: 'user', id: tenant.people.agent, name: 'The agent' })
  const late = await act<Refusal>(id, 'close', { epoch: read.body.epoch })
  assert.deepEqual([late.status, late.body.code], [409, 'conversation_changed'])
  const given = await act(id, 'assign', { personId: tenant.people.owner }, 'supervisor')
  assert.deepEqual(given.body.owner, { kind: 'user', id: tenant.people.owner, name: 'The owner' })
  const queued = await act(id, 'assign', { personId: null }, 'supervisor')
  assert.deepEqual([queued.body.state, queued.body.needsPeople], ['queued', true])
  assert.equal((await act(id, 'hand-back')).body.state, 'bot')
  assert.equal((await act(id, 'assign', { personId: null })).status, 403)
  assert.equal((await act(id, 'take-over', {}, 'viewer')).status, 403)
})

test('a conversation names the workflow that carries it, for the link to the Temporal UI', async () => {
  const id = await opened('Link')
  const read = await product.call<Conversation>(as(tenant, 'agent'), 'GET', `/conversations/${id}`)
  assert.equal(read.body.workflowId, conversationWorkflowId(tenant.tenantId, id))
})

test('[CONV-01] closing, opening again and snoozing', async () => {
  const id = await opened('Lifecycle')
  const closed = await act(id, 'close', { reason: 'resolved' })
  assert.deepEqual([closed.body.state, closed.body.closeReason], ['closed', 'resolved'])
  assert.equal((await act<Refusal>(id, 'take-over')).body.code, 'conversation_closed')
  assert.equal((await write(id, 'Too late', 'client-late-1')).status, 409)
  assert.equal((await act(id, 'reopen')).body.state, 'queued')
  const past = await act<Refusal>(id, 'snooze', { until: new Date(product.clock.ms - 1).toISOString() })
  assert.equal(past.body.code, 'invalid_input')
  const until = new Date(product.clock.ms + 3_600_000).toISOString()
  const snoozed = await act(id, 'snooze', { until })
  assert.deepEqual([snoozed.body.state, snoozed.body.snoozedUntil], ['snoozed', until])
  assert.equal((await act(id, 'snooze', { until: null })).body.state, 'queued')
})

test('a reply is written once however often a weak network repeats it, and the thread tells who said what', async () => {
  const id = await opened('Thread', ['One', 'Two'])
  const sent = await write(id, 'Hi there', 'client-0001')
  assert.equal(sent.status, 201)
  assert.deepEqual([sent.body.state, sent.body.clientId], ['queued', 'client-0001'])
  const again = await write(id, 'Hi there', 'client-0001')
  assert.deepEqual([again.status, again.body.id], [200, sent.body.id])
  const { items } = await thread(id)
  assert.deepEqual(
    items.map(({ direction, sender, content }) => [direction, sender.name, 'text' in content ? content.text : '']),
    [
      ['outbound', 'The agent', 'Hi there'],
      ['inbound', null, 'Two'],
      ['inbound', null, 'One'],
    ],
  )
  const older = await thread(id, `?limit=1&before=${items[0]!.id}`)
  assert.deepEqual([older.items[0]!.id, older.nextCursor], [items[1]!.id, items[1]!.id])
  const newer = await thread(id, `?after=${items[2]!.id}`)
  assert.deepEqual(
    newer.items.map((item) => item.id),
    [items[0]!.id, items[1]!.id],
  )
})

const SAID: readonly (readonly [InboundContent, string])[] = [
  [{ kind: 'text', text: 'Hello' }, 'Hello'],
  [{ kind: 'image', media: { providerMediaId: 'm1' } }, 'messages.preview.image'],
  [{ kind: 'image', media: { providerMediaId: 'm2' }, caption: 'The cup' }, 'messages.preview.image: The cup'],
  [{ kind: 'audio', media: { providerMediaId: 'm3', voice: true } }, 'messages.preview.voice'],
  [{ kind: 'sticker', media: { providerMediaId: 'm4' } }, 'messages.preview.sticker'],
  [{ kind: 'order', catalogId: 'c1', items: [] }, 'messages.preview.order: 0'],
]
for (const [content, line] of SAID) {
  test(`a row and a quote say "${line}", for every screen to put into words`, async () => {
    const contactId = await makeContact(product, tenant, `Says ${line}`)
    const { conversationId } = await receive(product, tenant, { contactId, messages: [content] })
    const row = (await list('state=open')).items.find(({ id }) => id === conversationId)
    assert.equal(row?.lastMessagePreview, line)
    const read = await product.call<Conversation>(as(tenant, 'agent'), 'GET', `/conversations/${conversationId}`)
    assert.equal(read.body.lastMessagePreview, line)
    const path = `/conversations/${conversationId}/messages`
    const answer = await product.call<Message>(as(tenant, 'agent'), 'POST', path, {
      content: { kind: 'text', text: 'Thank you' },
      replyTo: (await thread(conversationId)).items[0]!.id,
      clientId: `quotes-${conversationId}`,
    })
    assert.equal(answer.body.replyTo?.preview, line)
  })
}

test('an answer quotes what it answers to, and reactions hang on their message', async () => {
  const contactId = await makeContact(product, tenant, 'Quote')
  const { conversationId } = await receive(product, tenant, { contactId, messages: ['Where is my order?'] })
  const { items } = await thread(conversationId)
  const question = items[0]!
  await product.db.tenant(tenant.tenantId, (tx) =>
    tx.run(sql`
      insert into message_reactions (tenant_id, message_id, sender_type, emoji, at)
      values (${tenant.tenantId}, ${question.id}, 'user', '👍', now())`),
  )
  const answer = await product.call<Message>(as(tenant, 'agent'), 'POST', `/conversations/${conversationId}/messages`, {
    content: { kind: 'text', text: 'On its way' },
    replyTo: question.id,
    clientId: 'client-quote-1',
  })
  assert.partialDeepStrictEqual(answer.body.replyTo, { id: question.id, preview: 'Where is my order?' })
  assert.deepEqual(
    (await thread(conversationId)).items.at(-1)!.reactions.map(({ emoji }) => emoji),
    ['👍'],
  )
})

test('[CH-11] outside the 24 hours only a template may be written', async () => {
  const id = await opened('Window')
  product.clock.ms += 25 * 3_600_000
  try {
    const refused = await product.call<Refusal>(as(tenant, 'agent'), 'POST', `/conversations/${id}/messages`, {
      content: { kind: 'text', text: 'Still there?' },
      clientId: 'client-window-1',
    })
    assert.equal(refused.body.code, 'service_window_closed')
    const template = { kind: 'template', name: 'hello_world', language: 'en_US' }
    const sent = await product.call<Message>(as(tenant, 'agent'), 'POST', `/conversations/${id}/messages`, {
      content: template,
      clientId: 'client-window-2',
    })
    assert.equal(sent.status, 201)
  } finally {
    product.clock.ms -= 25 * 3_600_000
  }
})

test('[CONV-12] held messages are shown held, and a supervisor releases them', async () => {
  const contactId = await makeContact(product, tenant, 'Flood')
  const messages = Array.from({ length: 23 }, (_, n) => `Message ${n}`)
  const { conversationId } = await receive(product, tenant, { contactId, messages })
  const heldOf = async () => (await thread(conversationId)).items.filter(({ held }) => held !== null).length
  assert.equal(await heldOf(), 3)
  assert.equal((await act(conversationId, 'release-held')).status, 403)
  const released = await act(conversationId, 'release-held', {}, 'supervisor')
  assert.equal(released.body.heldCount, 0)
  assert.equal(await heldOf(), 0)
})

test('only a failed message is sent again', async () => {
  const id = await opened('Retry')
  const { body } = await write(id, 'Once more', 'client-retry-1')
  assert.equal((await product.call(as(tenant, 'agent'), 'POST', `/messages/${body.id}/retry`)).status, 409)
  await product.db.tenant(tenant.tenantId, (tx) =>
    tx.run(sql`
      update messages set state = 'failed', failure = '{"code":"provider_rejected","providerCode":131026,"title":"Undeliverable"}'
      where id = ${body.id}`),
  )
  const failed = (await thread(id)).items[0]!
  assert.partialDeepStrictEqual(failed.failure, {
    code: 'provider_rejected',
    providerCode: 131026,
    title: 'Undeliverable',
  })
  const retried = await product.call<Message>(as(tenant, 'agent'), 'POST', `/messages/${body.id}/retry`)
  assert.deepEqual([retried.status, retried.body.state], [200, 'queued'])
})

test('[S01] a conversation of another tenant is not there for any verb', async () => {
  const foreign = await opened('Foreign', ['Secret'], other)
  const calls: [string, string, unknown?][] = [
    ['GET', ''],
    ['GET', '/messages'],
    ['POST', '/messages', { content: { kind: 'text', text: 'x' }, clientId: 'client-foreign' }],
    ...['take-over', 'hand-back', 'reopen', 'read', 'release-held', 'close'].map((verb): [string, string, unknown] => [
      'POST',
      `/${verb}`,
      {},
    ]),
  ]
  for (const [method, path, body] of calls) {
    const answer = await product.call<Refusal>(as(tenant), method, `/conversations/${foreign}${path}`, body)
    assert.deepEqual([answer.status, answer.body.code], [404, 'not_found'], `${method} ${path}`)
  }
})
