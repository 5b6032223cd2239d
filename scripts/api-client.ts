/*
 * Writes `clients/typescript/operations.ts` from the contract of the API: `node scripts/api-client.ts`.
 * With `--check` it writes nothing and fails when the file is not the one that it would write.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { servedContract } from './api-client/served-contract.ts'
import { typesOf } from './api-client/types-of.ts'

const ROOT = join(import.meta.dirname, '..')
const FILE = join(ROOT, 'clients/typescript/operations.ts')

const types = typesOf(servedContract())
const biome = join(ROOT, 'node_modules/.bin/biome')
const text = execFileSync(biome, ['format', `--stdin-file-path=${FILE}`], { cwd: ROOT, input: types, encoding: 'utf8' })

if (process.argv.includes('--check')) {
  if (readFileSync(FILE, 'utf8') !== text) {
    console.error('clients/typescript/operations.ts is not what the API serves: run `node scripts/api-client.ts`.')
    process.exitCode = 1
  }
} else {
  writeFileSync(FILE, text)
}
