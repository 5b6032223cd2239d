import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import pg from 'pg'
import { RETENTION_DEFAULT, type RetentionPolicy } from '#domain/privacy/retention.ts'
import { verifyAuditChain } from '#infra/db/stores/audit-chain.ts'
import { sql } from '#infra/db/tx.ts'
import { createLogger } from '#infra/log.ts'
import { createFileStore } from '#infra/media/store.ts'
import { retain } from '#worker/retention.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { as, openProduct, type TestTenant } from '../support/product.ts'

const product = await openProduct()
const folder = mkdtempSync(join(tmpdir(), 'holdfast-retention-'))
const superuser = new pg.Pool({ connectionString: product.database.adminUrl, max: 1 })
superuser.on('error', () => undefined)
after(async () => {
  rmSync(folder, { recursive: true })
  await superuser.end()
  await product.close()
})
const { db } = product
const media = createFileStore(folder)
const MONTH_MS = 30 * 86_400_000
const deps = { db, media, log: createLogger({ name: 'test', level: 'silent' }), now: Date.now }

/** The id that a row would have had, made so many months ago. */
const aged = `(substr(uuid_floor(now() - make_interval(days => $2::int * 30))::text, 1, 14) || '7'
  || substr(gen_random_uuid()::text, 16))::uuid`

/** A conversation with one message and a file of so many months ago. */
async function talkOf(tenant: TestTenant, monthsAgo: number, state = 'closed') {
  product.clock.ms = Date.now()
  const contactId = await makeContact(product, tenant)
  const { conversationId } = await receive(product, tenant, { contactId, messages: [`${monthsAgo} months ago`] })
  await superuser.query(`set session_replication_role = replica`)
  await superuser.query(
    `update messages set id = ${aged}, created_at = now() - make_interval(days => $2::int * 30) where conversation_id = $1`,
    [conversationId, monthsAgo],
  )
  await superuser.query(
    `update conversations set state = $3, closed_at = now() - make_interval(days => $2::int * 30),
       last_message_at = now() - make_interval(days => $2::int * 30) where id = $1`,
    [conversationId, monthsAgo, state],
  )
  await superuser.query(`update events set id = ${aged} where conversation_id = $1`, [conversationId, monthsAgo])
  await superuser.query(`set session_replication_role = origin`)
  const key = `media/${conversationId}/m/file.txt`
  await media.put(tenant.tenantId, key, Buffer.from('x'), { mimeType: 'text/plain', sizeBytesMax: 10 })
  await db.tenant(tenant.tenantId, (tx) =>
    tx.run(sql`
      insert into media_files (id, tenant_id, conversation_id, media_type, state, mime_type, storage_key, created_at)
      values (gen_random_uuid(), ${tenant.tenantId}, ${conversationId}, 'document', 'stored', 'text/plain', ${key},
        ${new Date(Date.now() - monthsAgo * MONTH_MS)})`),
  )
  return { conversationId, key }
}

const left = async (tenant: TestTenant, { conversationId, key }: { conversationId: string; key: string }) => {
  const counts = await db.tenant(tenant.tenantId, (tx) =>
    tx.row<{ messages: number; conversations: number; events: number; files: number }>(sql`
      select (select count(*) from messages where conversation_id = ${conversationId}) as messages,
        (select count(*) from conversations where id = ${conversationId}) as conversations,
        (select count(*) from events where conversation_id = ${conversationId}) as events,
        (select count(*) from media_files where conversation_id = ${conversationId}) as files`),
  )
  const stored = (await media.sizeBytes(tenant.tenantId, key)) === undefined ? 0 : 1
  return [counts!.messages, counts!.conversations, counts!.events > 0 ? 1 : 0, counts!.files, stored]
}

test('[CONV-02] [CH-26] what is younger than twelve months stays, what is older goes with its files', async () => {
  const tenant = await product.tenant()
  const young = await talkOf(tenant, 11)
  const old = await talkOf(tenant, 14)
  const open = await talkOf(tenant, 14, 'bot')
  await retain(deps)
  assert.deepEqual(await left(tenant, young), [1, 1, 1, 1, 1])
  assert.deepEqual(await left(tenant, old), [0, 0, 0, 0, 0])
  const [messages, conversations, , files, stored] = await left(tenant, open)
  assert.deepEqual([messages, conversations, files, stored], [1, 1, 1, 1], 'an open conversation keeps what was said')
})

test('[CONV-02] one tenant keeps longer than another; months go whole when nobody keeps them', async () => {
  const [short, long] = [await product.tenant(), await product.tenant()]
  const patched = await product.call<RetentionPolicy>(as(long), 'PATCH', '/retention', { historyMonths: 36 })
  assert.deepEqual(patched.body, { ...RETENTION_DEFAULT, historyMonths: 36 })
  const [shortOld, longOld] = [await talkOf(short, 20), await talkOf(long, 20)]
  await retain(deps)
  assert.deepEqual(await left(short, shortOld), [0, 0, 0, 0, 0])
  assert.deepEqual(await left(long, longOld), [1, 1, 1, 1, 1])
  assert.deepEqual((await product.call<RetentionPolicy>(as(short), 'GET', '/retention')).body, RETENTION_DEFAULT)
})

