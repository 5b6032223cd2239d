import { DomainError } from '#domain/errors.ts'
import { sql, type Tx } from '../tx.ts'
import { appendEvents } from './events.ts'

/**
 * Puts the reaction of the business onto the message it speaks of, in the transaction that queues it. A business has one
 * reaction per message; null takes it back.
 * @throws DomainError not_found when there is no such message in the conversation.
 */
export async function placeOwnReaction(
  tx: Tx,
  reaction: { tenantId: string; conversationId: string; externalId: string; emoji: string | null; nowMs: number },
): Promise<void> {
  const { tenantId, conversationId, externalId, emoji } = reaction
  const target = await tx.row<{ id: string }>(sql`
    select x.message_id as id from message_external_ids x
    join conversations v on v.tenant_id = x.tenant_id and v.channel_id = x.channel_id and v.id = x.conversation_id
    where x.conversation_id = ${conversationId} and x.external_id = ${externalId}`)
  if (target === undefined)
    throw new DomainError('not_found', `There is no message ${externalId} in this conversation.`)
  if (emoji === null) {
    await tx.run(sql`delete from message_reactions where message_id = ${target.id} and sender_type = 'user'`)
  } else {
    await tx.run(sql`
      insert into message_reactions (tenant_id, message_id, sender_type, emoji, at)
      values (${tenantId}, ${target.id}, 'user', ${emoji}, ${new Date(reaction.nowMs)})
      on conflict (tenant_id, message_id, sender_type) do update set emoji = excluded.emoji, at = excluded.at`)
  }
  appendEvents(tx, [
    {
      tenantId,
      type: 'message.changed',
      actor: { kind: 'system' },
      subject: { type: 'message', id: target.id },
      conversationId,
      data: { reaction: emoji !== null },
    },
  ])
}
