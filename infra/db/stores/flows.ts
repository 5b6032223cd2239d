import { DomainError } from '#domain/errors.ts'
import type { ChangeFlow, CreateFlow, FlowCounts, FlowSummary, FlowVersion } from '#domain/flows/api.ts'
import type { FlowDefinition } from '#domain/flows/schema.ts'
import { newId } from '#infra/ids.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting, ListPage } from './acting.ts'
import { appendEvents, type NewEvent } from './events.ts'
import { INNER_RUNS } from './inner-runs.ts'
import { assertQuota } from './quotas.ts'

type Row = Omit<FlowSummary, 'createdAt' | 'updatedAt' | 'published' | 'triggers'> & {
  triggers: unknown
  published: { versionId: string; number: number; publishedAt: string } | null
  createdAt: Date
  updatedAt: Date
}

// What a flow listens for is said by the definition that is in force: the published one, else the draft.
const COLUMNS = part`
  select f.id, f.name, f.description, f.enabled, f.priority, f.version, f.created_at as "createdAt", f.updated_at as "updatedAt",
    coalesce(v.definition, f.draft) -> 'triggers' as triggers,
    case when v.id is not null then jsonb_build_object('versionId', v.id, 'number', v.number, 'publishedAt', v.published_at) end
      as published,
    v.id is null or v.definition <> f.draft as "hasUnpublishedChanges",
    (select count(*) from runs r where r.tenant_id = f.tenant_id and r.flow_id = f.id
      and r.state in ('starting', 'open', 'parked')) + coalesce(i.count, 0) as "standingCount",
    e.ended as "endedCount", e.completed as "completedCount"`
const JOINED = part`
  left join flow_versions v on v.tenant_id = f.tenant_id and v.id = f.published_version_id
  left join (select flow_id, count(distinct id) from ${INNER_RUNS} group by flow_id) i on i.flow_id = f.id
  cross join lateral (
    select count(*) as ended, count(*) filter (where r.outcome = 'completed') as completed
    from runs r where r.tenant_id = f.tenant_id and r.flow_id = f.id and r.ended_at > now() - interval '30 days'
  ) e`

const triggerKinds = (triggers: unknown): string[] =>
  Array.isArray(triggers)
    ? triggers.flatMap((trigger: unknown) => {
        const kind = typeof trigger === 'object' && trigger !== null && 'kind' in trigger ? trigger.kind : undefined
        return typeof kind === 'string' ? [kind] : []
      })
    : []

const toSummary = (row: Row): FlowSummary => ({
  ...row,
  triggers: triggerKinds(row.triggers),
  published: row.published && { ...row.published, publishedAt: iso(new Date(row.published.publishedAt)) },
  createdAt: iso(row.createdAt),
  updatedAt: iso(row.updatedAt),
})

/** Flows, newest first; the position is the id. */
export async function listFlows(tx: Tx, { limit, after }: ListPage): Promise<FlowSummary[]> {
  const rows = await tx.rows<Row>(
    query(
      COLUMNS,
      part`from flows f`,
      JOINED,
      part`where f.archived_at is null`,
      after && part`and f.id < ${after[0]}::uuid`,
      part`order by f.id desc limit ${limit}`,
    ),
  )
  return rows.map(toSummary)
}

export type FlowWithDraft = { summary: FlowSummary; draft: FlowDefinition }

export async function getFlow(tx: Tx, id: string): Promise<FlowWithDraft | undefined> {
  const row = await tx.row<Row & { draft: FlowDefinition }>(
    query(COLUMNS, part`, f.draft from flows f`, JOINED, part`where f.id = ${id} and f.archived_at is null`),
  )
  if (row === undefined) return undefined
  const { draft, ...rest } = row
  return { summary: toSummary(rest), draft }
}

const flowEvent = ({ tenantId, actor }: Acting, id: string, rest: Pick<NewEvent, 'type' | 'data'>): NewEvent => ({
  tenantId,
  actor,
  subject: { type: 'flow', id },
  ...rest,
})

export async function createFlow(
  tx: Tx,
  acting: Acting,
  input: Omit<CreateFlow, 'draft'> & { draft: FlowDefinition },
): Promise<string> {
  await assertQuota(tx, acting.tenantId, 'flows')
  const id = newId()
  await tx.run(sql`
    insert into flows (id, tenant_id, name, description, priority, draft)
    values (${id}, ${acting.tenantId}, ${input.name}, ${input.description}, ${input.priority}, ${JSON.stringify(input.draft)})`)
  appendEvents(tx, [flowEvent(acting, id, { type: 'flow.changed', data: { created: true } })])
  return id
}

/** Locks a flow and compares the version that was read. @throws DomainError not_found, conflict. */
async function lockFlow(tx: Tx, id: string, version?: number): Promise<{ version: number; draft: FlowDefinition }> {
  const row = await tx.row<{ version: number; draft: FlowDefinition }>(sql`
    select version, draft from flows where id = ${id} and archived_at is null for update`)
  if (row === undefined) throw new DomainError('not_found', 'There is no such flow.')
  if (version !== undefined && version !== row.version) {
    throw new DomainError('conflict', `This flow is at version ${row.version} by now: somebody else changed it.`)
  }
  return row
}

