import { type CheckStatus, DIAGNOSED_CHANNELS_MAX, type PlannedCheck, planChecks } from '#domain/diagnostics/checks.ts'
import { type Finding, finding, type Outcome, statusOf } from '#domain/diagnostics/findings.ts'
import { type CheckMark, resultOf } from '#domain/diagnostics/rules.ts'
import type { DiagnosticCheck, DiagnosticRun, DiagnosticRunSummary } from '#domain/diagnostics/schema.ts'
import { DomainError } from '#domain/errors.ts'
import { newId } from '#infra/ids.ts'
import { part, query } from '../query.ts'
import { iso, isoOrNull } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting, ListPage } from './acting.ts'
import { tellDiagnosis } from './diagnostic-news.ts'

type SummaryRow = Omit<DiagnosticRunSummary, 'createdAt' | 'startedAt' | 'endedAt'> & {
  createdAt: Date
  startedAt: Date | null
  endedAt: Date | null
}

const SUMMARY = part`
  select r.id, r.cause, r.requested_by as "requestedBy", r.state, r.result, r.created_at as "createdAt",
    r.started_at as "startedAt", r.ended_at as "endedAt", c.counts
  from diagnostic_runs r cross join lateral (
    select jsonb_build_object('total', count(*), 'passed', count(*) filter (where status = 'passed'),
      'warning', count(*) filter (where status = 'warning'), 'failed', count(*) filter (where status = 'failed'),
      'skipped', count(*) filter (where status = 'skipped')) as counts
    from diagnostic_checks c where c.tenant_id = r.tenant_id and c.diagnostic_id = r.id) c
  where true`

const toSummary = (row: SummaryRow): DiagnosticRunSummary => ({
  ...row,
  createdAt: iso(row.createdAt),
  startedAt: isoOrNull(row.startedAt),
  endedAt: isoOrNull(row.endedAt),
})

/** Runs, the newest first; the position is the id. */
export async function listDiagnostics(tx: Tx, { limit, after }: ListPage): Promise<DiagnosticRunSummary[]> {
  const rows = await tx.rows<SummaryRow>(
    query(SUMMARY, after && part`and r.id < ${after[0]}::uuid`, part`order by r.id desc limit ${limit}`),
  )
  return rows.map(toSummary)
}

type CheckRow = Omit<DiagnosticCheck, 'startedAt' | 'endedAt'> & { startedAt: Date | null; endedAt: Date | null }

/** A run with its checks, in their order. */
export async function getDiagnosis(tx: Tx, id: string): Promise<DiagnosticRun | undefined> {
  const row = await tx.row<SummaryRow>(query(SUMMARY, part`and r.id = ${id}`))
  if (row === undefined) return undefined
  const checks = await tx.rows<CheckRow>(sql`
    select c.id, c.key, c.status, c.findings, c.facts, c.started_at as "startedAt", c.ended_at as "endedAt",
      case when h.id is not null then
        jsonb_build_object('id', h.id, 'name', h.name, 'displayPhone', h.display_phone) end as channel
    from diagnostic_checks c left join channels h on h.tenant_id = c.tenant_id and h.id = c.channel_id
    where c.diagnostic_id = ${id} order by c.position`)
  return {
    ...toSummary(row),
    checks: checks.map((check) => ({
      ...check,
      startedAt: isoOrNull(check.startedAt),
      endedAt: isoOrNull(check.endedAt),
    })),
  }
}

/**
 * Writes down that everything is to be looked at; the workflow starts as soon as Temporal answers.
 * @throws DomainError conflict while a run is under way.
 */
export async function askDiagnosis(tx: Tx, { tenantId, actor }: Acting, cause: 'person' | 'schedule'): Promise<string> {
  const id = newId()
  const written = await tx.run(sql`
    insert into diagnostic_runs (id, tenant_id, cause, requested_by)
    values (${id}, ${tenantId}, ${cause}, ${JSON.stringify(actor)})
    on conflict (tenant_id) where state in ('waiting', 'running') do nothing`)
  if (written === 0) throw new DomainError('conflict', 'A run is under way.')
  const channels = await tx.rows<{ id: string }>(sql`
    select id from channels where status in ('connected', 'restricted') order by id limit ${DIAGNOSED_CHANNELS_MAX}`)
  const checks = planChecks(channels.map((channel) => channel.id)).map((planned: PlannedCheck, position) => ({
    id: newId(),
    position,
    key: planned.key,
    channel_id: planned.channelId,
  }))
  await tx.run(sql`
    insert into diagnostic_checks (id, tenant_id, diagnostic_id, position, key, channel_id)
    select id, ${tenantId}, ${id}, position, key, channel_id from jsonb_to_recordset(${JSON.stringify(checks)}::jsonb)
      as c(id uuid, position int, key text, channel_id uuid)`)
  tx.wake('diagnostics')
  return id
}

export type WaitingDiagnosis = { id: string; tenantId: string; waitsMs: number }

