import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import pg from 'pg'
import { applyChanges } from '#infra/db/migrate.ts'
import { shippedChanges, whyNotOnTheseTables } from '#infra/db/schema-changes.ts'
import { lockConversation } from '#infra/db/stores/mailbox/conversation-row.ts'
import { createDb, sql } from '#infra/db/tx.ts'
import { childEnv, settingsToEnv } from '#infra/env.ts'
import { newId } from '#infra/ids.ts'
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

test('[SEC-12] an index is built beside the traffic, however long others take', async () => {
  const slow = await admin.connect()
  await slow.query('begin; update tenants set name = name; lock table contacts in row exclusive mode')
  const text = `-- outside a transaction
drop index concurrently if exists contacts_beside;
create index concurrently contacts_beside on contacts (tenant_id, created_at);
`
  const building = applyChanges(database.urls.migrate, {
    changes: [...shippedChanges(), { name: '9000-index', text }],
  })
  const isWaiting = `select 1 from pg_stat_activity where query like '%create index concurrently%' and pid <> pg_backend_pid() and wait_event_type = 'Lock'`
  while ((await admin.query(isWaiting)).rowCount === 0) await admin.query('select pg_sleep(0.05)')
  const began = performance.now()
  await admin.query('delete from contacts where false; select pg_sleep(1.5)') // longer than a change waits for a lock
  assert.ok(performance.now() - began < 2_500)
  await slow.query('commit')
  slow.release()
  await building
  const { rows } = await admin.query(
    `select indisvalid as valid from pg_index where indexrelid = 'contacts_beside'::regclass`,
  )
  assert.deepEqual(rows, [{ valid: true }])
})

test('[SEC-12] what a process has prepared goes on when a table gets a column, and one statement that does not mends itself', async () => {
  const conversation = () =>
    db.tenant(newId(), (tx) => lockConversation(tx, newId())).catch((error: Error) => error.message)
  const everything = () => db.relay((tx) => tx.rows(sql`select * from event_cursors`)).then(() => 'read')
  await admin.query('grant select on event_cursors to holdfast_relay')
  for (const attempt of [1, 2, 3, 4]) assert.equal(await everything(), 'read', String(attempt))
  const before = await conversation()
  assert.match(String(before), /^No conversation/)
  const text = 'alter table conversations add column later int; alter table event_cursors add column later int'
  await applyChanges(database.urls.migrate, { changes: [...shippedChanges(), { name: '9000-later', text }] })
  assert.match(String(await conversation()), /^No conversation/)
  await assert.rejects(everything(), /cached plan/)
  assert.equal(await everything(), 'read')
})

test('[SEC-12] no statement asks for all columns of a table, whatever they will be', () => {
  const files = globSync('{infra,api,worker,activities}/**/*.ts', { cwd: ROOT }).filter(
    (file) => !/\.test\.ts$/.test(file),
  )
  const found = files.flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8')
    const bare = [...text.matchAll(/(?<!\()\bselect \*\s+from (?!jsonb|unnest)\w+/g)].map(([words]) => words)
    // `m.*` is well where `m` is a select of our own, with columns by name.
    const named = [...text.matchAll(/\b(\w+)\.\*,?\s/g)].filter(
      ([, alias]) => !new RegExp(`\\)\\s+(as )?${alias}\\b`).test(text),
    )
    return [...bare, ...named.map(([words]) => words)].map((words) => `${file}: ${words.trim()}`)
  })
  assert.deepEqual(found, [])
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
