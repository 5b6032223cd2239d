import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pooledRandom } from './random-pool.ts'

test('no two are alike, also across the refilling of the stock', () => {
  const seen = new Set(Array.from({ length: 5_000 }, () => pooledRandom(12).toString('hex')))
  assert.equal(seen.size, 5_000)
})

test('what is done to bytes that were given out changes none that follow', () => {
  pooledRandom(10).fill(7)
  assert.notEqual(pooledRandom(10).toString('hex'), '07'.repeat(10))
  assert.equal(pooledRandom(10).length, 10)
})
