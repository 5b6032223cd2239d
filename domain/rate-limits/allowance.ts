/** A limit counts in windows of a minute. */
export const WINDOW_MS = 60_000

/**
 * An allowance that fills up evenly: at most `limit` at once, and then one more each `WINDOW_MS / limit`. All that is kept
 * of it is how long it takes until it is whole again.
 */
export type Allowance = { limit: number; untilFullMs: number }

/** How far one request pushes the instant at which the allowance is whole, in milliseconds. */
export const gapMs = (limit: number): number => WINDOW_MS / limit

/** How many requests are left at this moment; never negative. */
export function remainingOf({ limit, untilFullMs }: Allowance): number {
  // A hair is forgiven: Postgres keeps microseconds, and a sum of fractions must not lose a whole request.
  return Math.max(0, Math.floor((WINDOW_MS - untilFullMs) / gapMs(limit) + 1e-3))
}

/** How long one who was refused must wait until the next request is let through; at least a millisecond. */
export function retryAfterMs({ limit, untilFullMs }: Allowance): number {
  return Math.max(1, Math.ceil(untilFullMs + gapMs(limit) - WINDOW_MS))
}

/** How often one address, or one network of IPv6, may ask without having proven who it is. */
export const ADDRESS_REQUESTS_PER_MINUTE = 1_200
