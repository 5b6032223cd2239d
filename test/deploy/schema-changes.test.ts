import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shippedChanges } from '#infra/db/schema-changes.ts'
import { dangersOf, LARGE_TABLES } from '../support/tidy/changes.ts'

/** Those of the first release are made on empty tables: there is no traffic that they could stop. */
const FIRST_RELEASE = /^00[0-3]\d-/

test('[SEC-12] no change of the tables stops the house, or the version before it, while it is made', () => {
  const later = shippedChanges().filter(({ name }) => !FIRST_RELEASE.test(name))
  assert.deepEqual(later.flatMap(dangersOf), [])
})

test('the large tables are there under these names', () => {
  const all = shippedChanges()
    .map(({ text }) => text)
    .join('\n')
  for (const table of LARGE_TABLES) assert.match(all, new RegExp(`create table ${table} `), table)
})

const DANGEROUS: Readonly<Record<string, string>> = {
  'alter table messages drop column kind': '-contract',
  'alter table tags rename column name to title': '-contract',
  'drop table if exists tags': '-contract',
  'alter table tags alter column name type varchar(10)': 'rewrites',
  'alter table contacts alter column name set not null': 'whole table',
  'alter table messages add constraint long check (length(kind) < 9)': 'not valid',
  'alter table messages add column a uuid, add foreign key (a) references contacts (id)': 'not valid',
  'alter table contacts add unique (tenant_id, name)': 'using index',
  'alter table events add column mark uuid default gen_random_uuid()': 'rewrites',
  'alter table audit_log add column who text generated always as (actor) stored': 'rewrites',
  'create index messages_by_kind on messages (kind)': 'concurrently',
  'create unique index on contacts (tenant_id)': 'concurrently',
  "update contacts set name = ''": 'batches',
  'truncate tags': 'nobody',
}

test('each danger is found', () => {
  for (const [text, instead] of Object.entries(DANGEROUS)) {
    const found = dangersOf({ name: '0100-x', text: `-- Why.\n${text};` })
    assert.equal(found.length, 1, `${text}: ${found.join()}`)
    assert.ok(found[0]!.includes(instead), found[0])
  }
})

test('what only adds is let through, and what takes away where its name says so', () => {
  const harmless = [
    'create table extras (id uuid primary key, note text not null); create index on extras (note)',
    'alter table messages add column note text, add column count int not null default 0',
    'alter table messages add constraint long check (length(kind) < 9) not valid',
    'alter table messages validate constraint long',
    '-- outside a transaction\ncreate index concurrently messages_by_kind on messages (kind)',
    'create index tags_by_name on tags (name)',
    'update tenants set plan = plan',
    'create function f() returns void language sql as $$ update contacts set name = name $$',
  ]
  for (const text of harmless) assert.deepEqual(dangersOf({ name: '0100-x', text }), [], text)
  assert.deepEqual(
    dangersOf({ name: '0101-x-contract', text: 'alter table messages drop column kind; drop table tags' }),
    [],
  )
})
