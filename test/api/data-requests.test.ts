import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { MockActivityEnvironment } from '@temporalio/testing'
import { createContactExportActivities } from '#activities/contact-exports.ts'
import type { Contact } from '#domain/contacts/schema.ts'
import type { Page } from '#domain/paging.ts'
import type { DataRequest } from '#domain/privacy/schema.ts'
import { beginRequest, keepExport } from '#infra/db/stores/data-requests.ts'
import { meetContact } from '#infra/db/stores/erased-contacts.ts'
import { beginErasure } from '#infra/db/stores/erasure.ts'
import { sql } from '#infra/db/tx.ts'
import { createFileStore } from '#infra/media/store.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { as, openProduct, type TestTenant } from '../support/product.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-requests-'))
const media = createFileStore(folder)
const product = await openProduct(() => ({ media }))
after(async () => {
  rmSync(folder, { recursive: true })
  await product.close()
})
const { db } = product
const requests = (contactId: string) => `/contacts/${contactId}/data-requests`

async function asked(tenant: TestTenant, contactId: string, kind: 'export' | 'erasure'): Promise<DataRequest> {
  const { status, body } = await product.call<DataRequest>(as(tenant), 'POST', requests(contactId), { kind })
  assert.equal(status, 202)
  return body
}

test('[SEC-10] an export is asked for once, is fetched while it is kept, and by nobody else', async () => {
  const [tenant, other] = [await product.tenant(), await product.tenant()]
  const contactId = await makeContact(product, tenant)
  const { id, state } = await asked(tenant, contactId, 'export')
  assert.equal(state, 'waiting')
  assert.equal((await product.call(as(tenant), 'POST', requests(contactId), { kind: 'export' })).status, 409)
  assert.equal((await product.call(as(tenant, 'agent'), 'POST', requests(contactId), { kind: 'export' })).status, 403)
  assert.equal((await product.call(as(other), 'POST', requests(contactId), { kind: 'export' })).status, 404)
  assert.equal((await product.call(as(tenant), 'GET', `/data-requests/${id}/file`)).status, 404)

  const storageKey = `exports/${id}/contact.tar`
  await media.put(tenant.tenantId, storageKey, Buffer.from('tar'), { mimeType: 'application/x-tar', sizeBytesMax: 9 })
  await db.tenant(tenant.tenantId, async (tx) => {
    await beginRequest(tx, id)
    await keepExport(tx, { id, storageKey, sizeBytes: 3, expiresAtMs: product.clock.ms + 1_000 })
  })
  const file = await product.request(`/data-requests/${id}/file`, { as: as(tenant) })
  assert.deepEqual([file.status, await file.text()], [200, 'tar'])
  assert.equal((await product.request(`/data-requests/${id}/file`, { as: as(other) })).status, 404)
  assert.equal((await product.request(`/data-requests/${id}/file`, { as: as(tenant, 'agent') })).status, 403)
  product.clock.ms += 2_000
  assert.equal((await product.request(`/data-requests/${id}/file`, { as: as(tenant) })).status, 404)
})

test('[SEC-10] an export can be cancelled, an erasure cannot, and each leaves its line in the log', async () => {
  const tenant = await product.tenant()
  const contactId = await makeContact(product, tenant)
  const wanted = await asked(tenant, contactId, 'export')
  assert.equal((await product.call(as(tenant), 'DELETE', `/data-requests/${wanted.id}`)).status, 204)
  const after = await product.call<DataRequest>(as(tenant), 'GET', `/data-requests/${wanted.id}`)
  assert.equal(after.body.state, 'cancelled')
  const erasure = await asked(tenant, contactId, 'erasure')
  assert.equal((await product.call(as(tenant), 'POST', requests(contactId), { kind: 'export' })).status, 409)
  assert.equal((await product.call(as(tenant), 'DELETE', `/data-requests/${erasure.id}`)).status, 409)
  const { body } = await product.call<{ items: DataRequest[] }>(as(tenant), 'GET', requests(contactId))
  assert.deepEqual(
    body.items.map(({ kind, state }) => [kind, state]),
    [
      ['erasure', 'waiting'],
      ['export', 'cancelled'],
    ],
  )
  const page = async (query: string) =>
    (await product.call<Page<DataRequest>>(as(tenant), 'GET', `${requests(contactId)}?${query}`)).body
  const first = await page('limit=1')
  const second = await page(`limit=1&cursor=${first.nextCursor}`)
  assert.deepEqual([...first.items, ...second.items], body.items)
  assert.equal(second.nextCursor, null)
})

