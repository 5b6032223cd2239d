import type { DeadEvent, FailedDeliveries, PlatformParkedItem, SystemHealth } from '#domain/platform/health.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { ListPage } from './acting.ts'

/** What was given up, in all tenants. Each list runs as the relay: that it is there, and never what it says. */
type Nameless<T> = Omit<T, 'tenantName'>

export async function deadLetterCounts(relay: Tx): Promise<SystemHealth['deadLetters']> {
  return (await relay.row<SystemHealth['deadLetters']>(sql`
    select (select count(*) from inbound_events where state = 'dead') as inbound,
      (select count(*) from event_retries where state = 'dead') as events,
      (select count(*) from webhook_deliveries where state = 'failed' and kind = 'event') as webhooks`))!
}

/** The newest first; the position is (id). */
export async function parkedItems(relay: Tx, { limit, after }: ListPage): Promise<Nameless<PlatformParkedItem>[]> {
  const rows = await relay.rows<Omit<Nameless<PlatformParkedItem>, 'receivedAt'> & { receivedAt: Date }>(
    query(
      part`select id, tenant_id as "tenantId", channel_id as "channelId", kind, attempts, received_at as "receivedAt"
        from inbound_events where state = 'dead'`,
      after && part`and id < ${after[0]}::uuid`,
      part`order by id desc limit ${limit}`,
    ),
  )
  return rows.map((row) => ({ ...row, receivedAt: iso(row.receivedAt) }))
}

/** The newest event first; the position is (event id, reader). */
export async function deadEvents(relay: Tx, { limit, after }: ListPage): Promise<Nameless<DeadEvent>[]> {
  const rows = await relay.rows<Omit<Nameless<DeadEvent>, 'since'> & { since: Date }>(
    query(
      part`select r.tenant_id as "tenantId", r.event_id as "eventId", r.reader, e.type, r.attempts, r.created_at as since
        from event_retries r left join events e on e.id = r.event_id where r.state = 'dead'`,
      after && part`and (r.event_id, r.reader) < (${after[0]}::uuid, ${after[1]})`,
      part`order by r.event_id desc, r.reader desc limit ${limit}`,
    ),
  )
  return rows.map((row) => ({ ...row, since: iso(row.since) }))
}

/** Tenant by tenant; the position is (tenant id). */
export async function failedDeliveries(relay: Tx, { limit, after }: ListPage): Promise<Nameless<FailedDeliveries>[]> {
  type Row = { tenantId: string; count: number; firstAt: Date; lastAt: Date }
  const rows = await relay.rows<Row>(
    query(
      part`select tenant_id as "tenantId", count(*) as count, min(coalesce(settled_at, created_at)) as "firstAt",
          max(coalesce(settled_at, created_at)) as "lastAt"
        from webhook_deliveries where state = 'failed' and kind = 'event'`,
      after && part`and tenant_id < ${after[0]}::uuid`,
      part`group by tenant_id order by tenant_id desc limit ${limit}`,
    ),
  )
  return rows.map((row) => ({ ...row, firstAt: iso(row.firstAt), lastAt: iso(row.lastAt) }))
}

/** The names of some tenants. Runs as the platform. */
export async function tenantNames(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.rows<{ id: string; name: string }>(sql`
    select id, name from tenants where id = any(${ids}::uuid[])`)
  return new Map(rows.map(({ id, name }) => [id, name]))
}
