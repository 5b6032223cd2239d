import type { Logger } from '#infra/log.ts'

export type Loop = {
  name: string
  nudge: () => void
  stop: () => Promise<void>
  /** Whether no round of it has come to a good end for long: one hangs, or each fails. */
  isStalled: () => boolean
}

type LoopOptions = {
  name: string
  idleMs: number
  gapMs?: number
  errorMs?: number
  work: () => Promise<number>
  now?: () => number
}

/** A round may take as long as the pause after it, and this long at least. */
const ROUND_MS = 120_000

/**
 * Does one thing again and again: at once while there is more to do, else after a pause that a nudge cuts short. With
 * `gapMs` a round begins no sooner than that after the last one did, so that what comes drop by drop is done in batches.
 * An error is said and waited out; it never ends the loop.
 */
export function startLoop(log: Logger, options: LoopOptions): Loop {
  const { name, idleMs, gapMs = 0, errorMs = 1_000, work, now = () => performance.now() } = options
  let stopped = false
  let nudged = false
  let wake: (() => void) | undefined
  let wellAt = now()

  const pause = (ms: number, mayBeCut: () => boolean) =>
    new Promise<void>((resolve) => {
      if (mayBeCut() || stopped) return resolve()
      const timer = setTimeout(resolve, ms)
      wake = () => {
        if (!mayBeCut() && !stopped) return
        clearTimeout(timer)
        resolve()
      }
    })
  const byNudge = () => nudged
  const never = () => false

  const running = (async () => {
    while (!stopped) {
      nudged = false
      const nextAt = performance.now() + gapMs
      try {
        const done = await work()
        wellAt = now()
        if (done === 0) await pause(idleMs, byNudge)
        const early = nextAt - performance.now()
        if (early > 1) await pause(early, never)
      } catch (error) {
        log.error({ err: error, loop: name }, 'a round of the loop failed; it goes on')
        await pause(errorMs, never)
      }
    }
  })()

  return {
    name,
    isStalled: () => now() - wellAt > idleMs + Math.max(ROUND_MS, idleMs),
    nudge() {
      nudged = true
      wake?.()
    },
    async stop() {
      stopped = true
      wake?.()
      await running
    },
  }
}
