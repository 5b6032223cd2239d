import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  BLOCK_MS,
  type Bucket,
  countConversation,
  countMessage,
  INBOUND_LIMITS,
  type LimitVerdict,
} from './inbound-limits.ts'

const START_MS = Date.parse('2026-03-02T09:00:00Z')
const SECOND = 1_000
const MINUTE = 60 * SECOND

type Count = (bucket: Bucket | undefined, nowMs: number) => LimitVerdict

/** One after another, at the given distances from the start; the verdicts in order. */
function series(count: Count, atMs: readonly number[], bucket?: Bucket): LimitVerdict[] {
  let known = bucket
  return atMs.map((ms) => {
    const verdict = count(known, START_MS + ms)
    known = verdict.bucket
    return verdict
  })
}

const every = (stepMs: number, times: number, fromMs = 0) =>
  Array.from({ length: times }, (_, n) => fromMs + n * stepMs)
const kinds = (verdicts: readonly LimitVerdict[]) => verdicts.map(({ kind }) => kind)
const last = (verdicts: readonly LimitVerdict[]) => verdicts.at(-1)!

test('twenty messages within a minute pass, the 21st is held', () => {
  const verdicts = series(countMessage, every(2 * SECOND, 21))
  assert.deepEqual(kinds(verdicts), [...Array(20).fill('pass'), 'hold'])
})

test('the minute begins with its first message and not on the clock: its end is not in it', () => {
  const twenty = series(countMessage, every(3 * SECOND, 20))
  assert.equal(countMessage(last(twenty).bucket, START_MS + MINUTE - 1).kind, 'hold')
  assert.equal(countMessage(last(twenty).bucket, START_MS + MINUTE).kind, 'pass')
  assert.equal(countMessage(last(twenty).bucket, START_MS + MINUTE).bucket.count, 1)
})

test('a block lasts ten minutes after the last message in excess, however many there were', () => {
  const excess = series(countMessage, every(SECOND, 25))
  const held = last(excess)
  assert.ok(held.kind === 'hold')
  assert.equal(held.untilMs, START_MS + 24 * SECOND + BLOCK_MS)
  const justBefore = countMessage(held.bucket, held.untilMs - 1)
  assert.ok(justBefore.kind === 'hold' && justBefore.untilMs === held.untilMs - 1 + BLOCK_MS, 'it begins anew')
  const after = countMessage(held.bucket, held.untilMs)
  assert.deepEqual([after.kind, after.bucket.count, after.bucket.blockedUntilMs], ['pass', 1, null])
})

test('supervisors are told of the first message in excess only, and again at the next block', () => {
  const news = (verdicts: readonly LimitVerdict[]) =>
    verdicts.filter((verdict) => verdict.kind === 'hold' && verdict.newlyBlocked).length
  const first = series(countMessage, every(SECOND, 40))
  assert.equal(news(first), 1)
  assert.equal(news(series(countMessage, every(SECOND, 40, 60 * MINUTE), last(first).bucket)), 1)
})

test('a steady contact is never held', () => {
  assert.ok(kinds(series(countMessage, every(3_001, 500))).every((kind) => kind === 'pass'))
})

test('five conversations within an hour are opened, the sixth is held until the hour has room', () => {
  const verdicts = series(countConversation, every(MINUTE, 6))
  assert.deepEqual(kinds(verdicts), [...Array(5).fill('pass'), 'hold'])
  const sixth = last(verdicts)
  assert.ok(sixth.kind === 'hold')
  assert.equal(sixth.untilMs, START_MS + INBOUND_LIMITS.conversation.windowMs)
})

test('what is held does not push the hour on, and is told once', () => {
  const verdicts = series(countConversation, every(MINUTE, 30))
  const holds = verdicts.filter((verdict) => verdict.kind === 'hold')
  assert.equal(holds.length, 25)
  assert.ok(holds.every(({ untilMs }) => untilMs === START_MS + 60 * MINUTE))
  assert.deepEqual(holds.map(({ newlyBlocked }) => newlyBlocked).indexOf(true), 0)
  assert.equal(holds.filter(({ newlyBlocked }) => newlyBlocked).length, 1)
  const next = countConversation(last(verdicts).bucket, START_MS + 60 * MINUTE)
  assert.deepEqual([next.kind, next.bucket.count, next.bucket.blockedUntilMs], ['pass', 1, null])
})

test('a bucket is a real window: start, end, count and block are what its table keeps', () => {
  const { bucket } = last(series(countMessage, every(SECOND, 22)))
  assert.deepEqual(bucket, {
    windowStartMs: START_MS,
    windowEndMs: START_MS + MINUTE,
    count: 22,
    blockedUntilMs: START_MS + 21 * SECOND + BLOCK_MS,
  })
})
