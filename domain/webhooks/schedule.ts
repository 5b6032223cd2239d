import type { WebhookSchedule } from './schema.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** Waits before the second to the eighth attempt: 27 hours 35 minutes in all. */
const LONG_WAITS_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  10 * HOUR_MS,
] as const

/** A receiver may ask for a later attempt, but not for one on another day. */
const RETRY_AFTER_MAX_MS = HOUR_MS

/** How long a delivery waits for an address that is down before it is given up; it can be redelivered afterwards. */
export const DELIVERY_EXPIRES_MS = 72 * HOUR_MS

export type Retries = { schedule: WebhookSchedule; retryCount: number }

/** How many attempts a delivery gets in all, the first one included. Four at most on the default schedule. */
export const attemptsMax = ({ schedule, retryCount }: Retries): number =>
  schedule === 'long' ? LONG_WAITS_MS.length + 1 : 1 + Math.min(3, Math.max(0, retryCount))

/**
 * When the next attempt goes out after `attempts` that failed.
 *
 * The default schedule waits 2, 4 and 8 seconds. `retryAfterMs` is what the receiver asked for; it is heeded up to an
 * hour and never makes an attempt earlier.
 *
 * @returns the instant (epoch, milliseconds), or undefined when there is no further attempt.
 */
export function nextAttemptMs(
  retries: Retries,
  { attempts, nowMs, retryAfterMs = 0 }: { attempts: number; nowMs: number; retryAfterMs?: number | undefined },
): number | undefined {
  if (attempts >= attemptsMax(retries)) return undefined
  const waitMs = retries.schedule === 'long' ? LONG_WAITS_MS[attempts - 1]! : SECOND_MS * 2 ** attempts
  return nowMs + Math.max(waitMs, Math.min(retryAfterMs, RETRY_AFTER_MAX_MS))
}
