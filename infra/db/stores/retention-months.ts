import type { RetentionLimits } from '#domain/privacy/retention.ts'
import { sql, type Tx } from '../tx.ts'
import { BY_MONTH } from './retention-classes.ts'

/**
 * Drops the months that no tenant keeps any more, whole; one that holds what is still open stays, as the table of what is cut by
 * month says. Runs as the relay. @returns the partitions that are gone.
 */
export async function dropOldMonths(relay: Tx, limits: RetentionLimits): Promise<string[]> {
  const dropped: string[] = []
  for (const [table, limit] of Object.entries(BY_MONTH)) {
    const before = new Date(limits[limit])
    const row = await relay.row<{ dropped: string[] }>(sql`select drop_partitions(${table}, ${before}) as dropped`)
    dropped.push(...row!.dropped)
  }
  return dropped
}

/** Lines of the audit log before this may be gone from now on; their links stay, and the chain stays whole. */
export async function noteAuditKeptFrom(tx: Tx, tenantId: string, beforeMs: number): Promise<void> {
  const month = new Date(beforeMs)
  const keptFrom = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), 1))
  await tx.run(sql`
    update audit_heads set kept_from = greatest(kept_from, ${keptFrom}) where tenant_id = ${tenantId}
      and (kept_from is null or kept_from < ${keptFrom})`)
}
