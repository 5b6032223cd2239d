import type { Message, MessageFailure, Reaction } from '#domain/conversations/schema.ts'
import type { MediaFile } from '#domain/media/schema.ts'
import { labelledPreview } from '#domain/messages/preview.ts'
import type { MessageContent, MessageDirection, OutboundState, SenderType } from '#domain/messages/schema.ts'
import { part, query } from '../query.ts'
import { iso, isoOrNull } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { ListPage } from './acting.ts'
import { filesOfMessages } from './media-files.ts'

type Row = {
  id: string
  conversationId: string
  channelId: string
  direction: MessageDirection
  senderType: SenderType
  senderId: string | null
  senderName: string | null
  content: MessageContent
  state: OutboundState | null
  failure: Record<string, unknown> | null
  attempt: number
  possibleDuplicate: boolean
  duplicateDetected: boolean
  heldUntil: Date | null
  heldReason: string | null
  replyToExternalId: string | null
  runId: string | null
  flowId: string | null
  flowName: string | null
  nodeId: string | null
  automated: boolean
  seq: number | null
  clientId: string | null
  externalId: string | null
  sentAt: Date
  createdAt: Date
  deliveredAt: Date | null
  readAt: Date | null
}

const COLUMNS = part`
  select m.id, m.conversation_id as "conversationId", m.channel_id as "channelId", m.direction,
    m.sender_type as "senderType", m.sender_id as "senderId", p.name as "senderName", m.content, m.state, m.failure,
    m.attempt, m.possible_duplicate as "possibleDuplicate", m.duplicate_detected as "duplicateDetected",
    m.held_until as "heldUntil", m.held_reason as "heldReason", m.reply_to_external_id as "replyToExternalId",
    m.run_id as "runId", f.id as "flowId", f.name as "flowName", m.node_id as "nodeId", m.automated, m.seq,
    case when m.cause ->> 'kind' = 'client' then m.cause ->> 'id' end as "clientId",
    m.external_id as "externalId",
    m.sent_at as "sentAt", m.created_at as "createdAt", m.delivered_at as "deliveredAt", m.read_at as "readAt"`
const JOINED = part`
  left join people p on m.sender_type in ('user', 'system') and p.id = m.sender_id
  left join runs r on r.tenant_id = m.tenant_id and r.id = m.run_id
  left join flows f on f.tenant_id = r.tenant_id and f.id = r.flow_id`

/**
 * A piece of a thread, newest first: the latest, those before a message, or those after one (for a screen that was away).
 * Ids grow with time, so an id is a position.
 */
export async function readThread(
  tx: Tx,
  input: { conversationId: string; limit: number; before?: string | undefined; after?: string | undefined },
): Promise<Message[]> {
  const { conversationId, limit, before, after } = input
  const upward = before === undefined && after !== undefined
  const page = query(
    COLUMNS,
    part`from (select * from messages where conversation_id = ${conversationId}`,
    before !== undefined && part`and id < ${before}`,
    after !== undefined && part`and id > ${after}`,
    upward ? part`order by id limit ${limit}) m` : part`order by id desc limit ${limit}) m`,
    JOINED,
    part`order by m.id desc`,
  )
  return withParts(tx, await tx.rows<Row>(page))
}

/**
 * What a run wrote, in order. The position is (id).
 * Messages have no index by run: its conversation is read between the run's start and its end, with an hour on either
 * side, because ids are made by several clocks.
 */
export async function messagesOfRun(tx: Tx, { runId, limit, after }: ListPage & { runId: string }): Promise<Message[]> {
  const page = query(
    COLUMNS,
    part`from runs o join messages m on m.tenant_id = o.tenant_id and m.conversation_id = o.conversation_id
      and m.run_id = o.id and m.id >= uuid_floor(o.started_at - interval '1 hour')
      and m.id < uuid_floor(coalesce(o.ended_at, now()) + interval '1 hour')`,
    JOINED,
    part`where o.id = ${runId}`,
    after && part`and m.id > ${after[0]}::uuid`,
    part`order by m.id limit ${limit}`,
  )
  return withParts(tx, await tx.rows<Row>(page))
}

export async function getMessage(tx: Tx, id: string): Promise<Message | undefined> {
  const rows = await tx.rows<Row>(query(COLUMNS, part`from messages m`, JOINED, part`where m.id = ${id}`))
  return (await withParts(tx, rows))[0]
}

async function withParts(tx: Tx, rows: Row[]): Promise<Message[]> {
  if (rows.length === 0) return []
  const reactions = await reactionsOf(tx, rows)
  const files = await filesOf(tx, rows)
  const quotes = await quotesOf(tx, rows)
  return rows.map((row) => toMessage(row, { reactions, files, quotes }))
}

type Reactions = ReadonlyMap<string, Reaction[]>

