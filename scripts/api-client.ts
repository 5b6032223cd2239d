/*
 * Writes what is made of `clients/typescript` from the contract of the API and from `client.ts`: `node scripts/api-client.ts`.
 * With `--check` it writes nothing and fails when a file is not the one that it would write.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtFrom } from './api-client/built.ts'
import { manifestOf } from './api-client/manifest.ts'
import { servedContract } from './api-client/served-contract.ts'
import { typesOf } from './api-client/types-of.ts'

const ROOT = join(import.meta.dirname, '..')
const FOLDER = join(ROOT, 'clients/typescript')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

const files = {
  'operations.d.ts': typesOf(servedContract()),
  ...builtFrom(read('clients/typescript/client.ts')),
  'package.json': manifestOf(JSON.parse(read('package.json'))),
}

function formatted(name: string, input: string): string {
  const biome = join(ROOT, 'node_modules/.bin/biome')
  return execFileSync(biome, ['format', `--stdin-file-path=${join(FOLDER, name)}`], {
    cwd: ROOT,
    input,
    encoding: 'utf8',
  })
}

for (const [name, text] of Object.entries(files)) {
  const file = join(FOLDER, name)
  const wanted = formatted(name, text)
  if (!process.argv.includes('--check')) {
    writeFileSync(file, wanted)
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== wanted) {
    console.error(`clients/typescript/${name} is not up to date: run \`node scripts/api-client.ts\`.`)
    process.exitCode = 1
  }
}
