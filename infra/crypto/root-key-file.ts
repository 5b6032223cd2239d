import { chmodSync, linkSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { formatRootKeys, generateRootKey, parseRootKeys, type RootKey } from './keyring.ts'

/**
 * Reads the root keys kept in a data directory, or makes the first one, readable by the owner only.
 * For installs without a secret store; elsewhere the keys come from the environment.
 */
export function readOrCreateRootKeys(path: string): RootKey[] {
  const known = readIfThere(path)
  if (known !== undefined) return known

  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}.new`
  writeFileSync(draft, `${formatRootKeys([generateRootKey('k1')])}\n`, { mode: 0o600, flush: true })
  try {
    // A link fails when the name is taken: of two processes that start at once, one key wins and both read it.
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(draft)
  }
  return parseRootKeys(readFileSync(path, 'utf8'))
}

function readIfThere(path: string): RootKey[] | undefined {
  try {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
    return parseRootKeys(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
