import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Migration, Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import pg from 'pg'
import { isApart, type SchemaChange, shippedChanges } from './schema-changes.ts'

/** The roles of the database, apart from its owner; each process connects as the least of them that it needs. */
export const DATABASE_ROLES = ['app', 'relay', 'auth', 'platform'] as const
export type DatabaseRole = (typeof DATABASE_ROLES)[number]
export type DatabaseUrls = Record<DatabaseRole | 'migrate', string>

const OLDEST_POSTGRES = 170_006 // 17.6: older ones leak statistics past row-level security.

const roleName = (role: DatabaseRole | 'migrate') => `holdfast_${role}`

function urlFor(adminUrl: string, role: DatabaseRole | 'migrate', password: string): string {
  const url = new URL(adminUrl)
  url.username = roleName(role)
  url.password = password
  return url.href
}

/**
 * Prepares a database for the house: roles, ownership, tables. Safe to run again at each start.
 *
 * @param adminUrl connects as a superuser, or as a role that may create roles and owns the database.
 * @param passwords one per role; made up where missing (then only the returned URLs know them).
 */
export async function migrate(options: {
  adminUrl: string
  passwords?: Partial<Record<DatabaseRole | 'migrate', string>>
}): Promise<DatabaseUrls> {
  const passwords = Object.fromEntries(
    (['migrate', ...DATABASE_ROLES] as const).map((role) => [
      role,
      options.passwords?.[role] ?? randomBytes(24).toString('base64url'),
    ]),
  ) as Record<DatabaseRole | 'migrate', string>

  await prepareRoles(options.adminUrl, passwords)
  const urls = Object.fromEntries(
    Object.entries(passwords).map(([role, password]) => [
      role,
      urlFor(options.adminUrl, role as DatabaseRole | 'migrate', password),
    ]),
  ) as DatabaseUrls
  await applyChanges(urls.migrate)
  return urls
}

async function prepareRoles(adminUrl: string, passwords: Record<string, string>): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  // Without a listener, a server that ends in the middle ends this process too, with no sentence for whoever started it.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query<{ version: number; database: string }>(
      `select current_setting('server_version_num')::int as version, current_database() as database`,
    )
    const { version, database } = rows[0]!
    if (version < OLDEST_POSTGRES) {
      throw new Error(
        `PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000} is too old: 17.6 or later is needed.`,
      )
    }
    // Roles belong to the cluster: two databases of one cluster that start at once must not race here.
    await client.query('begin')
    await client.query(`select pg_advisory_xact_lock(hashtext('holdfast roles'))`)
    for (const [role, password] of Object.entries(passwords)) {
      const name = `holdfast_${role}`
      const known = await client.query('select 1 from pg_roles where rolname = $1', [name])
      const secret = `login nosuperuser nobypassrls nocreatedb nocreaterole password ${pg.escapeLiteral(password)}`
      await client.query(`${known.rowCount === 0 ? 'create' : 'alter'} role ${name} ${secret}`)
    }
    await client.query(`grant holdfast_migrate, holdfast_auth to current_user`)
    await client.query(`grant holdfast_auth to holdfast_migrate`)
    await client.query(`alter schema public owner to holdfast_migrate`)
    await client.query(`revoke create on schema public from public`)
    await client.query(`grant create, connect on database ${pg.escapeIdentifier(database)} to holdfast_migrate`)
    await client.query('commit')
  } finally {
    await client.end()
  }
}

const asMigration = (url: string, { name, text }: SchemaChange) => ({
  name,
  class: class extends Migration {
    override isTransactional(): boolean {
      return !isApart(text)
    }
    override async up(): Promise<void> {
      if (isApart(text)) await makeApart(url, text)
      else this.addSql(text)
    }
  },
})

/** Statement by statement: what is built beside the traffic has to wait for transactions of others, and hinders none. */
async function makeApart(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    for (const statement of text.split(/;\s*$/m)) if (statement.trim() !== '') await client.query(statement.trim())
  } finally {
    await client.end()
  }
}

/**
 * Whoever waits for a lock on a table makes everybody else wait behind it: so not for long, and again later. Shorter than the
 * second after which Postgres looks for a circle: a change of two tables can be in one with who writes into both, and it is
 * the change that gives way.
 */
const LOCK_TIMEOUT_MS = 500
const TRY_AGAIN_MS = 1_000
const IN_THE_WAY = new Set(['55P03', '40P01']) // lock_not_available, deadlock_detected

/**
 * Makes the changes that were not made yet, each in a transaction of its own, while the house may be running. One that needs
 * a lock which others hold gives way after half a second and is tried again.
 */
export async function applyChanges(
  url: string,
  { changes = shippedChanges(), patienceMs = 120_000 }: { changes?: readonly SchemaChange[]; patienceMs?: number } = {},
): Promise<void> {
  const turn = await takeTurn(url)
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    logger: () => undefined,
    driverOptions: { options: `-c lock_timeout=${LOCK_TIMEOUT_MS}` },
    migrations: {
      migrationsList: changes.map((change) => asMigration(url, change)),
      tableName: 'migrations',
      snapshot: false,
      allOrNothing: false,
    },
  })
  try {
    for (const until = performance.now() + patienceMs; ; await pause(TRY_AGAIN_MS)) {
      try {
        await orm.migrator.up()
        return
      } catch (error) {
        if (!IN_THE_WAY.has(String((error as { code?: unknown }).code)) || performance.now() > until) throw error
      }
    }
  } finally {
    await orm.close()
    await turn.end()
  }
}

/** Two that change the tables at once would make the same change twice. The turn ends with the connection. */
async function takeTurn(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  await client.query(`select pg_advisory_lock(hashtext('holdfast changes'))`)
  return client
}
