import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts in hundredths of a second, whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100

type ProcessTimes = { ppid: number; ticks: number; endedChildrenTicks: number }

function timesOf(pid: number): ProcessTimes | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name may hold spaces and brackets; what follows its last bracket is plain.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const at = (index: number) => Number(fields[index])
    return { ppid: at(1), ticks: at(11) + at(12), endedChildrenTicks: at(13) + at(14) }
  } catch {
    return undefined
  }
}

/**
 * Seconds of processor time that each part has used so far, with the children it started; a child that is a part of its
 * own counts there. All zero where the system keeps no such account.
 */
export function cpuSeconds(parts: readonly { name: string; pid: number }[]): Record<string, number> {
  const children = new Map<number, number[]>()
  const times = new Map<number, ProcessTimes>()
  for (const entry of procEntries()) {
    const found = timesOf(entry)
    if (found === undefined) continue
    times.set(entry, found)
    children.set(found.ppid, [...(children.get(found.ppid) ?? []), entry])
  }
  const listed = new Set(parts.map(({ pid }) => pid))
  const ticksOf = (pid: number): number => {
    const own = times.get(pid)
    if (own === undefined) return 0
    const others = (children.get(pid) ?? []).filter((child) => !listed.has(child))
    return own.ticks + own.endedChildrenTicks + others.reduce((sum, child) => sum + ticksOf(child), 0)
  }
  return Object.fromEntries(parts.map(({ name, pid }) => [name, ticksOf(pid) / TICKS_PER_SECOND]))
}

function procEntries(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

/** Milliseconds of processor time per unit of work and part, between two readings. */
export function cpuMsPer(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
  units: number,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([name, seconds]) => {
      const used = Math.max(0, seconds - (before[name] ?? 0))
      return [name, Math.round((used * 100_000) / units) / 100]
    }),
  )
}

export const totalOf = (millis: Readonly<Record<string, number>>): number =>
  Object.values(millis).reduce((sum, one) => sum + one, 0)
