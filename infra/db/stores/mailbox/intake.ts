import { type Change, receive, reopen } from '#domain/conversations/mailbox.ts'
import type { InboundContent } from '#domain/messages/schema.ts'
import { sql, type Tx } from '../../tx.ts'
import type { NewEvent } from '../events.ts'
import { appendEvents } from '../events.ts'
import { notify } from '../notifications.ts'
import {
  createConversation,
  type LockedConversation,
  lockLatestConversation,
  lockOpenConversation,
} from './conversation-row.ts'
import { gatherHeld, heldIn, placeHeld, releasedEvents } from './held.ts'
import { type Admission, admitConversation, admitMessage } from './inbound-limits.ts'
import { type PlacedMessage, writePlaces } from './intake-write.ts'

export type InboundMessage = {
  id: string
  externalId: string
  sentAtMs: number
  content: InboundContent
  replyToExternalId?: string
  context?: Record<string, unknown>
}

export type IntakeInput = {
  tenantId: string
  channelId: string
  contactId: string
  messages: readonly InboundMessage[]
  nowMs: number
  /** A message within this time after closing opens the same conversation again. */
  reopenWindowMs: number
}

/** Gives each message of one contact its place: conversation, seq, bell and events, in the caller's transaction. */
export async function takeInMessages(tx: Tx, input: IntakeInput): Promise<void> {
  const opened = await openConversation(tx, input)
  let { conversation } = opened
  const placed: PlacedMessage[] = []
  const events: NewEvent[] = opened.events
  for (const message of input.messages) {
    const admission = opened.held ?? (await admitMessage(tx, input))
    if (admission.kind === 'hold') {
      placed.push({ ...message, seq: null, admission })
      conversation = { ...conversation, heldCount: conversation.heldCount + 1 }
      continue
    }
    if (conversation.heldCount > 0) {
      const released = await releaseBefore(tx, input, conversation)
      conversation = released.conversation
      events.push(...released.events)
    }
    const change: Change & { seq: number } = receive(conversation.mailbox)
    placed.push({ ...message, seq: change.seq, admission })
    conversation = { ...conversation, mailbox: change.mailbox }
  }
  writePlaces(tx, input, [{ contactId: input.contactId, conversation, placed }])
  for (const message of placed) events.push(receivedEvent({ ...input, conversationId: conversation.id, message }))
  appendEvents(tx, events)
  await tellOwner(tx, input.tenantId, conversation)
}

/** A message passes, so the block is over: what was held before it comes before it, in order of arrival. */
async function releaseBefore(
  tx: Tx,
  { tenantId }: IntakeInput,
  to: LockedConversation,
): Promise<{ conversation: LockedConversation; events: NewEvent[] }> {
  const held = await heldIn(tx, tenantId, to.id)
  const mailbox = await placeHeld(tx, { tenantId, to, held })
  return {
    conversation: { ...to, mailbox, heldCount: 0 },
    events: releasedEvents({ tenantId, actor: { kind: 'system' }, conversationId: to.id, held }),
  }
}

/** INB-03: the one whose conversation it is hears of a new message, once until they have looked. */
export async function tellOwner(tx: Tx, tenantId: string, { id, mailbox }: LockedConversation): Promise<void> {
  if (mailbox.owner.kind !== 'user') return
  const personId = mailbox.owner.id
  const told = await tx.row(sql`
    select 1 from notifications where tenant_id = ${tenantId} and person_id = ${personId} and read_at is null
      and kind = 'conversation_waiting' and subject_id = ${id} limit 1`)
  if (told !== undefined) return
  await notify(tx, { tenantId, personId, kind: 'conversation_waiting', subject: { type: 'conversation', id } })
}

export function receivedEvent(fact: {
  tenantId: string
  channelId: string
  contactId: string
  conversationId: string
  message: PlacedMessage
}): NewEvent {
  const { tenantId, channelId, contactId, conversationId, message } = fact
  return {
    tenantId,
    type: message.seq === null ? 'message.held' : 'message.received',
    actor: { kind: 'contact', id: contactId },
    subject: { type: 'message', id: message.id },
    conversationId,
    data: { kind: message.content.kind, channelId },
  }
}

type Opened = { conversation: LockedConversation; held?: Admission & { kind: 'hold' }; events: NewEvent[] }

/** CONV-01, CONV-11: the open conversation, else the latest within the reopen window, else a new one if there is room. */
async function openConversation(tx: Tx, input: IntakeInput): Promise<Opened> {
  const open = await lockOpenConversation(tx, input)
  if (open !== undefined) return { conversation: open, events: [] }

  const latest = await lockLatestConversation(tx, input)
  // Somebody opened it again while we waited for its lock.
  if (latest !== undefined && latest.mailbox.state !== 'closed') return { conversation: latest, events: [] }
  const sinceClosedMs = latest?.closedAt == null ? Infinity : input.nowMs - latest.closedAt.getTime()
  if (latest !== undefined && input.reopenWindowMs > 0 && sinceClosedMs < input.reopenWindowMs) {
    const conversation = { ...latest, mailbox: reopen(latest.mailbox, false).mailbox }
    await gatherHeld(tx, input.tenantId, conversation)
    return { conversation, events: [] }
  }
  const admission = await admitConversation(tx, input)
  if (admission.kind === 'hold' && latest !== undefined) return { conversation: latest, held: admission, events: [] }
  const { conversation, event } = await createConversation(tx, input)
  if (latest !== undefined) await gatherHeld(tx, input.tenantId, conversation)
  return { conversation, events: [event] }
}
