/** What is remembered of an address that fails: how often in a row, since when, and until when it is left alone. */
export type Breaker = {
  failures: number
  /** How often it was opened since the last success: each rest is longer than the one before. */
  opens: number
  openUntilMs: number | null
  failingSinceMs: number | null
}

export const CLOSED: Breaker = { failures: 0, opens: 0, openUntilMs: null, failingSinceMs: null }

const FAILURES_TO_OPEN = 5
const REST_MS = 30_000
const REST_MAX_MS = 5 * 60_000
/** An address that has answered nothing good for so long is disabled. */
const FAILING_MAX_MS = 5 * 24 * 3_600_000
const PROBE_MS = 1_000

/**
 * The breaker after an answer. A success closes it; the fifth failure in a row opens it, and so does each failed probe,
 * for 30 seconds and then twice as long each time up to five minutes.
 *
 * Answers of attempts that began before it opened count as failures, but do not make the rest longer.
 */
export function afterAnswer(breaker: Breaker, { ok, nowMs }: { ok: boolean; nowMs: number }): Breaker {
  if (ok) return CLOSED
  const failures = breaker.failures + 1
  const failingSinceMs = breaker.failingSinceMs ?? nowMs
  const resting = breaker.openUntilMs !== null && nowMs < breaker.openUntilMs
  if (failures < FAILURES_TO_OPEN || resting) return { ...breaker, failures, failingSinceMs }
  const restMs = Math.min(REST_MAX_MS, REST_MS * 2 ** Math.min(breaker.opens, 10))
  return { failures, failingSinceMs, opens: breaker.opens + 1, openUntilMs: nowMs + restMs }
}

export const hasFailedTooLong = ({ failingSinceMs }: Breaker, nowMs: number): boolean =>
  failingSinceMs !== null && nowMs - failingSinceMs >= FAILING_MAX_MS

/**
 * Client errors since something arrived. They are no failures, because an address that refuses one body is there and may
 * like the next: nothing rests for them. One that refuses everything is a wrong address all the same.
 */
export type Refusals = {
  count: number
  /** Since when they are so many that somebody should look. */
  allSinceMs: number | null
}

export const NONE_REFUSED: Refusals = { count: 0, allSinceMs: null }

const REFUSALS_TO_FAIL = 5

/** From the fifth on it refuses all; the days until it is disabled begin there, when people are told. */
export function afterRefusal(refusals: Refusals, nowMs: number): Refusals {
  const count = refusals.count + 1
  return { count, allSinceMs: refusals.allSinceMs ?? (count < REFUSALS_TO_FAIL ? null : nowMs) }
}

export const hasRefusedTooLong = ({ allSinceMs }: Refusals, nowMs: number): boolean =>
  allSinceMs !== null && nowMs - allSinceMs >= FAILING_MAX_MS

export type Admission = { kind: 'go' } | { kind: 'wait'; reason: 'endpoint_resting' | 'endpoint_busy'; untilMs: number }

/**
 * Whether one more attempt may leave now. While the breaker is open none does; once its rest is over, a single one goes
 * out as a probe. Otherwise as many as the subscription allows at the same time.
 */
export function admit(
  breaker: Breaker,
  { inFlight, inFlightMax, nowMs }: { inFlight: number; inFlightMax: number; nowMs: number },
): Admission {
  const { openUntilMs } = breaker
  if (openUntilMs !== null && nowMs < openUntilMs)
    return { kind: 'wait', reason: 'endpoint_resting', untilMs: openUntilMs }
  if (openUntilMs !== null && inFlight > 0) {
    return { kind: 'wait', reason: 'endpoint_resting', untilMs: nowMs + PROBE_MS }
  }
  if (inFlight >= inFlightMax) return { kind: 'wait', reason: 'endpoint_busy', untilMs: nowMs }
  return { kind: 'go' }
}
