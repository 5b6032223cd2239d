import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Part } from './part.ts'

export type ProcessOptions = { root: string; logFolder: string; env: Record<string, string> }

type Own = {
  name: string
  title: string
  entry: string
  args?: readonly string[]
  /** Up when this answers; without it, when the process says so. */
  url?: string
  /** How long a process may take to end what it has begun. */
  graceMs?: number
  yields?: boolean
}

/** One of our own processes as a part: Node, type stripping, a leash. */
function ownPart({ root, logFolder, env }: ProcessOptions, own: Own): Part {
  const leash = pathToFileURL(join(import.meta.dirname, 'leash.mjs')).href
  const { url } = own
  return {
    name: own.name,
    title: own.title,
    stage: 1,
    command: { file: process.execPath, args: ['--import', leash, own.entry, ...(own.args ?? [])], cwd: root, env },
    talks: true,
    logFile: join(logFolder, `${own.name}.log`),
    ...(url === undefined ? {} : { ready: () => answersWell(url) }),
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    graceMs: own.graceMs ?? 8_000,
    yields: own.yields ?? false,
  }
}

async function answersWell(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
    await response.body?.cancel()
    // A page that is not there yet is an answer too; only a server that cannot answer is not up.
    return response.status < 500
  } catch {
    return false
  }
}

/** Whether a process is in this checkout at all. */
export const isThere = (root: string, entry: string): boolean => existsSync(join(root, entry))

export const ENTRIES = {
  api: 'api/server.ts',
  dispatcher: 'worker/dispatcher.ts',
  worker: 'worker/main.ts',
  whatsapp: 'simulators/whatsapp/main.ts',
  mail: 'simulators/mail/main.ts',
} as const

export const apiPart = (options: ProcessOptions, port: number): Part =>
  ownPart(options, {
    name: 'api',
    title: 'The API',
    entry: ENTRIES.api,
    url: `http://127.0.0.1:${port}/api/openapi.json`,
    graceMs: 10_000,
  })

export const dispatcherPart = (options: ProcessOptions): Part =>
  ownPart(options, {
    name: 'dispatcher',
    title: 'The dispatcher',
    entry: ENTRIES.dispatcher,
    graceMs: 10_000,
    yields: true,
  })

export const workerPart = (options: ProcessOptions): Part =>
  ownPart(options, { name: 'worker', title: 'The worker', entry: ENTRIES.worker, graceMs: 20_000, yields: true })

export type WhatsappSimulator = {
  port: number
  dataDir: string
  appSecret: string
  verifyToken: string
  accessToken: string
}

/** Each new workspace takes one of the pool, and keeps it. */
const POOL_NUMBERS = '50'

/** Simulators share no code with the house, so they are told everything by argument. */
export const whatsappPart = (options: ProcessOptions, simulator: WhatsappSimulator): Part =>
  ownPart(options, {
    name: 'whatsapp',
    title: 'The phone simulator',
    entry: ENTRIES.whatsapp,
    args: [
      ...['--port', String(simulator.port), '--data', simulator.dataDir, '--app-secret', simulator.appSecret],
      ...['--verify-token', simulator.verifyToken, '--access-token', simulator.accessToken],
      ...['--numbers', POOL_NUMBERS],
    ],
    url: `http://127.0.0.1:${simulator.port}/`,
  })

export const mailPart = (options: ProcessOptions, mail: { port: number; smtpPort: number; dataDir: string }): Part =>
  ownPart(options, {
    name: 'mail',
    title: 'The mail simulator',
    entry: ENTRIES.mail,
    args: ['--port', String(mail.port), '--smtp-port', String(mail.smtpPort), '--data', mail.dataDir],
    url: `http://127.0.0.1:${mail.port}/`,
  })