async function reactionsOf(tx: Tx, rows: readonly Row[]): Promise<Reactions> {
  const found = await tx.rows<{ messageId: string; senderType: SenderType; emoji: string; at: Date }>(sql`
    select message_id as "messageId", sender_type as "senderType", emoji, at from message_reactions
    where message_id = any(${rows.map((row) => row.id)}::uuid[]) order by at`)
  const byMessage = new Map<string, Reaction[]>()
  for (const { messageId, senderType, emoji, at } of found) {
    const list = byMessage.get(messageId) ?? []
    byMessage.set(messageId, [...list, { senderType, emoji, at: iso(at) }])
  }
  return byMessage
}

const fileIdOf = (content: MessageContent): string | undefined =>
  'media' in content ? content.media.fileId : undefined

/** Files by message: what an inbound message brought is told by its row, what was sent by the content. */
async function filesOf(tx: Tx, rows: readonly Row[]): Promise<ReadonlyMap<string, MediaFile>> {
  const withMedia = rows.filter((row) => 'media' in row.content)
  if (withMedia.length === 0) return new Map()
  const files = await filesOfMessages(tx, {
    messageIds: withMedia.map((row) => row.id),
    fileIds: withMedia.flatMap((row) => fileIdOf(row.content) ?? []),
  })
  const byMessage = new Map<string, MediaFile>()
  for (const row of withMedia) {
    const fileId = fileIdOf(row.content)
    const file = files.find((one) => (fileId === undefined ? one.messageId === row.id : one.file.fileId === fileId))
    if (file !== undefined) byMessage.set(row.id, file.file)
  }
  return byMessage
}

type Quote = { id: string; direction: MessageDirection; preview: string }

/** The messages that others answer to, by channel and provider id. */
async function quotesOf(tx: Tx, rows: readonly Row[]): Promise<ReadonlyMap<string, Quote>> {
  const externalIds = rows.flatMap((row) => row.replyToExternalId ?? [])
  if (externalIds.length === 0) return new Map()
  const found = await tx.rows<{
    externalId: string
    id: string
    direction: MessageDirection
    content: MessageContent
  }>(sql`
    select x.external_id as "externalId", m.id, m.direction, m.content
    from message_external_ids x join messages m on m.tenant_id = x.tenant_id and m.id = x.message_id
    where x.channel_id = any(${[...new Set(rows.map((row) => row.channelId))]}::uuid[])
      and x.external_id = any(${externalIds}) and x.conversation_id = any(${rows.map((row) => row.conversationId)}::uuid[])`)
  return new Map(
    found.map(({ externalId, id, direction, content }) => [
      externalId,
      { id, direction, preview: labelledPreview(content) },
    ]),
  )
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

function failureOf(stored: Record<string, unknown> | null): MessageFailure | null {
  if (stored === null) return null
  const providerCode = stored['providerCode']
  return {
    code: textOf(stored['code']) ?? 'provider_rejected',
    providerCode: typeof providerCode === 'number' ? providerCode : null,
    title: textOf(stored['title']),
    detail: textOf(stored['details']) ?? textOf(stored['detail']),
  }
}

function replyToOf(row: Row, quotes: ReadonlyMap<string, Quote>): Message['replyTo'] {
  if (row.replyToExternalId === null) return null
  const quote = quotes.get(row.replyToExternalId)
  return {
    externalId: row.replyToExternalId,
    id: quote?.id ?? null,
    direction: quote?.direction ?? null,
    preview: quote?.preview ?? '',
  }
}

function toMessage(
  row: Row,
  parts: { reactions: Reactions; files: ReadonlyMap<string, MediaFile>; quotes: ReadonlyMap<string, Quote> },
): Message {
  const { runId, flowId, flowName, nodeId } = row
  return {
    id: row.id,
    conversationId: row.conversationId,
    channelId: row.channelId,
    direction: row.direction,
    sender: { type: row.senderType, id: row.senderId, name: row.senderName ?? (runId === null ? null : flowName) },
    content: row.content,
    media: parts.files.get(row.id) ?? null,
    state: row.state,
    failure: failureOf(row.failure),
    attempt: row.attempt,
    possibleDuplicate: row.possibleDuplicate,
    duplicateDetected: row.duplicateDetected,
    held: row.heldUntil === null ? null : { until: iso(row.heldUntil), reason: row.heldReason },
    replyTo: replyToOf(row, parts.quotes),
    reactions: parts.reactions.get(row.id) ?? [],
    run: runId === null || flowId === null ? null : { id: runId, flowId, flowName: flowName ?? '', nodeId },
    automated: row.automated,
    seq: row.seq,
    clientId: row.clientId,
    externalId: row.externalId,
    sentAt: iso(row.sentAt),
    createdAt: iso(row.createdAt),
    deliveredAt: isoOrNull(row.deliveredAt),
    readAt: isoOrNull(row.readAt),
  }
}
