import type { EventType } from '#domain/events/schema.ts'
import type { NotificationKind } from '#domain/notifications/schema.ts'
import type { Permission } from '#domain/permissions/catalogue.ts'
import { sql, type Tx } from '../tx.ts'
import { notify } from './notifications.ts'
import type { ReactionEvent } from './reactions.ts'

/** Events of which somebody is told. Who wrote to whom is told by the intake itself, in its own transaction. */
export const TOLD_EVENTS: ReadonlySet<EventType> = new Set<EventType>([
  'message.changed',
  'run.ended',
  'channel.changed',
  'member.joined',
])

/** Most events of these types tell nobody anything; which of a page do is one question. */
export async function siftTold(tx: Tx, eventIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.rows<{ id: string }>(sql`
    select id from events where id = any(${eventIds}::uuid[]) and (
      (type = 'message.changed' and data ->> 'state' = 'failed')
      or (type = 'run.ended' and data ->> 'outcome' = 'failed')
      or (type = 'channel.changed' and data ->> 'status' not in ('connected', 'pending'))
      or type = 'member.joined')`)
  return new Set(rows.map(({ id }) => id))
}

/** Tells whom an event concerns. The event is the cause, so reading it twice tells once. */
export async function tellOf(tx: Tx, event: ReactionEvent): Promise<void> {
  switch (event.type) {
    case 'message.changed':
      return tellWriter(tx, event)
    case 'run.ended':
      return tellOfRun(tx, event)
    case 'channel.changed':
      return tellHolders(tx, event, { permission: 'channels.manage', kind: 'channel_needs_attention', type: 'channel' })
    case 'member.joined':
      return tellHolders(tx, event, { permission: 'members.manage', kind: 'member_joined', type: 'person' })
    default:
      return undefined
  }
}

/** A message of a person that did not arrive; who sees it in the open thread reads it there all the same. */
async function tellWriter(tx: Tx, { tenantId, id: eventId, subjectId }: ReactionEvent): Promise<void> {
  const written = await tx.row<{ personId: string }>(sql`
    select m.sender_id as "personId" from messages m
    join memberships s on s.tenant_id = m.tenant_id and s.person_id = m.sender_id and s.status = 'active'
    where m.id = ${subjectId} and m.sender_type = 'user' and m.state = 'failed'`)
  if (written === undefined) return
  const subject = { type: 'message', id: subjectId } as const
  await notify(tx, { tenantId, personId: written.personId, kind: 'message_failed', subject, eventId })
}

/** One failing flow may end a thousand runs: whoever can mend it hears of it once until they have looked. */
async function tellOfRun(tx: Tx, event: ReactionEvent): Promise<void> {
  const known = await tx.row(sql`
    select 1 from notifications n join runs r on r.id = n.subject_id
    where n.kind = 'run_failed' and n.read_at is null and n.created_at > now() - interval '1 day'
      and r.flow_id = (select flow_id from runs where id = ${event.subjectId}) limit 1`)
  if (known === undefined) {
    await tellHolders(tx, event, { permission: 'flows.publish', kind: 'run_failed', type: 'run' })
  }
}

async function tellHolders(
  tx: Tx,
  { tenantId, id: eventId, subjectId, actor }: ReactionEvent,
  { permission, kind, type }: { permission: Permission; kind: NotificationKind; type: 'run' | 'channel' | 'person' },
): Promise<void> {
  const actorId = actor.kind === 'person' ? actor.id : null
  const people = await tx.rows<{ personId: string }>(sql`
    select m.person_id as "personId" from memberships m
    join roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
    where m.status = 'active' and ${permission} = any(r.permissions) and m.person_id is distinct from ${actorId}
      and m.person_id <> ${subjectId} limit 50`)
  for (const { personId } of people) {
    await notify(tx, { tenantId, personId, kind, subject: { type, id: subjectId }, eventId })
  }
}
