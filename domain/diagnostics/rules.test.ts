import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CHECK_KEYS, planChecks } from './checks.ts'
import { FINDINGS, type FindingCode, finding, placeOfFix, statusOf } from './findings.ts'
import {
  ageOf,
  type Backlog,
  type BacklogQueue,
  type CheckMark,
  isDatabaseTooOld,
  judgeBacklogs,
  judgeClocks,
  judgeDatabase,
  judgeErrors,
  judgeExpiry,
  newsOf,
  nextDailyMs,
  resultOf,
} from './rules.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const codesOf = (findings: readonly { code: FindingCode }[]) => findings.map(({ code }) => code)

const idle: Record<BacklogQueue, Backlog> = {
  inbound: { count: 0, oldestAgeMs: null },
  bells: { count: 0, oldestAgeMs: null },
  sends: { count: 0, oldestAgeMs: null },
  events: { count: 0, oldestAgeMs: null },
  media: { count: 0, oldestAgeMs: null },
  webhooks: { count: 0, oldestAgeMs: null },
}

test('[ANLY-28] an age is a warning from its first figure on and stuck from its second, each queue by its own', () => {
  assert.equal(ageOf('inbound', null), 'well')
  assert.equal(ageOf('inbound', MINUTE_MS - 1), 'well')
  assert.equal(ageOf('inbound', MINUTE_MS), 'waits')
  assert.equal(ageOf('inbound', 5 * MINUTE_MS), 'stuck')
  assert.equal(ageOf('sends', 5 * MINUTE_MS - 1), 'well')
  assert.deepEqual(judgeBacklogs(idle), [])
  const [waits, stuck] = judgeBacklogs({
    ...idle,
    bells: { count: 2, oldestAgeMs: 90_000 },
    webhooks: { count: 7, oldestAgeMs: 31 * MINUTE_MS },
  })
  assert.deepEqual([waits?.code, waits?.values], ['queue_waits', { queue: 'bells', count: 2, minutes: 1 }])
  assert.deepEqual([stuck?.code, stuck?.status, stuck?.values['minutes']], ['queue_stuck', 'failed', 31])
})

test('[ANLY-28] a clock is judged by what is beyond doubt: the way of the answer counts for nobody', () => {
  const reading = (aheadMs: number, toleranceMs = 0) => judgeClocks([{ source: 'database', aheadMs, toleranceMs }])
  assert.deepEqual(reading(4_999), [])
  assert.deepEqual(reading(-9_000, 4_100), [])
  assert.deepEqual(codesOf(reading(5_000)), ['clock_off'])
  assert.deepEqual(codesOf(reading(-61_000, 1_000)), ['clock_far_off'])
  assert.deepEqual(reading(-61_000, 1_000)[0]?.values, { source: 'database', seconds: 60 })
})

test('[ANLY-28] a database is judged by its version and by its way', () => {
  assert.equal(isDatabaseTooOld(170_005), true)
  assert.equal(isDatabaseTooOld(170_006), false)
  assert.deepEqual(judgeDatabase({ version: '18.0', versionNumber: 180_000, latencyMs: 249 }), [])
  const slowAndOld = judgeDatabase({ version: '17.2', versionNumber: 170_002, latencyMs: 250 })
  assert.deepEqual(codesOf(slowAndOld), ['database_outdated', 'database_slow'])
})

test('[ANLY-28] a token that ends within a week is told of, and one that does not end is not', () => {
  assert.deepEqual(judgeExpiry(null, 0), [])
  assert.deepEqual(judgeExpiry(7 * DAY_MS + 1, 0), [])
  assert.equal(judgeExpiry(7 * DAY_MS, 0)[0]?.values['days'], 7)
  assert.equal(judgeExpiry(-5, 0)[0]?.values['days'], 0)
})

