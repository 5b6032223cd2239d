import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FlowDefinition } from '../schema.ts'
import v1 from './fixtures/v1.json' with { type: 'json' }
import { migrateDefinition } from './index.ts'

test('a definition of version 1 comes through unchanged and parses', () => {
  const migrated = migrateDefinition(v1)
  assert.deepEqual(migrated, v1)
  assert.deepEqual(FlowDefinition.parse(migrated), v1)
})

test('steps are taken one by one; a gap, a newer version or none is refused', () => {
  const steps = {
    1: (given: Record<string, unknown>) => ({ ...given, schemaVersion: 2, two: true }),
    2: (given: Record<string, unknown>) => ({ ...given, schemaVersion: 3 }),
  }
  assert.deepEqual(migrateDefinition({ schemaVersion: 1 }, steps, 3), { schemaVersion: 3, two: true })
  assert.throws(() => migrateDefinition({ schemaVersion: 1 }, {}, 2), RangeError)
  assert.throws(() => migrateDefinition({ schemaVersion: 9 }, steps, 3), RangeError)
  assert.throws(() => migrateDefinition({}, steps, 3), RangeError)
  assert.throws(() => migrateDefinition({ schemaVersion: 1 }, { 1: (given) => given }, 2), RangeError)
})