/** Runs whose workflow has not begun, and for how long. Runs as the relay. */
export function waitingDiagnostics(relay: Tx, limit: number): Promise<WaitingDiagnosis[]> {
  return relay.rows<WaitingDiagnosis>(sql`
    select id, tenant_id as "tenantId", (extract(epoch from now() - created_at) * 1000)::float8 as "waitsMs"
    from diagnostic_runs where state = 'waiting' order by created_at limit ${limit}`)
}

export type CheckToRun = { id: string; key: DiagnosticCheck['key']; channelId: string | null }

/** The workflow is there. @returns what it has to do, unless the run is over already. */
export async function beginDiagnosis(tx: Tx, id: string): Promise<CheckToRun[] | undefined> {
  const begun = await tx.run(sql`
    update diagnostic_runs set state = 'running', started_at = coalesce(started_at, now())
    where id = ${id} and state in ('waiting', 'running')`)
  if (begun === 0) return undefined
  return tx.rows<CheckToRun>(sql`
    select id, key, channel_id as "channelId" from diagnostic_checks
    where diagnostic_id = ${id} and status in ('waiting', 'running') order by position`)
}

/** A check is being made. @returns false when nobody wants it any more. */
export async function beginCheck(tx: Tx, checkId: string): Promise<boolean> {
  const begun = await tx.run(sql`
    update diagnostic_checks c set status = 'running', started_at = now() where c.id = ${checkId}
      and c.status in ('waiting', 'running') and exists (select from diagnostic_runs r
        where r.tenant_id = c.tenant_id and r.id = c.diagnostic_id and r.state = 'running')`)
  return begun === 1
}

/** Writes down what a check says, unless it has been written already or the run is over. */
export async function settleCheck(tx: Tx, checkId: string, { findings, facts }: Outcome): Promise<CheckStatus> {
  const status = statusOf(findings)
  await tx.run(sql`
    update diagnostic_checks set status = ${status}, findings = ${JSON.stringify(findings)},
      facts = ${JSON.stringify(facts)}, ended_at = now(), started_at = coalesce(started_at, now()), probe_hash = null
    where id = ${checkId} and status in ('waiting', 'running')`)
  return status
}

/** All that was not reached is skipped, for a reason. */
const skipRest = (tx: Tx, id: string, why: Finding) =>
  tx.run(sql`
    update diagnostic_checks set status = 'skipped', findings = ${JSON.stringify([why])}, ended_at = now(), probe_hash = null
    where diagnostic_id = ${id} and status in ('waiting', 'running')`)

/** The run is over: its result is known, whoever must hear of it is told. Safe to run again. */
export async function endDiagnosis(tx: Tx, { tenantId, id }: { tenantId: string; id: string }): Promise<void> {
  await skipRest(tx, id, finding('not_reached'))
  const marks = await marksOf(tx, id)
  const result = resultOf(marks.map(({ status }) => status))
  const run = await tx.row<{ cause: 'person' | 'schedule' }>(sql`
    update diagnostic_runs set state = 'done', result = ${result}, started_at = coalesce(started_at, now()), ended_at = now()
    where id = ${id} and state in ('waiting', 'running') returning cause`)
  if (run !== undefined) await tellDiagnosis(tx, { tenantId, id, result, marks, cause: run.cause })
}

/**
 * A run that could not begin says why, on the check that is about it: without Temporal there is nobody who could.
 * @returns whether it was still waiting.
 */
export async function failToBegin(
  tx: Tx,
  { tenantId, id }: { tenantId: string; id: string },
  why: 'temporal_unreachable' | 'temporal_no_workers',
): Promise<boolean> {
  const waiting = await tx.row(sql`select 1 from diagnostic_runs where id = ${id} and state = 'waiting' for update`)
  if (waiting === undefined) return false
  const check = await tx.row<{ id: string }>(sql`
    select id from diagnostic_checks where diagnostic_id = ${id} and key = 'temporal'`)
  const findings = [why === 'temporal_no_workers' ? finding(why, { queues: 'wf' }) : finding(why)]
  if (check !== undefined) await settleCheck(tx, check.id, { findings, facts: {} })
  await endDiagnosis(tx, { tenantId, id })
  return true
}

/** Somebody does not want to wait for the rest. @returns false when the run is over already. */
export async function cancelDiagnosis(tx: Tx, id: string): Promise<boolean> {
  const cancelled = await tx.run(sql`
    update diagnostic_runs set state = 'cancelled', ended_at = now() where id = ${id} and state in ('waiting', 'running')`)
  if (cancelled === 0) return false
  await skipRest(tx, id, finding('cancelled'))
  return true
}

const marksOf = (tx: Tx, id: string): Promise<CheckMark[]> =>
  tx.rows<CheckMark>(sql`
    select key, channel_id as "channelId", status from diagnostic_checks where diagnostic_id = ${id} order by position`)
