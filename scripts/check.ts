// `npm run check`: everything that needs no server, in seconds. `npm run check -- types lint` for some.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Spoken, spawnNode } from './spawn-node.ts'
import { findSuites } from './test/suites.ts'

const ROOT = resolve(import.meta.dirname, '..')
const bin = (path: string) => join(ROOT, 'node_modules', path)

type Check = { name: string; args: readonly string[]; before?: readonly string[]; cwd?: string }

/** Kit's generated types, which `npm ci` takes away. */
const SYNC = [bin('@sveltejs/kit/svelte-kit.js'), 'sync']

function checks(): Check[] {
  const rooms = ['domain', 'infra', 'workflows', 'activities', 'api', 'worker', 'temporal', 'simulators', 'scripts']
  const present = rooms.filter((room) => existsSync(join(ROOT, room)))
  const quick = findSuites(ROOT).filter(({ name }) => ['unit', 'goldens', 'tidy'].includes(name))
  const web = join(ROOT, 'web')
  return [
    { name: 'types', args: [bin('@typescript/native/bin/tsc'), '-p', 'tsconfig.json'] },
    ...(existsSync(join(web, 'tsconfig.json'))
      ? [
          {
            name: 'svelte',
            args: [bin('svelte-check/bin/svelte-check'), '--threshold', 'warning'],
            before: SYNC,
            cwd: web,
          },
        ]
      : []),
    { name: 'lint', args: [bin('@biomejs/biome/bin/biome'), 'check', '.'] },
    { name: 'boundaries', args: [bin('dependency-cruiser/bin/dependency-cruiser.mjs'), ...present] },
    { name: 'dead code', args: [bin('knip/bin/knip.js'), '--no-progress'] },
    ...quick.map(({ name, files }) => ({ name, args: ['--test', '--test-reporter=dot', ...files] })),
    // The other tests of the web app mount components; those of its texts need nothing, and each new text needs them.
    { name: 'texts', args: [bin('vitest/vitest.mjs'), 'run', 'src/lib/i18n'], before: SYNC, cwd: web },
  ]
}

async function run({ args, before, cwd = ROOT }: Check): Promise<Spoken> {
  if (before !== undefined) {
    const prepared = await spawnNode(before, cwd)
    if (prepared.code !== 0) return prepared
  }
  return spawnNode(args, cwd)
}

const wanted = process.argv.slice(2)
const began = performance.now()
let failed = 0

async function runAndTell(check: Check): Promise<void> {
  const startedAt = performance.now()
  const { code, output } = await run(check)
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  console.log(`  ${code === 0 ? '✓' : '✗'} ${check.name.padEnd(11)} ${seconds.padStart(6)} s`)
  if (code === 0) return
  failed += 1
  console.log(output.trimEnd().replaceAll(/^/gm, '    '))
}

const queue = checks().filter(({ name }) => wanted.length === 0 || wanted.includes(name))
// Two side by side: most machines have at least two cores, and each tool uses about one.
await Promise.all(
  [1, 2].map(async () => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) await runAndTell(check)
  }),
)
const total = ((performance.now() - began) / 1_000).toFixed(1)
console.log(failed === 0 ? `\n  All is well, in ${total} s.` : `\n  ${failed} of the checks failed, in ${total} s.`)
process.exit(failed === 0 ? 0 : 1)
