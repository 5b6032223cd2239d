import {
  type Change,
  close as closeMailbox,
  handBack as handBackMailbox,
  reopen as reopenMailbox,
  restingState,
  takeOver as takeOverMailbox,
  unassign,
} from '#domain/conversations/mailbox.ts'
import { DomainError } from '#domain/errors.ts'
import type { Actor } from '#domain/events/schema.ts'
import type { NewLine } from '#domain/messages/schema.ts'
import { sql, type Tx } from '../../tx.ts'
import { audit } from '../audit.ts'
import { appendEvents, type NewEvent } from '../events.ts'
import { notify } from '../notifications.ts'
import { applyChange, type LockedConversation, lockConversation } from './conversation-row.ts'
import { gatherHeld } from './held.ts'
import { insertLine } from './message-row.ts'
import { noteRead } from './read-marks.ts'

export type PeopleInput = { tenantId: string; conversationId: string; actor: Actor; requestId?: string }

/** What every verb answers: where the conversation stands now. */
export type Standing = { conversationId: string; state: string; epoch: number; ownerId: string | null }

const actorId = (actor: Actor): string | undefined => (actor.kind === 'person' ? actor.id : undefined)

/** The one way in which people change a conversation: rule, row, line in the thread, event, audit, in one transaction. */
async function act(
  tx: Tx,
  input: PeopleInput,
  conversation: LockedConversation,
  step: { change: Change; action: string; line?: NewLine; event: NewEvent['type']; data?: Record<string, unknown> },
): Promise<Standing> {
  const { tenantId, conversationId, actor } = input
  applyChange(tx, { tenantId, conversationId, change: step.change })
  if (step.line !== undefined) insertLine(tx, { tenantId, conversation, line: step.line, actor })
  const { mailbox } = step.change
  const ownerId = mailbox.owner.kind === 'none' ? null : mailbox.owner.id
  appendEvents(tx, [
    {
      tenantId,
      type: step.event,
      actor,
      subject: { type: 'conversation', id: conversationId },
      conversationId,
      data: { state: mailbox.state, epoch: mailbox.epoch, ownerKind: mailbox.owner.kind, ownerId, ...step.data },
    },
  ])
  await audit(tx, {
    tenantId,
    actor,
    action: step.action,
    subject: { type: 'conversation', id: conversationId },
    ...(input.requestId === undefined ? {} : { requestId: input.requestId }),
  })
  return { conversationId, state: mailbox.state, epoch: mailbox.epoch, ownerId }
}

const standingOf = ({ id, mailbox: { state, epoch, owner } }: LockedConversation): Standing => ({
  conversationId: id,
  state,
  epoch,
  ownerId: owner.kind === 'none' ? null : owner.id,
})

function refuseClosed(conversation: LockedConversation): void {
  if (conversation.mailbox.state === 'closed') {
    throw new DomainError('conversation_closed', `Conversation ${conversation.id} is closed; reopen it first.`)
  }
}

/** A person takes the conversation; the bot falls silent at once, also what it has already written but not sent. */
export async function takeOver(tx: Tx, input: PeopleInput & { personId: string }): Promise<Standing> {
  const conversation = await lockConversation(tx, input.conversationId)
  refuseClosed(conversation)
  const { owner } = conversation.mailbox
  if (owner.kind === 'user' && owner.id === input.personId) return standingOf(conversation)
  return act(tx, input, conversation, {
    change: takeOverMailbox(conversation.mailbox, input.personId),
    action: 'conversations.take_over',
    line: {
      kind: 'line',
      code: owner.kind === 'run' ? 'lines.taken_over' : 'lines.assigned',
      params: { personId: input.personId },
    },
    event: 'conversation.assigned',
  })
}

/** Assigns to a member of the tenant, or back to the queue with null. */
export async function assign(tx: Tx, input: PeopleInput & { personId: string | null }): Promise<Standing> {
  if (input.personId !== null) {
    const member = await tx.row(sql`
      select 1 from memberships where tenant_id = ${input.tenantId} and person_id = ${input.personId} and status = 'active'`)
    if (member === undefined) throw new DomainError('not_found', `No member ${input.personId}.`)
    const standing = await takeOver(tx, { ...input, personId: input.personId })
    if (actorId(input.actor) !== input.personId) await notifyAssigned(tx, input, input.personId)
    return standing
  }
  const conversation = await lockConversation(tx, input.conversationId)
  refuseClosed(conversation)
  return toQueue(tx, input, conversation)
}

/** Puts into the queue what somebody has who is shut out; what another took, or closed, meanwhile stays as it is. */
export async function takeFrom(tx: Tx, input: PeopleInput & { personId: string }): Promise<void> {
  const conversation = await lockConversation(tx, input.conversationId)
  const { owner } = conversation.mailbox
  if (owner.kind === 'user' && owner.id === input.personId) await toQueue(tx, input, conversation)
}

