const SECOND_MS = 1_000
const FIRST_WAIT_MS = 2 * SECOND_MS
const WAIT_MAX_MS = 5 * 60 * SECOND_MS
const PAIR_WAIT_MAX_MS = 3_600 * SECOND_MS

/** How often a provider may put one message off before that is its last word: with the waits below, four hours of trying. */
export const SEND_TRIES_MAX = 60

export type PutOff = {
  /** `pair`: only this contact is to be left alone for a while. */
  failureClass: 'backoff' | 'slow' | 'pair'
  /** How many tries the provider's code allows in all, where it allows fewer. */
  triesMax?: number | undefined
  /** What the provider itself asked for. */
  retryAfterMs?: number | undefined
}

/**
 * How long a message waits that the provider has put off, told by its code. Twice as long each time; where it is about one
 * contact four times, from a second on, as Meta's documentation of code 131056 asks for.
 *
 * @param tries how often it was tried by now, this time included.
 * @returns milliseconds; undefined when it was tried often enough, and the refusal is final.
 */
export function nextTryMs({ failureClass, triesMax = SEND_TRIES_MAX, retryAfterMs = 0 }: PutOff, tries: number) {
  if (tries >= triesMax) return undefined
  const step = Math.min(tries - 1, 20)
  const wait =
    failureClass === 'pair'
      ? Math.min(SECOND_MS * 4 ** step, PAIR_WAIT_MAX_MS)
      : Math.min(FIRST_WAIT_MS * 2 ** step, WAIT_MAX_MS)
  return Math.max(wait, retryAfterMs)
}
