import { mkdirSync } from 'node:fs'
import { type DatabaseUrls, migrate } from '#infra/db/migrate.ts'
import { type Env, type SettingKey, settingsToEnv } from '#infra/env.ts'
import { type DataDir, openDataDir } from './data-dir.ts'
import { type Demo, seedDemo } from './demo.ts'
import type { Part } from './part.ts'
import { type Ports, planPorts } from './plan.ts'
import { ensureDatabase, preparePostgres } from './postgres.ts'
import { explain, StartProblem } from './problem.ts'
import * as processes from './processes.ts'
import { readSecrets, type Secrets } from './secrets.ts'
import { createSupervisor, type Supervisor } from './supervisor.ts'
import { ensureNamespace, temporalPart } from './temporal.ts'
import { findTemporal } from './temporal-binary.ts'
import type { Reporter } from './terminal.ts'
import { createWarden, type Warden } from './warden.ts'
import { buildWeb } from './web-build.ts'

/** What `endpoints.json` in the data folder says while everything is up. */
export type Endpoints = {
  app: string
  api: string
  openapi: string
  temporalAddress: string
  temporalUi: string | null
  simulators: { whatsapp: string | null; mail: string | null }
  channels: { tenant: string; phoneNumberId: string }[]
  demo: { role: string; email: string; password: string }[]
  processes: { name: string; pid: number }[]
}

export type HouseOptions = {
  root: string
  dataPath: string
  env: Env
  given: ReadonlySet<SettingKey>
  reporter: Reporter
  /** Not given: the web app is built when its sources have changed. */
  withoutWebBuild?: boolean
}

export type House = {
  /** Finds or brings every part. Fails with a StartProblem, after it has ended what it had started. */
  up: () => Promise<Endpoints>
  /** Ends everything in order, also in the middle of `up`. Called again, it ends everything at once. */
  stop: () => Promise<void>
}

const LEAST_MEMORY_BYTES = 300_000_000

/** What the steps share. Each step fills in what the later ones read. */
type Site = HouseOptions & {
  interrupt: AbortSignal
  warden: Warden
  supervisor: Supervisor
  dataDir: DataDir
  logFolder: string
  secrets: Secrets
  ports: Ports
}

type Addresses = { database: DatabaseUrls; temporalAddress: string; temporalUi: string | null }

export function createHouse(options: HouseOptions): House {
  const interruption = new AbortController()
  let site: Site | undefined
  let ended: Promise<void> | undefined

  async function end(): Promise<void> {
    interruption.abort()
    if (site === undefined) return
    await site.supervisor.stopAll()
    await site.warden.dismiss()
    site.dataDir.release()
  }

  return {
    async up() {
      try {
        site = await openSite(options, interruption.signal)
        return await bringUp(site)
      } catch (error) {
        await (ended ?? end())
        throw interruption.signal.aborted && ended !== undefined ? new StartProblem('Interrupted.') : explain(error)
      }
    },
    stop() {
      if (ended === undefined) ended = end()
      else void site?.supervisor.stopAll()
      return ended
    },
  }
}

async function openSite(options: HouseOptions, interrupt: AbortSignal): Promise<Site> {
  const { reporter, dataPath } = options
  if (process.availableMemory() < LEAST_MEMORY_BYTES) {
    const megabytes = Math.round(process.availableMemory() / 1_000_000)
    throw new StartProblem(`Only ${megabytes} MB of memory are free; about 2 GB are needed.`, [
      'Close something, or give this machine more memory.',
    ])
  }
  const dataDir = await openDataDir(dataPath, reporter.say)
  try {
    return await furnish({ ...options, interrupt }, dataDir)
  } catch (error) {
    dataDir.release()
    throw error
  }
}

