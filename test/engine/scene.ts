import type { Client } from '@temporalio/client'
import pg from 'pg'
import { closeConversation, handBack, type PeopleInput, takeOver } from '#infra/db/stores/mailbox/people.ts'
import { writeReply } from '#infra/db/stores/mailbox/reply.ts'
import { createSubjectKeys } from '#infra/db/stores/subject-keys.ts'
import { sql, type Tx } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import type { Logger } from '#infra/log.ts'
import { createTemporalClient } from '#temporal/client.ts'
import { createConnection } from '#temporal/connection.ts'
import { sweep } from '#worker/sweep.ts'
import { conversationWorkflowId } from '#workflows/conversations/messages.ts'
import { flowRunWorkflowId } from '#workflows/flows/messages.ts'
import { type Engine, eventually, type SimulatorSend } from '../support/engine.ts'

/** As the `Engine` that a test opened: one tenant, one customer, one agent, and what each can do and see. */
export type Scene = Awaited<ReturnType<typeof openScene>>

export type ConversationView = {
  id: string
  state: string
  owner_kind: string
  owner_id: string | null
  epoch: number
  cut_epoch: number
  last_seq: number
  handled_seq: number
  needs_people: boolean
  held_count: number
}
export type RunView = {
  id: string
  state: string
  posture: string
  outcome: string | null
  turn: number
  conversation_id: string
}
export type OutboundView = {
  id: string
  state: string
  attempt: number
  possible_duplicate: boolean
  duplicate_detected: boolean
  not_before: Date | null
  content: { text?: string }
}

/** Where the house of a test would show its pages. */
const links = { publicUrl: 'http://holdfast.test' }

let people = 254_711_000_000

export async function openScene(
  engine: Engine,
  options: { flows?: readonly Record<string, unknown>[]; settings?: Record<string, unknown> } = {},
) {
  const tenant = await engine.tenant(options.settings)
  const flows: { flowId: string; flowVersionId: string }[] = []
  for (const [index, definition] of (options.flows ?? []).entries()) {
    flows.push(await tenant.flow(definition, 100 + index))
  }
  people += 1
  const person = String(people)
  const { tenantId } = tenant
  const { simulator } = engine
  const agentId = await makeAgent(engine, tenantId)
  const actor = { kind: 'person', id: agentId } as const
  const temporal = temporalOf(engine)

  const read = <T>(statement: (tx: Tx) => Promise<T>) => engine.db.tenant(tenantId, statement)
  const sends = async (): Promise<SimulatorSend[]> =>
    (await simulator.log()).filter((send) => send.phoneNumberId === tenant.phoneNumberId && send.to === person)
  const texts = async () => (await sends()).map(textOf)

  async function conversation(): Promise<ConversationView> {
    const row = await read((tx) => tx.row<ConversationView>(sql`select * from conversations order by id desc limit 1`))
    if (row === undefined) throw new Error('no conversation yet')
    return row
  }
  const act = async (verb: (tx: Tx, input: PeopleInput) => Promise<unknown>, conversationId?: string) => {
    const input: PeopleInput = { tenantId, conversationId: conversationId ?? (await conversation()).id, actor }
    await read((tx) => verb(tx, input))
  }

  return {
    ...tenant,
    flows,
    person,
    agentId,
    actor,
    temporal,
    read,
    sends,
    texts,
    conversation,
    says: (text: string | Record<string, unknown>) => simulator.says(person, tenant.phoneNumberId, text),
    /** The texts that the customer has got, once they are as many as expected. */
    hears: (count: number, withinMs = 60_000) =>
      eventually(
        `${count} messages at the customer`,
        async () => {
          const heard = await texts()
          return heard.length >= count && heard
        },
        withinMs,
      ),
    /** Waits until the conversation is as wanted. */
    until: (what: string, wanted: (row: ConversationView) => boolean) =>
      eventually(
        what,
        async () => {
          const row = await conversation().catch(() => undefined)
          return row !== undefined && wanted(row) && row
        },
        60_000,
      ),
    runs: () => read((tx) => tx.rows<RunView>(sql`select * from runs order by started_at, id`)),
    untilRun: (what: string, wanted: (run: RunView) => boolean, index = 0) =>
      eventually(
        what,
        async () => {
          const run = (await read((tx) => tx.rows<RunView>(sql`select * from runs order by started_at, id`)))[index]
          return run !== undefined && wanted(run) && run
        },
        60_000,
      ),
    outbound: () =>
      read((tx) =>
        tx.rows<OutboundView>(sql`
          select id, state, attempt, possible_duplicate, duplicate_detected, not_before, content from messages
          where direction = 'outbound' order by outbound_seq`),
      ),
    takeOver: () => act((tx, input) => takeOver(tx, { ...input, personId: agentId })),
    handBack: () => act(handBack),
    close: () => act(closeConversation),
    replies: (text: string, clientId = newId()) =>
      act((tx, input) =>
        writeReply(tx, { ...input, content: { kind: 'text', text }, clientId, nowMs: Date.now() }).then(
          () => undefined,
        ),
      ),
    flowHandle: (runId: string) => temporal.workflow.getHandle(flowRunWorkflowId(tenantId, runId)),
    conversationHandle: (id: string) => temporal.workflow.getHandle(conversationWorkflowId(tenantId, id)),
    /** The wait of a run is over by its rows, as if the time had passed. Its workflow learns of it from the sweeper. */
    async waitIsOver(runId: string) {
      await read((tx) =>
        tx.run(sql`
          update runs set wake_at = now() - interval '2 minutes',
            interpreter = jsonb_set(interpreter, '{posture,untilMs}', to_jsonb(${Date.now() - 120_000}::bigint))
          where id = ${runId}`),
      )
    },
    /** The sweeper's round, now instead of within ten seconds. */
    sweep: () => sweep({ db: engine.db, temporal, links, log: silent, now: Date.now }),
    /** Neither the provider nor we count the messages of this number. */
    async unlimited() {
      await simulator.control('/options', { mps: 0, pairLimits: false })
      await read(async (tx) => {
        await tx.run(sql`update channels set pair_limit = false where id = ${tenant.channelId}`)
      })
    },
    /** As many messages as one likes from a contact who has written before. */
    async mayWriteMuch() {
      await read((tx) =>
        tx.run(sql`
          update rate_limit_buckets set count = -100000, window_end = now() + interval '1 day' where bucket_type = 'message'`),
      )
    },
  }
}

