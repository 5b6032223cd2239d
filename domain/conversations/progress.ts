/** Work that waits and has not moved when it was looked at. `mark` is another one as soon as it has moved. */
export type Standing = { key: string; mark: string }

/**
 * Watches work that waits, over many looks, and tells what has stood still for as long as `patienceMs` while the house was
 * well. It remembers only what it has seen itself: a watch that begins anew is patient anew, and nothing is condemned for
 * the time in which nobody could have moved it.
 */
export function createProgressWatch<T extends Standing>({ patienceMs }: { patienceMs: number }) {
  let seen = new Map<string, { mark: string; sinceMs: number }>()
  return {
    /** @returns what has stood still through all looks of the last `patienceMs`, each look at `nowMs`. */
    look(standing: readonly T[], nowMs: number): T[] {
      const before = seen
      seen = new Map(
        standing.map(({ key, mark }) => {
          const known = before.get(key)
          return [key, { mark, sinceMs: known?.mark === mark ? known.sinceMs : nowMs }]
        }),
      )
      return standing.filter(({ key }) => nowMs - seen.get(key)!.sinceMs >= patienceMs)
    },
    /** It is at work after all, or was just helped: its time begins again. */
    excuse: (key: string): void => void seen.delete(key),
    /** The house was not well: all time begins again. */
    forget: (): void => seen.clear(),
  }
}

export type ProgressWatch<T extends Standing> = ReturnType<typeof createProgressWatch<T>>