/** Changes a flow's name or draft, if nobody else did since it was read. Published versions stay as they are. */
export async function changeFlow(
  tx: Tx,
  acting: Acting,
  { id, change }: { id: string; change: ChangeFlow },
): Promise<void> {
  await lockFlow(tx, id, change.version)
  const draft = change.draft === undefined ? null : JSON.stringify(change.draft)
  await tx.run(sql`
    update flows set name = coalesce(${change.name ?? null}, name),
      description = coalesce(${change.description ?? null}, description),
      priority = coalesce(${change.priority ?? null}, priority), draft = coalesce(${draft}::jsonb, draft),
      version = version + 1, updated_at = now()
    where id = ${id}`)
  appendEvents(tx, [flowEvent(acting, id, { type: 'flow.changed', data: { draft: draft !== null } })])
}

/**
 * Makes the draft, which the caller has validated as `definition`, the next version, for runs that start from now on.
 * @throws DomainError conflict when the draft changed after it was validated.
 */
export async function publishFlow(
  tx: Tx,
  acting: Acting,
  input: { id: string; version: number; definition: FlowDefinition; note: string; enable: boolean },
): Promise<{ versionId: string; number: number }> {
  const { id, note, enable } = input
  await lockFlow(tx, id, input.version)
  const versionId = newId()
  const definition = JSON.stringify(input.definition)
  const publishedBy = acting.actor.kind === 'person' ? acting.actor.id : null
  const row = await tx.row<{ number: number }>(sql`
    insert into flow_versions (id, tenant_id, flow_id, number, definition, note, published_by)
    select ${versionId}, ${acting.tenantId}, ${id}, coalesce(max(number), 0) + 1, ${definition}, ${note}, ${publishedBy}::uuid
    from flow_versions where flow_id = ${id}
    returning number`)
  const number = row!.number
  await tx.run(sql`
    update flows set published_version_id = ${versionId}, draft = ${definition}, enabled = enabled or ${enable},
      version = version + 1, updated_at = now()
    where id = ${id}`)
  appendEvents(tx, [flowEvent(acting, id, { type: 'flow.published', data: { versionId, number } })])
  return { versionId, number }
}

/** FLOW-13: switches a flow on or off. Who is inside goes on; nobody new comes in while it is off. */
export async function setFlowEnabled(
  tx: Tx,
  acting: Acting,
  { id, enabled }: { id: string; enabled: boolean },
): Promise<void> {
  await lockFlow(tx, id)
  const published = await tx.row(sql`select 1 from flows where id = ${id} and published_version_id is not null`)
  if (enabled && published === undefined) throw new DomainError('flow_not_published', 'Publish this flow first.')
  const changed = await tx.run(sql`
    update flows set enabled = ${enabled}, updated_at = now() where id = ${id} and enabled <> ${enabled}`)
  if (changed > 0) appendEvents(tx, [flowEvent(acting, id, { type: 'flow.changed', data: { enabled } })])
}

type VersionRow = Omit<FlowVersion, 'publishedAt'> & { publishedAt: Date }

const VERSION_COLUMNS = part`
  select v.id, v.flow_id as "flowId", v.number, v.note, v.published_at as "publishedAt",
    case when p.id is not null then jsonb_build_object('id', p.id, 'name', p.name) end as "publishedBy"`

/** Versions of a flow without their definitions, newest first; the position is the number. */
export async function listFlowVersions(
  tx: Tx,
  { flowId, limit, after }: ListPage & { flowId: string },
): Promise<FlowVersion[]> {
  const rows = await tx.rows<VersionRow>(
    query(
      VERSION_COLUMNS,
      part`from flow_versions v left join people p on p.id = v.published_by where v.flow_id = ${flowId}`,
      after && part`and v.number < ${after[0]}`,
      part`order by v.number desc limit ${limit}`,
    ),
  )
  return rows.map((row) => ({ ...row, publishedAt: iso(row.publishedAt) }))
}

export async function getFlowVersion(
  tx: Tx,
  { flowId, versionId }: { flowId: string; versionId: string },
): Promise<FlowVersion | undefined> {
  const row = await tx.row<VersionRow>(
    query(
      VERSION_COLUMNS,
      part`, v.definition from flow_versions v left join people p on p.id = v.published_by
        where v.flow_id = ${flowId} and v.id = ${versionId}`,
    ),
  )
  return row && { ...row, publishedAt: iso(row.publishedAt) }
}

/**
 * How many people stand at each node now, of the flow by itself and inside others. The former are counted in the index
 * of who stands where, the latter are the rows of those who are inside any other flow.
 */
export async function countStanding(tx: Tx, flowId: string): Promise<FlowCounts> {
  const nodes = await tx.rows<{ nodeId: string; count: number }>(
    query(part`
      select node_id as "nodeId", count(*) as count from (
        select node_id from runs where flow_id = ${flowId} and state in ('starting', 'open', 'parked')
        union all select node_id from ${INNER_RUNS} where flow_id = ${flowId}
      ) standing where node_id is not null group by node_id order by node_id`),
  )
  return { flowId, total: nodes.reduce((sum, { count }) => sum + count, 0), nodes }
}

/** Puts a flow away. Runs that are inside go on; flows that run it inside themselves keep the version they have. */
export async function archiveFlow(tx: Tx, acting: Acting, id: string): Promise<void> {
  await lockFlow(tx, id)
  await tx.run(sql`update flows set archived_at = now(), enabled = false, updated_at = now() where id = ${id}`)
  appendEvents(tx, [flowEvent(acting, id, { type: 'flow.changed', data: { archived: true } })])
}
