import type { Logger } from '#infra/log.ts'

export type Loop = { nudge: () => void; stop: () => Promise<void> }

/**
 * Does one thing again and again: at once while there is more to do, else after a pause that a nudge cuts short. An error
 * is said and waited out; it never ends the loop.
 */
export function startLoop(
  log: Logger,
  options: { name: string; idleMs: number; errorMs?: number; work: () => Promise<number> },
): Loop {
  const { name, idleMs, errorMs = 1_000, work } = options
  let stopped = false
  let nudged = false
  let wake: (() => void) | undefined

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      if (nudged || stopped) return resolve()
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const running = (async () => {
    while (!stopped) {
      nudged = false
      try {
        if ((await work()) === 0) await pause(idleMs)
      } catch (error) {
        log.error({ err: error, loop: name }, 'a round of the loop failed; it goes on')
        await pause(errorMs)
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
