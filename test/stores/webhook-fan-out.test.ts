import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import pg from 'pg'
import { KeyRing } from '#infra/crypto/keyring.ts'
import { createDb, sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { freshDatabase } from '../support/postgres.ts'
import { makeTenant } from '../support/product.ts'
import { deliveriesOf, fanOutAll, happen, subscribe } from '../support/webhooks.ts'

const database = await freshDatabase()
const db = createDb({ appUrl: database.urls.app, relayUrl: database.urls.relay, poolSize: 6 })
const keyRing = new KeyRing([{ id: 'test', bytes: randomBytes(32) }])
const [admin, owner] = [database.adminUrl, database.urls.migrate].map(
  (connectionString) => new pg.Pool({ connectionString, max: 1 }),
) as [pg.Pool, pg.Pool]
for (const pool of [admin, owner]) pool.on('error', () => undefined)
after(async () => {
  await Promise.all([db.close(), admin.end(), owner.end()])
  await database.drop()
})

const url = 'https://hooks.example.com/in'
const events = ['conversation.closed', 'run.ended'] as const

test('an event that cannot be written waits apart and is made up for; its neighbours and other tenants go on', async () => {
  const [one, other] = [await makeTenant(db), await makeTenant(db)]
  const mine = await subscribe({ db, keyRing }, one.tenantId, { url, events: [...events] })
  const theirs = await subscribe({ db, keyRing }, other.tenantId, { url })
  // Stands for anything that our own code did not foresee.
  await admin.query(`alter table webhook_deliveries add constraint refuses check (type <> 'run.ended')`)
  const ids = await happen(db, one.tenantId, [{}, { type: 'run.ended' }, {}])
  const [theirId] = await happen(db, other.tenantId, [{}])
  assert.equal(await fanOutAll(db), 3)
  const idsOf = async (tenantId: string, id: string) => (await deliveriesOf(db, tenantId, id)).map((row) => row.id)
  assert.deepEqual(await idsOf(one.tenantId, mine.id), [ids[0], ids[2]])
  assert.deepEqual(await idsOf(other.tenantId, theirs.id), [theirId])
  const aside = () =>
    db.tenant(one.tenantId, (tx) =>
      tx.rows<{ id: string }>(sql`select event_id as id from event_retries where reader = 'webhooks'`),
    )
  assert.deepEqual(await aside(), [{ id: ids[1] }])

  await admin.query('alter table webhook_deliveries drop constraint refuses')
  await db.tenant(one.tenantId, (tx) => tx.run(sql`update event_retries set retry_at = now()`))
  assert.equal(await fanOutAll(db), 1)
  assert.deepEqual(await idsOf(one.tenantId, mine.id), ids)
  assert.deepEqual(await aside(), [])
})

test('two dispatchers that read at once write each delivery once', async () => {
  const { tenantId } = await makeTenant(db)
  const { id } = await subscribe({ db, keyRing }, tenantId, { url })
  const ids = await happen(
    db,
    tenantId,
    Array.from({ length: 30 }, () => ({})),
  )
  await Promise.all([fanOutAll(db), fanOutAll(db), fanOutAll(db)])
  await fanOutAll(db)
  assert.deepEqual(
    (await deliveriesOf(db, tenantId, id)).map((row) => row.id),
    ids,
  )
})

test('what happened before somebody subscribed, or while nobody was, is not told by itself', async () => {
  const { tenantId } = await makeTenant(db)
  await happen(db, tenantId, [{}])
  const { id } = await subscribe({ db, keyRing }, tenantId, { url })
  const [told] = await happen(db, tenantId, [{}])
  await fanOutAll(db)
  assert.deepEqual(
    (await deliveriesOf(db, tenantId, id)).map((row) => row.id),
    [told],
  )
})

test('owners and administrators of an older house may manage webhooks after the migration, and nobody else', async () => {
  const { tenantId } = await makeTenant(db)
  await db.tenant(tenantId, async (tx) => {
    await tx.run(sql`update roles set permissions = array['tags.manage']`)
    await tx.run(sql`insert into roles (id, tenant_id, key, name) values (${newId()}, ${tenantId}, 'own_role', 'Own')`)
  })
  const migration = readFileSync(join(import.meta.dirname, '../../infra/db/migrations/0014-webhooks.sql'), 'utf8')
  const grant = migration.slice(migration.indexOf('alter table roles no force'))
  for (let time = 1; time <= 2; time += 1) await owner.query(grant)
  const roles = await db.tenant(tenantId, (tx) =>
    tx.rows<{ key: string; permissions: string[] }>(sql`select key, permissions from roles order by key`),
  )
  const may = roles.filter(({ permissions }) => permissions.includes('webhooks.manage'))
  assert.deepEqual(
    may.map(({ key, permissions }) => [key, permissions.length]),
    [
      ['admin', 3],
      ['owner', 3],
    ],
  )
  const { rows } = await admin.query(`select relforcerowsecurity as forced from pg_class where relname = 'roles'`)
  assert.deepEqual(rows, [{ forced: true }])
})
