import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './process-table.ts'

export type Downloadable = 'dev-server' | 'time-skipping'

/** Longer than this without one new byte means that nobody answers: an offline machine must not wait. */
const SILENCE_MS = 15_000

/**
 * Lets the SDK fetch the official binary into a folder. Undefined when it cannot be had; never throws for that, because
 * there is a next way. A process of its own does it, since the SDK's download cannot be called off.
 */
export async function downloadThroughSdk(
  what: Downloadable,
  folder: string,
  note: (text: string) => void,
): Promise<string | undefined> {
  mkdirSync(folder, { recursive: true })
  const worker = spawn(process.execPath, [join(import.meta.dirname, 'download-worker.ts'), what, folder], {
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  let code: number | null | undefined
  worker.once('exit', (exitCode) => {
    code = exitCode
  })
  let bytes = -1
  let lastNews = performance.now()
  const silent = () => {
    const now = sizeOf(folder)
    if (now !== bytes) lastNews = performance.now()
    bytes = now
    if (bytes > 0) note(`${Math.round(bytes / 1_000_000)} MB`)
    return performance.now() - lastNews > SILENCE_MS
  }
  await until(() => code !== undefined || silent(), 15 * 60_000, 250)
  if (code === undefined) worker.kill('SIGKILL')
  const file = readdirSync(folder).find((name) => !name.endsWith('.downloading'))
  if (code === 0 && file !== undefined) return join(folder, file)
  rmSync(folder, { recursive: true, force: true })
  return undefined
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => {
    return sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
  }, 0)
}
