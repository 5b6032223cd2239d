import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Conversation } from '#domain/conversations/schema.ts'
import type { HouseEvent } from '#domain/events/schema.ts'
import type { Tag, TaggedConversations } from '#domain/tags/schema.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { as, openProduct, type TestTenant } from '../support/product.ts'

type Refusal = { code: string }
type Page<T> = { items: T[] }

const product = await openProduct()
after(() => product.close())
const [tenant, other] = [await product.tenant(), await product.tenant()]
const agent = as(tenant, 'agent')

async function opened(name: string, where: TestTenant = tenant): Promise<string> {
  const contactId = await makeContact(product, where, name)
  return (await receive(product, where, { contactId, messages: ['hello'] })).conversationId
}
async function tagOf(name: string, where: TestTenant = tenant): Promise<string> {
  const { status, body } = await product.call<Tag>(as(where, 'agent'), 'POST', '/tags', { name })
  assert.equal(status, 201)
  return body.id
}
const call = <T = Conversation>(method: string, path: string, body?: unknown, who = agent) =>
  product.call<T>(who, method, path, body)
const tagsOf = ({ tags }: Pick<Conversation, 'tags'>) => tags.map(({ name }) => name)
const listed = async (query: string) =>
  (await call<Page<Conversation>>('GET', `/conversations?limit=100&${query}`)).body.items.map(({ id }) => id)
const events = (conversationId: string) =>
  product.db.tenant(tenant.tenantId, (tx) =>
    tx.rows<Pick<HouseEvent, 'type' | 'data'>>(sql`
      select type, data from events where conversation_id = ${conversationId} and type in ('conversation.tagged', 'conversation.untagged')
      order by id`),
  )

test('[CONV-15] a conversation carries several tags, each once; the stream is told what changed, and nothing of what did not', async () => {
  const id = await opened('Several')
  const [refund, delivery] = [await tagOf('Refund'), await tagOf('Delivery')]
  for (const tagId of [refund, delivery, refund]) {
    assert.equal((await call('POST', `/conversations/${id}/tags/${tagId}`)).status, 200)
  }
  assert.deepEqual(tagsOf((await call('GET', `/conversations/${id}`)).body), ['Delivery', 'Refund'])
  const taken = await call('DELETE', `/conversations/${id}/tags/${refund}`)
  assert.deepEqual(tagsOf(taken.body), ['Delivery'])
  await call('DELETE', `/conversations/${id}/tags/${refund}`)
  assert.deepEqual(await events(id), [
    { type: 'conversation.tagged', data: { tagId: refund, tag: 'Refund' } },
    { type: 'conversation.tagged', data: { tagId: delivery, tag: 'Delivery' } },
    { type: 'conversation.untagged', data: { tagId: refund, tag: 'Refund' } },
  ])
})

test('[CONV-17] [CONV-18] the inbox is filtered by a tag of the conversation or of its contact, and tags count both', async () => {
  const [byItself, byContact] = [await opened('By itself'), await opened('By contact')]
  const tagId = await tagOf('Complaint')
  await call('POST', `/conversations/${byItself}/tags/${tagId}`)
  const { contact } = (await call('GET', `/conversations/${byContact}`)).body
  await call('POST', `/contacts/${contact.id}/tags/${tagId}`)
  assert.deepEqual(new Set(await listed(`tagId=${tagId}`)), new Set([byItself, byContact]))
  assert.deepEqual(await listed(`tagId=${tagId}&state=closed`), [])
  const tag = (await call<Page<Tag>>('GET', '/tags?limit=100')).body.items.find(({ id }) => id === tagId)!
  assert.deepEqual([tag.contactCount, tag.conversationCount], [1, 1])
  assert.equal((await call('DELETE', `/tags/${tagId}`)).status, 204)
  assert.deepEqual(await listed(`tagId=${tagId}`), [])
  assert.deepEqual((await call('GET', `/conversations/${byItself}`)).body.tags, [])
})

test('[CONV-19] many conversations are tagged in one act, which is all or nothing and one line of the audit log', async () => {
  const ids = [await opened('Many one'), await opened('Many two'), await opened('Many three')]
  const [add, remove] = [await tagOf('Campaign'), await tagOf('Old')]
  await call('POST', `/conversations/${ids[0]}/tags/${remove}`)
  const input = { conversationIds: [...ids, ids[0]], add: [add], remove: [remove] }
  const many = (body: unknown) => call<TaggedConversations & Refusal>('POST', '/conversations/tags', body)
  assert.deepEqual((await many(input)).body, { tagged: 3, untagged: 1 })
  assert.deepEqual((await many(input)).body, { tagged: 0, untagged: 0 })
  const absent = await many({ ...input, conversationIds: [ids[0], newId()], add: [remove] })
  assert.deepEqual([absent.status, absent.body.code], [404, 'not_found'])
  assert.deepEqual(tagsOf((await call('GET', `/conversations/${ids[0]}`)).body), ['Campaign'])
  assert.equal((await many({ ...input, conversationIds: [] })).status, 422)
  const lines = await product.db.tenant(tenant.tenantId, (tx) =>
    tx.rows(sql`select detail from audit_log where action = 'conversations.tag_many'`),
  )
  assert.deepEqual(lines[0], { detail: { conversations: 4, add: [add], remove: [remove] } })
})

test('[S01] [CONV-15] another tenant’s conversations and tags are not there, and who only reads puts no tag', async () => {
  const [own, foreign] = [await opened('Own'), await opened('Foreign', other)]
  const [ownTag, foreignTag] = [await tagOf('Own'), await tagOf('Foreign', other)]
  assert.equal((await call('POST', `/conversations/${foreign}/tags/${ownTag}`)).status, 404)
  assert.equal((await call('DELETE', `/conversations/${foreign}/tags/${ownTag}`)).status, 404)
  assert.equal((await call('POST', `/conversations/${own}/tags/${foreignTag}`)).status, 404)
  assert.deepEqual((await call('GET', `/conversations/${own}`)).body.tags, [])
  assert.equal(
    (await call('POST', `/conversations/${own}/tags/${ownTag}`, undefined, as(tenant, 'viewer'))).status,
    403,
  )
})
