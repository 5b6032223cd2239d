import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Flow } from '#domain/flows/api.ts'
import type { MediaFile } from '#domain/media/schema.ts'
import { RETENTION_DEFAULT, retentionLimits } from '#domain/privacy/retention.ts'
import { exportedFiles } from '#infra/db/stores/contact-export.ts'
import { contactFiles } from '#infra/db/stores/erasure.ts'
import { oldFiles } from '#infra/db/stores/retention-files.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { createFileStore } from '#infra/media/store.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { as, openProduct, type Product, type TestTenant } from '../support/product.ts'

type Talk = { contactId: string; conversationId: string }
let product: Product
let tenant: TestTenant
const folder = mkdtempSync(join(tmpdir(), 'sent-files-'))

before(async () => {
  product = await openProduct(() => ({ media: createFileStore(folder) }))
  product.clock.ms = Date.now()
  tenant = await product.tenant()
})
after(async () => {
  await product.close()
  rmSync(folder, { recursive: true, force: true })
})

async function upload(name: string): Promise<string> {
  const form = new FormData()
  form.set('file', new File([name], `${name}.pdf`, { type: 'application/pdf' }))
  const answer = await product.request('/media', { as: as(tenant, 'agent'), method: 'POST', body: form })
  return ((await answer.json()) as MediaFile).fileId
}

async function talk(): Promise<Talk> {
  const contactId = await makeContact(product, tenant)
  return { contactId, ...(await receive(product, tenant, { contactId, messages: ['Hi'] })) }
}

async function send(fileId: string, { conversationId }: Talk): Promise<void> {
  const content = { kind: 'document', media: { fileId } }
  const input = { content, clientId: `client-${newId()}` }
  const path = `/conversations/${conversationId}/messages`
  assert.equal((await product.call(as(tenant, 'agent'), 'POST', path, input)).status, 201)
}

/** A flow whose draft says a file. */
async function drawn(fileId: string): Promise<void> {
  const { body } = await product.call<Flow>(as(tenant, 'admin'), 'POST', '/flows', { name: 'Prices' })
  const says = { id: 'file', type: 'send_media', config: { media: 'document', fileId } }
  const draft = { ...body.draft, nodes: [...body.draft.nodes, says] }
  const input = { version: body.version, draft }
  assert.equal((await product.call(as(tenant, 'admin'), 'PATCH', `/flows/${body.id}`, input)).status, 200)
}

const theirs = ({ contactId }: Talk) => {
  const { tenantId } = tenant
  return product.db.tenant(tenantId, async (tx) => ({
    erased: (await contactFiles(tx, { tenantId, contactId, requestId: newId() }, 10)).map(({ id }) => id),
    exported: (
      await exportedFiles(tx, { tenantId, contactId }, { after: '00000000-0000-0000-0000-000000000000', limit: 10 })
    ).map(({ id }) => id),
  }))
}

test('[SEC-10] a file that people sent to one contact goes with them; one that others have too or a flow sends stays', async () => {
  const [ana, ben] = [await talk(), await talk()]
  const [bill, prices, logo] = [await upload('bill'), await upload('prices'), await upload('logo')]
  await send(bill, ana)
  await send(bill, ana)
  for (const one of [ana, ben]) await send(prices, one)
  await send(logo, ana)
  await drawn(logo)
  const { erased, exported } = await theirs(ana)
  assert.deepEqual(erased, [bill])
  assert.deepEqual(exported, [bill, prices, logo].sort())
  assert.deepEqual(await theirs(ben), { erased: [], exported: [prices] })
  // Once Ben is no more, nobody else has it.
  await product.db.tenant(tenant.tenantId, (tx) =>
    tx.run(sql`delete from conversations where contact_id = ${ben.contactId}`),
  )
  assert.deepEqual((await theirs(ana)).erased, [bill, prices].sort())
})

test('[CH-26] a file that was sent stays as long as its conversation is open, however old it is', async () => {
  const cleo = await talk()
  const fileId = await upload('contract')
  await send(fileId, cleo)
  const { tenantId } = tenant
  const limits = retentionLimits(RETENTION_DEFAULT, Date.now())
  const old = () =>
    product.db.tenant(tenantId, async (tx) => (await oldFiles(tx, tenantId, limits)).map(({ id }) => id))
  await product.db.tenant(tenantId, (tx) =>
    tx.run(sql`
      update media_files set created_at = created_at - interval '3 years', used_at = used_at - interval '3 years'
      where id = ${fileId}`),
  )
  assert.deepEqual(await old(), [])
  assert.equal(
    (await product.call(as(tenant, 'agent'), 'POST', `/conversations/${cleo.conversationId}/close`, {})).status,
    200,
  )
  assert.deepEqual(await old(), [fileId])
})
