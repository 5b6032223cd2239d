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
