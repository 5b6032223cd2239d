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
}

/** Tells a person something. Every notice of the house goes through here, in the transaction of its cause. */
export async function notify(tx: Tx, notice: NewNotification): Promise<string> {
  const id = newId()
  const { tenantId, personId, kind, subject } = notice
  await tx.run(sql`
    insert into notifications (id, tenant_id, person_id, kind, subject_type, subject_id, params)
    values (${id}, ${tenantId}, ${personId}, ${kind}, ${subject.type}, ${subject.id},
      ${JSON.stringify(notice.params ?? {})})`)
  await appendEvents(tx, [
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

/** What a person was told, the newest first. The position is (id). */
export async function listNotifications(
  tx: Tx,
  { personId, limit, after, unread }: ListPage & { personId: string; unread: boolean },
): Promise<Notification[]> {
  const rows = await tx.rows<Row>(
    query(
      part`select id, kind, jsonb_build_object('type', subject_type, 'id', subject_id) as subject, params,
          created_at as "createdAt", read_at as "readAt"
        from notifications where person_id = ${personId}`,
      after && part`and id < ${after[0]}::uuid`,
      unread && part`and read_at is null`,
      part`order by id desc limit ${limit}`,
    ),
  )
  return rows.map((row) => ({ ...row, createdAt: iso(row.createdAt), readAt: isoOrNull(row.readAt) }))
}

/** Counts to a thousand: beyond that a badge says "many" and the exact number is nobody's concern. */
export async function countUnread(tx: Tx, personId: string): Promise<number> {
  const row = await tx.row<{ count: number }>(sql`
    select count(*) from (
      select 1 from notifications where person_id = ${personId} and read_at is null limit 1000) unread`)
  return row?.count ?? 0
}

/** False when the person was told no such thing. */
export async function markRead(tx: Tx, notice: { personId: string; id: string }): Promise<boolean> {
  const marked = await tx.run(sql`
    update notifications set read_at = coalesce(read_at, now()) where id = ${notice.id} and person_id = ${notice.personId}`)
  return marked === 1
}

export async function markAllRead(tx: Tx, personId: string): Promise<void> {
  await tx.run(sql`update notifications set read_at = now() where person_id = ${personId} and read_at is null`)
}
