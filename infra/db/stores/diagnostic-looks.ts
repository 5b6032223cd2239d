import type { RecentErrors } from '#domain/diagnostics/rules.ts'
import { sql, type Tx } from '../tx.ts'

/** What the checks of a diagnosis read of the database that the workspace is in. */
export async function databaseFacts(tx: Tx): Promise<{ version: string; versionNumber: number; nowMs: number }> {
  const row = await tx.row<{ version: string; versionNumber: number; nowMs: number }>(sql`
    select split_part(current_setting('server_version'), ' ', 1) as version,
      current_setting('server_version_num')::int as "versionNumber",
      (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs"`)
  return row!
}

/** So many of the newest messages tell how a day went; a larger workspace need not be counted to the end. */
const MESSAGES_MAX = 100_000

export async function recentErrors(tx: Tx, nowMs: number): Promise<RecentErrors> {
  const since = new Date(nowMs - 86_400_000)
  const sends = await tx.row<Pick<RecentErrors, 'sentCount' | 'failedSends' | 'commonCode'>>(sql`
    with day as materialized (
      select state, failure ->> 'code' as code from messages
      where tenant_id = current_tenant() and id >= uuid_floor(${since}) and direction = 'outbound'
      order by id desc limit ${MESSAGES_MAX}
    )
    select count(*)::int as "sentCount", count(*) filter (where state = 'failed')::int as "failedSends",
      (select code from day where state = 'failed' and code is not null group by code order by count(*) desc, code limit 1)
        as "commonCode"
    from day`)
  const others = await tx.row<Pick<RecentErrors, 'parkedItems' | 'failedRuns' | 'failedDeliveries'>>(sql`
    select
      (select count(*)::int from inbound_events where tenant_id = current_tenant() and state = 'dead') as "parkedItems",
      (select count(*)::int from runs where tenant_id = current_tenant() and state = 'failed' and ended_at >= ${since})
        as "failedRuns",
      (select count(*)::int from webhook_deliveries where tenant_id = current_tenant() and state = 'failed'
        and message_id >= uuid_floor(${since})) as "failedDeliveries"`)
  return { ...sends!, ...others! }
}

export type WebhookLook = { name: string; state: 'well' | 'failing' | 'gone' | 'broken' }

/** Every address that is told of events, with how it does; one that a person switched off is left out. */
export const webhookLooks = (tx: Tx): Promise<WebhookLook[]> =>
  tx.rows<WebhookLook>(sql`
    select name, case when status = 'active' then case when coalesce(failing_since, refuses_all_since) is null then 'well' else 'failing' end
      when disabled_reason = 'gone' then 'gone' else 'broken' end as state
    from webhook_subscriptions where disabled_reason is distinct from 'person' order by id limit 200`)

export type LastBody = { body: Buffer; receivedAt: Date }

/**
 * The newest body of a number. Bodies have no index by number, because none may slow down an acknowledgement: the row of
 * the number knows to the minute when it last heard something, and around that minute the search is short.
 */
export const lastBody = (tx: Tx, channelId: string): Promise<LastBody | undefined> =>
  tx.row<LastBody>(sql`
    select b.body, b.received_at as "receivedAt" from channels c join inbound_bodies b
      on b.tenant_id = c.tenant_id and b.channel_id = c.id
      and b.id >= uuid_floor(c.last_inbound_at - interval '5 minutes') and b.id < uuid_floor(c.last_inbound_at + interval '2 minutes')
    where c.id = ${channelId} and c.last_inbound_at > now() - interval '3 days' and length(b.body) between 1 and 1000000
    order by b.id desc limit 1`)

/** How many of these items are remembered as taken: only when all are may their body come once more. */
export async function knownKeys(tx: Tx, items: readonly { channelId: string; key: string }[]): Promise<number> {
  const row = await tx.row<{ count: number }>(sql`
    select count(*)::int as count from inbound_keys k join jsonb_to_recordset(${JSON.stringify(items)}::jsonb)
      as i("channelId" uuid, key text) on i."channelId" = k.channel_id and i.key = k.key
    where k.tenant_id = current_tenant()`)
  return row!.count
}

/** How many items with one of these keys came since an instant. */
export async function itemsSince(tx: Tx, keys: readonly string[], sinceMs: number): Promise<number> {
  const row = await tx.row<{ count: number }>(sql`
    select count(*)::int as count from inbound_events where tenant_id = current_tenant()
      and id >= uuid_floor(${new Date(sinceMs)}) and key = any(${keys}::text[])`)
  return row!.count
}