function toQueue(tx: Tx, input: PeopleInput, conversation: LockedConversation): Promise<Standing> {
  return act(tx, input, conversation, {
    change: unassign(conversation.mailbox),
    action: 'conversations.unassign',
    line: { kind: 'line', code: 'lines.unassigned' },
    event: 'conversation.assigned',
  })
}

async function notifyAssigned(tx: Tx, input: PeopleInput, personId: string): Promise<void> {
  const { tenantId, conversationId } = input
  const subject = { type: 'conversation' as const, id: conversationId }
  await notify(tx, { tenantId, personId, kind: 'conversation_assigned', subject })
}

/** Hands back to the bot: a parked run goes on by repeating its prompt, else triggers take the next message. */
export async function handBack(tx: Tx, input: PeopleInput): Promise<Standing> {
  const conversation = await lockConversation(tx, input.conversationId)
  refuseClosed(conversation)
  if (conversation.mailbox.owner.kind === 'run') return standingOf(conversation)
  const parked = await tx.row<{ id: string }>(sql`
    select id from runs where tenant_id = ${input.tenantId} and conversation_id = ${input.conversationId} and state = 'parked'
    order by updated_at desc limit 1`)
  return act(tx, input, conversation, {
    change: handBackMailbox(conversation.mailbox, parked?.id),
    action: 'conversations.hand_back',
    line: { kind: 'line', code: 'lines.handed_back' },
    event: 'conversation.changed',
  })
}

export async function closeConversation(tx: Tx, input: PeopleInput & { reason?: string }): Promise<Standing> {
  const conversation = await lockConversation(tx, input.conversationId)
  refuseClosed(conversation)
  const reason = input.reason ?? 'resolved'
  await tx.run(
    sql`update conversations set close_reason = ${reason}, unread_count = 0 where id = ${input.conversationId}`,
  )
  tx.wake('runs')
  await tx.run(sql`
    update runs set state = 'closed', outcome = 'conversation_closed', ended_at = now(), updated_at = now(), wake_at = null,
      rings = rings + 1, ring_due_at = now()
    where tenant_id = ${input.tenantId} and conversation_id = ${input.conversationId} and state in ('starting', 'open', 'parked')
      and posture <> 'delaying'`)
  return act(tx, input, conversation, {
    change: closeMailbox(conversation.mailbox),
    action: 'conversations.close',
    line: { kind: 'line', code: 'lines.closed', params: { reason } },
    event: 'conversation.closed',
    data: { reason },
  })
}

/** @throws DomainError `conflict` when the contact has another open conversation: there is at most one. */
export async function reopen(tx: Tx, input: PeopleInput): Promise<Standing> {
  const conversation = await lockConversation(tx, input.conversationId)
  if (conversation.mailbox.state !== 'closed') {
    throw new DomainError('conflict', `Conversation ${conversation.id} is not closed.`)
  }
  const other = await tx.row(sql`
    select 1 from conversations where tenant_id = ${input.tenantId} and channel_id = ${conversation.channelId}
      and contact_id = ${conversation.contactId} and state <> 'closed'`)
  if (other !== undefined) throw new DomainError('conflict', 'The contact has another open conversation.')
  await gatherHeld(tx, input.tenantId, conversation)
  return act(tx, input, conversation, {
    change: reopenMailbox(conversation.mailbox, true),
    action: 'conversations.reopen',
    line: { kind: 'line', code: 'lines.reopened' },
    event: 'conversation.changed',
  })
}

/** Hides a conversation until an instant, or until the contact writes. */
export async function snooze(tx: Tx, input: PeopleInput & { until: Date | null }): Promise<Standing> {
  const conversation = await lockConversation(tx, input.conversationId)
  refuseClosed(conversation)
  const { mailbox } = conversation
  const state = input.until === null ? restingState(mailbox) : 'snoozed'
  const standing = await act(tx, input, conversation, {
    change: { mailbox: { ...mailbox, state }, ring: true, cut: false },
    action: input.until === null ? 'conversations.wake' : 'conversations.snooze',
    event: 'conversation.changed',
  })
  await tx.run(sql`update conversations set snoozed_until = ${input.until} where id = ${input.conversationId}`)
  return standing
}

/** The tenant has seen everything; the provider is told as well. */
export async function markRead(tx: Tx, input: PeopleInput): Promise<{ changed: boolean }> {
  const changed = await tx.run(sql`
    update conversations set unread_count = 0 where id = ${input.conversationId} and tenant_id = ${input.tenantId} and unread_count > 0`)
  if (changed > 0) {
    await noteRead(tx, input)
    appendEvents(tx, [
      {
        tenantId: input.tenantId,
        type: 'conversation.changed',
        actor: input.actor,
        subject: { type: 'conversation', id: input.conversationId },
        conversationId: input.conversationId,
        data: { unread: 0 },
      },
    ])
  }
  return { changed: changed > 0 }
}
