import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gapMs, remainingOf, retryAfterMs, WINDOW_MS } from './allowance.ts'

test('[INT-25] an allowance counts down from its limit and never below nothing', () => {
  for (const limit of [1, 7, 100, 300, 5_000]) {
    assert.equal(remainingOf({ limit, untilFullMs: 0 }), limit)
    for (const used of [1, Math.floor(limit / 2), limit]) {
      assert.equal(remainingOf({ limit, untilFullMs: used * gapMs(limit) }), limit - used, `${used} of ${limit}`)
    }
    assert.equal(remainingOf({ limit, untilFullMs: 2 * WINDOW_MS }), 0)
  }
})

test('[INT-25] who is refused is told the wait after which one request fits again', () => {
  const limit = 100
  const wait = retryAfterMs({ limit, untilFullMs: WINDOW_MS })
  assert.equal(wait, 600)
  assert.equal(remainingOf({ limit, untilFullMs: WINDOW_MS - wait }), 1)
  assert.equal(retryAfterMs({ limit, untilFullMs: 0 }), 1)
})
