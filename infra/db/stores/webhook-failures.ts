import type { RetriedDeliveries } from '#domain/platform/health.ts'
import { sql, type Tx } from '../tx.ts'

const AT_ONCE = 500

/**
 * Sends what was given up to the addresses of a tenant once more, the oldest first, under the same ids. Where an address
 * is told in order, what follows in a conversation waits for what comes before it.
 */
export async function retryFailedDeliveries(tx: Tx, tenantId: string): Promise<RetriedDeliveries> {
  // Under the lock a settlement either sees what waits behind it, or is seen by what is written here.
  await tx.run(sql`
    select 1 from webhook_subscriptions where tenant_id = ${tenantId} and status = 'active' order by id for no key update`)
  const queuedCount = await tx.run(sql`
    with chosen as (
      select d.subscription_id, d.message_id, d.order_key, d.position
      from webhook_deliveries d join webhook_subscriptions s on s.tenant_id = d.tenant_id and s.id = d.subscription_id
      where d.tenant_id = ${tenantId} and d.state = 'failed' and d.kind = 'event' and s.status = 'active'
      order by d.settled_at, d.message_id limit ${AT_ONCE}
    ), placed as (
      select subscription_id, message_id, order_key is not null and (
        row_number() over (partition by subscription_id, order_key order by position) > 1
        or exists (select from webhook_deliveries o where o.subscription_id = c.subscription_id
          and o.order_key = c.order_key and o.state in ('held', 'queued', 'sending', 'retrying'))) as held
      from chosen c
    )
    update webhook_deliveries d set state = case when p.held then 'held' else 'queued' end,
      due_at = case when p.held then null else now() end, failure = null, attempts = 0, next_attempt_at = null,
      settled_at = null, queued_at = now()
    from placed p
    where d.tenant_id = ${tenantId} and d.subscription_id = p.subscription_id and d.message_id = p.message_id
      and d.state = 'failed'`)
  const left = await tx.row<{ count: number }>(sql`
    select count(*) from webhook_deliveries where tenant_id = ${tenantId} and state = 'failed' and kind = 'event'`)
  tx.wake('deliveries')
  return { queuedCount, leftCount: left?.count ?? 0 }
}
