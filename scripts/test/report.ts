import { type Counts, inWords, NOTHING, sum } from './counts.ts'

export type Report = {
  /** Runs one piece of the suite. A runner that breaks counts as one failure. */
  piece: (work: () => Promise<Counts>) => Promise<void>
  counts: () => Counts
}

/** Tells that a suite has begun when its first piece does, and what came of it when its last is done. */
export function createReport(
  { name, about, pieces }: { name: string; about: string; pieces: number },
  write: (text: string) => void,
): Report {
  let begunMs: number | undefined
  let left = pieces
  let counts = NOTHING
  const broken = (error: unknown): Counts => {
    write(`    ✗ ${error instanceof Error ? error.stack : String(error)}\n`)
    return { ...NOTHING, failed: 1 }
  }
  async function piece(work: () => Promise<Counts>): Promise<void> {
    if (begunMs === undefined) write(`  ${name.padEnd(11)} ${about}\n`)
    begunMs ??= performance.now()
    // Others add to the counts meanwhile: they are read when this is done, not when it begins.
    const came = await work().catch(broken)
    counts = sum(counts, came)
    left -= 1
    if (left > 0) return
    const seconds = ((performance.now() - begunMs) / 1_000).toFixed(1)
    write(`  ${counts.failed === 0 ? '✓' : '✗'} ${name.padEnd(9)} ${inWords(counts)} in ${seconds} s\n`)
  }
  return { piece, counts: () => counts }
}
