import type { PlatformAuditFilter, PlatformAuditLine } from '#domain/platform/audit-log.ts'
import { newId } from '#infra/ids.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { ListPage } from './acting.ts'

export type PlatformAuditEntry = {
  personId: string
  action: string
  subject: { type: string; id: string }
  tenantId?: string
  detail?: Record<string, unknown>
  requestId?: string
}

/**
 * Writes down what an administrator of the platform did, in the transaction of the act: the platform's, or that of the
 * tenant which it was done to. Lines are only ever added.
 */
export async function auditPlatform(tx: Tx, entry: PlatformAuditEntry): Promise<void> {
  await tx.run(sql`
    insert into platform.audit_log (id, person_id, action, subject_type, subject_id, tenant_id, detail, request_id)
    values (${newId()}, ${entry.personId}, ${entry.action}, ${entry.subject.type}, ${entry.subject.id},
      ${entry.tenantId ?? null}, ${JSON.stringify(entry.detail ?? {})}, ${entry.requestId ?? null})`)
}

/** The newest first. The position is (id). */
export async function listPlatformAudit(
  tx: Tx,
  { limit, after, personId, action, tenantId, from, to }: ListPage & PlatformAuditFilter,
): Promise<PlatformAuditLine[]> {
  const rows = await tx.rows<Omit<PlatformAuditLine, 'at'> & { at: Date }>(
    query(
      part`select a.id, a.at, a.person_id as "personId", p.name as "personName", a.action,
          jsonb_build_object('type', a.subject_type, 'id', a.subject_id) as subject, a.tenant_id as "tenantId",
          a.detail, a.request_id as "requestId"
        from platform.audit_log a left join people p on p.id = a.person_id where true`,
      after && part`and a.id < ${after[0]}::uuid`,
      personId !== undefined && part`and a.person_id = ${personId}`,
      action !== undefined && part`and a.action = ${action}`,
      tenantId !== undefined && part`and a.tenant_id = ${tenantId}`,
      from !== undefined && part`and a.at >= ${from}`,
      to !== undefined && part`and a.at < ${to}`,
      part`order by a.id desc limit ${limit}`,
    ),
  )
  return rows.map((row) => ({ ...row, at: iso(row.at) }))
}
