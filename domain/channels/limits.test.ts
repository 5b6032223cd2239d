import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initiationsPerDay, paceAt } from './limits.ts'

test('[CH-12] a tier says how many people may be written to first in a day; an unknown one bounds nothing', () => {
  const tiers = ['TIER_50', 'TIER_250', 'TIER_1K', 'TIER_2K', 'TIER_10K', 'TIER_100K', '2000', 'TIER_UNLIMITED']
  assert.deepEqual(tiers.map(initiationsPerDay), [50, 250, 2_000, 2_000, 10_000, 100_000, 2_000, null])
  assert.deepEqual([null, '', 'NOT_SET', '-1', 'TIER_NEW'].map(initiationsPerDay), [null, null, null, null, null])
})

test('[CH-12] the pace of a number follows its level, and never rises above what somebody chose', () => {
  assert.equal(paceAt('STANDARD', 80), 80)
  assert.equal(paceAt('HIGH', 80), 1_000)
  assert.equal(paceAt('HIGH', 20), 20)
  assert.equal(paceAt('STANDARD', 1_000), 80)
  assert.equal(paceAt('NOT_APPLICABLE', 300), 300)
  assert.equal(paceAt(null, 300), 300)
})
