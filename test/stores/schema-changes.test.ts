import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import pg from 'pg'
import { applyChanges } from '#infra/db/migrate.ts'
import { shippedChanges, whyNotOnTheseTables } from '#infra/db/schema-changes.ts'
import { createDb } from '#infra/db/tx.ts'
import { childEnv, settingsToEnv } from '#infra/env.ts'
import { freshDatabase } from '../support/postgres.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const database = await freshDatabase()
const admin = new pg.Pool({ connectionString: database.adminUrl, max: 4 })
const db = createDb({ appUrl: database.urls.app, relayUrl: database.urls.relay, poolSize: 2, relayPoolSize: 2 })
admin.on('error', () => undefined)
after(async () => {
  await Promise.all([admin.end(), db.close()])
  await database.drop()
})
const quiet = { warn: () => undefined }

test('[SEC-12] a change that has to wait for a lock gives way to traffic, and is made when the lock is free', async () => {
  const slow = await admin.connect()
  await slow.query('begin; lock table conversations in access share mode')
  const change = { name: '9001-slow', text: 'alter table conversations add column probe text' }
  let made = false
  const changing = applyChanges(database.urls.migrate, { changes: [...shippedChanges(), change] }).then(() => {
    made = true
  })
  // While the change waits it makes others wait; each of them is through soon, because it gives way.
  const waits: number[] = []
  for (let asked = 0; asked < 30; asked += 1) {
    const began = performance.now()
    await admin.query('select count(*) from conversations')
    waits.push(performance.now() - began)
    await admin.query('select pg_sleep(0.1)')
  }
  assert.equal(made, false)
  assert.ok(Math.max(...waits) < 3_000, `somebody waited for ${Math.max(...waits)} ms`)
  assert.ok(Math.max(...waits) > 100, 'the change did not even try')
  await slow.query('commit')
  slow.release()
  await changing
  const { rows } = await admin.query(`select 1 from information_schema.columns where column_name = 'probe'`)
  assert.equal(rows.length, 1)
})

test('[SEC-12] two that change the tables at once take turns', async () => {
  const change = { name: '9002-once', text: 'create table made_once (id int); select pg_sleep(0.3)' }
  const changes = [...shippedChanges(), change]
  await Promise.all([1, 2, 3].map(() => applyChanges(database.urls.migrate, { changes })))
  const { rows } = await admin.query(`select count(*)::int as count from migrations where name = '9002-once'`)
  assert.equal(rows[0].count, 1)
})

test('[SEC-12] a change that fails leaves those before it made, and nothing of itself', async () => {
  const changes = [
    ...shippedChanges(),
    { name: '9003-good', text: 'create table good (id int)' },
    { name: '9004-bad', text: 'create table half (id int); select 1/0' },
  ]
  await assert.rejects(applyChanges(database.urls.migrate, { changes }), /division by zero/)
  const { rows } = await admin.query(
    `select to_regclass('good') is not null as good, to_regclass('half') is not null as half`,
  )
  assert.deepEqual(rows[0], { good: true, half: false })
})

test('[SEC-12] a process runs on newer tables, and refuses those from which something was taken away', async () => {
  assert.equal(await whyNotOnTheseTables(db, quiet), undefined)
  await admin.query(`insert into migrations (name) values ('9005-gone-contract')`)
  assert.match((await whyNotOnTheseTables(db, quiet))!, /9005-gone-contract/)
  await admin.query(`delete from migrations where name = '9005-gone-contract'`)
})

test('[SEC-12] api, dispatcher and worker end themselves on older tables, with a sentence that says why', async () => {
  const last = shippedChanges().at(-1)!.name
  await admin.query('delete from migrations where name = $1', [last])
  const secret = Buffer.alloc(32, 7).toString('base64')
  const env = settingsToEnv({
    databaseAppUrl: database.urls.app,
    databaseRelayUrl: database.urls.relay,
    databaseAuthUrl: database.urls.auth,
    temporalAddress: '127.0.0.1:1',
    smtpUrl: 'smtp://127.0.0.1:1',
    rootKey: secret,
    authSecret: secret,
    appPort: 0,
  })
  for (const entry of ['api/server.ts', 'worker/dispatcher.ts', 'worker/main.ts']) {
    const child = spawn(process.execPath, [join(ROOT, entry)], {
      cwd: ROOT,
      env: childEnv(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()))
    const [code] = await once(child, 'close')
    assert.equal(code, 1, `${entry}: ${said}`)
    assert.match(said, new RegExp(`older than this version.*${last}.*npm run db:migrate`), entry)
  }
})
