/** What a dispatcher looks for in the rows: items to take in, bells and runs to ring, events to number, and so on. */
const WORK = ['messages', 'statuses', 'bells', 'runs', 'events', 'deliveries', 'diagnostics'] as const
export type Work = (typeof WORK)[number]

/** Where processes that leave work tell of it, and dispatchers listen. */
export const WORK_CHANNEL = 'house_work'

/** So often at most does one process tell; the kinds that came up meanwhile are told together. */
const EVERY_MS = 25

/**
 * Gathers hints about work and passes them on, the first at once. A hint that cannot be passed on is dropped: whoever
 * does the work looks by itself now and then.
 */
export function createWorkAnnouncer(tell: (payload: string) => Promise<unknown>): (work: ReadonlySet<Work>) => void {
  let gathered = new Set<Work>()
  let busy = false

  async function flush(): Promise<void> {
    busy = true
    while (gathered.size > 0) {
      const payload = [...gathered].join()
      gathered = new Set()
      await Promise.allSettled([tell(payload), new Promise((resolve) => setTimeout(resolve, EVERY_MS))])
    }
    busy = false
  }

  return (work) => {
    for (const kind of work) gathered.add(kind)
    if (!busy) void flush()
  }
}

/** The kinds that a payload names; a word of a newer house is passed over. */
export function workIn(payload: string): Work[] {
  const words = payload.split(',')
  return WORK.filter((kind) => words.includes(kind))
}
