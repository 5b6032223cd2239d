import { receive } from '#domain/conversations/mailbox.ts'
import type { Actor } from '#domain/events/schema.ts'
import { sql, type Tx } from '../../tx.ts'
import { appendEvents } from '../events.ts'
import { lockConversation, ringBell, saveMailbox } from './conversation-row.ts'

/**
 * Releases the held messages of a conversation, in order of arrival: each gets its place now. The sweeper does it when
 * their time has come (`dueOnly`), a supervisor at once; with that the block of the contact ends.
 *
 * @returns how many were released.
 */
export async function releaseHeld(
  tx: Tx,
  input: { tenantId: string; conversationId: string; actor: Actor; dueOnly?: boolean },
): Promise<number> {
  const { tenantId, conversationId, actor } = input
  const conversation = await lockConversation(tx, conversationId)
  const held = await tx.rows<{ id: string }>(sql`
    select id from messages where tenant_id = ${tenantId} and conversation_id = ${conversationId} and held_until is not null
      and (${input.dueOnly !== true} or held_until <= now())
    order by id`)
  if (held.length === 0) return 0

  let { mailbox } = conversation
  const places: number[] = []
  for (const _ of held) {
    const change = receive(mailbox)
    mailbox = change.mailbox
    places.push(change.seq)
  }
  await tx.run(sql`
    update messages m set seq = r.seq, held_until = null
    from unnest(${held.map((row) => row.id)}::uuid[], ${places}::int[]) as r(id, seq)
    where m.id = r.id and m.tenant_id = ${tenantId}`)
  await saveMailbox(tx, conversationId, mailbox)
  await tx.run(
    sql`update conversations set held_count = greatest(0, held_count - ${held.length}) where id = ${conversationId}`,
  )
  if (input.dueOnly !== true) {
    await tx.run(sql`
      delete from rate_limit_buckets where tenant_id = ${tenantId} and contact_id = ${conversation.contactId}
        and bucket_type = 'message'`)
  }
  await ringBell(tx, tenantId, conversationId)
  await appendEvents(
    tx,
    held.map((row) => ({
      tenantId,
      type: 'message.released' as const,
      actor,
      subject: { type: 'message' as const, id: row.id },
      conversationId,
    })),
  )
  return held.length
}
