import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * What tells a process from a later one with the same number: when it began. Empty when the process is gone or when
 * the machine does not tell.
 */
export function processIdentity(pid: number): string {
  try {
    if (process.platform === 'linux') return linuxStat(pid)?.begunAt ?? ''
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

function linuxStat(pid: number): { state: string; begunAt: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', begunAt: fields[19] ?? '' }
  } catch {
    return undefined
  }
}

/** Whether this very process still runs. A zombie does not: it only waits to be counted. */
export function isAlive(pid: number, identity = ''): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  if (process.platform === 'linux' && linuxStat(pid)?.state === 'Z') return false
  return identity === '' || processIdentity(pid) === identity
}

/** Sends a signal; that the process is gone already is no failure. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone already.
  }
}

/** The command line of a process, as far as the machine tells. */
export function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

/** Ends a process that belongs to nobody any more: first kindly, then not. Resolves when it is gone. */
export async function endStray(pid: number, identity: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  const tries: { signal: NodeJS.Signals; waitMs: number }[] = [
    { signal, waitMs: 10_000 },
    { signal: 'SIGKILL', waitMs: 5_000 },
  ]
  for (const attempt of tries) {
    if (!isAlive(pid, identity)) return
    signalProcess(pid, attempt.signal)
    await until(() => !isAlive(pid, identity), attempt.waitMs)
  }
}

/** Polls until the answer is yes, or the time is over; says which. */
export async function until(
  yes: () => boolean | Promise<boolean>,
  withinMs: number,
  everyMs = 50,
  signal?: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + withinMs
  while (!(await yes())) {
    if (performance.now() > deadline || signal?.aborted) return false
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  return true
}
