import { restingState } from '#domain/conversations/mailbox.ts'
import type { Tx } from '../../tx.ts'
import { appendEvents } from '../events.ts'
import { type LockedConversation, lockConversation, ringBell, saveMailbox } from './conversation-row.ts'

/** Wakes a locked conversation whose snooze is over. @returns whether it slept. */
export async function wakeIfDue(
  tx: Tx,
  { tenantId, nowMs, conversation }: { tenantId: string; nowMs: number; conversation: LockedConversation },
): Promise<boolean> {
  const { id, mailbox, snoozedUntil } = conversation
  if (mailbox.state !== 'snoozed' || snoozedUntil === null || nowMs < snoozedUntil.getTime()) return false
  conversation.mailbox = { ...mailbox, state: restingState(mailbox) }
  saveMailbox(tx, id, conversation.mailbox)
  const { state, epoch, owner } = conversation.mailbox
  appendEvents(tx, [
    {
      tenantId,
      type: 'conversation.changed',
      actor: { kind: 'system' },
      subject: { type: 'conversation', id },
      conversationId: id,
      data: { state, epoch, ownerKind: owner.kind },
    },
  ])
  return true
}

/** The sweeper's way: for conversations that a run owns, and those whose workflow was ended by hand. */
export async function wakeSnoozed(
  tx: Tx,
  { tenantId, conversationId, nowMs }: { tenantId: string; conversationId: string; nowMs: number },
): Promise<void> {
  const conversation = await lockConversation(tx, conversationId)
  if (await wakeIfDue(tx, { tenantId, nowMs, conversation })) ringBell(tx, tenantId, conversationId)
}
