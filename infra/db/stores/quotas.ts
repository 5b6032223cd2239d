import { DomainError } from '#domain/errors.ts'
import { isMonthly, limitOf, type MonthlyQuota, type Quota, type StoredLimits } from '#domain/quotas/plans.ts'
import { type Statement, sql, type Tx } from '../tx.ts'
import { warnOfUse } from './quota-warnings.ts'

/** What is counted behind the verb, by whoever sees it happen; the verb asks, and does not wait for its turn. */
const COUNTED_BEHIND: ReadonlySet<Quota> = new Set<Quota>(['messages', 'apiCalls'])

const ofMonth = (quota: MonthlyQuota) => () =>
  sql`
  select coalesce(sum(used), 0)::bigint as count from usage_counters
  where quota = ${quota} and month = date_trunc('month', now() at time zone 'UTC')::date`

/** What is used of each quota. Row-level security counts the rows of the tenant in context only. */
const USED: Readonly<Record<Quota, () => Statement>> = {
  members: () => sql`
    select (select count(*) from memberships where status = 'active') + (select count(*) from invitations
      where accepted_at is null and revoked_at is null and expires_at > now()) as count`,
  channels: () => sql`select count(*) from channels where status <> 'disconnected'`,
  contacts: () => sql`select count(*) from contacts where erased_at is null`,
  flows: () => sql`select count(*) from flows where archived_at is null`,
  customFields: () => sql`select count(*) from custom_fields`,
  tags: () => sql`select count(*) from tags`,
  roles: () => sql`select count(*) from roles`,
  calendars: () => sql`select count(*) from calendars`,
  webhooks: () => sql`select count(*) from webhook_subscriptions`,
  apiKeys: () => sql`
    select count(*) from api_keys where revoked_at is null and (expires_at is null or expires_at > now())`,
  storageBytes: () => sql`
    select coalesce(sum(file_size_bytes), 0)::bigint as count from media_files where state = 'stored'`,
  messages: ofMonth('messages'),
  campaigns: ofMonth('campaigns'),
  apiCalls: ofMonth('apiCalls'),
}

/** What bounds the tenant in context; undefined when there is none. */
export function tenantLimits(tx: Tx): Promise<(StoredLimits & { key: string; name: string }) | undefined> {
  return tx.row(sql`
    select p.key, p.name, t.quotas as own, p.limits as plan from tenants t join plans p on p.key = t.plan`)
}

async function limitUnderLock(tx: Tx, tenantId: string, quota: Quota): Promise<number> {
  // Two that add at once must not both take the last place; what is counted behind has no last place to take.
  const lock = COUNTED_BEHIND.has(quota)
    ? undefined
    : sql`select 1 from tenants where id = ${tenantId} for no key update`
  if (lock !== undefined) await tx.row(lock)
  const limits = await tenantLimits(tx)
  if (limits === undefined) throw new DomainError('not_found', 'There is no such tenant.')
  return limitOf(limits, quota)
}

export async function usedOf(tx: Tx, quota: Quota): Promise<number> {
  return (await tx.row<{ count: number }>(USED[quota]()))?.count ?? 0
}

export function quotaExceeded({ quota, limit, used }: { quota: Quota; limit: number; used: number }): DomainError {
  const scope = isMonthly(quota) ? ' in this month' : ''
  return new DomainError('quota_exceeded', `The plan allows ${limit} ${quota}${scope}, and ${used} are in use.`, {
    errors: [{ path: '', code: 'quota_exceeded', message: 'Beyond the plan.', params: { quota, limit, used } }],
  })
}

/**
 * Asked by every verb that adds to what a plan bounds, before it adds. It locks the tenant's row until the transaction
 * ends, so that two that add at once cannot both take the last place. Whoever runs the tenant is told when a quota is
 * nearly or wholly used. A campaign is counted here, because nothing else counts it.
 *
 * @param by how many the verb is about to add.
 * @throws DomainError quota_exceeded.
 */
export async function assertQuota(tx: Tx, tenantId: string, quota: Quota, by = 1): Promise<void> {
  const limit = await limitUnderLock(tx, tenantId, quota)
  const used = await usedOf(tx, quota)
  if (used + by > limit) throw quotaExceeded({ quota, limit, used })
  if (COUNTED_BEHIND.has(quota)) return
  if (isMonthly(quota)) await countUses(tx, { tenantId, quota, by })
  await warnOfUse(tx, { tenantId, quota, used: used + by, limit })
}

export type Uses = {
  tenantId: string
  quota: MonthlyQuota
  by: number
  /** The first day of the month (UTC) that they belong to; the current one where it is left out. */
  month?: string
  /** The event up to which they are counted: the same events are not counted twice. */
  position?: number
}

/** Adds uses to a month, and warns. What is over the limit is counted all the same: it has happened. */
export async function countUses(tx: Tx, { tenantId, quota, by, month, position }: Uses): Promise<void> {
  await tx.run(sql`
    insert into usage_counters as u (tenant_id, quota, month, used, position)
    values (${tenantId}, ${quota}, coalesce(${month ?? null}::date, date_trunc('month', now() at time zone 'UTC')::date), ${by},
      ${position ?? 0})
    on conflict (tenant_id, quota, month) do update
      set used = u.used + excluded.used, position = greatest(u.position, excluded.position), updated_at = now()
      where ${position ?? null}::bigint is null or u.position < excluded.position`)
}

/** Tells whoever runs the tenant how a quota stands, if it is time to; for uses that were counted behind a verb. */
export async function warnOfQuota(tx: Tx, tenantId: string, quota: Quota): Promise<void> {
  const limits = await tenantLimits(tx)
  if (limits === undefined) return
  await warnOfUse(tx, { tenantId, quota, used: await usedOf(tx, quota), limit: limitOf(limits, quota) })
}
