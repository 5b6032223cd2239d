import type { Run, RunDetail, RunEvent, RunQuery, RunState } from '#domain/runs/schema.ts'
import { type Part, part, query } from '../query.ts'
import { iso, isoOrNull } from '../rows.ts'
import type { Tx } from '../tx.ts'
import type { ListPage } from './acting.ts'
import { INNER_RUNS } from './inner-runs.ts'

type Row = Omit<Run, 'wakeAt' | 'startedAt' | 'updatedAt' | 'endedAt' | 'workflowId'> & {
  tenantId: string
  wakeAt: Date | null
  startedAt: Date
  startedAtText: string
  updatedAt: Date
  endedAt: Date | null
}

const COLUMNS = part`
  select r.id, r.tenant_id as "tenantId", r.conversation_id as "conversationId", r.cause, r.state, r.posture, r.outcome,
    r.error_code as "errorCode", r.turn, r.node_id as "nodeId", r.wake_at as "wakeAt", r.started_at as "startedAt",
    r.started_at::text as "startedAtText", r.updated_at as "updatedAt", r.ended_at as "endedAt",
    jsonb_build_object('id', f.id, 'name', f.name, 'versionId', v.id, 'versionNumber', v.number) as flow,
    jsonb_build_object('id', k.id, 'name', k.name) as contact`
const JOINED = part`
  join flows f on f.tenant_id = r.tenant_id and f.id = r.flow_id
  join flow_versions v on v.tenant_id = r.tenant_id and v.id = r.flow_version_id
  join contacts k on k.tenant_id = r.tenant_id and k.id = r.contact_id`

const ACTIVE: readonly RunState[] = ['starting', 'open', 'parked']

function toRun({ startedAtText: _text, tenantId, ...row }: Row): Run {
  return {
    ...row,
    workflowId: `flow/${tenantId}/${row.id}`,
    wakeAt: isoOrNull(row.wakeAt),
    startedAt: iso(row.startedAt),
    updatedAt: iso(row.updatedAt),
    endedAt: isoOrNull(row.endedAt),
  }
}

export type ListedRun = { run: Run; position: [string, string] }

/**
 * Runs, the last started first. The position is (start, id) with microseconds as text. Those of a flow are also the ones
 * that stand inside it now, as a flow within theirs.
 */
export async function listRuns(
  tx: Tx,
  { limit, after, flowId, contactId, conversationId, nodeId, state }: ListPage & Omit<RunQuery, 'limit' | 'cursor'>,
): Promise<ListedRun[]> {
  const filters: (Part | false)[] = [
    flowId !== undefined && part`and flow_id = ${flowId}`,
    contactId !== undefined && part`and contact_id = ${contactId}`,
    conversationId !== undefined && part`and conversation_id = ${conversationId}`,
    nodeId !== undefined && part`and node_id = ${nodeId}`,
    state === 'active' && part`and state = any(${ACTIVE}::text[])`,
    state !== undefined && state !== 'active' && part`and state = ${state}`,
    after !== undefined && part`and (started_at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`,
  ]
  // Each is read in the order of its own index and no further than the page; together they would be read whole.
  const pageOf = (source: Part): Part =>
    [...filters, part`order by started_at desc, id desc limit ${limit}`].reduce<Part>(
      (statement, filter) => (filter ? part`${statement} ${filter}` : statement),
      part`select id, started_at from ${source} where true`,
    )
  const inside = flowId === undefined ? part`` : part`union (${pageOf(INNER_RUNS)})`
  const rows = await tx.rows<Row>(
    query(
      COLUMNS,
      part`from ((${pageOf(part`runs`)}) ${inside}) p join runs r on r.id = p.id`,
      JOINED,
      part`order by r.started_at desc, r.id desc limit ${limit}`,
    ),
  )
  return rows.map((row) => ({ run: toRun(row), position: [row.startedAtText, row.id] }))
}

/** A run with its variables as they stand. */
export async function getRun(tx: Tx, id: string): Promise<RunDetail | undefined> {
  const row = await tx.row<Row & { variables: Record<string, unknown> | null }>(
    query(COLUMNS, part`, r.interpreter -> 'variables' as variables from runs r`, JOINED, part`where r.id = ${id}`),
  )
  if (row === undefined) return undefined
  const { variables, ...rest } = row
  return { ...toRun(rest), variables: variables ?? {} }
}

/** What happened in a run, in order; the position is the id. */
export async function listRunEvents(
  tx: Tx,
  { runId, limit, after }: ListPage & { runId: string },
): Promise<RunEvent[]> {
  const rows = await tx.rows<Omit<RunEvent, 'at'> & { at: Date }>(
    query(
      part`select id, turn, at, kind, node_id as "nodeId", detail from run_events where run_id = ${runId}`,
      after && part`and id > ${after[0]}::uuid`,
      part`order by id limit ${limit}`,
    ),
  )
  return rows.map((row) => ({ ...row, at: iso(row.at) }))
}
