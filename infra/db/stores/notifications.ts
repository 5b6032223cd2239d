import type { SubjectType } from '#domain/events/schema.ts'
import type { Notification, NotificationKind } from '#domain/notifications/schema.ts'
import { newId } from '#infra/ids.ts'
import { part, query } from '../query.ts'
import { iso, isoOrNull } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { ListPage } from './acting.ts'
import { appendEvents } from './events.ts'

export type NewNotification = {
  tenantId: string
  personId: string
  kind: NotificationKind
  subject: { type: SubjectType; id: string }
  params?: Record<string, string | number>
  /** The event that is the cause: told once, however often it is read. */
  eventId?: string
}

/** Tells a person something. Every notice of the house goes through here, in the transaction of its cause. */
export async function notify(tx: Tx, notice: NewNotification): Promise<string> {
  const id = newId()
  const { tenantId, personId, kind, subject } = notice
  const written = await tx.run(sql`
    insert into notifications (id, tenant_id, person_id, kind, subject_type, subject_id, params, event_id)
    values (${id}, ${tenantId}, ${personId}, ${kind}, ${subject.type}, ${subject.id},
      ${JSON.stringify(notice.params ?? {})}, ${notice.eventId ?? null})
    on conflict (tenant_id, event_id, person_id, kind) where event_id is not null do nothing`)
  if (written === 0) return id
  appendEvents(tx, [
    {
      tenantId,
      type: 'notification.created',
      actor: { kind: 'system' },
      subject: { type: 'notification', id },
      data: { personId, kind },
    },
  ])
  return id
}

type Row = Omit<Notification, 'createdAt' | 'readAt'> & { createdAt: Date; readAt: Date | null }

// What it is about, by name: rows hold ids only, so a contact that was erased is nameless here too.
const COLUMNS = part`
  select n.id, n.kind, jsonb_build_object('type', n.subject_type, 'id', n.subject_id) as subject, n.params,
    n.created_at as "createdAt", n.read_at as "readAt", coalesce(v.id, m.conversation_id) as "conversationId",
    coalesce(k.name, h.name, f.name, p.name, w.name, case when n.subject_type = 'webhook' then n.params ->> 'name' end, '')
      as title
  from notifications n
  left join conversations v on n.subject_type = 'conversation' and v.tenant_id = n.tenant_id and v.id = n.subject_id
  left join messages m on n.subject_type = 'message' and m.tenant_id = n.tenant_id and m.id = n.subject_id
  left join contacts k on k.tenant_id = n.tenant_id
    and k.id = coalesce(v.contact_id, m.contact_id, case when n.subject_type = 'contact' then n.subject_id end)
  left join channels h on n.subject_type = 'channel' and h.tenant_id = n.tenant_id and h.id = n.subject_id
  left join runs r on n.subject_type = 'run' and r.tenant_id = n.tenant_id and r.id = n.subject_id
  left join flows f on f.tenant_id = r.tenant_id and f.id = r.flow_id
  left join people p on n.subject_type = 'person' and p.id = n.subject_id
  left join webhook_subscriptions w on n.subject_type = 'webhook' and w.tenant_id = n.tenant_id and w.id = n.subject_id`

/** Kinds that the person does not want to see in the app; chosen later, they vanish from the list as well. */
const SHOWN = part`coalesce((select s.ways -> n.kind ->> 'app' from notification_settings s
  where s.tenant_id = n.tenant_id and s.person_id = n.person_id), 'true') = 'true'`

const toNotification = (row: Row): Notification => ({
  ...row,
  createdAt: iso(row.createdAt),
  readAt: isoOrNull(row.readAt),
})

export async function noticesById(tx: Tx, ids: readonly string[]): Promise<Notification[]> {
  const rows = await tx.rows<Row>(query(COLUMNS, part`where n.id = any(${ids}::uuid[]) order by n.id`))
  return rows.map(toNotification)
}

/** What a person was told, the newest first. The position is (id). */
export async function listNotifications(
  tx: Tx,
  { personId, limit, after, unread }: ListPage & { personId: string; unread: boolean },
): Promise<Notification[]> {
  const rows = await tx.rows<Row>(
    query(
      COLUMNS,
      part`where n.person_id = ${personId} and ${SHOWN}`,
      after && part`and n.id < ${after[0]}::uuid`,
      unread && part`and n.read_at is null`,
      part`order by n.id desc limit ${limit}`,
    ),
  )
  return rows.map(toNotification)
}

/** Counts to a thousand: beyond that a badge says "many" and the exact number is nobody's concern. */
export async function countUnread(tx: Tx, personId: string): Promise<number> {
  const row = await tx.row<{ count: number }>(
    query(part`
    select count(*) from (
      select 1 from notifications n where n.person_id = ${personId} and n.read_at is null and ${SHOWN} limit 1000) unread`),
  )
  return row?.count ?? 0
}

/** False when the person was told no such thing. */
export async function markRead(tx: Tx, notice: { personId: string; id: string }): Promise<boolean> {
  const marked = await tx.run(sql`
    update notifications set read_at = coalesce(read_at, now()) where id = ${notice.id} and person_id = ${notice.personId}`)
  return marked === 1
}

/** Whoever reads a conversation has seen what they were told of it. */
export async function markReadAbout(
  tx: Tx,
  { personId, conversationId }: { personId: string; conversationId: string },
): Promise<void> {
  await tx.run(sql`
    update notifications set read_at = now() where person_id = ${personId} and read_at is null
      and subject_type = 'conversation' and subject_id = ${conversationId}`)
}

export async function markAllRead(tx: Tx, personId: string): Promise<void> {
  await tx.run(sql`update notifications set read_at = now() where person_id = ${personId} and read_at is null`)
}
