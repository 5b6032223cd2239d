import { type Bucket, countMessage } from '#domain/conversations/inbound-limits.ts'
import { receive } from '#domain/conversations/mailbox.ts'
import type { Sender } from '#infra/providers/whatsapp/inbound.ts'
import { sql, type Tx } from '../../tx.ts'
import { appendEvents } from '../events.ts'
import { type IntakeChannel, identitiesOf } from './contact-of.ts'
import { type ConversationRow, type LockedConversation, toLocked } from './conversation-row.ts'
import { type BucketRow, toBucket } from './inbound-limits.ts'
import { type InboundMessage, receivedEvent, tellOwner } from './intake.ts'
import { type Place, writePlaces } from './intake-write.ts'
import { registerMedia } from './media-rows.ts'

/** What one person wrote, in order. */
export type Written = { sender: Sender; messages: readonly InboundMessage[] }

type Input = { tenantId: string; channel: IntakeChannel; nowMs: number; written: readonly Written[] }

/**
 * Places the messages of many people with as few statements as those of one, where nothing is out of the ordinary: a
 * known contact with an open conversation, nothing held and nothing to hold.
 *
 * @returns what was not placed: strangers, conversations to open, limits that are reached.
 */
export async function takeInTogether(tx: Tx, input: Input): Promise<Written[]> {
  const { tenantId, channel, nowMs, written } = input
  if (written.length === 0) return []
  const found = await findPlaces(tx, input)
  const places: Place[] = []
  const others: Written[] = []
  const taken = new Set<string>()
  for (const one of written) {
    const place = placeOf(one, found, nowMs)
    // Two lanes may be of one contact who is known by two ids: the second is placed after the first is written.
    if (place === undefined || taken.has(place.contactId)) others.push(one)
    else {
      taken.add(place.contactId)
      places.push(place)
    }
  }
  if (places.length === 0) return others
  const scope = { tenantId, channelId: channel.id }
  const events = places.flatMap(({ contactId, conversation, placed }) =>
    placed.map((message) => receivedEvent({ ...scope, contactId, conversationId: conversation.id, message })),
  )
  writePlaces(tx, scope, places)
  appendEvents(tx, events)
  for (const { conversation, placed } of places) {
    await tellOwner(tx, tenantId, conversation)
    await registerMedia(tx, { ...scope, messages: placed })
  }
  return others
}

type Known = { externalId: string; contactId: string; name: string }
type Found = {
  known: Map<string, Known>
  conversations: Map<string, { conversation: LockedConversation; bucket: Bucket | undefined }>
}

/** Contacts, open conversations and counts behind many senders, the conversations locked in the order of their ids. */
async function findPlaces(tx: Tx, { tenantId, channel, written }: Input): Promise<Found> {
  const ids = written.flatMap(({ sender }) => identitiesOf(sender).map(({ externalId }) => externalId))
  const rows = await tx.rows<ConversationRow & { external_id: string; name: string; bucket: BucketRow | null }>(sql`
    select v.id, v.channel_id, v.contact_id, v.state, v.owner_kind, v.owner_id, v.epoch, v.cut_epoch, v.last_seq,
      v.handled_seq, v.outbound_seq, v.needs_people, v.unread_count, v.held_count, v.snoozed_until, v.last_message_at, v.window_expires_at, v.closed_at,
      i.external_id, c.name,
      (select jsonb_build_object('window_start', b.window_start, 'window_end', b.window_end, 'count', b.count,
          'blocked_until', b.blocked_until)
        from rate_limit_buckets b where b.tenant_id = v.tenant_id and b.contact_id = v.contact_id
          and b.bucket_type = 'message') as bucket
    from contact_identities i
    join contacts c on c.id = i.contact_id
    join conversations v on v.tenant_id = i.tenant_id and v.channel_id = ${channel.id} and v.contact_id = i.contact_id
      and v.state <> 'closed'
    where i.tenant_id = ${tenantId} and i.channel_kind = ${channel.kind} and i.business_account_id = ${channel.businessAccountId}
      and i.external_id = any(${ids}::text[])
    order by v.id for update of v`)
  return {
    known: new Map(
      rows.map((row) => [row.external_id, { externalId: row.external_id, contactId: row.contact_id, name: row.name }]),
    ),
    conversations: new Map(
      rows.map((row) => [row.contact_id, { conversation: toLocked(row), bucket: toBucket(row.bucket) }]),
    ),
  }
}

function placeOf({ sender, messages }: Written, { known, conversations }: Found, nowMs: number): Place | undefined {
  const ids = identitiesOf(sender)
  const first = known.get(ids[0]?.externalId ?? '')
  if (first === undefined || ids.some(({ externalId }) => known.get(externalId)?.contactId !== first.contactId)) return
  if (first.name === '' && (sender.profileName ?? '') !== '') return
  const { contactId } = first
  const found = conversations.get(contactId)!
  if (found.conversation.heldCount > 0) return
  let { bucket } = found
  let { mailbox } = found.conversation
  const placed = []
  for (const message of messages) {
    const verdict = countMessage(bucket, nowMs)
    if (verdict.kind === 'hold') return
    const change = receive(mailbox)
    placed.push({ ...message, seq: change.seq, admission: { kind: 'pass' as const } })
    bucket = verdict.bucket
    mailbox = change.mailbox
  }
  return {
    contactId,
    conversation: { ...found.conversation, mailbox },
    placed,
    ...(bucket === undefined ? {} : { bucket }),
  }
}
