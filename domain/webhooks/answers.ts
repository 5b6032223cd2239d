/** What became of one POST, in the words of the guarded client. */
export type Answer =
  | { kind: 'response'; httpStatus: number }
  | { kind: 'failed'; reason: string }
  | { kind: 'blocked'; reason: string }

export type Verdict = 'delivered' | 'retry' | 'refused' | 'gone' | 'blocked'

/** Client errors that say "later" and not "no". */
const LATER: ReadonlySet<number> = new Set([408, 409, 425, 429])

/**
 * Judges an answer: 2xx is delivered, 410 ends the subscription, other client errors are final except those that ask for
 * patience, everything else is tried again. A name that does not resolve may do so later; an inner address never is called.
 */
export function judge(answer: Answer): Verdict {
  if (answer.kind === 'failed') return 'retry'
  if (answer.kind === 'blocked') return answer.reason === 'no_address' ? 'retry' : 'blocked'
  const { httpStatus } = answer
  if (httpStatus >= 200 && httpStatus < 300) return 'delivered'
  if (httpStatus === 410) return 'gone'
  if (httpStatus >= 400 && httpStatus < 500) return LATER.has(httpStatus) ? 'retry' : 'refused'
  return 'retry'
}

/** The wait that a `Retry-After` header asks for, in seconds or as a date; undefined when there is none to read. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000
  const atMs = Date.parse(text)
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs)
}
