import {
  type ChangeRetention,
  RETENTION_DEFAULT,
  type RetentionLimits,
  type RetentionPolicy,
  retentionLimits,
} from '#domain/privacy/retention.ts'
import { sql, type Tx } from '../tx.ts'

type Row = RetentionPolicy & { tenantId: string }

/** The policy of the tenant in context. */
export async function getRetention(tx: Tx): Promise<RetentionPolicy> {
  const row = await tx.row<RetentionPolicy>(sql`
    select history_months as "historyMonths", audit_months as "auditMonths", raw_days as "rawDays" from retention_policies`)
  return row ?? RETENTION_DEFAULT
}

export async function changeRetention(tx: Tx, tenantId: string, change: ChangeRetention): Promise<RetentionPolicy> {
  const { historyMonths, auditMonths, rawDays } = { ...(await getRetention(tx)), ...change }
  await tx.run(sql`
    insert into retention_policies (tenant_id, history_months, audit_months, raw_days)
    values (${tenantId}, ${historyMonths}, ${auditMonths}, ${rawDays})
    on conflict (tenant_id) do update set history_months = excluded.history_months, audit_months = excluded.audit_months,
      raw_days = excluded.raw_days, updated_at = now()`)
  return getRetention(tx)
}

/** The policies of all tenants, with the default for those that chose none. Runs as the relay. */
export async function allRetention(relay: Tx): Promise<Row[]> {
  const rows = await relay.rows<{ tenantId: string } & { [K in keyof RetentionPolicy]: number | null }>(sql`
    select t.id as "tenantId", r.history_months as "historyMonths", r.audit_months as "auditMonths", r.raw_days as "rawDays"
    from tenants t left join retention_policies r on r.tenant_id = t.id order by t.id`)
  return rows.map(({ tenantId, historyMonths, auditMonths, rawDays }) => ({
    tenantId,
    historyMonths: historyMonths ?? RETENTION_DEFAULT.historyMonths,
    auditMonths: auditMonths ?? RETENTION_DEFAULT.auditMonths,
    rawDays: rawDays ?? RETENTION_DEFAULT.rawDays,
  }))
}

const TABLES = {
  historyBeforeMs: ['messages', 'message_statuses', 'run_events', 'channel_events', 'events'],
  auditBeforeMs: ['audit_log'],
  rawBeforeMs: ['inbound_events', 'inbound_bodies'],
} as const satisfies Record<keyof RetentionLimits, readonly string[]>

/** The instant that lies behind every tenant's limit: what is older, nobody keeps. */
export const commonLimits = (policies: readonly RetentionPolicy[], nowMs: number): RetentionLimits => {
  const all = policies.map((policy) => retentionLimits(policy, nowMs))
  const earliest = (key: keyof RetentionLimits) =>
    Math.min(...all.map((limits) => limits[key]), retentionLimits(RETENTION_DEFAULT, nowMs)[key])
  return {
    historyBeforeMs: earliest('historyBeforeMs'),
    auditBeforeMs: earliest('auditBeforeMs'),
    rawBeforeMs: earliest('rawBeforeMs'),
  }
}

/**
 * Drops the months that no tenant keeps any more, whole. Messages are the exception: those of open conversations are kept, so
 * a month of them goes when its rows have gone. Runs as the relay. @returns the partitions that are gone.
 */
export async function dropOldMonths(relay: Tx, limits: RetentionLimits): Promise<string[]> {
  const dropped: string[] = []
  for (const [limit, tables] of Object.entries(TABLES)) {
    const before = new Date(limits[limit as keyof RetentionLimits])
    for (const table of tables) {
      if (table === 'messages' && (await hasMessagesBefore(relay, before))) continue
      const row = await relay.row<{ dropped: string[] }>(sql`select drop_partitions(${table}, ${before}) as dropped`)
      dropped.push(...row!.dropped)
    }
  }
  return dropped
}

const hasMessagesBefore = async (relay: Tx, before: Date): Promise<boolean> =>
  (await relay.row(sql`select 1 from messages where id < uuid_floor(${before}) limit 1`)) !== undefined

/** Lines of the audit log before this may be gone from now on; their links stay, and the chain stays whole. */
export async function noteAuditKeptFrom(tx: Tx, tenantId: string, beforeMs: number): Promise<void> {
  const month = new Date(beforeMs)
  const keptFrom = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), 1))
  await tx.run(sql`
    update audit_heads set kept_from = greatest(kept_from, ${keptFrom}) where tenant_id = ${tenantId}
      and (kept_from is null or kept_from < ${keptFrom})`)
}

