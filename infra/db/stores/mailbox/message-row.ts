import type { Actor } from '#domain/events/schema.ts'
import { previewOf } from '#domain/messages/preview.ts'
import type { NewLine, OutboundContent, SenderType } from '#domain/messages/schema.ts'
import { newId } from '#infra/ids.ts'
import { sql, type Tx } from '../../tx.ts'
import type { NewEvent } from '../events.ts'
import type { LockedConversation, Written } from './conversation-row.ts'

export type NewOutbound = {
  content: OutboundContent
  senderType: SenderType
  senderId?: string
  automated: boolean
  messageClass: 'reply' | 'reminder' | 'campaign'
  replyToExternalId?: string
  runId?: string
  nodeId?: string
  cause?: Record<string, unknown>
  /** The wait whose time-out begins when this message is accepted. */
  prompt?: { waitId: string; timeoutMs: number | undefined }
}

export type OutboundRow = { id: string; outboundSeq: number }

export type Outbox = {
  rows: OutboundRow[]
  written: Written | undefined
  events: NewEvent[]
  /** Writes the rows. */
  insert: (tx: Tx) => void
}

/**
 * Gives outbound messages their places at the end of the conversation's order. `epoch` is the one that holds after this
 * commit, so that a farewell written together with a change of owner is not cut by it. The caller inserts the rows, writes
 * the conversation with `written`, and appends the events.
 */
export function planOutbound(input: {
  tenantId: string
  conversation: LockedConversation
  epoch: number
  messages: readonly NewOutbound[]
  actor: Actor
}): Outbox {
  const { tenantId, conversation, messages, actor } = input
  if (messages.length === 0) return { rows: [], written: undefined, events: [], insert: () => undefined }
  const rows = messages.map((message, index) => toRow(message, conversation.outboundSeq + index + 1))
  conversation.outboundSeq = rows.at(-1)!.outbound_seq
  return {
    rows: rows.map((row) => ({ id: row.id, outboundSeq: row.outbound_seq })),
    written: { outboundSeq: conversation.outboundSeq, preview: previewOf(messages.at(-1)!.content) },
    events: rows.map((row) => ({
      tenantId,
      type: 'message.queued',
      actor,
      subject: { type: 'message', id: row.id },
      conversationId: conversation.id,
    })),
    insert: (tx) => insertRows(tx, input, rows),
  }
}

function insertRows(
  tx: Tx,
  { tenantId, conversation, epoch }: Pick<Parameters<typeof planOutbound>[0], 'tenantId' | 'conversation' | 'epoch'>,
  rows: readonly ReturnType<typeof toRow>[],
): void {
  tx.write(sql`
    insert into messages (id, tenant_id, conversation_id, contact_id, channel_id, direction, state, epoch, sent_at,
      outbound_seq, sender_type, sender_id, kind, content, reply_to_external_id, message_class, automated, cause,
      run_id, node_id, prompt_wait_id, prompt_timeout_ms)
    select id, ${tenantId}, ${conversation.id}, ${conversation.contactId}, ${conversation.channelId}, 'outbound', 'queued',
      ${epoch}, now(), outbound_seq, sender_type, sender_id, kind, content, reply_to_external_id, message_class, automated,
      cause, run_id, node_id, prompt_wait_id, prompt_timeout_ms
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as m(id uuid, outbound_seq int, sender_type text, sender_id uuid,
      kind text, content jsonb, reply_to_external_id text, message_class text, automated boolean, cause jsonb,
      run_id uuid, node_id text, prompt_wait_id text, prompt_timeout_ms bigint)`)
}

const toRow = (message: NewOutbound, outboundSeq: number) => ({
  id: newId(),
  outbound_seq: outboundSeq,
  sender_type: message.senderType,
  sender_id: message.senderId ?? null,
  kind: message.content.kind,
  content: message.content,
  reply_to_external_id: message.replyToExternalId ?? null,
  message_class: message.messageClass,
  automated: message.automated,
  cause: message.cause ?? null,
  run_id: message.runId ?? null,
  node_id: message.nodeId ?? null,
  prompt_wait_id: message.prompt?.waitId ?? null,
  prompt_timeout_ms: message.prompt?.timeoutMs ?? null,
})

/** A line of the house in the thread: who took over, who closed. It is nobody's message and needs no answer. */
export function insertLine(
  tx: Tx,
  input: { tenantId: string; conversation: LockedConversation; line: NewLine; actor: Actor },
): void {
  const { tenantId, conversation, line, actor } = input
  const senderId = actor.kind === 'person' || actor.kind === 'run' ? actor.id : null
  tx.write(sql`
    insert into messages (id, tenant_id, conversation_id, contact_id, channel_id, direction, sender_type, sender_id, kind,
      content, sent_at)
    values (${newId()}, ${tenantId}, ${conversation.id}, ${conversation.contactId}, ${conversation.channelId}, 'internal',
      'system', ${senderId}, 'line', ${JSON.stringify(line)}, now())`)
}
