import type { Backlog, BacklogQueue } from '#domain/diagnostics/rules.ts'
import { type Statement, sql, type Tx } from '../tx.ts'

/**
 * What waits in each queue, and since when. All of it is what the relay may see: that work waits, never what it says. In
 * the context of a tenant it is what waits there.
 */
const WAITING: Readonly<Record<BacklogQueue, () => Statement>> = {
  inbound: () => sql`select count(*), min(received_at) as oldest from inbound_events where state = 'new'`,
  bells: () => sql`select count(*), min(due_at) as oldest from bells where rung < version and due_at <= now()`,
  sends: () => sql`
    select count(*), min(greatest(created_at, not_before)) as oldest from messages
    where direction = 'outbound' and state in ('queued', 'sending') and (not_before is null or not_before <= now())`,
  events: () => sql`select count(*), min(at) as oldest from events where position is null`,
  media: () =>
    sql`select count(*), min(created_at) as oldest from media_files where state = 'pending' and refused_at is null`,
  webhooks: () => sql`select count(*), min(due_at) as oldest from webhook_deliveries where due_at <= now()`,
}

type Row = { count: number; oldest: Date | null }
const toBacklog = ({ count, oldest }: Row, nowMs: number): Backlog => ({
  count,
  oldestAgeMs: oldest === null ? null : Math.max(0, Math.round(nowMs - oldest.getTime())),
})

/** Of the house as the relay, of one tenant in its context. */
export async function queueBacklogs(relay: Tx, nowMs: number): Promise<Record<BacklogQueue, Backlog>> {
  const queues: Partial<Record<BacklogQueue, Backlog>> = {}
  for (const [name, statement] of Object.entries(WAITING) as [BacklogQueue, () => Statement][]) {
    queues[name] = toBacklog((await relay.row<Row>(statement()))!, nowMs)
  }
  return queues as Record<BacklogQueue, Backlog>
}

/**
 * Messages that no turn has taken, rung or not: where the worker is gone, they say since when. A conversation in which
 * somebody writes on looks young, so of those that were silent longest the first message that waits counts.
 */
export async function unhandledBacklog(relay: Tx, nowMs: number): Promise<Backlog> {
  const row = await relay.row<Row>(sql`
    select (select count(*) from conversations where handled_seq < last_seq) as count, min(m.created_at) as oldest
    from (select id, tenant_id, handled_seq from conversations where handled_seq < last_seq
      order by last_message_at limit 500) c
    join lateral (select created_at from messages m
      where m.tenant_id = c.tenant_id and m.conversation_id = c.id and m.seq > c.handled_seq
      order by m.seq limit 1) m on true`)
  return toBacklog(row!, nowMs)
}

export async function databaseVersion(tx: Tx): Promise<string> {
  return (await tx.row<{ version: string }>(sql`select current_setting('server_version') as version`))!.version
}
