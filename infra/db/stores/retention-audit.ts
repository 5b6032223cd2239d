import { sql, type Tx } from '../tx.ts'

const DAY_MS = 86_400_000
const AT_ONCE = 500

/** Whole days, so that what is a year old is one by every clock. */
const dayOf = (ms: number): Date => new Date(Math.floor(ms / DAY_MS) * DAY_MS)

/** Lines of the audit log before this may be gone from now on; their links stay, and the chain stays whole. */
export async function noteAuditKeptFrom(tx: Tx, tenantId: string, beforeMs: number): Promise<void> {
  const keptFrom = dayOf(beforeMs)
  await tx.run(sql`
    update audit_heads set kept_from = greatest(kept_from, ${keptFrom}) where tenant_id = ${tenantId}
      and (kept_from is null or kept_from < ${keptFrom})`)
}

/**
 * Takes the next lines of a tenant that keeps its log for a shorter time than others. Runs as the relay, which can take only
 * what was noted before; whoever serves can take none.
 */
export function deleteOldAuditLines(relay: Tx, tenantId: string, beforeMs: number): Promise<number> {
  return relay.run(sql`
    delete from audit_log where tenant_id = ${tenantId} and id in (select id from audit_log
      where tenant_id = ${tenantId} and id < uuid_floor(${dayOf(beforeMs)}) order by id limit ${AT_ONCE})`)
}
