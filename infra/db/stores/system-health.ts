import type { PlatformParkedItem, SystemHealth } from '#domain/platform/schema.ts'
import { iso } from '../rows.ts'
import { type Statement, sql, type Tx } from '../tx.ts'

type Queue = keyof SystemHealth['queues']

/**
 * What waits in each queue, and since when. All of it is what the relay may see: that work waits, never what it says. In
 * the context of a tenant it is what waits there.
 */
const WAITING: Readonly<Record<Queue, () => Statement>> = {
  inbound: () => sql`select count(*), min(received_at) as oldest from inbound_events where state = 'new'`,
  bells: () => sql`select count(*), min(due_at) as oldest from bells where rung < version and due_at <= now()`,
  sends: () => sql`
    select count(*), min(greatest(created_at, not_before)) as oldest from messages
    where direction = 'outbound' and state in ('queued', 'sending') and (not_before is null or not_before <= now())`,
  events: () => sql`select count(*), min(at) as oldest from events where position is null`,
  media: () => sql`select count(*), min(created_at) as oldest from media_files where state = 'pending'`,
  webhooks: () => sql`select count(*), min(due_at) as oldest from webhook_deliveries where due_at <= now()`,
}

/** Of the house as the relay, of one tenant in its context. */
export async function queueBacklogs(relay: Tx, nowMs: number): Promise<SystemHealth['queues']> {
  const queues: Partial<SystemHealth['queues']> = {}
  for (const [name, statement] of Object.entries(WAITING) as [Queue, () => Statement][]) {
    const row = await relay.row<{ count: number; oldest: Date | null }>(statement())
    const oldest = row?.oldest ?? null
    const oldestAgeMs = oldest === null ? null : Math.max(0, Math.round(nowMs - oldest.getTime()))
    queues[name] = { count: row?.count ?? 0, oldestAgeMs }
  }
  return queues as SystemHealth['queues']
}

export async function parkedCount(relay: Tx): Promise<number> {
  const row = await relay.row<{ count: number }>(sql`select count(*) from inbound_events where state = 'dead'`)
  return row?.count ?? 0
}

/** What came in and could not be taken, in all tenants, the newest first. Runs as the relay. */
export async function parkedItems(relay: Tx, limit: number): Promise<Omit<PlatformParkedItem, 'tenantName'>[]> {
  const rows = await relay.rows<Omit<PlatformParkedItem, 'tenantName' | 'receivedAt'> & { receivedAt: Date }>(sql`
    select id, tenant_id as "tenantId", channel_id as "channelId", kind, attempts, received_at as "receivedAt"
    from inbound_events where state = 'dead' order by id desc limit ${limit}`)
  return rows.map((row) => ({ ...row, receivedAt: iso(row.receivedAt) }))
}

export async function databaseVersion(tx: Tx): Promise<string> {
  return (await tx.row<{ version: string }>(sql`select current_setting('server_version') as version`))!.version
}
