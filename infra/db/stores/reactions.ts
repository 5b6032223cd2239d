import type { HouseEvent } from '#domain/events/schema.ts'
import { sql, type Tx } from '../tx.ts'

/** Who reads the stream of events to start something; each has a row that says how far it has come. */
export type Reader = 'consent-words' | 'contact-triggers' | 'erased-contacts' | 'flow-schedules' | 'notifications'

/** Every name under which there is a cursor; webhooks are told of all types and read on their own. */
type Cursor = Reader | 'webhooks'

/** An event as the relay may see it: that it is there, never what it says. */
export type EventNotice = {
  id: string
  tenantId: string
  position: number
  type: HouseEvent['type']
  subjectId: string
}

/** What a reaction is told. */
export type ReactionEvent = Pick<HouseEvent, 'id' | 'type' | 'actor' | 'data'> & {
  tenantId: string
  subjectId: string
  atMs: number
}

const ATTEMPTS_MAX = 8

/**
 * The next numbered events of a reader, under the lock of its cursor: one process reads at a time, and the lock goes with
 * its connection. Runs as the relay. @returns undefined when somebody else reads.
 */
export async function nextEvents(
  relay: Tx,
  { reader, limit }: { reader: Cursor; limit: number },
): Promise<EventNotice[] | undefined> {
  const rows = await relay.rows<EventNotice | { id: null }>(sql`
    with cursor as materialized (select position from event_cursors where name = ${reader} for update skip locked)
    select e.* from cursor left join lateral (
      select id, tenant_id as "tenantId", e.position, type, subject_id as "subjectId" from events e
      where e.position > cursor.position order by e.position limit ${limit}
    ) e on true`)
  return rows.length === 0 ? undefined : rows.filter((row) => row.id !== null)
}

/**
 * Passes events that are none of a reader's, in one statement: whom little concerns costs little. Runs as the relay.
 *
 * @returns `news`: an event of these types is on the next page, or one that waited apart is due. `more`: the page was full.
 */
export async function passOthers(
  relay: Tx,
  { reader, types, limit }: { reader: Reader; types: ReadonlySet<string>; limit: number },
): Promise<{ news: boolean; more: boolean }> {
  const row = await relay.row<{ news: boolean; more: boolean }>(sql`
    with cursor as materialized (select position from event_cursors where name = ${reader} for update skip locked),
    page as materialized (
      select e.position, e.type = any(${[...types]}::text[]) as mine from cursor cross join lateral (
        select position, type from events e where e.position > cursor.position order by e.position limit ${limit}
      ) e
    ), passed as (
      update event_cursors set position = (select max(position) from page), moved_at = now()
      where name = ${reader} and exists (select from page) and not exists (select from page where mine)
    )
    select coalesce(bool_or(mine), false) or exists (
        select from event_retries where reader = ${reader} and state = 'waiting' and retry_at <= now()) as news,
      count(*) = ${limit} as more
    from page`)
  return row!
}

/** Says how far a reader has come; what lies before is never read again by it. */
export function moveCursor(relay: Tx, reader: Cursor, position: number): void {
  relay.write(sql`
    update event_cursors set position = ${position}, moved_at = now() where name = ${reader} and position < ${position}`)
}

type Row = Omit<ReactionEvent, 'atMs'> & { at: Date }

export async function loadEvent(tx: Tx, id: string): Promise<ReactionEvent | undefined> {
  const row = await tx.row<Row>(sql`
    select id, tenant_id as "tenantId", type, at, actor, subject_id as "subjectId", data from events where id = ${id}`)
  if (row === undefined) return undefined
  const { at, ...event } = row
  return { ...event, atMs: at.getTime() }
}

export type Aside<R extends Cursor = Cursor> = { tenantId: string; reader: R; eventId: string }

/** An event that was refused waits apart, longer each time; after the eighth it is dead and stays to be seen. */
export async function putAside(tx: Tx, { tenantId, reader, eventId, error }: Aside & { error: string }): Promise<void> {
  await tx.run(sql`
    insert into event_retries as r (tenant_id, reader, event_id, retry_at, error)
    values (${tenantId}, ${reader}, ${eventId}, now() + interval '1 second', ${error.slice(0, 1_000)})
    on conflict (tenant_id, reader, event_id) do update set attempts = r.attempts + 1, error = excluded.error,
      state = case when r.attempts + 1 >= ${ATTEMPTS_MAX} then 'dead' else 'waiting' end,
      retry_at = now() + least(interval '10 minutes', power(2, r.attempts) * interval '1 second')`)
}

/** What waits apart and is due. Runs as the relay. */
export function dueRetries<R extends Cursor>(relay: Tx, reader: R, limit: number): Promise<Aside<R>[]> {
  return relay.rows<Aside<R>>(sql`
    select tenant_id as "tenantId", reader, event_id as "eventId" from event_retries
    where reader = ${reader} and state = 'waiting' and retry_at <= now() order by retry_at limit ${limit}`)
}

/** Takes an event that waited apart; what follows in this transaction settles it. @returns whether it is ours. */
export async function takeRetry(tx: Tx, { tenantId, reader, eventId }: Aside): Promise<boolean> {
  const mine = await tx.row(sql`
    select 1 from event_retries where tenant_id = ${tenantId} and reader = ${reader} and event_id = ${eventId}
      and state = 'waiting' for update skip locked`)
  if (mine === undefined) return false
  await tx.run(sql`
    delete from event_retries where tenant_id = ${tenantId} and reader = ${reader} and event_id = ${eventId}`)
  return true
}

/** What was given up is tried again, as if for the first time. @returns false when nothing of this name was. */
export async function reviveRetry(
  tx: Tx,
  { tenantId, reader, eventId }: { tenantId: string; reader: string; eventId: string },
): Promise<boolean> {
  const revived = await tx.run(sql`
    update event_retries set state = 'waiting', attempts = 0, retry_at = now()
    where tenant_id = ${tenantId} and reader = ${reader} and event_id = ${eventId} and state = 'dead'`)
  return revived === 1
}
