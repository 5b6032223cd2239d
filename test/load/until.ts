import { setTimeout as pause } from 'node:timers/promises'

export { pause }

/** Asks again and again until the answer is something; undefined when the time is over. An error counts as "not yet". */
export async function until<T>(
  ask: () => Promise<T | undefined | false>,
  { withinMs, everyMs = 100 }: { withinMs: number; everyMs?: number },
): Promise<T | undefined> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const answer = await ask().catch(() => undefined)
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() >= deadline) return undefined
    await pause(everyMs)
  }
}

/** Runs `work` over the items, so many at once. */
export async function eachOf<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < items.length) {
      const item = items[next]!
      next += 1
      await work(item)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane))
}
