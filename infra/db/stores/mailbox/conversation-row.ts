import {
  type Change,
  type ConversationState,
  freshMailbox,
  type Mailbox,
  type Owner,
} from '#domain/conversations/mailbox.ts'
import { DomainError } from '#domain/errors.ts'
import type { Preview } from '#domain/messages/preview.ts'
import { newId } from '#infra/ids.ts'
import { sql, type Tx } from '../../tx.ts'
import type { NewEvent } from '../events.ts'

/** A conversation under its lock: the mailbox that the rules know, and what the verbs around them need. */
export type LockedConversation = {
  id: string
  channelId: string
  contactId: string
  mailbox: Mailbox
  outboundSeq: number
  unreadCount: number
  heldCount: number
  snoozedUntil: Date | null
  lastMessageAt: Date
  windowExpiresAt: Date | null
  closedAt: Date | null
}

/** Named one by one wherever it is read: `*` would mean more once a column is added, and what is prepared would fail. */
export type ConversationRow = {
  id: string
  channel_id: string
  contact_id: string
  state: ConversationState
  owner_kind: Owner['kind']
  owner_id: string | null
  epoch: number
  cut_epoch: number
  last_seq: number
  handled_seq: number
  outbound_seq: number
  needs_people: boolean
  unread_count: number
  held_count: number
  snoozed_until: Date | null
  last_message_at: Date
  window_expires_at: Date | null
  closed_at: Date | null
}

const toOwner = (row: ConversationRow): Owner =>
  row.owner_kind === 'none' ? { kind: 'none' } : { kind: row.owner_kind, id: row.owner_id! }

export const toLocked = (row: ConversationRow): LockedConversation => ({
  id: row.id,
  channelId: row.channel_id,
  contactId: row.contact_id,
  mailbox: {
    state: row.state,
    owner: toOwner(row),
    epoch: row.epoch,
    cutEpoch: row.cut_epoch,
    lastSeq: row.last_seq,
    handledSeq: row.handled_seq,
    needsPeople: row.needs_people,
  },
  outboundSeq: row.outbound_seq,
  unreadCount: row.unread_count,
  heldCount: row.held_count,
  snoozedUntil: row.snoozed_until,
  lastMessageAt: row.last_message_at,
  windowExpiresAt: row.window_expires_at,
  closedAt: row.closed_at,
})

/** Locks a conversation: intake, release, turn, close and take-over all pass here, so none overtakes another. */
export async function lockConversation(tx: Tx, conversationId: string): Promise<LockedConversation> {
  const row = await tx.row<ConversationRow>(sql`
    select id, channel_id, contact_id, state, owner_kind, owner_id, epoch, cut_epoch, last_seq,
      handled_seq, outbound_seq, needs_people, unread_count, held_count, snoozed_until, last_message_at, window_expires_at, closed_at
    from conversations where id = ${conversationId} for update`)
  if (row === undefined) throw new DomainError('not_found', `No conversation ${conversationId}.`)
  return toLocked(row)
}

/** The open conversation of a contact on a channel, locked; there is at most one (CONV-01). */
export async function lockOpenConversation(
  tx: Tx,
  { tenantId, channelId, contactId }: { tenantId: string; channelId: string; contactId: string },
): Promise<LockedConversation | undefined> {
  const row = await tx.row<ConversationRow>(sql`
    select id, channel_id, contact_id, state, owner_kind, owner_id, epoch, cut_epoch, last_seq,
      handled_seq, outbound_seq, needs_people, unread_count, held_count, snoozed_until, last_message_at, window_expires_at, closed_at
    from conversations
    where tenant_id = ${tenantId} and channel_id = ${channelId} and contact_id = ${contactId} and state <> 'closed'
    for update`)
  return row && toLocked(row)
}

/** The latest conversation of a contact on a channel, open or not, locked. */
export async function lockLatestConversation(
  tx: Tx,
  { tenantId, channelId, contactId }: { tenantId: string; channelId: string; contactId: string },
): Promise<LockedConversation | undefined> {
  const row = await tx.row<ConversationRow>(sql`
    select id, channel_id, contact_id, state, owner_kind, owner_id, epoch, cut_epoch, last_seq,
      handled_seq, outbound_seq, needs_people, unread_count, held_count, snoozed_until, last_message_at, window_expires_at, closed_at
    from conversations
    where tenant_id = ${tenantId} and channel_id = ${channelId} and contact_id = ${contactId}
    order by id desc limit 1 for update`)
  return row && toLocked(row)
}

