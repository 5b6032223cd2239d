/** Something to do, beside others or `alone`: with nothing else under way. */
export type Job = { alone: boolean; run: () => Promise<void> }

/**
 * Does all of it, so many at a time, and begins in the given order: whoever wants to be alone waits until nothing runs,
 * and what comes later waits behind it.
 */
export async function runInLanes(jobs: readonly Job[], lanes: number): Promise<void> {
  const running = new Set<Promise<void>>()
  for (const job of jobs) {
    while (running.size > (job.alone ? 0 : lanes - 1)) await Promise.race(running)
    const done = job.run().finally(() => running.delete(done))
    running.add(done)
    if (job.alone) await done
  }
  await Promise.all(running)
}
