import { nextDailyMs } from '#domain/diagnostics/rules.ts'
import type { DiagnosticSchedule } from '#domain/diagnostics/schema.ts'
import { DomainError } from '#domain/errors.ts'
import { isoOrNull } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import { askDiagnosis } from './diagnostics.ts'

/** The schedule of the workspace in context; every day, unless somebody has switched it off. */
export async function getDiagnosticSchedule(tx: Tx): Promise<DiagnosticSchedule> {
  const row = await tx.row<{ enabled: boolean; nextAt: Date }>(sql`
    select enabled, next_at as "nextAt" from diagnostic_schedules`)
  if (row === undefined) return { enabled: true, nextAt: null }
  return { enabled: row.enabled, nextAt: row.enabled ? isoOrNull(row.nextAt) : null }
}

export async function changeDiagnosticSchedule(
  tx: Tx,
  { tenantId, enabled, nowMs }: { tenantId: string; enabled: boolean; nowMs: number },
): Promise<DiagnosticSchedule> {
  const nextAt = new Date(nextDailyMs(tenantId, nowMs))
  await tx.run(sql`
    insert into diagnostic_schedules (tenant_id, enabled, next_at) values (${tenantId}, ${enabled}, ${nextAt})
    on conflict (tenant_id) do update set enabled = excluded.enabled, next_at = excluded.next_at`)
  return getDiagnosticSchedule(tx)
}

/** Workspaces that have no schedule yet. Runs as the relay. */
export async function unscheduledTenants(relay: Tx, limit: number): Promise<string[]> {
  const rows = await relay.rows<{ id: string }>(sql`
    select t.id from tenants t where t.status = 'active'
      and not exists (select from diagnostic_schedules s where s.tenant_id = t.id) limit ${limit}`)
  return rows.map(({ id }) => id)
}

/** Workspaces whose daily run is due. Runs as the relay. */
export async function dueDiagnostics(relay: Tx, limit: number): Promise<string[]> {
  const rows = await relay.rows<{ tenantId: string }>(sql`
    select s.tenant_id as "tenantId" from diagnostic_schedules s join tenants t on t.id = s.tenant_id
    where s.enabled and s.next_at <= now() and t.status = 'active' order by s.next_at limit ${limit}`)
  return rows.map(({ tenantId }) => tenantId)
}

/**
 * Takes a due run: the next one is written down, and this one asked for, unless one is under way. Of several dispatchers
 * that see it at once, the row lets one through.
 *
 * @returns what came of it; `gone` when another was first.
 */
export async function takeDueDiagnosis(
  tx: Tx,
  { tenantId, nowMs }: { tenantId: string; nowMs: number },
): Promise<'asked' | 'overlaps' | 'gone'> {
  const taken = await tx.run(sql`
    update diagnostic_schedules set next_at = ${new Date(nextDailyMs(tenantId, nowMs))}
    where tenant_id = ${tenantId} and enabled and next_at <= now()`)
  if (taken === 0) return 'gone'
  try {
    await askDiagnosis(tx, { tenantId, actor: { kind: 'system' } }, 'schedule')
    return 'asked'
  } catch (error) {
    // Nothing was written by it, so the transaction goes on: the next day is a day too.
    if (error instanceof DomainError && error.code === 'conflict') return 'overlaps'
    throw error
  }
}

/** A workspace that is new to this gets its minute of the day. */
export async function scheduleDiagnostics(
  tx: Tx,
  { tenantId, nowMs }: { tenantId: string; nowMs: number },
): Promise<void> {
  await tx.run(sql`
    insert into diagnostic_schedules (tenant_id, next_at) values (${tenantId}, ${new Date(nextDailyMs(tenantId, nowMs))})
    on conflict do nothing`)
}
