import { DomainError } from '#domain/errors.ts'
import { type Quota, quotaOf } from '#domain/quotas/plans.ts'
import { type Statement, sql, type Tx } from '../tx.ts'

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
}

/**
 * Asked by every verb that adds to what a plan bounds, before it adds. It locks the tenant's row until the transaction
 * ends, so that two that add at once cannot both take the last place.
 *
 * @param by how many the verb is about to add.
 * @throws DomainError quota_exceeded.
 */
export async function assertQuota(tx: Tx, tenantId: string, quota: Quota, by = 1): Promise<void> {
  const tenant = await tx.row<{ plan: string; quotas: Record<string, unknown> }>(sql`
    select plan, quotas from tenants where id = ${tenantId} for no key update`)
  if (tenant === undefined) throw new DomainError('not_found', 'There is no such tenant.')
  const limit = quotaOf(tenant, quota)
  const used = (await tx.row<{ count: number }>(USED[quota]()))?.count ?? 0
  if (used + by > limit) {
    throw new DomainError('quota_exceeded', `The plan allows ${limit} ${quota}, and ${used} are in use.`, {
      errors: [{ path: '', code: 'quota_exceeded', message: 'Beyond the plan.', params: { quota, limit, used } }],
    })
  }
}
