import { newId } from '#infra/ids.ts'
import type { MessageItem } from '#infra/providers/whatsapp/inbound.ts'
import { sql, type Tx } from '../../tx.ts'
import { appendEvents } from '../events.ts'
import { contactOf, type IntakeChannel } from './contact-of.ts'

const ANNOTATIONS: ReadonlySet<string> = new Set(['reaction', 'edit', 'revoke', 'system'])

/** What speaks about messages instead of being one: it gets no place in the order, and no flow takes it for an answer. */
export const isAnnotation = (item: MessageItem): boolean => ANNOTATIONS.has(item.content.kind)

type Input = { tenantId: string; channelId: string; channel: IntakeChannel; item: MessageItem; nowMs: number }

/** A reaction goes onto its message; an edit, a deletion or a notice becomes a line under the thread it belongs to. */
export async function annotate(tx: Tx, input: Input): Promise<void> {
  const { tenantId, channelId, item, nowMs } = input
  const contactId = await contactOf(tx, { tenantId, channel: input.channel, sender: item.from })
  const { content } = item
  if (content.kind === 'system' && content.newExternalId !== undefined) {
    await contactKnownAs(tx, { ...input, contactId, externalId: content.newExternalId, event: content.event })
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

/** The person is now known by another number or id as well; the old one stays theirs. */
async function contactKnownAs(
  tx: Tx,
  input: Input & { contactId: string; externalId: string; event: string },
): Promise<void> {
  const type = input.event === 'user_id_changed' ? 'user' : 'phone'
  await tx.run(sql`
    insert into contact_identities (id, tenant_id, contact_id, channel_kind, business_account_id, external_id, type)
    values (${newId()}, ${input.tenantId}, ${input.contactId}, ${input.channel.kind}, ${input.channel.businessAccountId},
      ${input.externalId}, ${type})
    on conflict do nothing`)
  if (type === 'phone') {
    await tx.run(sql`
      update contacts set phone = ${`+${input.externalId.replace(/\D/g, '')}`}, updated_at = now() where id = ${input.contactId}`)
  }
}
