import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Message } from '#domain/conversations/schema.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { as, openProduct } from '../support/product.ts'

type Page = { items: Message[] }
type Refusal = { code: string }

const product = await openProduct()
after(() => product.close())
const tenant = await product.tenant()
const agent = as(tenant, 'agent')

async function opened(name: string): Promise<string> {
  const contactId = await makeContact(product, tenant, name)
  return (await receive(product, tenant, { contactId, messages: ['hello'] })).conversationId
}
const write = <T = Message>(id: string, content: unknown, clientId = newId()) =>
  product.call<T>(agent, 'POST', `/conversations/${id}/messages`, { content, clientId })
const thread = async (id: string) =>
  (await product.call<Page>(agent, 'GET', `/conversations/${id}/messages`)).body.items

const ORDER = [
  { type: 'BODY', text: 'Hi {{1}}, order {{2}} is on its way.' },
  { type: 'FOOTER', text: 'Kahawa' },
  { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Thanks' }] },
]
const makeTemplate = (name: string, status: string) =>
  product.db.tenant(tenant.tenantId, (tx) =>
    tx.run(sql`
      insert into templates (id, tenant_id, channel_id, name, language, category, status, components)
      values (${newId()}, ${tenant.tenantId}, ${tenant.channelId}, ${name}, 'en', 'utility', ${status}, ${JSON.stringify(ORDER)})`),
  )
const parameters = (...texts: string[]) => [{ type: 'body', parameters: texts.map((text) => ({ type: 'text', text })) }]

test('[CH-11] a template that is written is kept with everything that the contact will read', async () => {
  await makeTemplate('order', 'approved')
  await makeTemplate('paused', 'paused')
  const id = await opened('Template')
  const template = { kind: 'template', name: 'order', language: 'en' }
  const { status, body } = await write(id, { ...template, components: parameters('Ana', '4021') })
  assert.equal(status, 201)
  assert.partialDeepStrictEqual(body.content, {
    category: 'utility',
    text: 'Hi Ana, order 4021 is on its way.',
    face: { body: 'Hi Ana, order 4021 is on its way.', footer: 'Kahawa', buttons: [{ kind: 'reply', text: 'Thanks' }] },
  })
  const open = await write<Refusal>(id, { ...template, components: parameters('Ana') })
  assert.deepEqual([open.status, open.body.code], [409, 'message_not_sendable'])
  const paused = await write<Refusal>(id, { ...template, name: 'paused' })
  assert.equal(paused.body.code, 'template_not_approved')
})

test('[INB-02] the inbox is filtered by channel, tag, date range and custom field', async () => {
  const [one, two] = [
    await makeContact(product, tenant, 'Filter One'),
    await makeContact(product, tenant, 'Filter Two'),
  ]
  const inNairobi = (await receive(product, tenant, { contactId: one, messages: ['hello'] })).conversationId
  await receive(product, tenant, { contactId: two, messages: ['hello'] })
  const tagId = newId()
  await product.db.tenant(tenant.tenantId, async (tx) => {
    await tx.run(
      sql`insert into tags (id, tenant_id, name, color) values (${tagId}, ${tenant.tenantId}, 'VIP', 'amber')`,
    )
    await tx.run(
      sql`insert into contact_tags (tenant_id, contact_id, tag_id) values (${tenant.tenantId}, ${one}, ${tagId})`,
    )
    await tx.run(sql`update contacts set fields = '{"city":"Nairobi"}' where id = ${one}`)
    await tx.run(sql`update contacts set fields = '{"city":"Kisumu"}' where id = ${two}`)
    await tx.run(sql`update conversations set last_message_at = '2026-01-15T10:00:00Z' where id = ${inNairobi}`)
  })
  const found = async (query: string) => {
    const { body } = await product.call<{ items: { id: string }[] }>(agent, 'GET', `/conversations?limit=100&${query}`)
    return body.items.map(({ id }) => id)
  }
  assert.deepEqual(await found(`tagId=${tagId}`), [inNairobi])
  assert.deepEqual(await found('field=city&value=nairobi'), [inNairobi])
  assert.equal((await found('field=city')).length, 2)
  assert.deepEqual(await found('from=2026-01-15T00:00:00Z&until=2026-01-16T00:00:00Z'), [inNairobi])
  assert.deepEqual(await found('until=2026-01-15T10:00:00Z'), [])
  assert.deepEqual(await found(`channelId=${newId()}`), [])
  assert.ok((await found(`channelId=${tenant.channelId}`)).includes(inNairobi))
})

test('an agent puts one emoji onto a message of the contact, changes it and takes it back', async () => {
  const id = await opened('Reaction')
  const [question] = await thread(id)
  assert.ok(question?.externalId, 'a message tells the provider’s id')
  const react = (emoji: string | null) => write(id, { kind: 'reaction', messageExternalId: question.externalId, emoji })
  const shown = async () =>
    (await thread(id)).find((message) => message.id === question.id)!.reactions.map(({ emoji }) => emoji)
  assert.equal((await react('👍')).status, 201)
  assert.deepEqual(await shown(), ['👍'])
  await react('🎉')
  assert.deepEqual(await shown(), ['🎉'])
  await react(null)
  assert.deepEqual(await shown(), [])
  const foreign = (await thread(await opened('Another')))[0]!.externalId
  const refused = await write<Refusal>(id, { kind: 'reaction', messageExternalId: foreign, emoji: '👍' })
  assert.equal(refused.status, 404, 'a message of another conversation is none')
})
