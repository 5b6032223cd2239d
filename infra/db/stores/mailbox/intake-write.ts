import type { Bucket } from '#domain/conversations/inbound-limits.ts'
import { previewOf } from '#domain/messages/preview.ts'
import { sql, type Tx } from '../../tx.ts'
import type { LockedConversation } from './conversation-row.ts'
import type { Admission } from './inbound-limits.ts'
import type { InboundMessage } from './intake.ts'

export type PlacedMessage = InboundMessage & { seq: number | null; admission: Admission }

/** The messages of one contact with their places, and their conversation as it is with them. */
export type Place = {
  contactId: string
  conversation: LockedConversation
  placed: readonly PlacedMessage[]
  /** What is counted of the contact's messages, where that is written here. */
  bucket?: Bucket
}

const SERVICE_WINDOW_MS = 24 * 3_600_000

/** One statement for messages, conversations, counts and bells of any number of contacts: this runs for every message. */
export function writePlaces(
  tx: Tx,
  { tenantId, channelId }: { tenantId: string; channelId: string },
  places: readonly Place[],
): void {
  if (places.length === 0) return
  tx.wake('bells')
  tx.write(sql`
    with message as (
      insert into messages (id, tenant_id, conversation_id, contact_id, channel_id, direction, sender_type, sender_id, kind,
        content, external_id, reply_to_external_id, context, seq, held_until, held_reason, sent_at)
      select id, ${tenantId}, conversation_id, contact_id, ${channelId}, 'inbound', 'contact', contact_id, kind, content,
        external_id, reply_to_external_id, context, seq, held_until, held_reason, sent_at
      from jsonb_to_recordset(${JSON.stringify(places.flatMap(messageRows))}::jsonb) as m(id uuid, conversation_id uuid,
        contact_id uuid, kind text, content jsonb, external_id text, reply_to_external_id text, context jsonb, seq int,
        held_until timestamptz, held_reason text, sent_at timestamptz)
      returning id, external_id, conversation_id
    ), known as (
      insert into message_external_ids (tenant_id, channel_id, external_id, message_id, conversation_id)
      select ${tenantId}, ${channelId}, external_id, id, conversation_id from message
      on conflict do nothing
    ), bucket as (
      insert into rate_limit_buckets (tenant_id, contact_id, bucket_type, window_start, window_end, count)
      select ${tenantId}, contact_id, 'message', window_start, window_end, count
      from jsonb_to_recordset(${JSON.stringify(places.flatMap(bucketRow))}::jsonb)
        as b(contact_id uuid, window_start timestamptz, window_end timestamptz, count int)
      on conflict (tenant_id, contact_id, bucket_type) do update set window_start = excluded.window_start,
        window_end = excluded.window_end, count = excluded.count, is_blocked = false, blocked_until = null
    ), place as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(places.map(conversationRow))}::jsonb) as p(id uuid, state text,
        owner_kind text, owner_id uuid, epoch int, last_seq int, needs_people boolean, held_count int, messages int,
        rings boolean, preview text, label text, window_end timestamptz)
      order by id
    ), bell as (
      insert into bells (conversation_id, tenant_id) select id, ${tenantId} from place where rings
      on conflict (conversation_id) do update set version = bells.version + 1, due_at = least(bells.due_at, now())
    )
    update conversations v set state = p.state, owner_kind = p.owner_kind, owner_id = p.owner_id, epoch = p.epoch,
      last_seq = p.last_seq, needs_people = p.needs_people,
      closed_at = case when p.state = 'closed' then v.closed_at end,
      close_reason = case when p.state = 'closed' then v.close_reason end,
      snoozed_until = case when p.state = 'snoozed' then v.snoozed_until end,
      held_count = p.held_count, unread_count = v.unread_count + p.messages, last_message_at = now(),
      last_message_preview = coalesce(p.preview, ''), last_message_label = p.label, last_message_direction = 'inbound',
      window_expires_at = greatest(v.window_expires_at, p.window_end)
    from place p where v.id = p.id`)
}

const messageRows = ({ contactId, conversation, placed }: Place) =>
  placed.map(({ admission, ...message }) => ({
    id: message.id,
    conversation_id: conversation.id,
    contact_id: contactId,
    kind: message.content.kind,
    content: message.content,
    external_id: message.externalId,
    reply_to_external_id: message.replyToExternalId ?? null,
    context: message.context ?? null,
    seq: message.seq,
    held_until: admission.kind === 'hold' ? new Date(admission.untilMs).toISOString() : null,
    held_reason: admission.kind === 'hold' ? admission.reason : null,
    sent_at: new Date(message.sentAtMs).toISOString(),
  }))

const bucketRow = ({ contactId, bucket }: Place) =>
  bucket === undefined
    ? []
    : [
        {
          contact_id: contactId,
          window_start: new Date(bucket.windowStartMs).toISOString(),
          window_end: new Date(bucket.windowEndMs).toISOString(),
          count: bucket.count,
        },
      ]

function conversationRow({ conversation, placed }: Place) {
  const { mailbox } = conversation
  const { text, label } = previewOf(placed.at(-1)!.content)
  return {
    id: conversation.id,
    state: mailbox.state,
    owner_kind: mailbox.owner.kind,
    owner_id: mailbox.owner.kind === 'none' ? null : mailbox.owner.id,
    epoch: mailbox.epoch,
    last_seq: mailbox.lastSeq,
    needs_people: mailbox.needsPeople,
    held_count: conversation.heldCount,
    messages: placed.length,
    rings: placed.some((message) => message.seq !== null),
    preview: text ?? '',
    label: label ?? null,
    window_end: new Date(Math.max(...placed.map((message) => message.sentAtMs)) + SERVICE_WINDOW_MS).toISOString(),
  }
}