test('[CONV-02] [SEC-09] twelve months cannot be undercut, by the API or by the job itself', async () => {
  const tenant = await product.tenant()
  for (const change of [{ historyMonths: 11 }, { auditMonths: 6 }, { rawDays: 3 }]) {
    assert.equal((await product.call(as(tenant), 'PATCH', '/retention', change)).status, 422)
  }
  assert.equal((await product.call(as(tenant, 'supervisor'), 'PATCH', '/retention', { historyMonths: 24 })).status, 403)
  for (const table of ['messages', 'audit_log', 'events']) {
    const before = new Date(Date.now() - 300 * 86_400_000)
    await assert.rejects(
      db.relay((relay) => relay.run(sql`select drop_partitions(${table}, ${before})`)),
      /is kept for at least/,
    )
  }
  await assert.rejects(
    db.relay((relay) => relay.run(sql`select drop_partitions('contacts', ${new Date(0)})`)),
    /is not cut by month/,
  )
})

test('[SEC-09] a tenant that keeps its audit log for a shorter time loses the lines, and both chains stay whole', async () => {
  const [short, long] = [await product.tenant(), await product.tenant()]
  assert.equal((await product.call(as(short), 'PATCH', '/retention', { auditMonths: 12 })).status, 200)
  assert.equal((await product.call(as(long), 'PATCH', '/retention', { auditMonths: 36 })).status, 200)
  const lineOf = async ({ tenantId }: TestTenant, monthsAgo: number) => {
    const at = new Date(Date.now() - monthsAgo * MONTH_MS)
    await db.tenant(tenantId, (tx) =>
      tx.run(sql`
        insert into audit_log (id, tenant_id, at, actor, action, subject_type, subject_id)
        values ((substr(uuid_floor(${at})::text, 1, 14) || '7' || substr(gen_random_uuid()::text, 16))::uuid, ${tenantId}, ${at},
          '{"kind":"system"}', ${`aged.${monthsAgo}`}, 'tenant', ${tenantId})`),
    )
  }
  for (const tenant of [short, long]) for (const monthsAgo of [40, 20, 11]) await lineOf(tenant, monthsAgo)
  const kept = ({ tenantId }: TestTenant) =>
    db.tenant(tenantId, async (tx) => {
      const rows = await tx.rows<{ action: string }>(sql`
        select action from audit_log where action like 'aged.%' order by id`)
      return rows.map(({ action }) => action)
    })
  const takeAll = () => db.relay((relay) => relay.run(sql`delete from audit_log where tenant_id = ${short.tenantId}`))
  assert.equal(await takeAll(), 0, 'what was not noted before cannot be taken')
  await retain(deps)
  assert.equal(await takeAll(), 0, 'nor what is younger')
  assert.deepEqual(await kept(short), ['aged.11'])
  assert.deepEqual(await kept(long), ['aged.20', 'aged.11'])
  for (const [{ tenantId }, gone] of [
    [short, 2],
    [long, 1],
  ] as const) {
    const verdict = await verifyAuditChain(db, { tenantId, nowMs: Date.now() })
    assert.deepEqual([verdict.broken, verdict.gone], [undefined, gone])
  }
  // Whatever a chain is made to say, a year is kept.
  await db.tenant(short.tenantId, (tx) => tx.run(sql`update audit_heads set kept_from = now()`))
  assert.equal(await takeAll(), 0)
})

test('a tenant whose file cannot be taken away holds up no other, and the round says so at its end', async () => {
  const [stuck, other] = (await Promise.all([product.tenant(), product.tenant()])).sort((a, b) =>
    a.tenantId < b.tenantId ? -1 : 1,
  ) as [TestTenant, TestTenant]
  const [held, taken] = [await talkOf(stuck, 14), await talkOf(other, 14)]
  const broken: typeof media = {
    ...media,
    async delete(tenantId, key) {
      if (tenantId === stuck.tenantId) throw new Error('the disk says no')
      await media.delete(tenantId, key)
    },
  }
  await assert.rejects(
    retain({ ...deps, media: broken }),
    (error) =>
      error instanceof AggregateError && error.errors.length === 1 && /the disk says no/.test(String(error.errors[0])),
  )
  assert.deepEqual(await left(other, taken), [0, 0, 0, 0, 0])
  assert.equal((await left(stuck, held))[3], 1, 'its row leads to it still')
  await retain(deps)
  assert.deepEqual(await left(stuck, held), [0, 0, 0, 0, 0])
})

test('a month that everybody may forget is dropped as a table, and its younger neighbour is not', async () => {
  const create = (table: string, month: string, next: string) =>
    superuser.query(`create table ${table}_${month.replace('-', '_').slice(0, 7)} partition of ${table}
      for values from (uuid_floor('${month}-01')) to (uuid_floor('${next}-01'))`)
  await superuser.query('set role holdfast_migrate')
  await create('channel_events', '2019-03', '2019-04')
  await superuser.query('reset role')
  await retain(deps)
  const { rows } = await superuser.query(`select to_regclass('channel_events_2019_03') is null as gone,
    to_regclass('channel_events_' || to_char(now(), 'YYYY_MM')) is not null as kept`)
  assert.deepEqual(rows[0], { gone: true, kept: true })
})
