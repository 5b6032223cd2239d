import type { FlowTrigger } from '#domain/flows/schema.ts'
import { nextFireMs } from '#domain/flows/triggers.ts'
import { HOUR_MS } from '#domain/time.ts'
import { sql, type Tx } from '../tx.ts'
import type { Definitions } from './mailbox/definitions.ts'

export type TimeTrigger = Extract<FlowTrigger, { kind: 'time' }>
export type DueSchedule = { tenantId: string; flowId: string; triggerIndex: number }

/** An instant that was missed by more than this is not made up for. */
export const CATCH_UP_MS = HOUR_MS

type FlowRow = { versionId: string | null; live: boolean; publishedAt: Date | null }

const readFlow = (tx: Tx, tenantId: string, flowId: string): Promise<FlowRow | undefined> =>
  tx.row<FlowRow>(sql`
    select f.published_version_id as "versionId", f.enabled and f.archived_at is null as live, v.published_at as "publishedAt"
    from flows f left join flow_versions v on v.id = f.published_version_id
    where f.tenant_id = ${tenantId} and f.id = ${flowId}`)

type FlowPlace = { tenantId: string; flowId: string; definitions: Definitions }

/**
 * Brings the schedules of a flow in step with what is published and switched on now. A trigger that stays as it was keeps
 * its next instant; a new one comes for the first time after `afterMs`, when the change was made.
 */
export async function syncFlowSchedules(tx: Tx, place: FlowPlace & { afterMs: number }): Promise<void> {
  const { tenantId, flowId, afterMs } = place
  const flow = await readFlow(tx, tenantId, flowId)
  const versionId = flow?.live ? flow.versionId : null
  const rows =
    versionId === null || versionId === undefined
      ? []
      : (await timeTriggersOf(tx, place.definitions, versionId)).map(({ trigger, index }) => ({
          index,
          trigger,
          next_at: new Date(nextFireMs(trigger, afterMs)),
        }))
  await tx.run(sql`
    delete from flow_schedules where tenant_id = ${tenantId} and flow_id = ${flowId}
      and not (trigger_index = any(${rows.map(({ index }) => index)}::int[]))`)
  if (rows.length === 0) return
  await tx.run(sql`
    insert into flow_schedules as s (tenant_id, flow_id, flow_version_id, trigger_index, trigger, next_at)
    select ${tenantId}, ${flowId}, ${versionId}, index, trigger, next_at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(index int, trigger jsonb, next_at timestamptz)
    on conflict (tenant_id, flow_id, trigger_index) do update set flow_version_id = excluded.flow_version_id,
      next_at = case when s.trigger = excluded.trigger then s.next_at else excluded.next_at end, trigger = excluded.trigger`)
}

/** The time triggers of a version, with their places among all its triggers. */
export async function timeTriggersOf(
  tx: Tx,
  definitions: Definitions,
  versionId: string,
): Promise<{ trigger: TimeTrigger; index: number }[]> {
  const triggers = (await definitions.of(tx, [versionId]))[versionId]?.triggers ?? []
  return triggers.flatMap((trigger, index) => (trigger.kind === 'time' ? [{ trigger, index }] : []))
}

/** Schedules whose instant has come. Runs as the relay. */
export function dueSchedules(relay: Tx, limit: number): Promise<DueSchedule[]> {
  return relay.rows<DueSchedule>(sql`
    select tenant_id as "tenantId", flow_id as "flowId", trigger_index as "triggerIndex" from flow_schedules
    where next_at <= now() order by next_at limit ${limit}`)
}

/** `firedMs`: the instants that came due and are now on record; `skippedMs`: the first of those that came too long ago. */
export type ComeDue = { firedMs: number[]; skippedMs?: number }

/**
 * Writes down the instants at which a schedule has come due, each once, and when it comes next. Whoever comes second, or
 * finds it in other hands, does nothing.
 */
export async function comeDue(
  tx: Tx,
  input: DueSchedule & { definitions: Definitions; nowMs: number },
): Promise<ComeDue> {
  const { tenantId, flowId, triggerIndex, nowMs } = input
  const schedule = await tx.row<{ versionId: string; trigger: TimeTrigger; nextAt: Date }>(sql`
    select flow_version_id as "versionId", trigger, next_at as "nextAt" from flow_schedules
    where tenant_id = ${tenantId} and flow_id = ${flowId} and trigger_index = ${triggerIndex}
      and next_at <= ${new Date(nowMs)} for update skip locked`)
  if (schedule === undefined) return { firedMs: [] }
  const flow = await readFlow(tx, tenantId, flowId)
  if (!flow?.live || flow.versionId !== schedule.versionId) {
    // The flow was changed a moment ago and the reaction to it has not come yet: the flow as it is decides.
    await syncFlowSchedules(tx, { ...input, afterMs: flow?.publishedAt?.getTime() ?? nowMs })
    return { firedMs: [] }
  }
  const { trigger } = schedule
  const oldestMs = nowMs - CATCH_UP_MS
  let atMs = schedule.nextAt.getTime()
  const due: ComeDue = { firedMs: [] }
  if (atMs < oldestMs) {
    due.skippedMs = atMs
    atMs = nextFireMs(trigger, oldestMs - 1)
  }
  for (; atMs <= nowMs; atMs = nextFireMs(trigger, atMs)) due.firedMs.push(atMs)
  const { versionId } = schedule
  if (due.skippedMs !== undefined) {
    await record(tx, { tenantId, flowId, versionId, instants: [due.skippedMs], state: 'skipped' })
  }
  await record(tx, { tenantId, flowId, versionId, instants: due.firedMs, state: 'running' })
  await tx.run(sql`
    update flow_schedules set next_at = ${new Date(atMs)}
    where tenant_id = ${tenantId} and flow_id = ${flowId} and trigger_index = ${triggerIndex}`)
  return due
}

function record(
  tx: Tx,
  input: { tenantId: string; flowId: string; versionId: string; instants: number[]; state: 'running' | 'skipped' },
): Promise<number> {
  const instants = input.instants.map((ms) => new Date(ms).toISOString())
  return tx.run(sql`
    insert into flow_firings (tenant_id, flow_id, flow_version_id, fire_at, state, ended_at)
    select ${input.tenantId}, ${input.flowId}, ${input.versionId}, at, ${input.state},
      case when ${input.state} = 'skipped' then now() end
    from unnest(${instants}::timestamptz[]) as at
    on conflict do nothing`)
}