test('[SEC-10] [S64] who was erased is nobody at once, and whoever is added by hand under their number is suppressed', async () => {
  const tenant = await product.tenant()
  const contactId = await makeContact(product, tenant)
  const { phone } = (await product.call<Contact>(as(tenant), 'GET', `/contacts/${contactId}`)).body
  const { id: requestId } = await asked(tenant, contactId, 'erasure')
  const place = { tenantId: tenant.tenantId, contactId, requestId }
  await db.tenant(tenant.tenantId, (tx) => beginErasure(tx, place, product.keyRing))
  assert.equal((await product.call(as(tenant), 'GET', `/contacts/${contactId}`)).status, 404)
  const again = await product.call<Contact>(as(tenant), 'POST', '/contacts', { phone, name: 'Somebody' })
  assert.equal(again.status, 201)
  assert.deepEqual(again.body.suppressions.map(({ category, reason }) => [category, reason]).sort(), [
    ['marketing', 'erased'],
    ['utility', 'erased'],
  ])
  const stranger = await product.call<Contact>(as(tenant), 'POST', '/contacts', { phone: '+254799999999' })
  assert.deepEqual(stranger.body.suppressions, [])
})

test('[SEC-10] [S64] an export that is being packed, or still waits, ends with the erasure, and its file is on no disk', async () => {
  const tenant = await product.tenant()
  const { tenantId } = tenant
  const erase = async (contactId: string) => {
    const { id: requestId } = await asked(tenant, contactId, 'erasure')
    await db.tenant(tenantId, (tx) => beginErasure(tx, { tenantId, contactId, requestId }, product.keyRing))
  }
  const contactId = await makeContact(product, tenant)
  const { id } = await asked(tenant, contactId, 'export')
  const fileOf = (requestId: string) => media.sizeBytes(tenantId, `exports/${requestId}/contact.tar`)
  /** At the latest moment: the file lies there, and is not written down yet. */
  const put: typeof media.put = async (...args) => {
    const stored = await media.put(...args)
    await erase(contactId)
    return stored
  }
  const activities = createContactExportActivities({ db, media: { ...media, put }, now: Date.now })
  const run = <T>(activity: (input: { tenantId: string; requestId: string }) => Promise<T>, requestId: string) =>
    new MockActivityEnvironment().run(activity, { tenantId, requestId })
  assert.equal(await run(activities.packContactExport, id), null)
  assert.equal(await fileOf(id), undefined)
  const { body } = await product.call<DataRequest>(as(tenant), 'GET', `/data-requests/${id}`)
  assert.deepEqual([body.state, body.endedAt !== null, body.expiresAt], ['cancelled', true, null])
  assert.equal((await product.call(as(tenant), 'GET', `/data-requests/${id}/file`)).status, 404)

  const [other, bystander] = [await makeContact(product, tenant), await makeContact(product, tenant)]
  const waiting = await asked(tenant, other, 'export')
  const kept = await asked(tenant, bystander, 'export')
  // Who packed it before died over it, and left the file.
  const key = `exports/${waiting.id}/contact.tar`
  await media.put(tenantId, key, Buffer.from('tar'), { mimeType: 'application/x-tar', sizeBytesMax: 9 })
  await erase(other)
  assert.equal((await product.call(as(tenant), 'POST', requests(other), { kind: 'export' })).status, 404)
  assert.equal(await run(activities.packContactExport, waiting.id), null)
  await run(activities.discardContactExport, waiting.id)
  assert.equal(await fileOf(waiting.id), undefined)
  assert.deepEqual(await db.tenant(tenantId, (tx) => beginRequest(tx, kept.id)), { contactId: bystander })
})

test('[S65] old data of somebody who was erased are erased once more; a new word of theirs is not', async () => {
  const tenant = await product.tenant()
  const { tenantId } = tenant
  const contactId = await makeContact(product, tenant)
  const externalIds = await db.tenant(tenantId, (tx) =>
    tx.rows<{ id: string }>(sql`select external_id as id from contact_identities where contact_id = ${contactId}`),
  )
  const { id: requestId } = await asked(tenant, contactId, 'erasure')
  await db.tenant(tenantId, (tx) => beginErasure(tx, { tenantId, contactId, requestId }, product.keyRing))
  const comeBack = async (sentAtMs: number) => {
    const returnedId = await makeContact(product, tenant)
    await db.tenant(tenantId, (tx) =>
      tx.run(sql`
        update contact_identities set external_id = ${externalIds[0]!.id} where contact_id = ${returnedId}`),
    )
    product.clock.ms = sentAtMs
    await receive(product, tenant, { contactId: returnedId, messages: ['as it was'] })
    const met = await db.tenant(tenantId, (tx) =>
      meetContact(tx, { tenantId, contactId: returnedId, keyRing: product.keyRing }),
    )
    return { returnedId, met }
  }
  const old = await comeBack(Date.now() - 3_600_000)
  assert.equal(old.met, 'old')
  const { body } = await product.call<{ items: DataRequest[] }>(as(tenant), 'GET', requests(old.returnedId))
  assert.deepEqual(
    body.items.map(({ kind, state, requestedBy }) => [kind, state, requestedBy]),
    [['erasure', 'waiting', { kind: 'system', id: 'erased-contacts' }]],
  )
  await db.tenant(tenantId, (tx) => tx.run(sql`delete from contact_identities where contact_id = ${old.returnedId}`))
  assert.equal((await comeBack(Date.now() + 3_600_000)).met, 'returned')
})
