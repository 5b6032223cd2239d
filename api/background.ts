import type { Log } from './deps.ts'

export type Background = {
  /** Starts work and returns at once: how long it takes, and whether it fails, does not show in an answer. */
  run(name: string, work: () => Promise<void>): void
  /** Resolves when everything that was started has ended. */
  settled(): Promise<void>
}

export function createBackground(log: Log): Background {
  const running = new Set<Promise<void>>()
  return {
    run(name, work) {
      const task = work()
        .catch((error: unknown) => log.error({ err: error, task: name }, 'background work failed'))
        .finally(() => running.delete(task))
      running.add(task)
    },
    async settled() {
      while (running.size > 0) await Promise.all(running)
    },
  }
}