async function furnish(options: HouseOptions & { interrupt: AbortSignal }, dataDir: DataDir): Promise<Site> {
  const { env, given, reporter } = options
  const logFolder = dataDir.file('logs')
  for (const folder of ['logs', 'temporal', 'whatsapp-simulator', 'mail-simulator']) {
    mkdirSync(dataDir.file(folder), { recursive: true, mode: 0o700 })
  }
  const secrets = readSecrets(dataDir.file('secrets.json'))
  const ports = await planPorts(env, given, dataDir.marker.ports)
  Object.assign(dataDir.marker.ports, ports)
  dataDir.saveMarker()
  const warden = createWarden()
  const supervisor = createSupervisor({ warden, say: reporter.say, onChange: () => onChange() })
  let endpoints: Endpoints | undefined
  const onChange = () => {
    dataDir.noteProcesses(supervisor.list())
    if (endpoints !== undefined) dataDir.writeEndpoints({ ...endpoints, processes: processesOf(supervisor) })
  }
  const tracked: DataDir = {
    ...dataDir,
    writeEndpoints(content) {
      endpoints = content as Endpoints
      dataDir.writeEndpoints(content)
    },
  }
  return { ...options, warden, supervisor, dataDir: tracked, logFolder, secrets, ports }
}

const publicUrlOf = ({ env, ports }: Site): string => env.publicUrl ?? `http://localhost:${ports.appPort}`
const processesOf = (supervisor: Supervisor) => supervisor.list().map(({ name, pid }) => ({ name, pid }))

async function bringUp(site: Site): Promise<Endpoints> {
  const { reporter, env, supervisor, root } = site
  const unlessInterrupted = () => site.interrupt.throwIfAborted()
  const addresses: Partial<Addresses> = {}

  await reporter.step('PostgreSQL', async (note) => {
    const { urls, text } = await databaseStep(site, note)
    addresses.database = urls
    return text
  })
  unlessInterrupted()
  await reporter.step('Temporal', async (note) => {
    const { text, ...found } = await temporalStep(site, note)
    Object.assign(addresses, found)
    return text
  })
  unlessInterrupted()
  await reporter.step('Web app', (note) => webStep(site, note))
  unlessInterrupted()

  const whole = addresses as Addresses
  const publicUrl = publicUrlOf(site)
  const childEnvironment = environmentOf(site, whole, publicUrl)
  const options = { root, logFolder: site.logFolder, env: childEnvironment }
  await reporter.step('Simulators', () =>
    startAll(site, simulatorParts(site, options), 'not needed: real ones are set'),
  )
  unlessInterrupted()
  await reporter.step('Holdfast', () => startAll(site, ownParts(site, options), 'nothing to start yet'))
  unlessInterrupted()
  let demo: Demo = { channels: [], demo: [] }
  if (env.demo) {
    await reporter.step('Demo data', async () => {
      const found = await seedDemo(root, childEnvironment, `${site.logFolder}/seed.log`)
      demo = found ?? demo
      return found === undefined ? 'not in this checkout yet' : 'ready'
    })
  }
  const endpoints: Endpoints = {
    app: publicUrl,
    api: `${publicUrl}/api/v1`,
    openapi: `${publicUrl}/api/openapi.json`,
    temporalAddress: whole.temporalAddress,
    temporalUi: whole.temporalUi,
    simulators: simulatorUrls(site),
    ...demo,
    processes: processesOf(supervisor),
  }
  site.dataDir.writeEndpoints(endpoints)
  return endpoints
}

async function databaseStep(site: Site, note: (text: string) => void): Promise<{ urls: DatabaseUrls; text: string }> {
  const { env, dataDir, secrets, ports } = site
  const passwords = { ...secrets.database, ...passwordsGiven(env) }
  if (env.databaseUrl !== undefined) {
    note('preparing the database that DATABASE_URL names')
    const urls = await migrate({ adminUrl: env.databaseUrl, passwords }).catch((error: unknown) => {
      throw databaseProblem(error)
    })
    return { urls, text: `yours, at ${new URL(env.databaseUrl).host}` }
  }
  note('starting')
  const postgres = await preparePostgres({
    dataDir: dataDir.file('postgres'),
    port: ports.postgresPort,
    password: secrets.postgresPassword,
    logFile: `${site.logFolder}/postgres.log`,
    durable: true,
  })
  dataDir.marker.postgresDir = postgres.dataDir
  dataDir.saveMarker()
  await site.supervisor.start(postgres.part)
  note('bringing tables up to date')
  await ensureDatabase(postgres.adminUrl, 'holdfast')
  const urls = await migrate({ adminUrl: postgres.adminUrl('holdfast'), passwords })
  const near = Object.entries(urls).map(([role, url]) => [role, postgres.near(url)])
  return { urls: Object.fromEntries(near) as DatabaseUrls, text: `18, on port ${ports.postgresPort}` }
}

