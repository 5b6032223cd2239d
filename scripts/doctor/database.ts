import pg from 'pg'
import { ageOf, isDatabaseTooOld, QUEUE_AGES_MS } from '#domain/diagnostics/rules.ts'
import { schemaRefusal, shippedChanges } from '#infra/db/schema-changes.ts'
import { type Finding, ill, unsure, well } from './finding.ts'
import type { Place, Role } from './place.ts'

const ABOUT = 'Database'
const UNDEFINED_FUNCTION = '42883'
const BRING_UP = 'Start the house with npm start, or start the PostgreSQL that DATABASE_URL names.'

async function ask<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, statement_timeout: 10_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

function refusalOf(role: Role, error: unknown): Finding {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const where = `holdfast_${role}`
  if (['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT'].includes(code)) {
    return ill(ABOUT, `No PostgreSQL answers (${code}).`, BRING_UP)
  }
  if (code.startsWith('28')) {
    return ill(ABOUT, `PostgreSQL refuses the password of ${where}.`, 'Run npm run db:migrate: it sets the passwords.')
  }
  if (code === '3D000') return ill(ABOUT, 'The database is not there.', 'Run npm run db:migrate, or npm start.')
  return ill(ABOUT, error instanceof Error ? error.message : String(error))
}

/** Each role can enter, is no more than it should be, and what is committed is on the disk. */
export async function lookAtDatabase({ databaseUrls }: Place): Promise<Finding[]> {
  const roles = (['app', 'relay', 'auth'] as const).filter((role) => databaseUrls[role] !== undefined)
  if (roles.length === 0) return [ill(ABOUT, 'Nothing says where it is.', 'Start the house once: npm start.')]
  const found: Finding[] = []
  let version = ''
  for (const role of roles) {
    try {
      const row = await ask(databaseUrls[role]!, entering)
      version = row.version
      if (isDatabaseTooOld(row.number)) {
        found.push(ill(ABOUT, `PostgreSQL ${version} has known holes.`, 'Update it to 17.6, 18 or later.'))
      }
      if (row.mighty) {
        const wayOut = 'Give HOLDFAST_DATABASE_*_URL the roles that npm run db:migrate makes.'
        found.push(ill(ABOUT, `${row.name} may pass the walls between tenants.`, wayOut))
      }
      if (row.careless !== null) {
        const wayOut = 'Turn it on in postgresql.conf, or acknowledged messages may be lost.'
        found.push(ill(ABOUT, `${row.careless} is off.`, wayOut))
      }
    } catch (error) {
      return [refusalOf(role, error)]
    }
  }
  const all = `PostgreSQL ${version}, ${roles.length} roles can enter.`
  return [...(found.length === 0 ? [well(ABOUT, all)] : [...new Map(found.map((one) => [one.says, one])).values()])]
}

type Entering = { version: string; number: number; name: string; mighty: boolean; careless: string | null }

async function entering(client: pg.Client): Promise<Entering> {
  const { rows } = await client.query<Entering>(`
    select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
      current_user as name, (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as mighty,
      (select name from pg_settings where name in ('fsync', 'full_page_writes') and setting = 'off' limit 1) as careless`)
  return rows[0]!
}

/** Tables that are older lack something; newer ones are well as long as nothing was taken away. */
export async function lookAtTables({ databaseUrls }: Place): Promise<Finding> {
  const about = 'Tables'
  if (databaseUrls.relay === undefined) return unsure(about, 'Nothing says where the database is.')
  const known = shippedChanges().map(({ name }) => name)
  const made = await ask(databaseUrls.relay, async (client) => {
    const { rows } = await client.query<{ name: string }>('select name from schema_changes() as name')
    return rows.map(({ name }) => name)
  }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === UNDEFINED_FUNCTION) return []
    throw error
  })
  const refusal = schemaRefusal(known, made)
  if (refusal !== undefined) return ill(about, refusal)
  const newer = made.filter((name) => !known.includes(name))
  if (newer.length === 0) return well(about, `All ${known.length} changes are made.`)
  return unsure(
    about,
    `A newer version has changed them (${newer[0]}); this one can use them.`,
    'Update this checkout.',
  )
}

/** What came in and waits: an old item means that no dispatcher works, or that one cannot. */
export async function lookAtQueues({ databaseUrls }: Place): Promise<Finding> {
  const about = 'Queues'
  if (databaseUrls.relay === undefined) return unsure(about, 'Nothing says where the database is.')
  const bellsWithin = `${QUEUE_AGES_MS.bells.failMs} milliseconds`
  const row = await ask(databaseUrls.relay, async (client) => {
    type Waiting = { waiting: number; ageMs: number | null; dead: number; bells: number }
    const text = `
      select count(*) filter (where state = 'new')::int as waiting, count(*) filter (where state = 'dead')::int as dead,
        extract(epoch from now() - min(received_at) filter (where state = 'new'))::float8 * 1000 as "ageMs",
        (select count(*)::int from bells where rung < version and due_at < now() - $1::interval) as bells
      from inbound_events where state in ('new', 'dead')`
    return (await client.query<Waiting>(text, [bellsWithin])).rows[0]!
  })
  if (ageOf('inbound', row.ageMs) === 'stuck') {
    const says = `${row.waiting} webhooks wait, the oldest for ${Math.round((row.ageMs ?? 0) / 60_000)} minutes.`
    return ill(about, says, 'See whether a dispatcher runs, and what its log says.')
  }
  if (row.bells > 0) {
    return ill(about, `${row.bells} conversations wait to be rung.`, 'See whether Temporal and a worker run.')
  }
  if (row.dead > 0) {
    const wayOut = 'Look at them under Settings, Channels, Parked; they can be taken once more there.'
    return unsure(about, `${row.dead} webhooks were refused time and again and are parked.`, wayOut)
  }
  return well(about, `Nothing waits too long${row.waiting > 0 ? ` (${row.waiting} are on their way)` : ''}.`)
}
