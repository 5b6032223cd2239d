import { appendFileSync } from 'node:fs'
import { type AuditHead, auditHeads } from '#infra/db/stores/audit-chain.ts'
import type { Db } from '#infra/db/tx.ts'

type AnchorDeps = { db: Db; anchorFile: string }

/**
 * Writes down the ends of the audit chains that have moved, outside the database: a chain whose tail was cut, its end
 * included, looks whole from inside. Copies of this file elsewhere make it stronger.
 *
 * @returns what was written last, to be handed in next time.
 */
export async function anchorAudit(
  { db, anchorFile }: AnchorDeps,
  known: ReadonlyMap<string, number>,
): Promise<Map<string, number>> {
  const heads = await db.relay(auditHeads)
  const moved = heads.filter((head: AuditHead) => known.get(head.tenantId) !== head.seq)
  if (moved.length > 0) {
    const at = new Date().toISOString()
    appendFileSync(anchorFile, moved.map((head) => `${JSON.stringify({ ...head, at })}\n`).join(''), { mode: 0o600 })
  }
  return new Map(heads.map(({ tenantId, seq }) => [tenantId, seq]))
}
