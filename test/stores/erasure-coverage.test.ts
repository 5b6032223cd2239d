import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import pg from 'pg'
import { freshDatabase } from '../support/postgres.ts'

const database = await freshDatabase()
const admin = new pg.Pool({ connectionString: database.adminUrl, max: 1 })
admin.on('error', () => undefined)
after(async () => {
  await admin.end()
  await database.drop()
})

/** What points at a contact and stays, each with its reason. */
const STAYS: Record<string, string> = {
  data_requests: 'the fact of the erasure itself, counted and without content',
  audit_chain: 'hashes only',
}

test('[SEC-10] [S64] whatever points at a contact, a conversation, a message or a run is taken by the erasure', async () => {
  const { rows } = await admin.query<{ name: string; follows: boolean }>(`
    select c.relname as name, exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f'
        and k.confdeltype = 'c' and k.confrelid in ('conversations'::regclass, 'runs'::regclass)) as follows
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and exists (select from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
        and a.attname in ('contact_id', 'conversation_id', 'run_id'))`)
  assert.ok(rows.length > 20)
  const text = readFileSync(join(import.meta.dirname, '../../infra/db/stores/erasure.ts'), 'utf8')
  const forgotten = rows
    .filter(({ name, follows }) => !follows && STAYS[name] === undefined)
    .filter(({ name }) => !new RegExp(`delete from ${name}\\b`).test(text))
    .map(({ name }) => name)
  assert.deepEqual(forgotten, [])
})
