import { newId } from '#infra/ids.ts'
import type { MessageItem } from '#infra/providers/whatsapp/inbound.ts'
import { sql, type Tx } from '../../tx.ts'
import { tellContactChanged } from '../contact-changes.ts'
import { appendEvents } from '../events.ts'
import { contactOf, type IntakeChannel, phoneOf } from './contact-of.ts'

const ANNOTATIONS: ReadonlySet<string> = new Set(['reaction', 'edit', 'revoke', 'system'])

/** What speaks about messages instead of being one: it gets no place in the order, and no flow takes it for an answer. */
export const isAnnotation = (item: MessageItem): boolean => ANNOTATIONS.has(item.content.kind)

/** Which notices name another id of the same person. */
const NEW_NAMES: Readonly<Record<string, NewName['type']>> = { number_changed: 'phone', user_id_changed: 'user' }

type Input = { tenantId: string; channelId: string; channel: IntakeChannel; item: MessageItem; nowMs: number }

/** A reaction goes onto its message; an edit, a deletion or a notice becomes a line under the thread it belongs to. */
export async function annotate(tx: Tx, input: Input): Promise<void> {
  const { tenantId, channelId, item, nowMs } = input
  const contactId = await contactOf(tx, { tenantId, channel: input.channel, sender: item.from })
  const { content } = item
  if (content.kind === 'system' && content.newExternalId !== undefined) {
    const type = NEW_NAMES[content.event]
    if (type !== undefined) await contactKnownAs(tx, { ...input, contactId, externalId: content.newExternalId, type })
  }
  const sentAt = new Date(Math.min(item.sentAtMs ?? nowMs, nowMs))
  const place = await tx.row<{ id: string }>(sql`
    update conversations set window_expires_at = case when ${content.kind} = 'system' then window_expires_at
        else greatest(window_expires_at, ${sentAt}::timestamptz + interval '24 hours') end
    where id = (select id from conversations where tenant_id = ${tenantId} and channel_id = ${channelId}
      and contact_id = ${contactId} order by id desc limit 1)
    returning id`)
  if (content.kind === 'reaction') {
    await react(tx, { tenantId, channelId, externalId: content.messageExternalId, emoji: content.emoji, at: sentAt })
    return
  }
  if (place === undefined) return
  await tx.run(sql`
    insert into messages (id, tenant_id, conversation_id, contact_id, channel_id, direction, sender_type, sender_id, kind,
      content, external_id, sent_at)
    values (${newId()}, ${tenantId}, ${place.id}, ${contactId}, ${channelId}, 'internal', 'contact', ${contactId},
      ${content.kind}, ${JSON.stringify(content)}, ${item.externalId}, ${sentAt})`)
  appendEvents(tx, [
    {
      tenantId,
      type: 'conversation.changed',
      actor: { kind: 'contact', id: contactId },
      subject: { type: 'conversation', id: place.id },
      conversationId: place.id,
      data: { annotation: content.kind },
    },
  ])
}

async function react(
  tx: Tx,
  input: { tenantId: string; channelId: string; externalId: string; emoji: string | null; at: Date },
): Promise<void> {
  const { tenantId, channelId, externalId, emoji, at } = input
  const target = await tx.row<{ message_id: string; conversation_id: string }>(sql`
    select message_id, conversation_id from message_external_ids
    where tenant_id = ${tenantId} and channel_id = ${channelId} and external_id = ${externalId}`)
  if (target === undefined) return
  if (emoji === null) {
    await tx.run(sql`
      delete from message_reactions where tenant_id = ${tenantId} and message_id = ${target.message_id}
        and sender_type = 'contact' and at <= ${at}`)
  } else {
    await tx.run(sql`
      insert into message_reactions (tenant_id, message_id, sender_type, emoji, at)
      values (${tenantId}, ${target.message_id}, 'contact', ${emoji}, ${at})
      on conflict (tenant_id, message_id, sender_type) do update set emoji = excluded.emoji, at = excluded.at
      where message_reactions.at <= excluded.at`)
  }
  appendEvents(tx, [
    {
      tenantId,
      type: 'message.changed',
      actor: { kind: 'system' },
      subject: { type: 'message', id: target.message_id },
      conversationId: target.conversation_id,
      data: { reaction: emoji !== null },
    },
  ])
}

type NewName = { contactId: string; externalId: string; type: 'phone' | 'user' }

/**
 * The person is now known by another number or id as well, and written to by it; the old one stays theirs. What another contact
 * is known by stays with that one: nobody is merged, and nobody shows a number that leads to somebody else.
 */
async function contactKnownAs(
  tx: Tx,
  { tenantId, channel, contactId, externalId, type }: Input & NewName,
): Promise<void> {
  // Locked, so that whoever is erased meanwhile gets no name any more. The newest id is the one that is written to.
  const known = await tx.row(sql`
    insert into contact_identities (id, tenant_id, contact_id, channel_kind, business_account_id, external_id, type)
    select ${newId()}, ${tenantId}, c.id, ${channel.kind}, ${channel.businessAccountId}, ${externalId}, ${type}
    from (select id from contacts where id = ${contactId} and erased_at is null for update) c
    on conflict (tenant_id, channel_kind, business_account_id, external_id) do update set id = excluded.id
      where contact_identities.contact_id = excluded.contact_id
    returning id`)
  const phone = type === 'phone' ? phoneOf(externalId) : null
  if (known === undefined || phone === null) return
  const shown = await tx.run(sql`
    update contacts set phone = ${phone}, version = version + 1, updated_at = now()
    where id = ${contactId} and phone is distinct from ${phone}`)
  if (shown === 0) return
  const actor = { kind: 'contact', id: contactId } as const
  await tellContactChanged(tx, { tenantId, actor, contactId, changed: ['phone'], changes: [] })
}
