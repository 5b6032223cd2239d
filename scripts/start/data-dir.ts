import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { explain, StartProblem } from './problem.ts'
import { endStray, isAlive, processIdentity } from './process-table.ts'

const MARKER = 'holdfast.json'
const LOCK = 'lock.json'
const ENDPOINTS = 'endpoints.json'
const FORMAT = 1
const LEAST_DISK_BYTES = 200_000_000

/** What a start remembers for the next one. */
export type Marker = { format: number; ports: Record<string, number>; postgresDir?: string | undefined }
type Stray = { name: string; pid: number; identity: string; stage: number; signal: NodeJS.Signals }
type Lock = { pid: number; identity: string; processes: Stray[] }

export type DataDir = {
  path: string
  file: (...parts: string[]) => string
  marker: Marker
  saveMarker: () => void
  /** Notes which processes belong to this run, so that the next one can clear up after a crash. */
  noteProcesses: (processes: Stray[]) => void
  writeEndpoints: (endpoints: object) => void
  release: () => void
}

/** Opens the data folder for this process alone. A lock that a crash left behind is mended, and what still ran is ended. */
export async function openDataDir(path: string, say: (text: string) => void): Promise<DataDir> {
  makeFolder(path)
  refuseFullDisk(path)
  const marker = readMarker(path)
  const mine: Lock = { pid: process.pid, identity: processIdentity(process.pid), processes: [] }
  await takeLock(path, mine, say)
  rmSync(join(path, ENDPOINTS), { force: true })
  const file = (...parts: string[]) => join(path, ...parts)
  return {
    path,
    file,
    marker,
    saveMarker: () => writePrivate(file(MARKER), marker),
    noteProcesses(processes) {
      mine.processes = processes
      writePrivate(file(LOCK), mine)
    },
    writeEndpoints: (endpoints) => writePrivate(file(ENDPOINTS), endpoints),
    release() {
      rmSync(file(ENDPOINTS), { force: true })
      rmSync(file(LOCK), { force: true })
    },
  }
}

/** Others may pass through, not list: PostgreSQL runs as another user when the start is run by root. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o711 })
    accessSync(path, constants.W_OK)
  } catch (error) {
    const known = explain(error)
    if (known instanceof StartProblem) throw known
    throw new StartProblem(
      `${path} cannot be made into a folder for the data.`,
      ['Choose a folder that this user can write: HOLDFAST_DATA=/path npm start'],
      error,
    )
  }
}

function readMarker(path: string): Marker {
  const known = readJson<Marker>(join(path, MARKER))
  if (known === undefined) return { format: FORMAT, ports: {} }
  if (known.format > FORMAT) {
    throw new StartProblem(`The data in ${path} were written by a newer Holdfast.`, [
      'Update this checkout, or start elsewhere: HOLDFAST_DATA=/path npm start',
    ])
  }
  return known
}

function refuseFullDisk(path: string): void {
  const { bavail, bsize } = statfsSync(path)
  if (bavail * bsize >= LEAST_DISK_BYTES) return
  const megabytes = Math.round((bavail * bsize) / 1_000_000)
  throw new StartProblem(`Only ${megabytes} MB are free on the disk of ${path}.`, [
    'Free some space (1 GB is enough to start), or put the data elsewhere: HOLDFAST_DATA=/path npm start',
  ])
}

async function takeLock(path: string, mine: Lock, say: (text: string) => void): Promise<void> {
  const file = join(path, LOCK)
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      const handle = openSync(file, 'wx', 0o600)
      writeSync(handle, JSON.stringify(mine))
      closeSync(handle)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    await clearStaleLock(path, say)
  }
  throw new StartProblem(`The lock ${file} cannot be taken.`, [
    'Remove that file if no Holdfast runs, and start again.',
  ])
}

async function clearStaleLock(path: string, say: (text: string) => void): Promise<void> {
  const held = readJson<Lock>(join(path, LOCK))
  if (held !== undefined && isAlive(held.pid, held.identity)) throw runningAlready(path, held.pid)
  say('The last run did not end in order; clearing up after it.')
  const strays = held?.processes ?? []
  for (const stage of [1, 2, 3]) {
    const inStage = strays.filter((stray) => stray.stage === stage && stray.identity !== '')
    await Promise.all(inStage.map((stray) => endStray(stray.pid, stray.identity, stray.signal)))
  }
  rmSync(join(path, LOCK), { force: true })
}

function runningAlready(path: string, pid: number): StartProblem {
  const app = readJson<{ app?: string }>(join(path, ENDPOINTS))?.app
  const where = app === undefined ? '' : ` at ${app}`
  return new StartProblem(`Holdfast already runs from ${path}${where} (process ${pid}).`, [
    'Use that one, or end it with Ctrl-C where it was started,',
    'or start a second one with data of its own: HOLDFAST_DATA=/another/path npm start',
  ])
}

/** Empties the data folder. Refuses while a Holdfast runs from it, and refuses a folder that is not one of ours. */
export async function resetDataDir(path: string, say: (text: string) => void): Promise<string> {
  if (!existsSync(path)) return 'There was nothing yet.'
  if (existsSync(join(path, LOCK))) await clearStaleLock(path, say)
  const marker = readJson<Marker>(join(path, MARKER))
  if (marker === undefined && readdirSync(path).length > 0) {
    throw new StartProblem(`${path} is not a data folder of Holdfast; nothing was deleted.`, [
      'Look at what HOLDFAST_DATA says.',
    ])
  }
  if (marker?.postgresDir !== undefined) rmSync(marker.postgresDir, { recursive: true, force: true })
  for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true, force: true })
  return `Emptied ${path}.`
}

/** Written beside and renamed: a reader never sees half of it, and a full disk never costs the old one. */
export function writePrivate(file: string, content: object): void {
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

export function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    return undefined
  }
}
