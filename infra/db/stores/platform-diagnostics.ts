import type { DiagnosisFilter, PlatformDiagnosis } from '#domain/platform/diagnostics.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { ListPage } from './acting.ts'

type Row = { tenantId: string; tenantName: string; badness: number } & (
  | { id: string; cause: 'person' | 'schedule'; result: 'passed' | 'warning' | 'failed'; endedAt: Date }
  | { id: null }
)
export type PlacedDiagnosis = { diagnosis: PlatformDiagnosis; position: [string, string] }

/**
 * The last finished look at each tenant: what failed first, then what needs a look, then who was never looked at, then who is
 * well. Runs as the platform, which does not see what was found.
 */
export async function listPlatformDiagnostics(
  tx: Tx,
  { limit, after, result }: ListPage & { result?: DiagnosisFilter | undefined },
): Promise<PlacedDiagnosis[]> {
  const [badness, tenantId] = after ?? [null, null]
  const rows = await tx.rows<Row>(sql`
    select * from (
      select t.id as "tenantId", t.name as "tenantName", r.id, r.cause, r.result, r.ended_at as "endedAt",
        case r.result when 'failed' then 0 when 'warning' then 1 when 'passed' then 3 else 2 end as badness
      from tenants t left join lateral (
        select id, cause, result, ended_at from diagnostic_runs
        where tenant_id = t.id and state = 'done' order by id desc limit 1) r on true
      where ${result ?? null}::text is null or coalesce(r.result, 'none') = ${result ?? null}) looked
    where ${badness}::int is null or (badness, "tenantId") > (${badness}::int, ${tenantId}::uuid)
    order by badness, "tenantId" limit ${limit}`)
  return rows.map((row) => ({ diagnosis: toDiagnosis(row), position: [String(row.badness), row.tenantId] }))
}

function toDiagnosis(row: Row): PlatformDiagnosis {
  const { tenantId, tenantName } = row
  if (row.id === null) return { tenantId, tenantName, last: null }
  const { id, cause, result, endedAt } = row
  return { tenantId, tenantName, last: { id, cause, result, endedAt: iso(endedAt) } }
}
