import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from '#infra/db/tx.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { as, openProduct } from '../support/product.ts'

const product = await openProduct()
after(() => product.close())
const [tenant, other] = [await product.tenant(), await product.tenant()]

async function conversationOf(): Promise<string> {
  const contactId = await makeContact(product, tenant)
  return (await receive(product, tenant, { contactId, messages: ['hello'] })).conversationId
}
const rings = async (conversationId: string) => {
  const row = await product.db.tenant(tenant.tenantId, (tx) =>
    tx.row<{ rings: number }>(sql`select rings from read_marks where conversation_id = ${conversationId}`),
  )
  return row?.rings ?? 0
}

test('who may reply may show that they type, at most once in twenty seconds', async () => {
  const id = await conversationOf()
  const type = (role: 'agent' | 'viewer') => product.call(as(tenant, role), 'POST', `/conversations/${id}/typing`, {})
  assert.equal((await type('viewer')).status, 403)
  assert.equal((await type('agent')).status, 204)
  product.clock.ms += 19_000
  assert.equal((await type('agent')).status, 204)
  assert.equal(await rings(id), 1)
  product.clock.ms += 1_000
  await type('agent')
  assert.equal(await rings(id), 2)
})

test('outside the service window nothing is shown, and another tenant finds nothing', async () => {
  const id = await conversationOf()
  product.clock.ms += 25 * 3_600_000
  assert.equal((await product.call(as(tenant), 'POST', `/conversations/${id}/typing`, {})).status, 204)
  assert.equal(await rings(id), 0)
  assert.equal((await product.call(as(other), 'POST', `/conversations/${id}/typing`, {})).status, 404)
})

test('marking as read tells the provider once per message', async () => {
  const id = await conversationOf()
  for (const _ of [1, 2]) await product.call(as(tenant), 'POST', `/conversations/${id}/read`, {})
  assert.equal(await rings(id), 1)
})
