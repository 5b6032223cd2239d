import type { AuditLine, ListAudit } from '#domain/tenants/audit-log.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import type { Tx } from '../tx.ts'
import type { ListPage } from './acting.ts'

type Row = Omit<AuditLine, 'at'> & { at: Date }

/** An id is made by one machine and the instant of its line by another. */
const CLOCKS_APART = '1 hour'

/**
 * The audit log of the tenant in context, the newest first. The position is (id).
 * A span of time is also a span of ids, which keeps the search inside the months that it names.
 */
export async function listAudit(
  tx: Tx,
  { limit, after, ...filter }: ListPage & Omit<ListAudit, 'limit' | 'cursor'>,
): Promise<AuditLine[]> {
  const rows = await tx.rows<Row>(
    query(
      part`select a.id, a.at, a.actor, p.name as "actorName", a.action,
          jsonb_build_object('type', a.subject_type, 'id', a.subject_id) as subject, a.detail,
          a.request_id as "requestId"
        from audit_log a
        left join people p on a.actor->>'kind' = 'person' and p.id = (a.actor->>'id')::uuid
        where true`,
      after && part`and a.id < ${after[0]}::uuid`,
      filter.actorId !== undefined && part`and a.actor_id = ${filter.actorId}`,
      filter.actorKind !== undefined && part`and a.actor->>'kind' = ${filter.actorKind}`,
      filter.action !== undefined && part`and a.action = ${filter.action}`,
      filter.subjectType !== undefined && part`and a.subject_type = ${filter.subjectType}`,
      filter.subjectId !== undefined && part`and a.subject_id = ${filter.subjectId}`,
      filter.from !== undefined &&
        part`and a.id >= uuid_floor(${filter.from}::timestamptz - ${CLOCKS_APART}::interval) and a.at >= ${filter.from}`,
      filter.to !== undefined &&
        part`and a.id < uuid_floor(${filter.to}::timestamptz + ${CLOCKS_APART}::interval) and a.at < ${filter.to}`,
      part`order by a.id desc limit ${limit}`,
    ),
  )
  return rows.map((row) => ({ ...row, at: iso(row.at) }))
}
