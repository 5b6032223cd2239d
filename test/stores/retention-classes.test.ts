import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { BY_MONTH, FOLLOWS, KEPT, SWEPT } from '#infra/db/stores/retention-classes.ts'
import { BY_ROW, WITH_MESSAGES } from '#infra/db/stores/retention-rows.ts'
import { openHouse } from '../api/house.ts'

const ROOT = join(import.meta.dirname, '../..')
// The house, because sign-in makes its tables when it starts.
const house = await openHouse()

type Table = { name: string; partitioned: boolean; tenant: boolean; schema: string }
const tables = await house.admin<Table>(`
  select case n.nspname when 'public' then '' else n.nspname || '.' end || c.relname as name, n.nspname as schema,
    c.relkind = 'p' as partitioned,
    exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id') as tenant
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'platform', 'auth') and c.relkind in ('r', 'p') and not c.relispartition order by 1`)

/** By which lists a table's rows go, or stay. */
const CLASSES: Record<string, object> = { BY_MONTH, BY_ROW, WITH_MESSAGES, FOLLOWS, SWEPT, KEPT }
const classesOf = (name: string) =>
  Object.entries(CLASSES)
    .filter(([, members]) => Object.hasOwn(members, name))
    .map(([list]) => list)

test('[CONV-02] [SEC-09] every table has one answer to how long its rows are kept, and none is named that there is not', () => {
  assert.ok(tables.filter(({ tenant }) => tenant).length > 50 && tables.some(({ schema }) => schema === 'auth'))
  // What is cut by month goes row by row as well, where one tenant keeps less than another.
  const answers = tables.map(({ name }) => ({ name, lists: classesOf(name).filter((list) => list !== 'BY_MONTH') }))
  const wrong = answers.filter(
    ({ name, lists }) => lists.length !== (name === 'audit_log' || name === 'messages' ? 0 : 1),
  )
  assert.deepEqual(wrong, [], 'Decide how long its rows are kept, and name it in infra/db/stores/retention-classes.ts.')
  const known = new Set(tables.map(({ name }) => name))
  const named = Object.values(CLASSES).flatMap((members) => Object.keys(members))
  assert.deepEqual(
    named.filter((name) => !known.has(name)),
    [],
  )
})

test('[CONV-02] every table that is cut into partitions has its parts dropped', async () => {
  const cut = tables.filter(({ partitioned }) => partitioned).map(({ name }) => name)
  assert.deepEqual(cut.sort(), [...Object.keys(BY_MONTH), 'api_requests'].sort())
  const rows = await house.admin<{ name: string }>('select name from partitioned_tables order by 1')
  assert.deepEqual(
    rows.map(({ name }) => name),
    Object.keys(BY_MONTH).sort(),
  )
})

test('what follows another table is deleted with its row by the database itself', async () => {
  const rows = await house.admin<{ child: string; parent: string }>(`
    select k.conrelid::regclass::text as child, k.confrelid::regclass::text as parent
    from pg_constraint k where k.contype = 'f' and k.confdeltype = 'c'`)
  const cascades = new Set(rows.map(({ child, parent }) => `${child} ${parent.replaceAll('"', '')}`))
  const loose = Object.entries(FOLLOWS).filter(([child, parent]) => !cascades.has(`${child} ${parent}`))
  assert.deepEqual(loose, [])
})

test('what is deleted in time is deleted by a statement of ours', () => {
  const text = globSync('infra/{db/stores,auth}/**/*.ts', { cwd: ROOT })
    .map((file) => readFileSync(join(ROOT, file), 'utf8'))
    .join('\n')
  const mine = [...Object.keys(SWEPT), ...Object.keys(BY_ROW), ...Object.keys(WITH_MESSAGES)]
  // Days of requests are dropped by a function that their own test calls.
  const forgotten = mine.filter(
    (name) => name !== 'api_requests' && !new RegExp(`delete from ${name.replace('auth.', '')}\\b`).test(text),
  )
  assert.deepEqual(forgotten, [])
})