test('[ANLY-28] a few failed sends are a warning, ten that are a fifth of all are a failure', () => {
  const none = { sentCount: 50, failedSends: 0, commonCode: null, parkedItems: 0, failedRuns: 0, failedDeliveries: 0 }
  assert.deepEqual(judgeErrors(none), [])
  assert.deepEqual(codesOf(judgeErrors({ ...none, failedSends: 9 })), ['sends_failed'])
  assert.deepEqual(codesOf(judgeErrors({ ...none, failedSends: 10 })), ['many_sends_failed'])
  assert.deepEqual(codesOf(judgeErrors({ ...none, sentCount: 51, failedSends: 10 })), ['sends_failed'])
  const others = judgeErrors({ ...none, parkedItems: 1, failedRuns: 2, failedDeliveries: 3 })
  assert.deepEqual(codesOf(others), ['items_parked', 'runs_failed', 'deliveries_failed'])
})

test('the worst finding is the status of a check, and the worst check the result of a run', () => {
  assert.equal(statusOf([]), 'passed')
  assert.equal(statusOf([finding('no_webhooks')]), 'skipped')
  assert.equal(statusOf([finding('no_webhooks'), finding('clock_off'), finding('mail_unreachable')]), 'failed')
  assert.equal(resultOf(['passed', 'skipped']), 'passed')
  assert.equal(resultOf(['passed', 'warning', 'skipped']), 'warning')
  assert.equal(resultOf(['warning', 'failed']), 'failed')
})

test('checks of numbers stand together number by number, and are named once where there is no number', () => {
  assert.deepEqual(
    planChecks([]).map(({ key }) => key),
    CHECK_KEYS,
  )
  const two = planChecks(['a', 'b'])
  assert.equal(two.length, CHECK_KEYS.length + 4)
  const ofNumbers = two.filter(({ channelId }) => channelId !== null)
  assert.deepEqual(
    ofNumbers.map(({ key, channelId }) => `${channelId} ${key}`),
    ['a', 'b'].flatMap((id) => ['credentials', 'subscription', 'round_trip', 'replay'].map((key) => `${id} ${key}`)),
  )
  assert.equal(planChecks(Array.from({ length: 50 }, (_, index) => String(index))).length, 8 + 20 * 4)
})

test('[ANLY-32] news is what fails now and did not before, and that all is well again', () => {
  const mark = (key: CheckMark['key'], status: CheckMark['status'], channelId: string | null = null) => ({
    key,
    status,
    channelId,
  })
  const failing = [mark('credentials', 'failed', 'a'), mark('mail', 'passed')]
  assert.deepEqual(newsOf([], failing), { newlyFailing: [failing[0]], isWellAgain: false })
  assert.deepEqual(newsOf(failing, failing), { newlyFailing: [], isWellAgain: false })
  const onOtherNumber = [mark('credentials', 'failed', 'b')]
  assert.deepEqual(newsOf(failing, onOtherNumber), { newlyFailing: onOtherNumber, isWellAgain: false })
  assert.deepEqual(newsOf(failing, [mark('credentials', 'warning', 'a')]), { newlyFailing: [], isWellAgain: true })
  assert.deepEqual(newsOf([mark('mail', 'passed')], [mark('mail', 'passed')]).isWellAgain, false)
})

test('[ANLY-32] the daily run has its own minute, always ahead and never more than a day away', () => {
  const tenantId = '01990000-0000-7000-8000-0000000004d2' // 1234: 20:34
  const morning = Date.parse('2026-03-02T09:00:00Z')
  assert.equal(new Date(nextDailyMs(tenantId, morning)).toISOString(), '2026-03-02T20:34:00.000Z')
  const then = Date.parse('2026-03-02T20:34:00Z')
  assert.equal(new Date(nextDailyMs(tenantId, then)).toISOString(), '2026-03-03T20:34:00.000Z')
})

test('[ANLY-30] every finding that is bad has a way out, and pages that mend lead to the number they are about', () => {
  for (const [code, { status, fix }] of Object.entries(FINDINGS)) {
    if (status !== 'skipped') assert.notEqual(fix, null, code)
  }
  assert.equal(placeOfFix('enter_token', 'n1'), '/settings/channels/n1')
  assert.equal(placeOfFix('connect_number', null), '/settings/channels')
  assert.equal(placeOfFix('take_parked', null), '/settings/channels')
  assert.equal(placeOfFix('operator_mail', null), undefined)
})
