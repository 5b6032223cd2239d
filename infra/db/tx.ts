import { createHash } from 'node:crypto'
import pg from 'pg'

/** A statement with bound values. Its name is a hash of its text, so that Postgres parses and plans it once per connection. */
export type Statement = { text: string; values: unknown[]; name: string }

type Compiled = { text: string; name: string }
const compiled = new WeakMap<TemplateStringsArray, Compiled>()

/** `sql\`select … where id = ${id}\``: every value is bound, none is ever spliced into the text. */
export function sql(strings: TemplateStringsArray, ...values: unknown[]): Statement {
  let statement = compiled.get(strings)
  if (statement === undefined) {
    const text = strings.reduce((whole, part, index) => (index === 0 ? part : `${whole}$${index}${part}`), '')
    statement = { text, name: createHash('sha1').update(text).digest('base64url') }
    compiled.set(strings, statement)
  }
  return { ...statement, values }
}

/** One transaction. Verbs take it as their first argument and never open one of their own. */
export type Tx = {
  /** The rows of a statement. */
  rows<T>(statement: Statement): Promise<T[]>
  /** The first row, or undefined. */
  row<T>(statement: Statement): Promise<T | undefined>
  /** The number of rows that a statement changed. */
  run(statement: Statement): Promise<number>
}

export type Db = {
  /** Runs `work` in one transaction in the context of a tenant, and of a person where one acts. */
  tenant<T>(context: TenantContext, work: (tx: Tx) => Promise<T>): Promise<T>
  /** Runs `work` as the relay: across tenants, on the few columns that tell where work waits. */
  relay<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** A connection that listens; closed by the caller. */
  listen(channel: string, onNotify: () => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

export type TenantContext = string | { tenantId: string; personId?: string }

export type DbOptions = {
  appUrl: string
  relayUrl: string
  poolSize?: number
  relayPoolSize?: number
  onError?: (error: Error) => void
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The context is set by text, not by a bound value, so that it rides with `begin` in one round trip: hence the check. */
function opening(context: TenantContext): string {
  const { tenantId, personId } = typeof context === 'string' ? { tenantId: context, personId: undefined } : context
  if (!UUID.test(tenantId)) throw new TypeError('A tenant context needs the uuid of a tenant.')
  if (personId !== undefined && !UUID.test(personId)) throw new TypeError('A person in context needs a uuid.')
  return `begin; select set_config('app.tenant', '${tenantId}', true), set_config('app.person', '${personId ?? ''}', true)`
}

function txOver(client: pg.PoolClient): Tx {
  return {
    async rows<T>(statement: Statement) {
      return (await client.query(statement)).rows as T[]
    },
    async row<T>(statement: Statement) {
      return (await client.query(statement)).rows[0] as T | undefined
    },
    async run(statement) {
      return (await client.query(statement)).rowCount ?? 0
    },
  }
}

async function inTransaction<T>(pool: pg.Pool, begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(begin)
    const result = await work(txOver(client))
    const { command } = await client.query('commit')
    // Postgres answers the commit of a failed transaction with a rollback and no error: nothing was written.
    if (command !== 'COMMIT') throw new Error('A statement of this transaction failed, so none of it was kept.')
    return result
  } catch (error) {
    await client.query('rollback').catch((rollbackError: Error) => {
      broken = rollbackError // A connection that cannot roll back must not return to the pool with its context.
    })
    throw error
  } finally {
    client.release(broken)
  }
}

// Postgres gives bigint as text, because it may exceed 2^53; ours (positions, counts, sizes) do not.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

export function createDb({ appUrl, relayUrl, poolSize = 16, relayPoolSize = 4, onError }: DbOptions): Db {
  const settings = { statement_timeout: 30_000, idle_in_transaction_session_timeout: 60_000, allowExitOnIdle: true }
  const app = new pg.Pool({ connectionString: appUrl, max: poolSize, ...settings })
  // What the relay writes (leases, marks, positions) may be lost with a crash: it is done again, and that is harmless.
  const options = '-c synchronous_commit=off'
  const relay = new pg.Pool({ connectionString: relayUrl, max: relayPoolSize, options, ...settings })
  // Without listeners, a connection that Postgres closes ends the process: an idle one tells its pool, a busy one itself.
  for (const pool of [app, relay]) {
    pool.on('error', (error) => onError?.(error))
    pool.on('connect', (client) => client.on('error', (error) => onError?.(error)))
  }

  return {
    tenant: (context, work) => inTransaction(app, opening(context), work),
    relay: (work) => inTransaction(relay, 'begin', work),
    async listen(channel, onNotify) {
      const client = new pg.Client({ connectionString: relayUrl })
      client.on('error', (error) => onError?.(error))
      client.on('notification', onNotify)
      await client.connect()
      await client.query(`listen ${pg.escapeIdentifier(channel)}`)
      return () => client.end()
    },
    async close() {
      await Promise.all([app.end(), relay.end()])
    },
  }
}
