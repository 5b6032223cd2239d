import type { ChangePlatformTenant, PlatformTenant } from '#domain/platform/schema.ts'
import { part, query } from '../query.ts'
import { iso, isoOrNull } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { ListPage } from './acting.ts'
import { assertChoosable } from './plans.ts'

type Row = Omit<PlatformTenant, 'createdAt' | 'supportUntil'> & { createdAt: Date; supportUntil: Date | null }
const toTenant = (row: Row): PlatformTenant => ({
  ...row,
  createdAt: iso(row.createdAt),
  supportUntil: isoOrNull(row.supportUntil),
})

const TENANTS = part`
  select t.id, t.name, t.status, t.locale, t.time_zone as "timeZone", t.plan, t.created_at as "createdAt",
    (select count(*) from memberships m where m.tenant_id = t.id and m.status = 'active') as "memberCount",
    (select max(g.expires_at) from support_grants g
      where g.tenant_id = t.id and g.revoked_at is null and g.expires_at > now()) as "supportUntil"
  from tenants t where true`

/** Whatever reads here runs as the platform. The newest first; the position is (id). */
export async function listPlatformTenants(
  tx: Tx,
  { limit, after, q, status }: ListPage & { q?: string | undefined; status?: string | undefined },
): Promise<PlatformTenant[]> {
  const rows = await tx.rows<Row>(
    query(
      TENANTS,
      after && part`and t.id < ${after[0]}::uuid`,
      q !== undefined && part`and strpos(lower(t.name), lower(${q})) > 0`,
      status !== undefined && part`and t.status = ${status}`,
      part`order by t.id desc limit ${limit}`,
    ),
  )
  return rows.map(toTenant)
}

export async function getPlatformTenant(tx: Tx, id: string): Promise<PlatformTenant | undefined> {
  const row = await tx.row<Row>(query(TENANTS, part`and t.id = ${id}`))
  return row && toTenant(row)
}

/** The figures of a tenant that stand above its plan's. */
export async function ownFigures(tx: Tx, id: string): Promise<Record<string, number>> {
  const row = await tx.row<{ quotas: Record<string, number> }>(sql`select quotas from tenants where id = ${id}`)
  return row?.quotas ?? {}
}

/**
 * Own figures that are null go back to the plan. Runs inside the tenant, so that both logs are written in its transaction.
 * Throws `invalid_input` for a plan that it cannot have.
 */
export async function changePlatformTenant(tx: Tx, id: string, change: ChangePlatformTenant): Promise<boolean> {
  if (change.plan !== undefined) {
    const row = await tx.row<{ plan: string }>(sql`select plan from tenants where id = ${id} for no key update`)
    await assertChoosable(tx, change.plan, row?.plan)
  }
  const changed = await tx.run(sql`
    update tenants set status = coalesce(${change.status ?? null}, status), plan = coalesce(${change.plan ?? null}, plan),
      quotas = jsonb_strip_nulls(quotas || ${JSON.stringify(change.quotas ?? {})}::jsonb), updated_at = now()
    where id = ${id}`)
  return changed === 1
}

export async function tenantCounts(tx: Tx): Promise<{ active: number; suspended: number }> {
  return (await tx.row<{ active: number; suspended: number }>(sql`
    select count(*) filter (where status = 'active') as active, count(*) filter (where status = 'suspended') as suspended
    from tenants`))!
}
