import type { Logger } from '#infra/log.ts'

export type Loop = { nudge: () => void; stop: () => Promise<void> }

/**
 * Does one thing again and again: at once while there is more to do, else after a pause that a nudge cuts short. With
 * `gapMs` a round begins no sooner than that after the last one did, so that what comes drop by drop is done in batches.
 * An error is said and waited out; it never ends the loop.
 */
export function startLoop(
  log: Logger,
  options: { name: string; idleMs: number; gapMs?: number; errorMs?: number; work: () => Promise<number> },
): Loop {
  const { name, idleMs, gapMs = 0, errorMs = 1_000, work } = options
  let stopped = false
  let nudged = false
  let wake: (() => void) | undefined

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
        if ((await work()) === 0) await pause(idleMs, byNudge)
        const early = nextAt - performance.now()
        if (early > 1) await pause(early, never)
      } catch (error) {
        log.error({ err: error, loop: name }, 'a round of the loop failed; it goes on')
        await pause(errorMs, never)
      }
    }
  })()

  return {
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