export const textOf = (send: Pick<SimulatorSend, 'body'>): string | undefined =>
  (send.body['text'] as { body: string } | undefined)?.body

async function makeAgent(engine: Engine, tenantId: string): Promise<string> {
  const personId = newId()
  const roleId = newId()
  await engine.db.tenant({ tenantId, personId }, async (tx) => {
    await tx.run(sql`
      insert into roles (id, tenant_id, key, name, permissions, built_in)
      values (${roleId}, ${tenantId}, 'supervisor', 'Supervisor', ${['conversations.manage']}, true)`)
    await tx.run(
      sql`insert into people (id, email, name) values (${personId}, ${`${personId}@test.invalid`}, 'The agent')`,
    )
    await tx.run(sql`
      insert into memberships (id, tenant_id, person_id, role_id) values (${newId()}, ${tenantId}, ${personId}, ${roleId})`)
  })
  return personId
}

export type RowLock = { release: () => Promise<void>; waiting: (count: number) => Promise<unknown> }

/** Holds the lock of a conversation, so that what happens at once can be put in order. */
export async function lockConversationRow(engine: Engine, conversationId: string): Promise<RowLock> {
  const [holder, watcher] = [0, 1].map(() => new pg.Client({ connectionString: engine.database.adminUrl }))
  await Promise.all([holder!.connect(), watcher!.connect()])
  await holder!.query('begin')
  await holder!.query('select 1 from conversations where id = $1 for update', [conversationId])
  return {
    async release() {
      await holder!.query('commit')
      await Promise.all([holder!.end(), watcher!.end()])
    },
    /** Waits until so many transactions stand in line behind it. */
    waiting: (count) =>
      eventually(
        `${count} in line`,
        async () => {
          const { rows } = await watcher!.query(`
            select count(*)::int as count from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and query like '%conversations%'`)
          return rows[0].count >= count
        },
        60_000,
      ),
  }
}

/**
 * Stops a process between two of its transactions: one that is stopped inside keeps its locks until Postgres ends it, and
 * then the test would be about that.
 */
export async function freeze(engine: Engine, name: string): Promise<{ thaw: () => void }> {
  const child = engine.processes.get(name)!
  const watcher = new pg.Client({ connectionString: engine.database.adminUrl })
  await watcher.connect()
  const noneIsOpen = async () => {
    const { rows } = await watcher.query(`
      select count(*)::int as count from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`)
    return rows[0].count === 0
  }
  for (;;) {
    child.kill('SIGSTOP')
    const free = await eventually('no transaction is open', noneIsOpen, 1_000).catch(() => false)
    if (free) break
    child.kill('SIGCONT')
    await eventually('a moment without transactions', noneIsOpen, 60_000)
  }
  await watcher.end()
  return { thaw: () => void child.kill('SIGCONT') }
}

const quiet = () => undefined
const silent = { info: quiet, warn: quiet, error: quiet, debug: quiet } as unknown as Logger

const clients = new WeakMap<Engine, Client>()

function temporalOf(engine: Engine): Client {
  const known = clients.get(engine)
  if (known !== undefined) return known
  const { address, namespace } = engine.temporal
  const connection = createConnection({ address, namespace })
  const { db, keyRing } = engine
  const subjectKeys = createSubjectKeys({ db, keyRing, now: Date.now })
  const client = createTemporalClient({ namespace, identity: 'test' }, { connection, keyRing, subjectKeys })
  clients.set(engine, client)
  return client
}
