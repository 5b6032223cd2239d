import { type Change, receive, reopen } from '#domain/conversations/mailbox.ts'
import { previewOf } from '#domain/messages/preview.ts'
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

const SERVICE_WINDOW_MS = 24 * 3_600_000

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
  await writePlaced(tx, input, conversation, placed)
  for (const message of placed) events.push(eventOf(input, conversation.id, message))
  await appendEvents(tx, events)
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
async function tellOwner(tx: Tx, tenantId: string, { id, mailbox }: LockedConversation): Promise<void> {
  if (mailbox.owner.kind !== 'user') return
  const personId = mailbox.owner.id
  const told = await tx.row(sql`
    select 1 from notifications where tenant_id = ${tenantId} and person_id = ${personId} and read_at is null
      and kind = 'conversation_waiting' and subject_id = ${id} limit 1`)
  if (told !== undefined) return
  await notify(tx, { tenantId, personId, kind: 'conversation_waiting', subject: { type: 'conversation', id } })
}

type PlacedMessage = InboundMessage & { seq: number | null; admission: Admission }

function eventOf(input: IntakeInput, conversationId: string, message: PlacedMessage): NewEvent {
  return {
    tenantId: input.tenantId,
    type: message.seq === null ? 'message.held' : 'message.received',
    actor: { kind: 'contact', id: input.contactId },
    subject: { type: 'message', id: message.id },
    conversationId,
    data: { kind: message.content.kind, channelId: input.channelId },
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

/** One statement for the rows, the conversation and the bell: this runs once per message of every contact. */
async function writePlaced(
  tx: Tx,
  input: IntakeInput,
  conversation: LockedConversation,
  placed: readonly PlacedMessage[],
): Promise<void> {
  const { mailbox } = conversation
  const preview = previewOf(placed.at(-1)!.content)
  const windowEnd = new Date(Math.max(...placed.map((message) => message.sentAtMs)) + SERVICE_WINDOW_MS)
  const ownerId = mailbox.owner.kind === 'none' ? null : mailbox.owner.id
  const rings = placed.filter((message) => message.seq !== null).length
  const rows = placed.map((message) => ({
    id: message.id,
    kind: message.content.kind,
    content: message.content,
    external_id: message.externalId,
    reply_to_external_id: message.replyToExternalId ?? null,
    context: message.context ?? null,
    seq: message.seq,
    held_until: message.admission.kind === 'hold' ? new Date(message.admission.untilMs).toISOString() : null,
    held_reason: message.admission.kind === 'hold' ? message.admission.reason : null,
    sent_at: new Date(message.sentAtMs).toISOString(),
  }))
  await tx.run(sql`
    with message as (
      insert into messages (id, tenant_id, conversation_id, contact_id, channel_id, direction, sender_type, sender_id, kind,
        content, external_id, reply_to_external_id, context, seq, held_until, held_reason, sent_at)
      select id, ${input.tenantId}, ${conversation.id}, ${input.contactId}, ${input.channelId}, 'inbound', 'contact',
        ${input.contactId}, kind, content, external_id, reply_to_external_id, context, seq, held_until, held_reason, sent_at
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as m(id uuid, kind text, content jsonb, external_id text,
        reply_to_external_id text, context jsonb, seq int, held_until timestamptz, held_reason text, sent_at timestamptz)
      returning id, external_id
    ), known as (
      insert into message_external_ids (tenant_id, channel_id, external_id, message_id, conversation_id)
      select ${input.tenantId}, ${input.channelId}, external_id, id, ${conversation.id} from message
      on conflict do nothing
    ), bell as (
      insert into bells (conversation_id, tenant_id) select ${conversation.id}, ${input.tenantId} where ${rings > 0}
      on conflict (conversation_id) do update set version = bells.version + 1, due_at = least(bells.due_at, now())
    )
    update conversations set state = ${mailbox.state}, owner_kind = ${mailbox.owner.kind}, owner_id = ${ownerId},
      epoch = ${mailbox.epoch}, last_seq = ${mailbox.lastSeq}, needs_people = ${mailbox.needsPeople},
      closed_at = case when ${mailbox.state} = 'closed' then closed_at end,
      close_reason = case when ${mailbox.state} = 'closed' then close_reason end,
      snoozed_until = case when ${mailbox.state} = 'snoozed' then snoozed_until end,
      held_count = ${conversation.heldCount}, unread_count = unread_count + ${placed.length},
      last_message_at = now(), last_message_preview = ${preview.text ?? ''}, last_message_label = ${preview.label ?? null},
      last_message_direction = 'inbound',
      window_expires_at = greatest(window_expires_at, ${windowEnd})
    where id = ${conversation.id}`)
}
