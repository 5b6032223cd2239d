import { tokenIn } from './echo-flow.ts'
import { type Phones, type SendEntry, textOf } from './phones.ts'
import { pause } from './until.ts'

export type Answers = {
  /** Resolves when a send that carries this token was accepted. */
  of: (token: string) => Promise<SendEntry>
  count: () => number
  close: () => Promise<void>
}

/** Follows the simulator's log: who wrote a token waits here for the send that repeats it. */
export function followAnswers(phones: Phones, everyMs = 10): Answers {
  const waiting = new Map<string, (entry: SendEntry) => void>()
  const seen = new Map<string, SendEntry>()
  let closed = false

  const following = (async () => {
    let after = (await phones.state()).sendsCount
    while (!closed) {
      const { entries, next } = await phones.log(after)
      after = next
      for (const entry of entries) note(entry)
      if (entries.length === 0) await pause(everyMs)
    }
  })()

  function note(entry: SendEntry): void {
    const token = tokenIn(textOf(entry))
    if (token === undefined) return
    seen.set(token, entry)
    waiting.get(token)?.(entry)
    waiting.delete(token)
  }

  return {
    of(token) {
      const known = seen.get(token)
      if (known !== undefined) return Promise.resolve(known)
      return new Promise((resolve) => waiting.set(token, resolve))
    },
    count: () => seen.size,
    async close() {
      closed = true
      await following
    },
  }
}

/** Rejects when `work` takes longer: a benchmark that hangs says where. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`${what}: not within ${ms / 1_000} s`)), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
