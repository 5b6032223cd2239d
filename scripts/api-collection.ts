/*
 * Writes the collections of `clients/http` from the contract of the API: `node scripts/api-collection.ts`.
 * With `--check` it writes nothing and fails when a file is not the one that it would write.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { servedContract } from './api-client/served-contract.ts'
import { httpFileOf } from './api-collection/http-file.ts'
import { postmanOf } from './api-collection/postman.ts'

const ROOT = join(import.meta.dirname, '..')
const FOLDER = join(ROOT, 'clients/http')
const contract = servedContract()

function formatted(value: object): string {
  const biome = join(ROOT, 'node_modules/.bin/biome')
  const input = JSON.stringify(value)
  return execFileSync(biome, ['format', '--stdin-file-path=collection.json'], { cwd: ROOT, input, encoding: 'utf8' })
}

const FILES = {
  'holdfast.postman_collection.json': formatted(postmanOf(contract)),
  'holdfast.http': httpFileOf(contract),
}

mkdirSync(FOLDER, { recursive: true })
for (const [name, text] of Object.entries(FILES)) {
  const file = join(FOLDER, name)
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text)
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`clients/http/${name} is not what the API serves: run \`node scripts/api-collection.ts\`.`)
    process.exitCode = 1
  }
}