/** Whoever gave the address of a role has chosen its password too. */
function passwordsGiven(env: Env): Partial<Secrets['database']> {
  const urls = {
    migrate: env.databaseMigrateUrl,
    app: env.databaseAppUrl,
    relay: env.databaseRelayUrl,
    auth: env.databaseAuthUrl,
    platform: env.databasePlatformUrl,
  }
  const given = Object.entries(urls).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Object.fromEntries(given.map(([role, url]) => [role, decodeURIComponent(new URL(url).password)]))
}

function databaseProblem(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const message = error instanceof Error ? error.message : String(error)
  const wayOut = ['Correct DATABASE_URL, or leave it out: then a PostgreSQL is brought up here.']
  if (['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT'].includes(code)) {
    return new StartProblem('No PostgreSQL answers at DATABASE_URL.', wayOut, error)
  }
  if (code.startsWith('28'))
    return new StartProblem('PostgreSQL refuses the name or password in DATABASE_URL.', wayOut, error)
  if (code === '42501') {
    return new StartProblem(`The role in DATABASE_URL may not do what is needed: ${message}.`, [
      'It must be a superuser, or own the database and have CREATEROLE.',
    ])
  }
  if (/too old/.test(message)) return new StartProblem(message, wayOut, error)
  return error
}

async function temporalStep(
  site: Site,
  note: (text: string) => void,
): Promise<{ temporalAddress: string; temporalUi: string | null; text: string }> {
  const { env, ports } = site
  const namespace = env.temporalNamespace
  if (env.temporalAddress !== undefined) {
    note('preparing the namespace')
    await ensureNamespace(env.temporalAddress, namespace)
    const temporalUi = env.temporalUiUrl ?? null
    return { temporalAddress: env.temporalAddress, temporalUi, text: `yours, at ${env.temporalAddress}` }
  }
  const binary = await findTemporal(note, site.interrupt)
  note('starting')
  const part = temporalPart({
    binary: binary.path,
    port: ports.temporalPort,
    uiPort: ports.temporalUiPort,
    namespace,
    dbFile: site.dataDir.file('temporal', 'temporal.db'),
    logFile: `${site.logFolder}/temporal.log`,
    // The UI adds /decode, and asks in the name of whoever is signed in to the app.
    codecEndpoint: `${publicUrlOf(site)}/api/temporal-codec`,
  })
  await site.supervisor.start(part)
  const temporalAddress = `127.0.0.1:${ports.temporalPort}`
  note('preparing the namespace')
  await ensureNamespace(temporalAddress, namespace)
  const temporalUi = env.temporalUiUrl ?? `http://localhost:${ports.temporalUiPort}`
  return { temporalAddress, temporalUi, text: `${binary.origin}, on port ${ports.temporalPort}` }
}

async function webStep({ root, interrupt, withoutWebBuild }: Site, note: (text: string) => void): Promise<string> {
  if (withoutWebBuild) return 'not built, as asked'
  const outcome = await buildWeb(root, note, interrupt)
  if (outcome === 'missing') return 'not in this checkout yet'
  return outcome === 'built' ? 'built' : 'as built before'
}

/** Starts parts side by side; those whose files are not there are named, the rest go on. */
async function startAll(
  { supervisor, root }: Site,
  wanted: readonly { entry: string; part: Part }[],
  none: string,
): Promise<string> {
  const there = wanted.filter(({ entry }) => processes.isThere(root, entry))
  const missing = wanted.filter((one) => !there.includes(one)).map(({ entry }) => entry)
  await Promise.all(there.map(({ part }) => supervisor.start(part)))
  const names = there.map(({ part }) => part.name)
  const text = names.length === 0 ? none : names.join(', ')
  return missing.length === 0 ? text : `${text} (not in this checkout yet: ${missing.join(', ')})`
}

