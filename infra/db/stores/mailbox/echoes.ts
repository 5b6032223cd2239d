import { previewOf } from '#domain/messages/preview.ts'
import { newId } from '#infra/ids.ts'
import type { EchoItem } from '#infra/providers/whatsapp/inbound.ts'
import { sql, type Tx } from '../../tx.ts'
import { appendEvents } from '../events.ts'
import { contactOf, type IntakeChannel } from './contact-of.ts'

type Input = { tenantId: string; channelId: string; channel: IntakeChannel; item: EchoItem; nowMs: number }

/** Somebody of the business answered from the phone app: shown in the thread as sent, never taken for the contact. */
export async function takeInEcho(tx: Tx, { tenantId, channelId, channel, item, nowMs }: Input): Promise<void> {
  const contactId = await contactOf(tx, { tenantId, channel, sender: item.to })
  const known = await tx.row<{ id: string }>(sql`
    select id from conversations where tenant_id = ${tenantId} and channel_id = ${channelId} and contact_id = ${contactId}
    order by id desc limit 1 for update`)
  const conversationId = known?.id ?? newId()
  if (known === undefined) {
    await tx.run(sql`
      insert into conversations (id, tenant_id, channel_id, contact_id, state, needs_people)
      values (${conversationId}, ${tenantId}, ${channelId}, ${contactId}, 'queued', true)`)
  }
  const messageId = newId()
  const preview = previewOf(item.content)
  await tx.run(sql`
    with message as (
      insert into messages (id, tenant_id, conversation_id, contact_id, channel_id, direction, sender_type, kind, content,
        external_id, state, sent_at, settled_at)
      values (${messageId}, ${tenantId}, ${conversationId}, ${contactId}, ${channelId}, 'outbound', 'echo',
        ${item.content.kind}, ${JSON.stringify(item.content)}, ${item.externalId}, 'sent',
        ${new Date(item.sentAtMs ?? nowMs)}, now())
    ), known as (
      insert into message_external_ids (tenant_id, channel_id, external_id, message_id, conversation_id)
      values (${tenantId}, ${channelId}, ${item.externalId}, ${messageId}, ${conversationId}) on conflict do nothing
    )
    update conversations set last_message_at = now(), last_message_preview = ${preview.text ?? ''},
      last_message_label = ${preview.label ?? null}, last_message_direction = 'outbound', unread_count = 0
    where id = ${conversationId}`)
  appendEvents(tx, [
    {
      tenantId,
      type: 'message.queued',
      actor: { kind: 'system', id: 'phone_app' },
      subject: { type: 'message', id: messageId },
      conversationId,
      data: { echo: true },
    },
  ])
}
