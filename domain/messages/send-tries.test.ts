import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextTryMs, SEND_TRIES_MAX } from './send-tries.ts'

const waits = (failureClass: 'backoff' | 'pair', tries: readonly number[]) =>
  tries.map((count) => nextTryMs({ failureClass }, count))

test('a message that was put off waits twice as long each time, at most five minutes, and not for ever', () => {
  assert.deepEqual(
    waits('backoff', [1, 2, 3, 8, 9, SEND_TRIES_MAX - 1]),
    [2_000, 4_000, 8_000, 256_000, 300_000, 300_000],
  )
  assert.equal(nextTryMs({ failureClass: 'slow' }, SEND_TRIES_MAX), undefined)
})

test('a contact who was written to too often is left alone for 4^X seconds', () => {
  assert.deepEqual(waits('pair', [1, 2, 3, 4, 30]), [1_000, 4_000, 16_000, 64_000, 3_600_000])
})

test('a code may allow fewer tries, and the provider may ask for a longer wait', () => {
  assert.equal(nextTryMs({ failureClass: 'backoff', triesMax: 2 }, 1), 2_000)
  assert.equal(nextTryMs({ failureClass: 'backoff', triesMax: 2 }, 2), undefined)
  assert.equal(nextTryMs({ failureClass: 'slow', retryAfterMs: 60_000 }, 1), 60_000)
})
