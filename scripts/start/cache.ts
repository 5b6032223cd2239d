import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { machineVariable } from '#infra/env.ts'

/** A folder outside the tree for what is expensive to bring and the same for every checkout. */
export function cacheFolder(...parts: string[]): string {
  const base = machineVariable('XDG_CACHE_HOME') ?? join(homedir(), '.cache')
  for (const root of [join(base, 'holdfast'), join(tmpdir(), 'holdfast-cache')]) {
    try {
      const folder = join(root, ...parts)
      mkdirSync(folder, { recursive: true })
      return folder
    } catch {
      // A home that cannot be written, as in some containers: the next one.
    }
  }
  throw new Error('Neither the home folder nor the temporary folder can be written.')
}

/** Twelve letters that change when one of these files does. */
export function keyOf(files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}
