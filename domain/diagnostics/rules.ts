import { DAY_MS } from '../time.ts'
import type { CheckKey, CheckStatus, DiagnosticResult } from './checks.ts'
import { type Finding, finding } from './findings.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS

/** What waits somewhere: how much, and since when the oldest does. */
export type Backlog = { count: number; oldestAgeMs: number | null }
export type BacklogQueue = 'inbound' | 'bells' | 'sends' | 'events' | 'media' | 'webhooks'

/** How old the oldest entry of a queue may be: beyond the first figure somebody should look, beyond the second it is stuck. */
export const QUEUE_AGES_MS: Readonly<Record<BacklogQueue, { warnMs: number; failMs: number }>> = {
  inbound: { warnMs: MINUTE_MS, failMs: 5 * MINUTE_MS },
  bells: { warnMs: MINUTE_MS, failMs: 5 * MINUTE_MS },
  events: { warnMs: MINUTE_MS, failMs: 5 * MINUTE_MS },
  // Sends wait for the pace of their number, files for a provider, deliveries for an address that rests.
  sends: { warnMs: 5 * MINUTE_MS, failMs: 30 * MINUTE_MS },
  media: { warnMs: 10 * MINUTE_MS, failMs: 60 * MINUTE_MS },
  webhooks: { warnMs: 5 * MINUTE_MS, failMs: 30 * MINUTE_MS },
}

/** How long the oldest entry of a queue waits, judged. */
export function ageOf(queue: BacklogQueue, oldestAgeMs: number | null): 'well' | 'waits' | 'stuck' {
  if (oldestAgeMs === null) return 'well'
  const { warnMs, failMs } = QUEUE_AGES_MS[queue]
  if (oldestAgeMs >= failMs) return 'stuck'
  return oldestAgeMs >= warnMs ? 'waits' : 'well'
}

/** One finding for each queue that waits too long, in whole minutes. */
export function judgeBacklogs(queues: Readonly<Record<BacklogQueue, Backlog>>): Finding[] {
  return (Object.entries(queues) as [BacklogQueue, Backlog][]).flatMap(([queue, { count, oldestAgeMs }]) => {
    const age = ageOf(queue, oldestAgeMs)
    if (age === 'well') return []
    const minutes = Math.max(1, Math.floor((oldestAgeMs ?? 0) / MINUTE_MS))
    return [finding(age === 'stuck' ? 'queue_stuck' : 'queue_waits', { queue, count, minutes })]
  })
}

const SKEW_WARN_MS = 5 * SECOND_MS
const SKEW_FAIL_MS = 60 * SECOND_MS

/** A clock beside ours: how far it is ahead (negative: behind), and how exactly that can be told. */
export type ClockReading = { source: 'database' | 'temporal' | 'provider'; aheadMs: number; toleranceMs: number }

/** Signatures, service windows and links are counted in minutes, so a minute is too far and seconds are a warning. */
export function judgeClocks(readings: readonly ClockReading[]): Finding[] {
  return readings.flatMap(({ source, aheadMs, toleranceMs }) => {
    const offMs = Math.max(0, Math.abs(aheadMs) - toleranceMs)
    if (offMs < SKEW_WARN_MS) return []
    const seconds = Math.round(offMs / SECOND_MS)
    return [finding(offMs >= SKEW_FAIL_MS ? 'clock_far_off' : 'clock_off', { source, seconds })]
  })
}

/** Oldest PostgreSQL without a known hole, as `server_version_num` has it: 17.6. */
const OLDEST_DATABASE = 170_006
const DATABASE_SLOW_MS = 250

export const isDatabaseTooOld = (versionNumber: number): boolean => versionNumber < OLDEST_DATABASE

/** @param latencyMs the shortest of a few round trips: one that had to open a connection says nothing. */
export function judgeDatabase(seen: { version: string; versionNumber: number; latencyMs: number }): Finding[] {
  const { version, versionNumber, latencyMs } = seen
  return [
    ...(isDatabaseTooOld(versionNumber) ? [finding('database_outdated', { version })] : []),
    ...(latencyMs >= DATABASE_SLOW_MS ? [finding('database_slow', { latencyMs })] : []),
  ]
}

/** With less than this on its disk a house should be given more. */
export const FREE_BYTES_MIN = 1_000_000_000

const TOKEN_WARN_MS = 7 * DAY_MS

/** @param expiresAtMs when a token ends; null for one that does not. */
export function judgeExpiry(expiresAtMs: number | null, nowMs: number): Finding[] {
  if (expiresAtMs === null || expiresAtMs - nowMs > TOKEN_WARN_MS) return []
  return [finding('token_expires', { days: Math.max(0, Math.ceil((expiresAtMs - nowMs) / DAY_MS)) })]
}

/** What went wrong within a day, counted in one workspace. */
export type RecentErrors = {
  sentCount: number
  failedSends: number
  /** The code that most failed sends have; null where none failed. */
  commonCode: string | null
  parkedItems: number
  failedRuns: number
  failedDeliveries: number
}

const MANY_SENDS = 10
const MANY_SHARE = 0.2

/** A few failed sends are daily life; ten of them that are a fifth of all are an outage. */
export function judgeErrors(errors: RecentErrors): Finding[] {
  const { sentCount, failedSends, commonCode, parkedItems, failedRuns, failedDeliveries } = errors
  const isMany = failedSends >= MANY_SENDS && failedSends >= sentCount * MANY_SHARE
  const sends = { count: failedSends, total: sentCount, code: commonCode ?? 'none' }
  return [
    ...(failedSends > 0 ? [finding(isMany ? 'many_sends_failed' : 'sends_failed', sends)] : []),
    ...(parkedItems > 0 ? [finding('items_parked', { count: parkedItems })] : []),
    ...(failedRuns > 0 ? [finding('runs_failed', { count: failedRuns })] : []),
    ...(failedDeliveries > 0 ? [finding('deliveries_failed', { count: failedDeliveries })] : []),
  ]
}

/** The result of a run is that of its worst check; what was skipped says nothing. */
export function resultOf(statuses: readonly CheckStatus[]): DiagnosticResult {
  if (statuses.includes('failed')) return 'failed'
  return statuses.includes('warning') ? 'warning' : 'passed'
}

export type CheckMark = { key: CheckKey; channelId: string | null; status: CheckStatus }
const placeOf = ({ key, channelId }: CheckMark) => `${key}/${channelId ?? ''}`

/**
 * What whoever runs a workspace must hear after a scheduled run: what fails now and did not in the scheduled run before,
 * and whether all is well again after something failed. What goes on failing is told once.
 */
export function newsOf(
  before: readonly CheckMark[],
  now: readonly CheckMark[],
): { newlyFailing: CheckMark[]; isWellAgain: boolean } {
  const failedBefore = new Set(before.filter(({ status }) => status === 'failed').map(placeOf))
  const failing = now.filter(({ status }) => status === 'failed')
  return {
    newlyFailing: failing.filter((mark) => !failedBefore.has(placeOf(mark))),
    isWellAgain: failing.length === 0 && failedBefore.size > 0,
  }
}

/**
 * The next instant of a workspace's daily run: the same minute of each day, and another one for each workspace, so that a
 * house does not ask everything for everybody at once.
 *
 * @param tenantId its last hexadecimal digits choose the minute.
 * @returns an instant after `nowMs`, at most a day later.
 */
export function nextDailyMs(tenantId: string, nowMs: number): number {
  const minuteOfDay = Number.parseInt(tenantId.slice(-6), 16) % (24 * 60)
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS + minuteOfDay * MINUTE_MS
  return today > nowMs ? today : today + DAY_MS
}
