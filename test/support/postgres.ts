import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { DatabaseUrls } from '#infra/db/migrate.ts'
import { machineVariable } from '#infra/env.ts'
import { startPart } from '../../scripts/start/part.ts'
import { anyFreePort } from '../../scripts/start/ports.ts'
import { preparePostgres } from '../../scripts/start/postgres.ts'
import { createWarden } from '../../scripts/start/warden.ts'

/** The runner starts one cluster for all suites and hands it on by this variable; a suite run alone starts its own. */
export const TEST_POSTGRES_URL = 'HOLDFAST_TEST_POSTGRES_URL'

const TEMPLATE = 'holdfast_template'
// Roles belong to the cluster, so every database of a run shares these; nothing outside the loopback sees them.
const PASSWORDS = {
  migrate: 'test-migrate',
  app: 'test-app',
  relay: 'test-relay',
  auth: 'test-auth',
  platform: 'test-platform',
}

export type TestDatabase = {
  /** One address per role, as `migrate` gives them. */
  urls: DatabaseUrls
  /** The superuser's address, to look behind the walls that the house itself cannot pass. */
  adminUrl: string
  drop: () => Promise<void>
}

export type TestCluster = { adminUrl: (database: string) => string; stop: () => Promise<void> }

/** Starts a throw-away cluster. Fast, not durable; it ends with this process, however that ends. */
export async function startCluster(): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-postgres-'))
  chmodSync(folder, 0o711) // PostgreSQL runs as another user when the tests run as root
  const warden = createWarden()
  warden.discard(folder)
  const { part, adminUrl } = await preparePostgres({
    dataDir: join(folder, 'data'),
    port: await anyFreePort(),
    password: randomBytes(12).toString('hex'),
    logFile: join(folder, 'postgres.log'),
    durable: false,
  })
  const running = await startPart(part, warden)
  const stop = async () => {
    await running.stop()
    await warden.dismiss()
  }
  return { adminUrl, stop }
}

let own: Promise<TestCluster> | undefined

async function adminUrlOf(database: string): Promise<string> {
  const given = machineVariable(TEST_POSTGRES_URL)
  if (given !== undefined) return Object.assign(new URL(given), { pathname: `/${database}` }).href
  own ??= startCluster()
  return (await own).adminUrl(database)
}

async function asAdmin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: await adminUrlOf('postgres') })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Makes the migrated template once per cluster; suites that start together wait for the first of them. */
async function ensureTemplate(): Promise<void> {
  await asAdmin(async (client) => {
    await client.query(`select pg_advisory_lock(hashtext('holdfast template'))`)
    const known = await client.query('select datistemplate from pg_database where datname = $1', [TEMPLATE])
    if (known.rows[0]?.datistemplate === true) return
    if (known.rowCount !== 0) await client.query(`drop database ${TEMPLATE} with (force)`) // a run that broke off
    await client.query(`create database ${TEMPLATE}`)
    // Only whoever makes the template needs it, and it brings a quarter of all modules along.
    const { migrate } = await import('#infra/db/migrate.ts')
    await migrate({ adminUrl: await adminUrlOf(TEMPLATE), passwords: PASSWORDS })
    await client.query(`alter database ${TEMPLATE} is_template true`)
  })
}

function rolesOf(adminUrl: string): DatabaseUrls {
  const entries = Object.entries(PASSWORDS).map(([role, password]) => {
    return [role, Object.assign(new URL(adminUrl), { username: `holdfast_${role}`, password }).href]
  })
  return Object.fromEntries(entries) as DatabaseUrls
}

async function makeDatabase(from: string): Promise<TestDatabase> {
  const name = `suite_${randomBytes(6).toString('hex')}`
  await asAdmin((client) => client.query(`create database ${name} template ${from}`))
  const adminUrl = await adminUrlOf(name)
  const drop = () =>
    asAdmin(async (client) => void (await client.query(`drop database if exists ${name} with (force)`)))
  return { urls: rolesOf(adminUrl), adminUrl, drop }
}

/** A database of one's own with every migration in it; about 50 ms. Call `drop` in `after`. */
export async function freshDatabase(): Promise<TestDatabase> {
  await ensureTemplate()
  return makeDatabase(TEMPLATE)
}

/** A database with nothing in it, for tests of the migrations themselves. */
export function emptyDatabase(): Promise<TestDatabase> {
  return makeDatabase('template0')
}
