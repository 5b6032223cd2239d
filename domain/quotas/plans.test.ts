import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOUSE_LIMITS, limitOf, RATE_MIN, warningAt } from './plans.ts'

test("[BILL-02] a tenant's own figure stands above its plan, and the plan above the house", () => {
  assert.equal(limitOf({ own: {}, plan: {} }, 'channels'), HOUSE_LIMITS.channels)
  assert.equal(limitOf({ own: {}, plan: { channels: 3 } }, 'channels'), 3)
  assert.equal(limitOf({ own: { channels: 0 }, plan: { channels: 3 } }, 'channels'), 0)
})

test('[BILL-02] what is no figure bounds nothing by accident', () => {
  for (const odd of ['5', null, Number.NaN, -1, Number.POSITIVE_INFINITY, {}]) {
    assert.equal(limitOf({ own: { channels: odd }, plan: { channels: 3 } }, 'channels'), 3, String(odd))
  }
})

test("[PERF-16] a hundred requests a minute hold whatever a tenant's row or its plan says", () => {
  assert.equal(RATE_MIN, 100)
  for (const [own, plan] of [
    [{ requestsPerMinute: 0 }, {}],
    [{}, { requestsPerMinute: 99 }],
    [{ requestsPerMinute: 3 }, { requestsPerMinute: 5_000 }],
  ]) {
    assert.equal(limitOf({ own: own!, plan: plan! }, 'requestsPerMinute'), 100)
  }
  assert.equal(limitOf({ own: { requestsPerMinute: 101 }, plan: {} }, 'requestsPerMinute'), 101)
})

test('[BILL-03] owners are told at 80 and at 100 percent, and not a use before', () => {
  assert.equal(warningAt({ used: 79, limit: 100 }), undefined)
  assert.equal(warningAt({ used: 80, limit: 100 }), 80)
  assert.equal(warningAt({ used: 99, limit: 100 }), 80)
  assert.equal(warningAt({ used: 100, limit: 100 }), 100)
  assert.equal(warningAt({ used: 250, limit: 100 }), 100)
  assert.equal(warningAt({ used: 4, limit: 5 }), 80)
  assert.equal(warningAt({ used: 0, limit: 0 }), undefined)
})