export type OldFile = { id: string; storageKey: string | null }
const AT_ONCE = 500

/** CH-26: files whose message is past its time, or that have an end of their own. */
export async function oldFiles(tx: Tx, tenantId: string, limits: RetentionLimits): Promise<OldFile[]> {
  return tx.rows<OldFile>(sql`
    select id, storage_key as "storageKey" from media_files
    where tenant_id = ${tenantId} and (expires_at < now() or (created_at < ${new Date(limits.historyBeforeMs)}
      and not exists (select from conversations v where v.tenant_id = media_files.tenant_id
        and v.id = media_files.conversation_id and v.state <> 'closed')))
    order by id limit ${AT_ONCE}`)
}

/**
 * Takes the next rows that a tenant keeps no longer. A conversation goes with its messages, and an open one keeps them all:
 * who still writes must find what was said.
 *
 * @returns how many rows went; none when there is nothing left to take.
 */
export async function deleteOldRows(tx: Tx, tenantId: string, limits: RetentionLimits): Promise<number> {
  const before = new Date(limits.historyBeforeMs)
  const rawBefore = new Date(limits.rawBeforeMs)
  let count = 0
  const take = async (statement: Parameters<Tx['run']>[0]) => {
    count += await tx.run(statement)
  }
  const rows = await tx.rows<{ id: string }>(sql`
    select m.id from messages m where m.tenant_id = ${tenantId} and m.id < uuid_floor(${before})
      and not exists (select from conversations v where v.tenant_id = m.tenant_id and v.id = m.conversation_id
        and v.state <> 'closed') order by m.id limit ${AT_ONCE}`)
  const ids = rows.map(({ id }) => id)
  await take(sql`delete from message_statuses where tenant_id = ${tenantId} and message_id = any(${ids}::uuid[])`)
  await take(sql`delete from message_reactions where tenant_id = ${tenantId} and message_id = any(${ids}::uuid[])`)
  await take(sql`delete from message_causes where tenant_id = ${tenantId} and message_id = any(${ids}::uuid[])`)
  await take(sql`delete from message_external_ids where tenant_id = ${tenantId} and message_id = any(${ids}::uuid[])`)
  await take(sql`delete from messages where tenant_id = ${tenantId} and id = any(${ids}::uuid[])`)
  await take(sql`
    delete from runs where tenant_id = ${tenantId} and id in (select id from runs
      where tenant_id = ${tenantId} and ended_at < ${before} limit ${AT_ONCE})`)
  await take(sql`
    delete from run_events where tenant_id = ${tenantId} and id in (select e.id from run_events e
      where e.tenant_id = ${tenantId} and e.id < uuid_floor(${before})
        and not exists (select from runs r where r.tenant_id = e.tenant_id and r.id = e.run_id) limit ${AT_ONCE})`)
  await take(sql`
    delete from conversations where tenant_id = ${tenantId} and id in (select v.id from conversations v
      where v.tenant_id = ${tenantId} and v.state = 'closed' and v.closed_at < ${before} and v.last_message_at < ${before}
        and not exists (select from messages m where m.tenant_id = v.tenant_id and m.conversation_id = v.id)
      limit ${AT_ONCE})`)
  await take(sql`
    delete from events where tenant_id = ${tenantId} and id in (select id from events
      where tenant_id = ${tenantId} and id < uuid_floor(${before}) order by id limit ${AT_ONCE})`)
  // What was looked at, and found, is kept as long as the audit log.
  await take(sql`
    delete from diagnostic_runs where tenant_id = ${tenantId} and id in (select id from diagnostic_runs
      where tenant_id = ${tenantId} and id < uuid_floor(${new Date(limits.auditBeforeMs)}) order by id limit ${AT_ONCE})`)
  await take(sql`
    delete from inbound_events where tenant_id = ${tenantId} and id in (select id from inbound_events
      where tenant_id = ${tenantId} and id < uuid_floor(${rawBefore}) and state = 'done' order by id limit ${AT_ONCE})`)
  await take(sql`
    delete from inbound_bodies where tenant_id = ${tenantId} and id in (select id from inbound_bodies
      where tenant_id = ${tenantId} and id < uuid_floor(${rawBefore}) order by id limit ${AT_ONCE})`)
  return count
}