function simulatorParts(site: Site, options: processes.ProcessOptions): { entry: string; part: Part }[] {
  const { env, ports, secrets, dataDir } = site
  const parts: { entry: string; part: Part }[] = []
  if (env.graphUrl === undefined) {
    const part = processes.whatsappPart(options, {
      port: ports.whatsappSimulatorPort,
      dataDir: dataDir.file('whatsapp-simulator'),
      appSecret: env.graphAppSecret ?? secrets.graphAppSecret,
      verifyToken: env.graphVerifyToken ?? secrets.graphVerifyToken,
      accessToken: env.graphAccessToken ?? secrets.graphAccessToken,
    })
    parts.push({ entry: processes.ENTRIES.whatsapp, part })
  }
  if (env.smtpUrl === undefined) {
    const mail = {
      port: ports.mailSimulatorPort,
      smtpPort: ports.mailSmtpPort,
      dataDir: dataDir.file('mail-simulator'),
    }
    parts.push({ entry: processes.ENTRIES.mail, part: processes.mailPart(options, mail) })
  }
  return parts
}

function ownParts({ ports }: Site, options: processes.ProcessOptions): { entry: string; part: Part }[] {
  return [
    { entry: processes.ENTRIES.api, part: processes.apiPart(options, ports.appPort) },
    { entry: processes.ENTRIES.dispatcher, part: processes.dispatcherPart(options) },
    { entry: processes.ENTRIES.worker, part: processes.workerPart(options) },
  ]
}

function simulatorUrls({ env, ports, root }: Site): Endpoints['simulators'] {
  const url = (port: number, entry: string) => (processes.isThere(root, entry) ? `http://127.0.0.1:${port}` : null)
  return {
    whatsapp: env.graphUrl === undefined ? url(ports.whatsappSimulatorPort, processes.ENTRIES.whatsapp) : null,
    mail: env.smtpUrl === undefined ? url(ports.mailSimulatorPort, processes.ENTRIES.mail) : null,
  }
}

/** Everything a process of ours is told. The owner's address is not among it: nothing that serves may pass the walls. */
function environmentOf(site: Site, addresses: Addresses, publicUrl: string): Record<string, string> {
  const { env, secrets, ports, dataDir } = site
  const { database, temporalAddress, temporalUi } = addresses
  return settingsToEnv({
    dataDir: dataDir.path,
    publicUrl,
    appPort: ports.appPort,
    databaseUrl: '',
    databaseMigrateUrl: '',
    databaseAppUrl: database.app,
    databaseRelayUrl: database.relay,
    databaseAuthUrl: database.auth,
    databasePlatformUrl: database.platform,
    temporalAddress,
    temporalNamespace: env.temporalNamespace,
    ...(temporalUi === null ? {} : { temporalUiUrl: temporalUi }),
    graphUrl: env.graphUrl ?? `http://127.0.0.1:${ports.whatsappSimulatorPort}`,
    graphAppSecret: env.graphAppSecret ?? secrets.graphAppSecret,
    graphVerifyToken: env.graphVerifyToken ?? secrets.graphVerifyToken,
    graphAccessToken: env.graphAccessToken ?? secrets.graphAccessToken,
    smtpUrl: env.smtpUrl ?? `smtp://127.0.0.1:${ports.mailSmtpPort}`,
    // The app links to the simulators, wherever a taken port has moved them.
    whatsappSimulatorPort: ports.whatsappSimulatorPort,
    mailSimulatorPort: ports.mailSimulatorPort,
    rootKey: env.rootKey ?? secrets.rootKey,
    authSecret: env.authSecret ?? secrets.authSecret,
    vapidPrivateKey: env.vapidPrivateKey ?? secrets.vapidPrivateKey,
    demo: env.demo,
  })
}
