import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'
import pg from 'pg'
import { type Patience, reachOf } from './reach.ts'
import { createWorkAnnouncer, WORK_CHANNEL, type Work } from './work-announcer.ts'

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

/** What was prepared no longer fits its tables, which have got a column: it would fail on this connection for ever. */
const STALE_PLAN = '0A000'

/** One transaction. Verbs take it as their first argument and never open one of their own. */
export type Tx = {
  /** The rows of a statement. */
  rows<T>(statement: Statement): Promise<T[]>
  /** The first row, or undefined. */
  row<T>(statement: Statement): Promise<T | undefined>
  /** The number of rows that a statement changed. */
  run(statement: Statement): Promise<number>
  /** A statement whose answer nobody needs: it travels with what follows it, and if it fails, so does the transaction. */
  write(statement: Statement): void
  /** Says that a commit leaves work of this kind to the dispatcher, so that it need not look for it all the time. */
  wake(work: Work): void
}

export type Db = {
  /** Runs `work` in one transaction in the context of a tenant, and of a person where one acts. */
  tenant<T>(context: TenantContext, work: (tx: Tx) => T | Promise<T>): Promise<T>
  /** Runs `work` as the relay: across tenants, on the few columns that tell where work waits. */
  relay<T>(work: (tx: Tx) => T | Promise<T>): Promise<T>
  /** The same for work that is a single statement, which needs no transaction around it; a second one is refused. */
  relayOnce<T>(work: (tx: Tx) => T | Promise<T>): Promise<T>
  /** A connection that listens; closed by the caller. `onEnd` is told when it ends by itself. */
  listen(channel: string, onNotify: (payload: string) => void, onEnd?: () => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

/**
 * `lasting: false` is for work that is found again in the rows and done again when its commit is lost together with the
 * last moments before a crash of Postgres. Whatever commits durably afterwards makes it durable too.
 * `withinMs` bounds each statement more tightly than the connection does.
 */
export type TenantContext = string | { tenantId: string; personId?: string; lasting?: boolean; withinMs?: number }

export type DbOptions = {
  appUrl: string
  relayUrl: string
  poolSize?: number
  relayPoolSize?: number
  /** For processes that make few kinds of small look-ups by key, in great number; see `STEADY_PLANS`. */
  steadyPlans?: boolean
  patience?: Patience
  onError?: (error: Error) => void
  /**
   * Told after a commit that leaves work, a hint that may be lost: whoever does the work also looks by itself. Where
   * nobody is named here, the dispatchers that listen are told.
   */
  onWork?: (work: ReadonlySet<Work>) => void
}

/**
 * Each statement is planned once per connection and reads by its indexes, whatever size the tables had on that day.
 * Planning anew, over all months of a partitioned table, costs more than such a statement itself.
 */
const STEADY_PLANS = [
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'jit=off',
]

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The context is set by text, not by a bound value, so that it rides with `begin` in one round trip: hence the check. */
function opening(context: TenantContext): string {
  const { tenantId, personId, lasting = true, withinMs } = typeof context === 'string' ? { tenantId: context } : context
  if (!UUID.test(tenantId)) throw new TypeError('A tenant context needs the uuid of a tenant.')
  if (personId !== undefined && !UUID.test(personId)) throw new TypeError('A person in context needs a uuid.')
  const settings = [
    `set_config('app.tenant', '${tenantId}', true)`,
    `set_config('app.person', '${personId ?? ''}', true)`,
    ...(lasting ? [] : [`set_config('synchronous_commit', 'off', true)`]),
    ...(withinMs === undefined ? [] : [`set_config('statement_timeout', '${Math.round(withinMs)}', true)`]),
  ]
  return `begin; select ${settings.join(', ')}`
}

/** The library does not show it. */
const socketOf = (client: pg.ClientBase): Duplex =>
  (client as unknown as { connection: { stream: Duplex } }).connection.stream

/** Statements that are asked for in one breath leave in one write: waking the other side costs more than a small statement. */
function inOneBreath<T>(client: pg.PoolClient, ask: () => T): T {
  const socket = socketOf(client)
  socket.cork()
  process.nextTick(() => socket.uncork())
  return ask()
}

type Conversation = {
  tx: Tx
  /** From now on nothing more is asked: the connection goes to whoever comes next, and their context is not this one's. */
  end: () => void
  /** When all that was written without waiting has been answered. */
  settled: () => Promise<unknown>
  /** What went wrong first where nobody waited. */
  failure: () => unknown
}

function converse(client: pg.PoolClient, work: Set<Work>, statementsMax = Infinity): Conversation {
  const unawaited: Promise<unknown>[] = []
  let failure: unknown
  let asked = 0
  let over = false
  const assertOpen = () => {
    if (over) throw new Error('This transaction is over; its connection may be in the context of another tenant.')
  }
  async function ask(statement: Statement): Promise<pg.QueryResult> {
    assertOpen()
    asked += 1
    if (asked > statementsMax) throw new Error('Work of more than one statement needs a transaction around it.')
    return inOneBreath(client, () => client.query(statement))
  }
  const tx: Tx = {
    wake: (kind) => void work.add(kind),
    async rows<T>(statement: Statement) {
      return (await ask(statement)).rows as T[]
    },
    async row<T>(statement: Statement) {
      return (await ask(statement)).rows[0] as T | undefined
    },
    async run(statement) {
      return (await ask(statement)).rowCount ?? 0
    },
    write(statement) {
      assertOpen()
      unawaited.push(
        ask(statement).catch((error: unknown) => {
          failure ??= error
        }),
      )
    },
  }
  const end = () => {
    over = true
  }
  return { tx, end, settled: () => Promise.all(unawaited), failure: () => failure }
}

/**
 * Statements of one connection are pipelined: what is asked for without waiting travels together, `begin` with the first
 * statement of the work and `commit` with the last ones, and a statement after a failed one fails too.
 */
async function inTransaction<T>(
  pool: pg.Pool,
  begin: string,
  work: (tx: Tx) => T | Promise<T>,
  onWork: DbOptions['onWork'],
): Promise<T> {
  const client = await pool.connect()
  const left = new Set<Work>()
  const { tx, end, settled, failure } = converse(client, left)
  let broken: Error | undefined
  try {
    const begun = inOneBreath(client, () => client.query(begin))
    begun.catch(() => undefined) // Told below, unless the work fails first.
    const result = await work(tx)
    end()
    const ended = inOneBreath(client, () => client.query('commit'))
    await Promise.allSettled([settled(), ended])
    await begun
    // Postgres answers the commit of a failed transaction with a rollback and no error: nothing was written.
    const { command } = await ended
    if (command !== 'COMMIT') throw new Error('A statement of this transaction failed, so none of it was kept.')
    if (left.size > 0) onWork?.(left)
    return result
  } catch (error) {
    end()
    await client.query('rollback').catch((rollbackError: Error) => {
      broken = rollbackError // A connection that cannot roll back must not return to the pool with its context.
    })
    // A statement that nobody waited for is the cause of what failed after it.
    const cause = failure() ?? error
    if ((cause as { code?: unknown }).code === STALE_PLAN) broken = cause as Error
    throw cause
  } finally {
    client.release(broken)
  }
}

/** A single statement is a transaction by itself. */
async function inStatement<T>(
  pool: pg.Pool,
  work: (tx: Tx) => T | Promise<T>,
  onWork: DbOptions['onWork'],
): Promise<T> {
  const client = await pool.connect()
  const left = new Set<Work>()
  const { tx, end, settled, failure } = converse(client, left, 1)
  let broken: Error | undefined
  try {
    const result = await work(tx)
    end()
    await settled()
    if (failure() !== undefined) throw failure()
    if (left.size > 0) onWork?.(left)
    return result
  } catch (error) {
    end()
    if ((error as { code?: unknown }).code === STALE_PLAN) broken = error as Error
    throw error
  } finally {
    client.release(broken)
  }
}

/** Says goodbye to a connection; one that has died unseen does not answer, and is not waited for. */
async function endWithin(client: pg.Client, ms: number): Promise<void> {
  const cut = setTimeout(() => socketOf(client).destroy(), ms)
  await client.end()
  clearTimeout(cut)
}

// Postgres gives bigint as text, because it may exceed 2^53; ours (positions, counts, sizes) do not.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

export function createDb(options: DbOptions): Db {
  const { appUrl, relayUrl, poolSize = 10, relayPoolSize = 4, steadyPlans = false, onError } = options
  const reach = reachOf(options.patience)
  const settings = {
    ...reach,
    idle_in_transaction_session_timeout: 60_000,
    allowExitOnIdle: true,
    pipeline: true,
  }
  const asked = (wishes: readonly string[]) => wishes.map((wish) => `-c ${wish}`).join(' ')
  const app = new pg.Pool({
    connectionString: appUrl,
    max: poolSize,
    options: asked(steadyPlans ? STEADY_PLANS : []),
    ...settings,
  })
  // What the relay writes (leases, marks, positions) may be lost with a crash: it is done again, and that is harmless.
  const relay = new pg.Pool({
    connectionString: relayUrl,
    max: relayPoolSize,
    options: asked(['synchronous_commit=off', 'jit=off']),
    ...settings,
  })
  // Without listeners, a connection that Postgres closes ends the process: an idle one tells its pool, a busy one itself.
  for (const pool of [app, relay]) {
    pool.on('error', (error) => onError?.(error))
    pool.on('connect', (client) => client.on('error', (error) => onError?.(error)))
  }

  const announce = (payload: string) => relay.query('select pg_notify($1, $2)', [WORK_CHANNEL, payload])
  const onWork = options.onWork ?? createWorkAnnouncer(announce)

  return {
    tenant: (context, work) => inTransaction(app, opening(context), work, onWork),
    relay: (work) => inTransaction(relay, 'begin', work, onWork),
    relayOnce: (work) => inStatement(relay, work, onWork),
    async listen(channel, onNotify, onEnd) {
      const client = new pg.Client({ connectionString: relayUrl, ...reach })
      client.on('error', (error) => onError?.(error))
      client.on('notification', ({ payload = '' }) => onNotify(payload))
      try {
        await client.connect()
        await client.query(`listen ${pg.escapeIdentifier(channel)}`)
      } catch (error) {
        await client.end().catch(() => undefined)
        throw error
      }
      // Only now: one that never listened has told by its error that it is over, and must not tell it twice.
      if (onEnd !== undefined) client.on('end', onEnd)
      return () => endWithin(client, 1_000)
    },
    async close() {
      await Promise.all([app.end(), relay.end()])
    },
  }
}
