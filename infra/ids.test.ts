import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uuidTimeMs } from '#domain/ids.ts'
import { idFrom, newId } from './ids.ts'

test('ids that are made one after the other sort in that order, however many in one millisecond', () => {
  const before = Date.now()
  const ids = Array.from({ length: 50_000 }, newId)
  assert.deepEqual(ids.toSorted(), ids)
  assert.equal(new Set(ids).size, ids.length)
  assert.ok(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)))
  assert.ok(uuidTimeMs(ids[0]!) >= before)
  assert.ok(uuidTimeMs(ids.at(-1)!) <= Date.now() + 50)
})

test('an id made of causes is the same for the same causes only', () => {
  assert.equal(idFrom('a', 'b'), idFrom('a', 'b'))
  assert.notEqual(idFrom('a', 'b'), idFrom('ab'))
})
