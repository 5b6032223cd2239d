import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { settingsToEnv } from '#infra/env.ts'
import type { Endpoints } from '../../scripts/start/house.ts'
import { type Part, startPart } from '../../scripts/start/part.ts'
import { anyFreePort } from '../../scripts/start/ports.ts'
import * as processes from '../../scripts/start/processes.ts'
import { readSecrets, type Secrets } from '../../scripts/start/secrets.ts'
import { createWarden } from '../../scripts/start/warden.ts'
import { freshDatabase, type TestDatabase } from '../support/postgres.ts'
import { freshNamespace, type TestTemporal } from '../support/temporal.ts'
import type { Kind } from './kinds.ts'

/** One process of the house among several of its kind. */
export type Replica = {
  kind: Kind
  pid: number
  /** Where it listens, if it does. */
  place: Place | undefined
  /** Tells it to end, and waits until it has. */
  stop: () => Promise<void>
  /** How it ended: anything but code 0 was no end in order. */
  ended: Promise<string>
}

export type Place = { host: string; port: number }

/** What stands before the processes of the API and knows which there are. */
export type Front = {
  url: string
  /** Where the next process should listen. */
  place: () => Promise<Place>
  add: (place: Place) => void
  remove: (place: Place) => void
  /** What processes need to know to trust it. */
  env: Record<string, string>
}

export type Site = {
  database: TestDatabase
  temporal: TestTemporal
  secrets: Secrets
  endpoints: () => Endpoints
  start: (kind: Kind) => Promise<Replica>
  /** What processes said of errors, for whoever has to find out why. */
  complaints: () => string
  close: () => Promise<void>
}

const ROOT = resolve(import.meta.dirname, '../..')

/** Database, Temporal, the provider and the mail; processes of the house are started by hand, as many as are wished. */
export async function openSite(front: Front, { drainSeconds }: { drainSeconds: number }): Promise<Site> {
  const [database, temporal] = await Promise.all([freshDatabase(), freshNamespace()])
  const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-test-replicas-'))
  chmodSync(dataDir, 0o711)
  const warden = createWarden()
  warden.discard(dataDir)
  const logFolder = join(dataDir, 'logs')
  for (const name of ['logs', 'whatsapp', 'mail']) mkdirSync(join(dataDir, name))
  const secrets = readSecrets(join(dataDir, 'secrets.json'))
  const [graphPort, mailPort, smtpPort] = [await anyFreePort(), await anyFreePort(), await anyFreePort()]
  const settings = {
    dataDir,
    publicUrl: front.url,
    drainSeconds,
    poolSize: 6,
    databaseAppUrl: database.urls.app,
    databaseRelayUrl: database.urls.relay,
    databaseAuthUrl: database.urls.auth,
    temporalAddress: temporal.address,
    temporalNamespace: temporal.namespace,
    graphUrl: `http://127.0.0.1:${graphPort}`,
    graphAppSecret: secrets.graphAppSecret,
    graphVerifyToken: secrets.graphVerifyToken,
    graphAccessToken: secrets.graphAccessToken,
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    trustedProxies: '127.0.0.1',
    rootKey: secrets.rootKey,
    authSecret: secrets.authSecret,
    logLevel: 'info',
  }
  const options = (more: Record<string, unknown> = {}): processes.ProcessOptions => ({
    root: ROOT,
    logFolder,
    env: { ...front.env, ...settingsToEnv({ ...settings, ...more } as Parameters<typeof settingsToEnv>[0]) },
  })
  const whatsapp = { port: graphPort, dataDir: join(dataDir, 'whatsapp'), appSecret: secrets.graphAppSecret }
  const { graphVerifyToken: verifyToken, graphAccessToken: accessToken } = secrets
  const outside = await Promise.all([
    startPart(processes.whatsappPart(options(), { ...whatsapp, verifyToken, accessToken }), warden),
    startPart(processes.mailPart(options(), { port: mailPort, smtpPort, dataDir: join(dataDir, 'mail') }), warden),
  ])

  const counts: Record<Kind, number> = { worker: 0, dispatcher: 0, api: 0 }
  const running = new Set<Replica>()
  const partOf = (kind: Kind, place: Place | undefined): Part => {
    if (place === undefined)
      return kind === 'worker' ? processes.workerPart(options()) : processes.dispatcherPart(options())
    const ready = async () => (await fetch(`http://${place.host}:${place.port}/api/v1/health/ready`)).ok
    return {
      ...processes.apiPart(options({ appPort: place.port, appHost: place.host }), place.port),
      ready: () => ready().catch(() => false),
    }
  }

  async function start(kind: Kind): Promise<Replica> {
    counts[kind] += 1
    const place = kind === 'api' ? await front.place() : undefined
    const part = partOf(kind, place)
    const graceMs = part.graceMs + drainSeconds * 1_000 + 15_000
    const logFile = join(logFolder, `${kind}-${counts[kind]}.log`)
    const process = await startPart({ ...part, logFile, graceMs }, warden)
    const replica: Replica = {
      ...{ kind, place, pid: process.pid, ended: process.exited },
      async stop() {
        running.delete(replica)
        // As with containers: it is known until it is gone, so the front still leads to it while it drains.
        await process.stop()
        if (place !== undefined) front.remove(place)
      },
    }
    running.add(replica)
    if (place !== undefined) front.add(place)
    return replica
  }

  return {
    database,
    temporal,
    secrets,
    endpoints: () => ({
      app: front.url,
      api: `${front.url}/api/v1`,
      openapi: `${front.url}/api/openapi.json`,
      temporalAddress: temporal.address,
      temporalUi: null,
      simulators: { whatsapp: `http://127.0.0.1:${graphPort}`, mail: `http://127.0.0.1:${mailPort}` },
      channels: [],
      demo: [],
      processes: [...running].map(({ kind, pid }) => ({ name: kind, pid })),
    }),
    start,
    complaints: () => complaintsIn(logFolder),
    async close() {
      await Promise.all([...running].map((replica) => replica.stop()))
      await Promise.all(outside.map((part) => part.stop()))
      await database.drop()
      await warden.dismiss()
    },
  }
}

const SHOWN_MAX = 12

function complaintsIn(folder: string): string {
  const lines = readdirSync(folder).flatMap((file) => {
    const bad = readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => /"level":"(error|fatal)"/.test(line))
    return bad.map((line) => `${file}: ${line.slice(0, 700)}`)
  })
  return [`${lines.length} errors in the logs`, ...lines.slice(0, SHOWN_MAX)].join('\n')
}
