import { reopen } from '#domain/conversations/mailbox.ts'
import type { Actor } from '#domain/events/schema.ts'
import { sql, type Tx } from '../../tx.ts'
import { appendEvents } from '../events.ts'
import { applyChange, type LockedConversation, lockOpenConversation } from './conversation-row.ts'
import type { RunRow } from './flow-turn-rows.ts'
import { gatherHeld } from './held.ts'
import { insertLine } from './message-row.ts'

/**
 * Where a run speaks whose conversation was closed while it slept: in the open one that the contact has by now, else in
 * its own, which opens again. The closed one is locked before the open one, here as everywhere.
 */
export async function findOpenPlace(
  tx: Tx,
  { tenantId, run, conversation }: { tenantId: string; run: RunRow; conversation: LockedConversation },
): Promise<LockedConversation> {
  const { channelId, contactId } = conversation
  const open = await lockOpenConversation(tx, { tenantId, channelId, contactId })
  if (open !== undefined) {
    await tx.run(sql`update runs set conversation_id = ${open.id} where id = ${run.id} and tenant_id = ${tenantId}`)
    return open
  }
  const actor: Actor = { kind: 'run', id: run.id }
  await gatherHeld(tx, tenantId, conversation)
  const change = reopen(conversation.mailbox, false)
  applyChange(tx, { tenantId, conversationId: conversation.id, change })
  insertLine(tx, { tenantId, conversation, line: { kind: 'line', code: 'lines.reopened' }, actor })
  const { state, epoch, owner } = change.mailbox
  appendEvents(tx, [
    {
      tenantId,
      type: 'conversation.changed',
      actor,
      subject: { type: 'conversation', id: conversation.id },
      conversationId: conversation.id,
      data: { state, epoch, ownerKind: owner.kind },
    },
  ])
  return { ...conversation, mailbox: change.mailbox }
}
