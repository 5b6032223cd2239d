import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { getDataRequest, requestData } from '#infra/db/stores/data-requests.ts'
import { sql } from '#infra/db/tx.ts'
import { openScene } from '../engine/scene.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { ECHO } from '../support/flows.ts'

let engine: Engine
let superuser: pg.Client
before(async () => {
  engine = await startEngine()
  superuser = new pg.Client({
    connectionString: Object.assign(new URL(engine.database.adminUrl), { pathname: '/postgres' }).href,
  })
  await superuser.connect()
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  await superuser?.end()
  await engine?.stop()
})

const CANARY = 'kanarienvogel'
const database = () => new URL(engine.database.adminUrl).pathname.slice(1)

async function endProcesses(): Promise<void> {
  for (const child of engine.processes.values()) {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
}

/** What a backup is: all of one database at one instant, with nobody in it. */
async function copyDatabase(from: string, to: string): Promise<void> {
  await superuser.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = any($1)', [[from, to]])
  await superuser.query(`drop database if exists ${to}`)
  await superuser.query(`create database ${to} template ${from}`)
}

test('[S65] a backup from before an erasure is brought back: whoever was erased is erased again before anything is served', async () => {
  const scene = await openScene(engine, { flows: [ECHO] })
  const { tenantId, person, read } = scene
  await scene.says(`hello ${CANARY}`)
  await scene.hears(1)
  const { contact_id: contactId } = (await read((tx) =>
    tx.row<{ contact_id: string }>(sql`select contact_id from conversations`),
  ))!
  const backup = `${database()}_backup`
  await endProcesses()
  await copyDatabase(database(), backup)
  await Promise.all([engine.start('dispatcher'), engine.start('worker')])

  const actor = { kind: 'person', id: scene.agentId } as const
  const requestId = await read((tx) => requestData(tx, { tenantId, actor }, { contactId, kind: 'erasure' }))
  const erased = () =>
    eventually('the contact is erased', async () => {
      const requests = await read((tx) =>
        tx.rows<{ id: string }>(sql`
          select id from data_requests where contact_id = ${contactId} and kind = 'erasure' and state = 'done'`),
      )
      return requests[0]
    })
  assert.equal((await erased()).id, requestId)
  const ledger = join(engine.folder, 'erase-ledger.jsonl')
  assert.equal(statSync(ledger).mode & 0o777, 0o600)
  const text = readFileSync(ledger, 'utf8')
  assert.ok(text.includes(contactId) && !text.includes(person) && !text.includes(CANARY))
  await endProcesses()

  const left = async () => {
    const words = await read((tx) =>
      tx.rows(sql`
        select content::text from messages where content::text like ${`%${CANARY}%`}
        union all select item::text from inbound_events where item::text like ${`%${person}%`}
        union all select external_id from contact_identities where external_id = ${person}
        union all select phone from contacts where phone = ${`+${person}`}`),
    )
    return words.length
  }
  assert.equal(await left(), 0)

  // Without the ledger the backup simply brings everybody back: what the dispatcher does below is what the ledger tells.
  renameSync(ledger, `${ledger}.away`)
  await copyDatabase(backup, database())
  await engine.start('dispatcher')
  assert.ok((await left()) >= 4)
  assert.equal(await read((tx) => getDataRequest(tx, requestId)), undefined)
  await endProcesses()

  renameSync(`${ledger}.away`, ledger)
  await engine.start('dispatcher')
  assert.equal(await left(), 0, 'it is said to be up only after that')
  await engine.start('worker')
  await erased()
  const [contact] = await read((tx) =>
    tx.rows<{ name: string; erased: boolean }>(sql`
      select name, erased_at is not null as erased from contacts where id = ${contactId}`),
  )
  assert.deepEqual(contact, { name: '', erased: true })
  const counts = await read((tx) =>
    tx.rows<{ runs: number; talks: number; marks: number; keys: number }>(sql`
      select (select count(*) from runs) as runs, (select count(*) from conversations) as talks,
        (select count(*) from erased_identities) as marks,
        (select count(*) from subject_keys where wrapped is not null) as keys`),
  )
  const { marks, ...rest } = counts[0]!
  assert.deepEqual(rest, { runs: 0, talks: 0, keys: 0 })
  assert.ok(marks >= 1)
})
