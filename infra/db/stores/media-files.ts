import { DomainError } from '#domain/errors.ts'
import { filesToSend, maySendAs } from '#domain/media/kind.ts'
import type { MediaFile, MediaState } from '#domain/media/schema.ts'
import type { MEDIA_KINDS, OutboundContent } from '#domain/messages/schema.ts'
import { type Part, part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'

type MediaType = (typeof MEDIA_KINDS)[number]

type Row = {
  id: string
  messageId: string | null
  mediaType: MediaType
  state: MediaState
  mimeType: string
  fileName: string | null
  sizeBytes: number | null
  sha256: string | null
  storageKey: string | null
  createdAt: Date
}

export type StoredFile = { file: MediaFile; messageId: string | null; storageKey: string | null }

const COLUMNS = part`
  select id, message_id as "messageId", media_type as "mediaType", state, mime_type as "mimeType",
    file_name as "fileName", file_size_bytes as "sizeBytes", sha256, storage_key as "storageKey", created_at as "createdAt"
  from media_files`

const toStored = ({ id, messageId, storageKey, createdAt, ...rest }: Row): StoredFile => ({
  file: { fileId: id, ...rest, createdAt: iso(createdAt) },
  messageId,
  storageKey,
})

const read = async (tx: Tx, where: Part): Promise<StoredFile[]> =>
  (await tx.rows<Row>(query(COLUMNS, where))).map(toStored)

export async function getMediaFile(tx: Tx, id: string): Promise<StoredFile | undefined> {
  return (await read(tx, part`where id = ${id}`))[0]
}

export async function filesOfMessages(
  tx: Tx,
  { messageIds, fileIds }: { messageIds: readonly string[]; fileIds: readonly string[] },
): Promise<StoredFile[]> {
  const byMessage = await read(tx, part`where message_id = any(${messageIds}::uuid[])`)
  const byId = fileIds.length === 0 ? [] : await read(tx, part`where id = any(${fileIds}::uuid[])`)
  return [...byMessage, ...byId]
}

/** The files that flows send, in whichever version, or would send if their draft were published. */
export const filesOfFlows = (tenantId: string): Part => part`
  select distinct named[1]::uuid as id from (
    select definition as flow from flow_versions where tenant_id = ${tenantId}
    union all select draft from flows where tenant_id = ${tenantId}) flows,
    regexp_matches(flow::text, '"fileId": ?"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"', 'gi') named`

/** The files of `media_files f` that somebody sent, or that came with a message of theirs. */
export const filesFromContact = (tenantId: string, contactId: string): Part => part`(
  f.conversation_id in (select id from conversations where tenant_id = ${tenantId} and contact_id = ${contactId})
  or f.message_id in (select m.id from messages m join conversations v on v.tenant_id = m.tenant_id and v.id = m.conversation_id
    where m.tenant_id = ${tenantId} and v.contact_id = ${contactId}))`

/** Those that were sent to them. */
export const filesToContact = (tenantId: string, contactId: string): Part => part`exists (
  select from sent_files s join conversations v on v.tenant_id = s.tenant_id and v.id = s.conversation_id
  where s.tenant_id = ${tenantId} and s.file_id = f.id and v.contact_id = ${contactId})`

export type NewMediaFile = {
  id: string
  tenantId: string
  mediaType: MediaType
  mimeType: string
  fileName: string | null
  sizeBytes: number
  sha256: string
  storageKey: string
}

/** Records a file whose bytes are stored already: a row without bytes would promise what is not there. */
export async function insertUploadedFile(tx: Tx, file: NewMediaFile): Promise<void> {
  await tx.run(sql`
    insert into media_files (id, tenant_id, media_type, state, mime_type, file_name, file_size_bytes, sha256, storage_key)
    values (${file.id}, ${file.tenantId}, ${file.mediaType}, 'stored', ${file.mimeType}, ${file.fileName}, ${file.sizeBytes},
      ${file.sha256}, ${file.storageKey})`)
}

/**
 * Notes when the files of a message were sent last and where they went: they are kept as long as that conversation, and go
 * with a contact whom nobody else shares them with.
 */
export async function noteFilesSent(
  tx: Tx,
  { tenantId, conversationId }: { tenantId: string; conversationId: string },
  content: OutboundContent,
): Promise<void> {
  const fileIds = filesToSend(content).flatMap(({ media }) => media.fileId ?? [])
  if (fileIds.length === 0) return
  await tx.run(sql`
    with used as (update media_files set used_at = now() where id = any(${fileIds}::uuid[]) returning id)
    insert into sent_files (tenant_id, file_id, conversation_id)
    select ${tenantId}, id, ${conversationId} from used on conflict do nothing`)
}

/**
 * Refuses a message whose file is not ours, not stored, of another kind or too large for WhatsApp (CH-19). Asked when a
 * person writes, so that they hear of it at once and not from a failed bubble.
 * @throws DomainError not_found, message_not_sendable, media_too_large.
 */
export async function requireSendableFiles(tx: Tx, content: OutboundContent): Promise<void> {
  for (const { kind, media } of filesToSend(content)) {
    if (media.fileId === undefined) continue
    const stored = await getMediaFile(tx, media.fileId)
    if (stored === undefined) throw new DomainError('not_found', `There is no file ${media.fileId}.`)
    const { state, mediaType, sizeBytes } = stored.file
    if (state !== 'stored') throw new DomainError('message_not_sendable', 'The file is not stored.')
    if (maySendAs(kind, { mediaType, sizeBytes })) continue
    const tooLarge = maySendAs(kind, { mediaType, sizeBytes: 0 })
    throw tooLarge
      ? new DomainError('media_too_large', `WhatsApp takes no ${kind} of ${sizeBytes} bytes.`)
      : new DomainError('message_not_sendable', `A file of type ${stored.file.mimeType} cannot be sent as ${kind}.`)
  }
}
