import { type Quota, type WarnedAt, warningAt } from '#domain/quotas/plans.ts'
import { sql, type Tx } from '../tx.ts'
import { notify } from './notifications.ts'

const KINDS = { 80: 'quota_nearly_used', 100: 'quota_used' } as const satisfies Record<WarnedAt, string>

/** Who runs the tenant: owners and administrators, and whatever own role may change its settings. */
export async function whoRunsIt(tx: Tx): Promise<string[]> {
  const rows = await tx.rows<{ personId: string }>(sql`
    select m.person_id as "personId" from memberships m join roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
    where m.status = 'active' and r.permissions && array['tenant.own', 'settings.manage'] order by m.id limit 100`)
  return rows.map(({ personId }) => personId)
}

/**
 * Tells whoever runs the tenant that a quota is used to 80 or to 100 percent. Each share of a limit is told once a month,
 * however many processes see it at once: the row of the warning decides. A limit that was changed warns anew.
 */
export async function warnOfUse(
  tx: Tx,
  { tenantId, quota, used, limit }: { tenantId: string; quota: Quota; used: number; limit: number },
): Promise<void> {
  const percent = warningAt({ used, limit })
  if (percent === undefined) return
  const first = await tx.run(sql`
    insert into quota_warnings (tenant_id, quota, percent, month, of_limit)
    values (${tenantId}, ${quota}, ${percent}, date_trunc('month', now() at time zone 'UTC')::date, ${limit})
    on conflict (tenant_id, quota, percent, month) do update set at = now(), of_limit = excluded.of_limit
      where quota_warnings.of_limit <> excluded.of_limit`)
  if (first === 0) return
  const subject = { type: 'tenant', id: tenantId } as const
  for (const personId of await whoRunsIt(tx)) {
    await notify(tx, { tenantId, personId, kind: KINDS[percent], subject, params: { quota, used, limit } })
  }
}
