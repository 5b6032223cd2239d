import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { platform } from 'node:os'
import { join, resolve } from 'node:path'
import { isServerTooOld } from '../../temporal/server/dev-server.ts'
import { cacheFolder, keyOf } from './cache.ts'
import { downloadThroughSdk } from './download.ts'
import { explain, StartProblem } from './problem.ts'

export type TemporalBinary = { path: string; origin: 'on PATH' | 'cached' | 'downloaded' | 'built' }
export type Note = (text: string) => void

const MODULE = resolve(import.meta.dirname, '../../temporal/server')
const PACKAGE = 'github.com/temporalio/cli/cmd/temporal'
/** How many packages a build from nothing compiles: only to say how far it is. */
const PACKAGE_COUNT = 1_320
const EXE = platform() === 'win32' ? 'temporal.exe' : 'temporal'

/** Finds a Temporal server binary that is recent enough, or brings one: download, else build. */
export async function findTemporal(note: Note, signal?: AbortSignal): Promise<TemporalBinary> {
  const onPath = serverVersion('temporal')
  if (onPath !== undefined && !isServerTooOld(onPath)) return { path: 'temporal', origin: 'on PATH' }
  if (onPath !== undefined) note(`the temporal on PATH holds server ${onPath}, which has known holes; looking further`)

  const built = join(cacheFolder('temporal', `go-${keyOf([join(MODULE, 'go.mod'), join(MODULE, 'go.sum')])}`), EXE)
  const sdkVersion = versionOf('@temporalio/testing')
  const downloaded = join(cacheFolder('temporal', `sdk-${sdkVersion}`), EXE)
  for (const path of [downloaded, built]) if (existsSync(path)) return { path, origin: 'cached' }

  note('asking for the official download')
  const folder = cacheFolder('temporal', `download-${process.pid}`)
  const fetched = await downloadThroughSdk('dev-server', folder, (size) => note(`downloading Temporal: ${size}`))
  if (fetched !== undefined && !isServerTooOld(serverVersion(fetched) ?? '0')) {
    renameSync(fetched, downloaded)
    rmSync(folder, { recursive: true, force: true })
    return { path: downloaded, origin: 'downloaded' }
  }
  rmSync(folder, { recursive: true, force: true })

  if (goVersion() === undefined) throw nowhere('and there is no Go to build it with.')
  await build(built, note, signal)
  return { path: built, origin: 'built' }
}

/** The server's version that a temporal binary holds; undefined when it cannot be run. */
export function serverVersion(binary: string): string | undefined {
  try {
    const text = execFileSync(binary, ['--version'], {
      encoding: 'utf8',
      timeout: 20_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return /Server (\d+\.\d+\.\d+)/.exec(text)?.[1]
  } catch {
    return undefined
  }
}

/** Go 1.21 and later fetch the toolchain that a module asks for by themselves. */
function goVersion(): string | undefined {
  try {
    const text = execFileSync('go', ['version'], { encoding: 'utf8', cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] })
    const found = /go(\d+)\.(\d+)/.exec(text)
    return found !== null && (Number(found[1]) > 1 || Number(found[2]) >= 21) ? found[0] : undefined
  } catch {
    return undefined
  }
}

function nowhere(why: string): StartProblem {
  return new StartProblem(`Temporal is not on this machine, the official download was not to be had, ${why}`, [
    'Install the Temporal CLI 1.6 or later, so that `temporal` is on PATH: https://docs.temporal.io/cli',
    'or install Go 1.25 or later: the server is then built here once, in about two minutes',
    'or use a Temporal of your own: TEMPORAL_ADDRESS=host:7233 npm start',
  ])
}

async function build(target: string, note: Note, signal: AbortSignal | undefined): Promise<void> {
  const half = `${target}.${process.pid}`
  const args = ['build', '-v', '-buildvcs=false', '-ldflags', '-s -w', '-o', half, PACKAGE]
  let modules = 0
  let packages = 0
  let complaints = ''
  note('building Temporal with Go, once; this takes about two minutes')
  const code = await new Promise<number | null>((done, reject) => {
    const go = spawn('go', args, { cwd: MODULE, stdio: ['ignore', 'ignore', 'pipe'], ...(signal && { signal }) })
    go.once('error', reject)
    go.once('close', done)
    go.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints = (complaints + text).slice(-4_000)
      for (const line of text.split('\n').filter((part) => part !== '')) {
        if (line.startsWith('go: downloading')) modules += 1
        else packages += 1
      }
      const percent = Math.min(99, Math.round((100 * packages) / PACKAGE_COUNT))
      note(packages < 5 ? `downloading sources: ${modules} modules` : `building Temporal: ${percent} %`)
    })
  })
  if (code === 0) return renameSync(half, target)
  rmSync(half, { force: true })
  const last = complaints.trim().split('\n').slice(-4).join('\n    ')
  const cause = explain(new Error(complaints))
  throw cause instanceof StartProblem ? cause : nowhere(`and building it with Go failed:\n    ${last}`)
}

function versionOf(name: string): string {
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
