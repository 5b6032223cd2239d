import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { judge, retryAfterMs } from './answers.ts'
import { bodyOf, passesFilter } from './body.ts'
import { admit, afterAnswer, type Breaker, CLOSED, hasFailedTooLong } from './breaker.ts'
import { attemptsMax, nextAttemptMs } from './schedule.ts'
import type { WebhookSchedule } from './schema.ts'

const HOUR_MS = 3_600_000
const waits = (retries: { schedule: WebhookSchedule; retryCount: number }): number[] => {
  const list: number[] = []
  for (let attempts = 1; ; attempts += 1) {
    const next = nextAttemptMs(retries, { attempts, nowMs: 0 })
    if (next === undefined) return list
    list.push(next)
  }
}

test('[INT-19] the default schedule waits 2, 4 and 8 seconds and never tries more than four times', () => {
  assert.deepEqual(waits({ schedule: 'default', retryCount: 3 }), [2_000, 4_000, 8_000])
  assert.deepEqual(waits({ schedule: 'default', retryCount: 1 }), [2_000])
  assert.deepEqual(waits({ schedule: 'default', retryCount: 0 }), [])
  assert.equal(attemptsMax({ schedule: 'default', retryCount: 99 }), 4)
})

test('[INT-19] [G19] the long schedule makes eight attempts over about 28 hours, whatever the count of retries', () => {
  const list = waits({ schedule: 'long', retryCount: 0 })
  assert.deepEqual(
    list.map((ms) => ms / 1_000),
    [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000],
  )
  const hours = list.reduce((sum, ms) => sum + ms, 0) / HOUR_MS
  assert.ok(hours > 27 && hours < 28.5)
})

test('a receiver may ask for more patience, up to an hour, and never for less', () => {
  const next = (retryAfter: number | undefined) =>
    nextAttemptMs({ schedule: 'default', retryCount: 3 }, { attempts: 1, nowMs: 1_000, retryAfterMs: retryAfter })
  assert.deepEqual(
    [next(undefined), next(500), next(60_000), next(9 * HOUR_MS)],
    [3_000, 3_000, 61_000, HOUR_MS + 1_000],
  )
  const now = Date.parse('2026-03-02T10:00:00Z')
  const asked = ['120', ' 7 ', 'Mon, 02 Mar 2026 10:01:00 GMT', 'Mon, 02 Mar 2026 09:00:00 GMT', 'soon', undefined]
  assert.deepEqual(
    asked.map((header) => retryAfterMs(header, now)),
    [120_000, 7_000, 60_000, 0, undefined, undefined],
  )
})

test('[INT-18] an answer is delivered, final, the end of a subscription, or a reason to try again', () => {
  const verdicts = (statuses: number[]) => [
    ...new Set(statuses.map((httpStatus) => judge({ kind: 'response', httpStatus }))),
  ]
  assert.deepEqual(verdicts([200, 201, 202, 204, 299]), ['delivered'])
  assert.deepEqual(verdicts([410]), ['gone'])
  assert.deepEqual(verdicts([400, 401, 403, 404, 405, 413, 422, 451, 499]), ['refused'])
  assert.deepEqual(verdicts([408, 409, 425, 429, 500, 502, 503, 504, 599, 301, 304]), ['retry'])
  for (const reason of ['timeout', 'connect', 'broken', 'redirect', 'encoding', 'cancelled']) {
    assert.equal(judge({ kind: 'failed', reason }), 'retry')
  }
  assert.equal(judge({ kind: 'blocked', reason: 'private_address' }), 'blocked')
  assert.equal(judge({ kind: 'blocked', reason: 'no_address' }), 'retry')
})

const failed = (breaker: Breaker, nowMs: number) => afterAnswer(breaker, { ok: false, nowMs })

test('the fifth failure in a row opens the breaker; each failed probe lets it rest twice as long, up to five minutes', () => {
  let breaker = CLOSED
  for (let count = 1; count <= 4; count += 1) breaker = failed(breaker, count)
  assert.equal(breaker.openUntilMs, null)
  const rests: number[] = []
  let nowMs = 5
  for (let probe = 0; probe < 7; probe += 1) {
    breaker = failed(breaker, nowMs)
    rests.push(breaker.openUntilMs! - nowMs)
    nowMs = breaker.openUntilMs!
  }
  assert.deepEqual(rests, [30_000, 60_000, 120_000, 240_000, 300_000, 300_000, 300_000])
  assert.deepEqual(afterAnswer(breaker, { ok: true, nowMs }), CLOSED)
})

test('answers of attempts that were under way when it opened do not make its rest longer', () => {
  let breaker = CLOSED
  for (let count = 1; count <= 5; count += 1) breaker = failed(breaker, 0)
  const opened = breaker.openUntilMs
  for (let count = 1; count <= 8; count += 1) breaker = failed(breaker, 10)
  assert.deepEqual([breaker.openUntilMs, breaker.opens, breaker.failures], [opened, 1, 13])
})

test('while it rests nothing leaves, after its rest one probe, and never more at once than allowed', () => {
  const open: Breaker = { failures: 5, opens: 1, openUntilMs: 1_000, failingSinceMs: 0 }
  const asked = { inFlightMax: 2 }
  assert.deepEqual(admit(open, { ...asked, inFlight: 0, nowMs: 999 }), {
    kind: 'wait',
    reason: 'endpoint_resting',
    untilMs: 1_000,
  })
  assert.deepEqual(admit(open, { ...asked, inFlight: 0, nowMs: 1_000 }), { kind: 'go' })
  assert.equal(admit(open, { ...asked, inFlight: 1, nowMs: 1_000 }).kind, 'wait')
  assert.deepEqual(admit(CLOSED, { ...asked, inFlight: 1, nowMs: 0 }), { kind: 'go' })
  assert.deepEqual(admit(CLOSED, { ...asked, inFlight: 2, nowMs: 0 }), {
    kind: 'wait',
    reason: 'endpoint_busy',
    untilMs: 0,
  })
})

test('only an address that has answered nothing good for five days has failed too long', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ ok: fc.boolean(), afterMs: fc.integer({ min: 1, max: 40 * HOUR_MS }) })),
      (answers) => {
        let breaker = CLOSED
        let nowMs = 0
        let badSince: number | null = null
        for (const { ok, afterMs } of answers) {
          nowMs += afterMs
          breaker = afterAnswer(breaker, { ok, nowMs })
          badSince = ok ? null : (badSince ?? nowMs)
          assert.equal(hasFailedTooLong(breaker, nowMs), badSince !== null && nowMs - badSince >= 120 * HOUR_MS)
        }
      },
    ),
  )
})

const event = {
  id: '018f4e5c-0000-7000-8000-000000000009',
  tenantId: '018f4e5c-0000-7000-8000-000000000001',
  type: 'conversation.closed',
  version: 1,
  at: '2026-03-02T10:00:00.000Z',
  actor: { kind: 'system' as const },
  subject: { type: 'conversation' as const, id: '018f4e5c-0000-7000-8000-000000000003' },
  conversationId: '018f4e5c-0000-7000-8000-000000000003',
  correlationId: null,
  data: { reason: 'resolved' },
}

test('a filter sees the body; one that cannot be evaluated lets the event pass', () => {
  const body = bodyOf(event)
  assert.equal(passesFilter(null, body), true)
  assert.equal(passesFilter({ '==': [{ var: 'data.reason' }, 'resolved'] }, body), true)
  assert.equal(passesFilter({ '==': [{ var: 'data.reason' }, 'idle'] }, body), false)
  assert.equal(passesFilter({ unheard_of: [1] }, body), true)
})
