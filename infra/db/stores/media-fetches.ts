import { part, query } from '../query.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting } from './acting.ts'
import { appendEvents } from './events.ts'

/** A file of a provider that is still to be fetched, with the way there. */
export type FileToFetch = {
  messageId: string
  conversationId: string
  providerMediaId: string
  mimeType: string
  fileName: string | null
  channelId: string
  phoneNumberId: string
  baseUrl: string | null
  accessToken: Buffer
  /** Its provider forgets a file seven days after the message: whatever fails from here on has failed for good. */
  isLast: boolean
}

const REMEMBERED = part`least(m.sent_at, f.created_at) > now() - interval '7 days'`

/** Undefined when it is not waited for any more, or when what it came with is gone. */
export const fileToFetch = (tx: Tx, fileId: string): Promise<FileToFetch | undefined> =>
  tx.row<FileToFetch>(
    query(part`
      select f.message_id as "messageId", m.conversation_id as "conversationId", f.provider_media_id as "providerMediaId",
        f.mime_type as "mimeType", f.file_name as "fileName", c.id as "channelId", c.external_id as "phoneNumberId",
        c.base_url as "baseUrl", c.access_token as "accessToken", not ${REMEMBERED} as "isLast"
      from media_files f join messages m on m.id = f.message_id join channels c on c.id = f.channel_id
      where f.id = ${fileId} and f.state = 'pending'`),
  )

export type FetchEnd =
  | { state: 'stored'; key: string; sizeBytes: number; sha256: string }
  | { state: 'failed'; error: string }

/** Ends the fetch of a file, once. */
export async function settleFetch(
  tx: Tx,
  { tenantId, fileId }: { tenantId: string; fileId: string },
  end: FetchEnd,
): Promise<void> {
  const stored = end.state === 'stored' ? end : undefined
  const row = await tx.row<{ messageId: string; conversationId: string | null }>(sql`
    update media_files f set state = ${end.state}, storage_key = ${stored?.key ?? null},
      conversation_id = (select m.conversation_id from messages m where m.id = f.message_id),
      file_size_bytes = ${stored?.sizeBytes ?? null}, sha256 = coalesce(${stored?.sha256 ?? null}, f.sha256),
      error = ${end.state === 'failed' ? end.error : null}, refused_at = null
    where f.id = ${fileId} and f.state = 'pending'
    returning f.message_id as "messageId", f.conversation_id as "conversationId"`)
  if (row === undefined) return
  tellOfFile(tx, { tenantId, actor: { kind: 'system' } }, { id: fileId, ...row, state: end.state })
}

type Told = { id: string; messageId: string; conversationId: string | null; state: 'pending' | FetchEnd['state'] }

function tellOfFile(tx: Tx, { tenantId, actor }: Acting, { id, messageId, conversationId, state }: Told): void {
  if (conversationId === null) return
  const subject = { type: 'media', id } as const
  appendEvents(tx, [{ tenantId, type: 'media.changed', actor, subject, conversationId, data: { state, messageId } }])
}

/** It waits for people: from here on it is not the house that is behind. */
export const noteFetchRefused = (tx: Tx, fileId: string): Promise<number> =>
  tx.run(sql`
    update media_files set refused_at = coalesce(refused_at, now()) where id = ${fileId} and state = 'pending'`)

/**
 * A number has got a new token. Whatever is missing of it and is still remembered there is asked for anew, also what had
 * failed: that may have been for the old token, and what cannot be had fails again at once.
 */
export async function fetchAgain(tx: Tx, acting: Acting, channelId: string): Promise<void> {
  // Ids of messages are as old as their messages, so that a week is read and not everything that ever came.
  const files = await tx.rows<Omit<Told, 'state'> & { state: string }>(
    query(part`
      select f.id, f.message_id as "messageId", m.conversation_id as "conversationId", f.state
      from media_files f join messages m on m.id = f.message_id
      where f.tenant_id = ${acting.tenantId} and f.message_id >= uuid_floor(now() - interval '8 days')
        and f.channel_id = ${channelId} and f.state in ('pending', 'failed') and f.provider_media_id is not null
        and ${REMEMBERED}
      for update of f`),
  )
  if (files.length === 0) return
  await tx.run(sql`
    update media_files set state = 'pending', attempts = 0, error = null, refused_at = null
    where id = any(${files.map(({ id }) => id)}::uuid[])`)
  for (const file of files) if (file.state === 'failed') tellOfFile(tx, acting, { ...file, state: 'pending' })
}

export type DueFetch = {
  id: string
  tenantId: string
  /** The hour of its life up to which it was asked for; 0: never, or it is wanted anew and whoever waits with it shall look. */
  attempts: number
  isOver: boolean
}

/**
 * Files to ask for: new ones, and each that is still waited for once an hour, because what fetches it may have been ended.
 * Runs as the relay.
 */
export const dueFetches = (relay: Tx, limit: number): Promise<DueFetch[]> =>
  relay.rows<DueFetch>(sql`
    select id, tenant_id as "tenantId", attempts, created_at < now() - interval '8 days' as "isOver"
    from media_files where state = 'pending' and created_at + attempts * interval '1 hour' <= now()
    order by created_at limit ${limit}`)

/** Unless it was wanted anew meanwhile. */
export const noteFetchAsked = (tx: Tx, { id, attempts }: Pick<DueFetch, 'id' | 'attempts'>): Promise<number> =>
  tx.run(sql`
    update media_files set attempts = 1 + floor(extract(epoch from now() - created_at) / 3600)::int
    where id = ${id} and state = 'pending' and attempts = ${attempts}`)
