import type { Db } from './tx.ts'

/** Told by triggers: the id of the tenant or the person whose access is no longer what it was. */
const CHANNEL = 'house_access'
/** What is remembered is asked again after so long even if nothing was told. */
const KEPT_MS = 5_000
const KEPT_MAX = 20_000
const LISTEN_AGAIN_MS = 1_000

/** Whose change makes an answer void, and how long it holds at most. */
export type Holds = { of: readonly string[]; keptMs?: number }

/**
 * Remembers for a moment who somebody is and what they may do, so that the ten requests of one screen ask once. Triggers
 * tell all processes of every change, and whoever changes something here forgets it before they answer. While nobody
 * could be told, because the connection that listens is gone, nothing is remembered.
 */
export type AccessCache = {
  /** The answer that is remembered, else that of `load`. What is undefined or fails is not remembered. */
  remember<T>(key: string, load: () => Promise<T>, holds: (value: NonNullable<T>) => Holds): Promise<T>
  /** Forgets what hangs on this tenant or person. */
  forget(id: string): void
  forgetAll(): void
  close(): Promise<void>
}

/** `of` is not known before the answer is: until then any change makes it void. */
type Known = { value: Promise<unknown>; untilMs: number; of: readonly string[] | undefined }

export type AccessCacheDeps = { db: Pick<Db, 'listen'>; nowMs: () => number; onFailure: (error: unknown) => void }

export async function createAccessCache({ db, nowMs, onFailure }: AccessCacheDeps): Promise<AccessCache> {
  const known = new Map<string, Known>()
  let stopListening: (() => Promise<void>) | undefined
  let again: NodeJS.Timeout | undefined
  let closed = false

  const forget = (id: string): void => {
    for (const [key, { of }] of known) if (of === undefined || of.includes(id)) known.delete(key)
  }

  async function listen(): Promise<void> {
    again = undefined
    try {
      const stop = await db.listen(CHANNEL, forget, lost)
      if (closed) return await stop()
      stopListening = stop
    } catch (error) {
      onFailure(error)
      lost()
    }
  }

  function lost(): void {
    stopListening = undefined
    known.clear()
    // One attempt at a time, however often the loss of one connection is told.
    if (!closed) again ??= setTimeout(listen, LISTEN_AGAIN_MS).unref()
  }

  function ask<T>(key: string, load: () => Promise<T>, holds: (value: NonNullable<T>) => Holds): Promise<T> {
    const value = load()
    if (known.size >= KEPT_MAX) known.clear()
    const mine: Known = { value, untilMs: nowMs() + KEPT_MS, of: undefined }
    known.set(key, mine)
    const drop = () => known.get(key) === mine && known.delete(key)
    value.then((answer) => {
      if (answer === undefined || answer === null) return drop()
      const { of, keptMs = KEPT_MS } = holds(answer)
      mine.of = of
      mine.untilMs = Math.min(mine.untilMs, nowMs() + keptMs)
    }, drop)
    return value
  }

  await listen()
  return {
    remember<T>(key: string, load: () => Promise<T>, holds: (value: NonNullable<T>) => Holds) {
      if (stopListening === undefined) return load()
      const found = known.get(key)
      if (found !== undefined && nowMs() < found.untilMs) return found.value as Promise<T>
      return ask(key, load, holds)
    },
    forget,
    forgetAll: () => known.clear(),
    async close() {
      closed = true
      clearTimeout(again)
      await stopListening?.().catch(() => undefined)
    },
  }
}
