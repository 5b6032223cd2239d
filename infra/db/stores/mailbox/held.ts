import { receive } from '#domain/conversations/mailbox.ts'
import type { Actor } from '#domain/events/schema.ts'
import { sql, type Tx } from '../../tx.ts'
import { appendEvents, type NewEvent } from '../events.ts'
import {
  createConversation,
  type LockedConversation,
  lockConversation,
  lockOpenConversation,
  ringBell,
  saveMailbox,
} from './conversation-row.ts'
import { admitConversation, blockedUntil, liftBlock } from './inbound-limits.ts'

type Release = { tenantId: string; conversationId: string; actor: Actor } & (
  | { dueOnly?: false }
  | { dueOnly: true; nowMs: number }
)
type Held = { id: string; created_at: Date }

/**
 * Releases the held messages of a conversation, in order of arrival: each gets its place now. The sweeper does it when
 * their time has come (`dueOnly`), a supervisor at once; with that the block of the contact ends. Messages whose
 * conversation is closed by now go to the open one of the contact, or open a new one (CONV-01).
 *
 * @returns how many were released.
 */
export async function releaseHeld(tx: Tx, input: Release): Promise<number> {
  const { tenantId, conversationId } = input
  const from = await lockConversation(tx, conversationId)
  const held = await heldIn(tx, tenantId, conversationId)
  if (held.length === 0) return 0
  const { channelId, contactId } = from
  const open =
    from.mailbox.state === 'closed' ? await lockOpenConversation(tx, { tenantId, channelId, contactId }) : from
  if (input.dueOnly === true) {
    const untilMs = await notBefore(tx, { tenantId, contactId, nowMs: input.nowMs, opens: open === undefined })
    if (untilMs !== undefined) return postpone(tx, input, untilMs)
  } else {
    await liftBlock(tx, { tenantId, contactId })
  }
  await place(tx, input, { from, to: open ?? (await openFor(tx, input, { from, held })), held })
  return held.length
}

/**
 * Each excess message prolongs the block, so those held first wait for the last (CONV-12); and a conversation is opened
 * only when the hour has room (CONV-11).
 */
async function notBefore(
  tx: Tx,
  { opens, ...who }: { tenantId: string; contactId: string; nowMs: number; opens: boolean },
): Promise<number | undefined> {
  const untilMs = await blockedUntil(tx, who)
  if (untilMs !== undefined && untilMs > who.nowMs) return untilMs
  if (!opens) return undefined
  const admission = await admitConversation(tx, who)
  return admission.kind === 'hold' ? admission.untilMs : undefined
}

async function postpone(tx: Tx, { tenantId, conversationId }: Release, untilMs: number): Promise<number> {
  await tx.run(sql`
    update messages set held_until = ${new Date(untilMs)}
    where tenant_id = ${tenantId} and conversation_id = ${conversationId} and held_until < ${new Date(untilMs)}`)
  return 0
}

async function openFor(
  tx: Tx,
  { tenantId }: Release,
  { from, held }: { from: LockedConversation; held: readonly Held[] },
): Promise<LockedConversation> {
  const { channelId, contactId, windowExpiresAt } = from
  const nowMs = held[0]!.created_at.getTime()
  const { conversation, event } = await createConversation(tx, { tenantId, channelId, contactId, nowMs })
  await appendEvents(tx, [event])
  await tx.run(sql`update conversations set window_expires_at = ${windowExpiresAt} where id = ${conversation.id}`)
  return conversation
}

type Placing = { from: LockedConversation; to: LockedConversation; held: readonly { id: string }[] }

/** Gives held messages their places at the end of a conversation, theirs or another; both rows are locked. */
async function place(tx: Tx, { tenantId, actor }: Release, { from, to, held }: Placing): Promise<void> {
  if (from.id !== to.id) await moveHeld(tx, { tenantId, from, to, held })
  await saveMailbox(tx, to.id, await placeHeld(tx, { tenantId, to, held }))
  await tx.run(sql`
    update conversations set held_count = greatest(0, held_count - ${held.length}) where id = ${to.id}`)
  await ringBell(tx, tenantId, to.id)
  await appendEvents(tx, releasedEvents({ tenantId, actor, conversationId: to.id, held }))
}

export const releasedEvents = (input: {
  tenantId: string
  actor: Actor
  conversationId: string
  held: readonly { id: string }[]
}): NewEvent[] =>
  input.held.map(({ id }) => ({
    tenantId: input.tenantId,
    type: 'message.released',
    actor: input.actor,
    subject: { type: 'message', id },
    conversationId: input.conversationId,
  }))

/** Held messages of a closed conversation go to the one that is open now, still held, with their counts and the last line. */
export async function moveHeld(tx: Tx, { tenantId, from, to, held }: { tenantId: string } & Placing): Promise<void> {
  const ids = held.map((row) => row.id)
  await tx.run(sql`
    with moved as (
      update messages set conversation_id = ${to.id} where tenant_id = ${tenantId} and id = any(${ids}::uuid[])
      returning external_id
    )
    update message_external_ids x set conversation_id = ${to.id} from moved m
    where x.tenant_id = ${tenantId} and x.channel_id = ${to.channelId} and x.external_id = m.external_id`)
  await tx.run(sql`
    update conversations c set unread_count = c.unread_count + ${held.length}, held_count = c.held_count + ${held.length},
      last_message_at = now(), last_message_preview = f.last_message_preview, last_message_label = f.last_message_label,
      last_message_direction = 'inbound'
    from conversations f where c.id = ${to.id} and f.id = ${from.id}`)
  await tx.run(sql`
    update conversations set held_count = 0, unread_count = greatest(0, unread_count - ${held.length})
    where id = ${from.id}`)
}

/** What is held in a conversation, in order of arrival. */
export async function heldIn(tx: Tx, tenantId: string, conversationId: string): Promise<Held[]> {
  return tx.rows<Held>(sql`
    select id, created_at from messages
    where tenant_id = ${tenantId} and conversation_id = ${conversationId} and held_until is not null order by id`)
}

/** @returns the mailbox with the places taken; the caller writes it, and the count of what is held. */
export async function placeHeld(
  tx: Tx,
  input: { tenantId: string; to: LockedConversation; held: readonly { id: string }[] },
) {
  const { tenantId, to, held } = input
  let { mailbox } = to
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
  return mailbox
}