/** Opens a conversation. The caller has found no open one, and holds what keeps others from opening one meanwhile. */
export async function createConversation(
  tx: Tx,
  input: { tenantId: string; channelId: string; contactId: string; nowMs: number },
): Promise<{ conversation: LockedConversation; event: NewEvent }> {
  const { tenantId, channelId, contactId } = input
  const id = newId()
  const at = new Date(input.nowMs)
  await tx.run(sql`
    insert into conversations (id, tenant_id, channel_id, contact_id, first_message_at)
    values (${id}, ${tenantId}, ${channelId}, ${contactId}, ${at})`)
  const rest = {
    outboundSeq: 0,
    unreadCount: 0,
    heldCount: 0,
    snoozedUntil: null,
    windowExpiresAt: null,
    closedAt: null,
  }
  return {
    conversation: { id, channelId, contactId, mailbox: freshMailbox(), lastMessageAt: at, ...rest },
    event: {
      tenantId,
      type: 'conversation.opened',
      actor: { kind: 'contact', id: contactId },
      subject: { type: 'conversation', id },
      conversationId: id,
      data: { channelId, contactId },
    },
  }
}

/** What was written to the outbox in the same transaction: the end of the order, and the line that lists show. */
export type Written = { outboundSeq: number; preview: Preview }

/** Writes a mailbox back. Closing stamps the time, opening clears it. */
export function saveMailbox(tx: Tx, conversationId: string, mailbox: Mailbox, written?: Written): void {
  const ownerId = mailbox.owner.kind === 'none' ? null : mailbox.owner.id
  const hasWritten = written !== undefined
  tx.write(sql`
    update conversations set state = ${mailbox.state}, owner_kind = ${mailbox.owner.kind}, owner_id = ${ownerId},
      epoch = ${mailbox.epoch}, cut_epoch = ${mailbox.cutEpoch}, last_seq = ${mailbox.lastSeq},
      handled_seq = ${mailbox.handledSeq}, needs_people = ${mailbox.needsPeople},
      closed_at = case when ${mailbox.state} = 'closed' then coalesce(closed_at, now()) end,
      close_reason = case when ${mailbox.state} = 'closed' then close_reason end,
      snoozed_until = case when ${mailbox.state} = 'snoozed' then snoozed_until end,
      outbound_seq = coalesce(${written?.outboundSeq ?? null}, outbound_seq),
      last_message_at = case when ${hasWritten} then now() else last_message_at end,
      last_message_preview = case when ${hasWritten} then ${written?.preview.text ?? ''} else last_message_preview end,
      last_message_label = case when ${hasWritten} then ${written?.preview.label ?? null} else last_message_label end,
      last_message_direction = case when ${hasWritten} then 'outbound' else last_message_direction end
    where id = ${conversationId}`)
}

/** Carries out a change of the rules: the row, the cut, the run that had the floor, the bell. */
export function applyChange(
  tx: Tx,
  { tenantId, conversationId, change }: { tenantId: string; conversationId: string; change: Change },
): void {
  const { mailbox } = change
  saveMailbox(tx, conversationId, mailbox)
  if (change.cut) cutAutomated(tx, tenantId, conversationId, mailbox.cutEpoch)
  if (change.run !== undefined) changeRun(tx, change.run)
  if (change.ring) ringBell(tx, tenantId, conversationId)
}

/** What flows had written and not yet begun to send, before the cut, does not leave any more. */
export function cutAutomated(tx: Tx, tenantId: string, conversationId: string, cutEpoch: number): void {
  tx.write(sql`
    update messages set state = 'superseded', settled_at = now(), failure = '{"code":"superseded"}'
    where tenant_id = ${tenantId} and conversation_id = ${conversationId} and state = 'queued' and automated
      and epoch < ${cutEpoch}`)
}

/** What becomes of the run that had the floor. */
export function changeRun(tx: Tx, run: NonNullable<Change['run']>): void {
  tx.wake('runs')
  if (run.becomes === 'open') {
    // One that was parked before its first turn has perhaps no workflow yet: it starts now.
    tx.write(sql`
      update runs set state = case when interpreter is null then 'starting' else 'open' end, resume = true, parked_code = null, error_code = null,
        updated_at = now(), rings = rings + case when interpreter is null then 1 else 0 end, ring_due_at = now()
      where id = ${run.id} and state = 'parked'`)
  } else if (run.becomes === 'parked') {
    tx.write(sql`update runs set state = 'parked', parked_code = 'taken_over', updated_at = now()
      where id = ${run.id} and state in ('starting', 'open')`)
  } else {
    tx.write(sql`update runs set state = 'closed', outcome = 'conversation_closed', ended_at = now(), updated_at = now(),
        wake_at = null, rings = rings + 1, ring_due_at = now()
      where id = ${run.id} and state in ('starting', 'open', 'parked')`)
  }
}

/** Adds a cause to the bell of a conversation, in the transaction of the cause. */
export function ringBell(tx: Tx, tenantId: string, conversationId: string): void {
  tx.wake('bells')
  tx.write(sql`
    insert into bells (conversation_id, tenant_id) values (${conversationId}, ${tenantId})
    on conflict (conversation_id) do update set version = bells.version + 1, due_at = least(bells.due_at, now())`)
}
