import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  globSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { childEnv } from '#infra/env.ts'
import { StartProblem } from './problem.ts'
import { isAlive, processIdentity, until } from './process-table.ts'
import type { Note } from './temporal-binary.ts'

const SOURCES = ['web/*', 'web/src/**/*', 'web/static/**/*', 'domain/**/*.ts', 'package-lock.json']
const KEY_FILE = 'build-web/.sources'

/** Builds the web app when its sources have changed since the last build; says which of the two it was. */
export async function buildWeb(
  root: string,
  note: Note,
  signal?: AbortSignal,
): Promise<'built' | 'unchanged' | 'missing'> {
  if (!existsSync(join(root, 'web', 'vite.config.ts'))) return 'missing'
  const key = sourcesKey(root)
  if (isBuilt(root, key)) return 'unchanged'
  const release = await takeBuildLock(root, note)
  try {
    if (isBuilt(root, key)) return 'unchanged' // another start did it while we waited
    note('building the web app; only when its sources change')
    await runVite(root, signal)
    writeFileSync(join(root, KEY_FILE), key)
    return 'built'
  } finally {
    release()
  }
}

function isBuilt(root: string, key: string): boolean {
  const file = join(root, KEY_FILE)
  return existsSync(file) && existsSync(join(root, 'build-web/handler.js')) && readFileSync(file, 'utf8') === key
}

function sourcesKey(root: string): string {
  const hash = createHash('sha256')
  const files = globSync(SOURCES, { cwd: root, exclude: ['**/node_modules/**', '**/*.test.ts', 'domain/**/*.md'] })
  for (const file of files.sort()) {
    const path = join(root, file)
    if (!statSync(path).isFile()) continue
    hash.update(file).update('\0').update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex')
}

/** Two starts in one checkout, as tests beside a running product, must not write the same folder at once. */
async function takeBuildLock(root: string, note: Note): Promise<() => void> {
  const folder = join(root, 'node_modules', '.cache', 'holdfast')
  const lock = join(folder, 'web-build.lock')
  mkdirSync(folder, { recursive: true })
  const taken = await until(
    () => {
      try {
        const handle = openSync(lock, 'wx')
        writeFileSync(handle, `${process.pid} ${processIdentity(process.pid)}`)
        closeSync(handle)
        return true
      } catch {
        const [pid = '0', ...identity] = existsSync(lock) ? readFileSync(lock, 'utf8').split(' ') : []
        if (pid !== '' && !isAlive(Number(pid), identity.join(' '))) rmSync(lock, { force: true })
        else note('waiting for another build of the web app')
        return false
      }
    },
    10 * 60_000,
    250,
  )
  if (!taken) throw new StartProblem('Another build of the web app did not end within ten minutes.', [`Remove ${lock}`])
  return () => rmSync(lock, { force: true })
}

async function runVite(root: string, signal: AbortSignal | undefined): Promise<void> {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  if (!existsSync(vite)) {
    throw new StartProblem('The web app is not built, and the tools to build it are not installed.', [
      'Run npm ci without --omit=dev, or put a finished build into build-web.',
    ])
  }
  let output = ''
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
      cwd: join(root, 'web'),
      env: childEnv({ NO_COLOR: '1', FORCE_COLOR: '0' }),
      ...(signal && { signal }),
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-6_000)
      })
    }
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code === 0) return
  rmSync(join(root, KEY_FILE), { force: true })
  // What went wrong comes first; the rest is the inside of the tools.
  const lines = output
    .trim()
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
  throw new StartProblem(`The web app could not be built.\n    ${lines.slice(0, 15).join('\n    ')}`, [
    'To see it all: cd web && npx vite build',
  ])
}
