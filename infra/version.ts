import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Which version of the house this is, as its package says. */
export function houseVersion(): string {
  const file = join(import.meta.dirname, '../package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
