import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Client } from '@temporalio/client'
import { createErasureActivities } from '#activities/erasure.ts'
import { erasedMarks } from '#infra/crypto/erased-marks.ts'
import { getDataRequest, requestData } from '#infra/db/stores/data-requests.ts'
import { meetContact } from '#infra/db/stores/erased-contacts.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { createFileStore } from '#infra/media/store.ts'
import { createEraseLedger, type ErasedEntry } from '#infra/privacy/erase-ledger.ts'
import { keepErased } from '#infra/privacy/keep-erased.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { openProduct } from '../support/product.ts'

const product = await openProduct()
const folder = mkdtempSync(join(tmpdir(), 'holdfast-ledger-'))
after(async () => {
  rmSync(folder, { recursive: true })
  await product.close()
})
const { db, keyRing } = product
const ledgerOf = (name: string) => createEraseLedger(mkdtempSync(join(folder, name)))
const said: string[] = []
const say = (_fields: object, message: string) => void said.push(message)
const log = { warn: say, error: say }
const actor = { kind: 'system' } as const

async function somebody() {
  const tenant = await product.tenant()
  const { tenantId } = tenant
  const contactId = await makeContact(product, tenant)
  await receive(product, tenant, { contactId, messages: ['kanarienvogel'] })
  const { id: externalId } = (await db.tenant(tenantId, (tx) =>
    tx.row<{ id: string }>(sql`select external_id as id from contact_identities where contact_id = ${contactId}`),
  ))!
  const marks = [erasedMarks(keyRing, tenantId, externalId)[0]!.toString('hex')]
  const entry: ErasedEntry = { tenantId, contactId, requestId: newId(), marks, at: '2026-01-01T00:00:00.000Z' }
  return { tenant, tenantId, contactId, externalId, entry }
}

const stateOf = ({ tenantId, contactId }: { tenantId: string; contactId: string }) =>
  db.tenant(tenantId, async (tx) => ({
    contact: await tx.row<{ name: string; phone: string | null }>(
      sql`select name, phone from contacts where id = ${contactId}`,
    ),
    messages: (await tx.rows(sql`select 1 from messages`)).length,
    requests: await tx.rows<{ state: string }>(
      sql`select state from data_requests where contact_id = ${contactId} and kind = 'erasure'`,
    ),
    marks: (await tx.rows(sql`select 1 from erased_identities`)).length,
  }))

test('[S65] an erasure does not go on before the ledger has it, and the next try writes the same marks', async () => {
  const { tenantId, contactId, entry } = await somebody()
  const requestId = await db.tenant(tenantId, (tx) =>
    requestData(tx, { tenantId, actor }, { contactId, kind: 'erasure' }),
  )
  const ledger = ledgerOf('full')
  const disk = { full: true }
  const activities = createErasureActivities({
    db,
    keyRing,
    media: createFileStore(folder),
    temporal: {} as Client,
    ledger: { ...ledger, add: (line) => (disk.full ? Promise.reject(new Error('ENOSPC')) : ledger.add(line)) },
  })
  const input = { tenantId, requestId }
  await assert.rejects(activities.beginContactErasure(input), /ENOSPC/)
  assert.equal((await db.tenant(tenantId, (tx) => getDataRequest(tx, requestId)))?.request.state, 'running')
  disk.full = false
  assert.equal(await activities.beginContactErasure(input), true)
  const { entries } = await ledger.read()
  assert.deepEqual(
    entries.map(({ at: _at, ...rest }) => rest),
    [{ tenantId, contactId, requestId, marks: entry.marks }],
  )
})

test('[S65] whoever is in the database again is nobody, without messages, and waits for the rest', async () => {
  const one = await somebody()
  const other = await somebody()
  const ledger = ledgerOf('again')
  await ledger.add(one.entry)
  assert.equal(await keepErased({ db, keyRing, ledger, log }), 1)
  const { contact, messages, requests } = await stateOf(one)
  assert.deepEqual([contact, messages], [{ name: '', phone: null }, 0])
  assert.deepEqual(requests, [{ state: 'waiting' }])
  assert.equal((await stateOf(other)).messages, 1, 'nobody else is touched')
  assert.equal(await keepErased({ db, keyRing, ledger, log }), 0, 'once')
  assert.equal((await stateOf(one)).requests.length, 1)
})

test('[S65] who came after the backup is not in it: their marks come back, so that old webhooks do not bring them back', async () => {
  const { tenant, tenantId, contactId, externalId, entry } = await somebody()
  const ledger = ledgerOf('marks')
  await ledger.add({ ...entry, contactId: newId(), at: new Date(product.clock.ms + 60_000).toISOString() })
  const meet = () => db.tenant(tenantId, (tx) => meetContact(tx, { tenantId, contactId, keyRing }))
  assert.equal(await meet(), 'new')
  await keepErased({ db, keyRing, ledger, log })
  assert.equal(await meet(), 'old', `a message of ${tenant.tenantId} to ${externalId} from before`)
})

test('[S65] an erasure that the backup saw under way is taken up again, one that it saw done is left', async () => {
  const { tenantId, contactId, entry } = await somebody()
  const ledger = ledgerOf('under-way')
  await ledger.add(entry)
  await keepErased({ db, keyRing, ledger, log })
  const set = (state: string) =>
    db.tenant(tenantId, (tx) =>
      tx.run(sql`update data_requests set state = ${state} where contact_id = ${contactId} and kind = 'erasure'`),
    )
  await set('running')
  await keepErased({ db, keyRing, ledger, log })
  assert.deepEqual((await stateOf({ tenantId, contactId })).requests, [{ state: 'waiting' }])
  await set('done')
  await keepErased({ db, keyRing, ledger, log })
  assert.deepEqual((await stateOf({ tenantId, contactId })).requests, [{ state: 'done' }])
})

test('a line that a crash has cut spoils no other, is told, and the file is for its owner only', async () => {
  const { entry, tenantId, contactId, externalId } = await somebody()
  const home = mkdtempSync(join(folder, 'torn'))
  const ledger = createEraseLedger(home)
  const file = join(home, 'erase-ledger.jsonl')
  await ledger.add(entry)
  appendFileSync(file, '{"tenantId":"018f')
  await ledger.add({ ...entry, tenantId: newId() })
  const { entries, unreadableCount } = await ledger.read()
  assert.deepEqual([entries.length, unreadableCount], [2, 1])
  said.length = 0
  assert.equal(await keepErased({ db, keyRing, ledger, log }), 1)
  assert.ok(said.some((message) => /cannot be read/.test(message)))
  assert.equal((await stateOf({ tenantId, contactId })).messages, 0)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.ok(!readFileSync(file, 'utf8').includes(externalId))
})
