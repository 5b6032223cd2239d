import { sql, type Tx } from '../tx.ts'

const CURSOR = 'usage'

/** Messages that one tenant queued in one month, among the events of one page. */
export type MessageCount = { tenantId: string; month: string; messageIds: string[]; position: number }

type Row = {
  tenantId: string | null
  month: string | null
  messageIds: string[]
  position: number
  last: number
  read: number
  grown: string[]
}

export type UsagePage = {
  counts: MessageCount[]
  /** Tenants in which contacts or files came in from outside, past every verb that asks a quota. */
  grown: string[]
  last: number
  read: number
}

/**
 * Counts the messages among the next events, under the lock of the cursor: one process counts at a time. What it says of
 * an event is that it is there, never what was written. Runs as the relay.
 *
 * @returns undefined when there is nothing new, or somebody else counts.
 */
export async function nextMessageCounts(relay: Tx, limit: number): Promise<UsagePage | undefined> {
  const cursor = await relay.row<{ position: number }>(sql`
    select position from event_cursors where name = ${CURSOR} for update skip locked`)
  if (cursor === undefined) return undefined
  const rows = await relay.rows<Row>(sql`
    with page as materialized (
      select tenant_id, type, at, position, subject_id from events where position > ${cursor.position} order by position limit ${limit}),
    counted as (
      select tenant_id, date_trunc('month', at at time zone 'UTC')::date as month, array_agg(subject_id) as ids,
        max(position) as position
      from page where type = 'message.queued' group by 1, 2)
    select c.tenant_id as "tenantId", c.month::text as month, c.ids::text[] as "messageIds",
      c.position, p.last, p.read, p.grown
    from (select max(position) as last, count(*) as read, array(select distinct tenant_id from page
      where type in ('contact.created', 'media.changed'))::text[] as grown from page) p left join counted c on true`)
  const first = rows[0]
  if (first === undefined || first.read === 0) return undefined
  const counts = rows.flatMap(({ tenantId, month, messageIds, position }) =>
    tenantId === null || month === null ? [] : [{ tenantId, month, messageIds, position }],
  )
  return { counts, grown: first.grown, last: first.last, read: first.read }
}

/** How many of these messages count as uses: what was refused for the quota itself used nothing of it. */
export async function usesAmong(tx: Tx, messageIds: readonly string[]): Promise<number> {
  const refused = await tx.row<{ count: number }>(sql`
    select count(*) from messages
    where id = any(${messageIds}::uuid[]) and state = 'failed' and failure ->> 'code' = 'quota_exceeded'`)
  return messageIds.length - (refused?.count ?? 0)
}

export async function moveUsageCursor(relay: Tx, position: number): Promise<void> {
  await relay.run(sql`update event_cursors set position = ${position}, moved_at = now() where name = ${CURSOR}`)
}
