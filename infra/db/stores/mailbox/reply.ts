import { DomainError } from '#domain/errors.ts'
import type { Actor } from '#domain/events/schema.ts'
import type { OutboundContent } from '#domain/messages/schema.ts'
import { sql, type Tx } from '../../tx.ts'
import { appendEvents } from '../events.ts'
import { lockConversation, ringBell, saveMailbox } from './conversation-row.ts'
import { planOutbound } from './message-row.ts'
import { noteRead } from './read-marks.ts'
import { requeue } from './send.ts'

/**
 * Writes a message of a person (or of an API key) into the queue of its conversation. The same `clientId` writes once,
 * however often a weak network repeats it. Works while Temporal is down: the bell waits.
 */
export async function writeReply(
  tx: Tx,
  input: {
    tenantId: string
    conversationId: string
    actor: Actor
    content: OutboundContent
    replyToMessageId?: string
    clientId: string
    nowMs: number
  },
): Promise<{ messageId: string; repeated: boolean }> {
  const { tenantId, conversationId, actor, content } = input
  const conversation = await lockConversation(tx, conversationId)
  const cause = `client:${conversationId}:${input.clientId}`
  const known = await tx.row<{ message_id: string }>(sql`
    select message_id from message_causes where tenant_id = ${tenantId} and cause = ${cause}`)
  if (known !== undefined) return { messageId: known.message_id, repeated: true }

  if (conversation.mailbox.state === 'closed') {
    throw new DomainError('conversation_closed', `Conversation ${conversationId} is closed; reopen it first.`)
  }
  const windowEndMs = conversation.windowExpiresAt?.getTime() ?? 0
  if (content.kind !== 'template' && input.nowMs >= windowEndMs) {
    throw new DomainError(
      'service_window_closed',
      'More than 24 hours have passed since the contact wrote: send a template.',
    )
  }
  const replyTo = await externalIdOf(tx, tenantId, conversationId, input.replyToMessageId)
  const outbox = planOutbound({
    tenantId,
    conversation,
    epoch: conversation.mailbox.epoch,
    actor,
    messages: [
      {
        content,
        senderType: actor.kind === 'person' ? 'user' : 'api',
        ...(actor.kind === 'person' || actor.kind === 'api_key' ? { senderId: actor.id } : {}),
        automated: false,
        messageClass: 'reply',
        cause: { kind: 'client', id: input.clientId },
        ...(replyTo === undefined ? {} : { replyToExternalId: replyTo }),
      },
    ],
  })
  const [row] = outbox.rows
  outbox.insert(tx)
  saveMailbox(tx, conversationId, conversation.mailbox, outbox.written)
  appendEvents(tx, outbox.events)
  await tx.run(
    sql`insert into message_causes (tenant_id, cause, message_id) values (${tenantId}, ${cause}, ${row!.id})`,
  )
  await tx.run(sql`
    update conversations set first_response_at = coalesce(first_response_at, now()), unread_count = 0
    where id = ${conversationId}`)
  if (actor.kind === 'person') await noteRead(tx, { tenantId, conversationId })
  ringBell(tx, tenantId, conversationId)
  return { messageId: row!.id, repeated: false }
}

async function externalIdOf(tx: Tx, tenantId: string, conversationId: string, messageId: string | undefined) {
  if (messageId === undefined) return undefined
  const row = await tx.row<{ external_id: string | null }>(sql`
    select external_id from messages where id = ${messageId} and tenant_id = ${tenantId} and conversation_id = ${conversationId}`)
  if (row === undefined) throw new DomainError('not_found', `No message ${messageId} in this conversation.`)
  return row.external_id ?? undefined
}

/** Sends a failed message once more because a person asked. */
export async function retryMessage(
  tx: Tx,
  { tenantId, messageId }: { tenantId: string; messageId: string },
): Promise<void> {
  const known = await tx.row<{ state: string | null }>(sql`
    select state from messages where id = ${messageId} and tenant_id = ${tenantId} and direction = 'outbound'`)
  if (known === undefined) throw new DomainError('not_found', `No message ${messageId}.`)
  if (!(await requeue(tx, { tenantId, messageId }))) {
    throw new DomainError('conflict', `Message ${messageId} is ${known.state}; only a failed one is sent again.`)
  }
}
