import type { Actor } from '#domain/events/schema.ts'
import { newId } from '#infra/ids.ts'
import { sql, type Tx } from '../tx.ts'

export type AuditEntry = {
  tenantId: string
  actor: Actor
  /** feature.verb, as `roles.update`. */
  action: string
  subject: { type: string; id: string }
  detail?: Record<string, unknown>
  requestId?: string
}

/** Writes to the audit log in the transaction of the act: an act that is undone leaves no trace of having happened. */
export async function audit(tx: Tx, entry: AuditEntry): Promise<void> {
  await tx.run(sql`
    insert into audit_log (id, tenant_id, actor, action, subject_type, subject_id, detail, request_id)
    values (${newId()}, ${entry.tenantId}, ${JSON.stringify(entry.actor)}, ${entry.action}, ${entry.subject.type},
      ${entry.subject.id}, ${JSON.stringify(entry.detail ?? {})}, ${entry.requestId ?? null})`)
}
