import assert from 'node:assert/strict'
import { test } from 'node:test'
import { schemaRefusal, shippedChanges } from './schema-changes.ts'

test('[SEC-12] a version refuses tables that are older, and says what to do', () => {
  assert.match(
    schemaRefusal(['0001-a', '0002-b', '0003-c'], ['0001-a'])!,
    /2 changes are missing, from 0002-b.*db:migrate/,
  )
  assert.match(schemaRefusal(['0001-a'], [])!, /^The tables are older than this version\. One change is missing/)
})

test('[SEC-12] newer tables are no hindrance unless something was taken away', () => {
  assert.equal(schemaRefusal(['0001-a'], ['0001-a']), undefined)
  assert.equal(schemaRefusal(['0001-a'], ['0001-a', '0002-more']), undefined)
  assert.match(schemaRefusal(['0001-a'], ['0001-a', '0003-b-contract'])!, /newer version.*0003-b-contract/)
  assert.equal(schemaRefusal(['0001-a', '0003-b-contract'], ['0001-a', '0003-b-contract']), undefined)
})

test('changes are applied in the order of their names, and no two share one', () => {
  const names = shippedChanges().map(({ name }) => name)
  assert.deepEqual(names, [...new Set(names)].sort())
})
