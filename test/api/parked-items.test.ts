import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { markItemFailed, storeInbound } from '#infra/db/stores/inbound.ts'
import { sql } from '#infra/db/tx.ts'
import { as, openProduct, type Product, type TestTenant } from '../support/product.ts'

let product: Product
let tenant: TestTenant
before(async () => {
  product = await openProduct()
  tenant = await product.tenant()
})
after(() => product?.close())

type Parked = { items: { id: string; attempts: number; error: string | null }[] }

/** One item that our own code has refused as often as it may. */
async function parkOne(): Promise<string> {
  const { tenantId, channelId } = tenant
  const item = { key: 'message|1', kind: 'message', lane: 'c:1', channelId, item: { kind: 'message' } }
  return product.db.tenant(tenantId, async (tx) => {
    await storeInbound(tx, { tenantId, channelId, body: Buffer.from('{}'), items: [item] })
    const row = await tx.row<{ id: string }>(sql`select id from inbound_events where channel_id = ${channelId}`)
    for (let attempt = 1; attempt <= 8; attempt += 1) await markItemFailed(tx, row!.id, 'it did not fit')
    return row!.id
  })
}

test('an item refused eight times is parked, shown with its reason, and taken once more when somebody asks', async () => {
  const id = await parkOne()
  const path = `/channels/${tenant.channelId}/parked-items`
  const parked = await product.call<Parked>(as(tenant), 'GET', path)
  assert.equal(parked.status, 200)
  assert.deepEqual(
    parked.body.items.map(({ id, attempts, error }) => ({ id, attempts, error })),
    [{ id, attempts: 8, error: 'it did not fit' }],
  )
  const retried = await product.call(as(tenant), 'POST', `${path}/${id}/retry`)
  assert.equal(retried.status, 204)
  const again = await product.call<Parked>(as(tenant), 'GET', path)
  assert.deepEqual(again.body.items, [])
  assert.equal((await product.call(as(tenant), 'POST', `${path}/${id}/retry`)).status, 404)
})

test('who may not manage numbers sees no parked items, and no other tenant does', async () => {
  const path = `/channels/${tenant.channelId}/parked-items`
  assert.equal((await product.call(as(tenant, 'agent'), 'GET', path)).status, 403)
  const other = await product.tenant()
  assert.equal((await product.call(as(other), 'GET', path)).status, 404)
})
