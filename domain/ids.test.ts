import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uuidTimeMs, uuidV7 } from './ids.ts'

test('a UUIDv7 carries its instant, version and variant', () => {
  const id = uuidV7(1_700_000_000_123, new Uint8Array(10).fill(0xff))
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(uuidTimeMs(id), 1_700_000_000_123)
})

test('ids of later instants sort after earlier ones, whatever their random part', () => {
  const early = uuidV7(1_000, new Uint8Array(10).fill(0xff))
  const late = uuidV7(1_001, new Uint8Array(10))
  assert.ok(early < late)
})

test('too little randomness is refused', () => {
  assert.throws(() => uuidV7(1, new Uint8Array(9)), RangeError)
})
