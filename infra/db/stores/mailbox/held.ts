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
  const to = open ?? (await openFor(tx, input, { from, held }))
  await gatherHeld(tx, tenantId, to)
  return place(tx, input, to)
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
  appendEvents(tx, [event])
  await tx.run(sql`update conversations set window_expires_at = ${windowExpiresAt} where id = ${conversation.id}`)
  return conversation
}

/** Gives all held messages of a locked conversation their places at its end. */
async function place(tx: Tx, { tenantId, actor }: Release, to: LockedConversation): Promise<number> {
  const held = await heldIn(tx, tenantId, to.id)
  saveMailbox(tx, to.id, await placeHeld(tx, { tenantId, to, held }))
  await tx.run(sql`update conversations set held_count = 0 where id = ${to.id}`)
  ringBell(tx, tenantId, to.id)
  appendEvents(tx, releasedEvents({ tenantId, actor, conversationId: to.id, held }))
  return held.length
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

/**
 * A conversation opens, so what is held in closed ones of the same contact goes along, still held, with the counts and the
 * last line: else it would be overtaken by what comes next.
 *
 * @returns how many came.
 */
export async function gatherHeld(tx: Tx, tenantId: string, to: LockedConversation): Promise<number> {
  const sources = await tx.rows<{ id: string }>(sql`
    select id from conversations
    where tenant_id = ${tenantId} and contact_id = ${to.contactId} and channel_id = ${to.channelId} and held_count > 0
      and id <> ${to.id}
    order by id for update`)
  let count = 0
  for (const { id: from } of sources) {
    const row = await tx.row<{ count: number }>(sql`
      with moved as (
        update messages set conversation_id = ${to.id}
        where tenant_id = ${tenantId} and conversation_id = ${from} and held_until is not null returning external_id
      ), known as (
        update message_external_ids x set conversation_id = ${to.id} from moved m
        where x.tenant_id = ${tenantId} and x.channel_id = ${to.channelId} and x.external_id = m.external_id
      )
      select count(*)::int as count from moved`)
    const moved = row?.count ?? 0
    await tx.run(sql`
      update conversations c set unread_count = c.unread_count + ${moved}, held_count = c.held_count + ${moved},
        last_message_at = now(), last_message_preview = f.last_message_preview, last_message_label = f.last_message_label,
        last_message_direction = 'inbound'
      from conversations f where c.id = ${to.id} and f.id = ${from}`)
    await tx.run(sql`
      update conversations set held_count = 0, unread_count = greatest(0, unread_count - ${moved}) where id = ${from}`)
    count += moved
  }
  to.heldCount += count
  return count
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
