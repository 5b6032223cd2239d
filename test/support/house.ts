import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { childEnv } from '#infra/env.ts'
import { readJson } from '../../scripts/start/data-dir.ts'
import type { Endpoints } from '../../scripts/start/house.ts'
import { until } from '../../scripts/start/process-table.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PORTS = ['APP', 'POSTGRES', 'TEMPORAL', 'TEMPORAL_UI', 'WHATSAPP_SIMULATOR', 'MAIL_SIMULATOR', 'MAIL_SMTP']
// A fresh machine first builds the server and the web app.
const UP_WITHIN_MS = 10 * 60_000
const DOWN_WITHIN_MS = 60_000

export type TestHouse = {
  dataDir: string
  /** As `endpoints.json` says it now: process ids change when parts are killed and come back. */
  endpoints: () => Endpoints
  /** The process id of a part: api, worker, dispatcher, whatsapp, mail, postgres, temporal. */
  pid: (part: string) => number
  supervisorPid: number
  /** What the start has printed. */
  output: () => string
  /** The log of a part. */
  log: (part: string) => string
  /** Ends everything in order; the data go too, unless they are kept for a second start. */
  stop: (options?: { keepData?: boolean }) => Promise<void>
}

export type TestHouseOptions = {
  env?: Record<string, string>
  args?: readonly string[]
  /** A folder of an earlier house whose data were kept. */
  dataDir?: string
}

/** Starts the whole product as `npm start` does, on free ports and data of its own. It ends with this process. */
export async function startHouse({ env = {}, args = [], dataDir }: TestHouseOptions = {}): Promise<TestHouse> {
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'holdfast-test-house-'))
  chmodSync(folder, 0o711)
  const endpointsFile = join(folder, 'endpoints.json')
  // What a killed house has left says nothing about this one.
  rmSync(endpointsFile, { force: true })
  const ports = Object.fromEntries(PORTS.map((part) => [`HOLDFAST_${part}_PORT`, '0']))
  const child = spawn(process.execPath, [join(ROOT, 'scripts/start.mjs'), ...args], {
    cwd: ROOT,
    env: childEnv({ ...ports, HOLDFAST_DATA: folder, NO_COLOR: '1', ...env }),
    // The channel closes when this process is gone, and the start then ends everything.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const read = () => readJson<Endpoints>(endpointsFile)
  const ended = () => child.exitCode !== null || child.signalCode !== null
  const up = await until(() => ended() || read() !== undefined, UP_WITHIN_MS, 100)
  if (!up || ended()) {
    await stopStart(child)
    throw new Error(`The house did not come up.\n${output}`)
  }
  const endpoints = () => {
    const found = read()
    if (found === undefined) throw new Error(`${endpointsFile} is gone: the house is not up.\n${output}`)
    return found
  }
  return {
    dataDir: folder,
    endpoints,
    pid(part) {
      const found = endpoints().processes.find(({ name }) => name === part)
      if (found === undefined) throw new Error(`There is no part ${part}.`)
      return found.pid
    },
    supervisorPid: child.pid!,
    output: () => output,
    log: (part) => readFileSync(join(folder, 'logs', `${part}.log`), 'utf8'),
    async stop({ keepData = false } = {}) {
      await stopStart(child)
      if (!keepData) rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function stopStart(child: ChildProcess): Promise<void> {
  const gone = () => child.exitCode !== null || child.signalCode !== null
  if (!gone()) child.kill('SIGTERM')
  if (!(await until(gone, DOWN_WITHIN_MS))) child.kill('SIGKILL')
  if (child.connected) child.disconnect()
}
