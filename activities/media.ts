import { cancellationSignal, heartbeat } from '@temporalio/activity'
import { appendEvents } from '#infra/db/stores/events.ts'
import { type Db, sql } from '#infra/db/tx.ts'
import { type MediaStore, mediaKey } from '#infra/media/store.ts'
import type { ChannelSenders } from '#infra/providers/channel-senders.ts'
import { GraphError } from '#infra/providers/whatsapp/client.ts'
import { toFailure } from './failures.ts'

export type MediaDeps = { db: Db; media: MediaStore; senders: ChannelSenders }
export type MediaActivities = ReturnType<typeof createMediaActivities>
export type MediaFetchInput = { tenantId: string; fileId: string }

/** WhatsApp's own ceiling for what contacts send. */
const SIZE_MAX = 100 * 1024 * 1024

type Row = {
  state: string
  message_id: string
  conversation_id: string
  provider_media_id: string
  mime_type: string
  file_name: string | null
  channel_id: string
  phone_number_id: string
  base_url: string | null
  access_token: Buffer
}

export const createMediaActivities = ({ db, media, senders }: MediaDeps) => ({
  /** Fetches one file of a provider and keeps it. Safe to retry: the same file goes to the same key. */
  async fetchMedia({ tenantId, fileId }: MediaFetchInput): Promise<{ state: 'stored' | 'failed' | 'gone' }> {
    const file = await db.tenant(tenantId, (tx) => readFile(tx, fileId))
    if (file === undefined || file.state !== 'pending') return { state: 'gone' }
    try {
      const client = senders.clientOf(tenantId, {
        channelId: file.channel_id,
        phoneNumberId: file.phone_number_id,
        baseUrl: file.base_url,
        accessToken: file.access_token,
      })
      const signal = cancellationSignal()
      const { url, mimeType } = await client.getMedia(file.provider_media_id, { signal })
      heartbeat('found')
      const download = await client.downloadMedia(url, { sizeBytesMax: SIZE_MAX, signal })
      const key = mediaKey({
        conversationId: file.conversation_id,
        messageId: file.message_id,
        mimeType: mimeType ?? file.mime_type,
        ...(file.file_name === null ? {} : { fileName: file.file_name }),
      })
      const stored = await media.put(tenantId, key, download.stream, {
        mimeType: mimeType ?? file.mime_type,
        sizeBytesMax: SIZE_MAX,
      })
      heartbeat('stored')
      await settle(
        db,
        { tenantId, fileId, file },
        { state: 'stored', key: stored.key, sizeBytes: stored.sizeBytes, sha256: stored.sha256 },
      )
      return { state: 'stored' }
    } catch (error) {
      const failure = toFailure(error)
      const gone = error instanceof GraphError && (error.failure?.class === 'no' || error.failure?.class === 'fix')
      if (!gone && !failure.nonRetryable) throw failure
      await settle(db, { tenantId, fileId, file }, { state: 'failed', error: failure.message })
      return { state: 'failed' }
    }
  },
})

async function readFile(tx: Parameters<Parameters<Db['tenant']>[1]>[0], fileId: string): Promise<Row | undefined> {
  return tx.row<Row>(sql`
    select f.state, f.message_id, m.conversation_id, f.provider_media_id, f.mime_type, f.file_name, c.id as channel_id,
      c.external_id as phone_number_id, c.base_url, c.access_token
    from media_files f join messages m on m.id = f.message_id join channels c on c.id = f.channel_id where f.id = ${fileId}`)
}

type Settlement =
  | { state: 'stored'; key: string; sizeBytes: number; sha256: string }
  | { state: 'failed'; error: string }

async function settle(
  db: Db,
  { tenantId, fileId, file }: { tenantId: string; fileId: string; file: Row },
  settlement: Settlement,
): Promise<void> {
  const stored = settlement.state === 'stored' ? settlement : undefined
  await db.tenant(tenantId, async (tx) => {
    const changed = await tx.run(sql`
      update media_files set state = ${settlement.state}, conversation_id = ${file.conversation_id},
        storage_key = ${stored?.key ?? null}, file_size_bytes = ${stored?.sizeBytes ?? null},
        sha256 = coalesce(${stored?.sha256 ?? null}, sha256), error = ${settlement.state === 'failed' ? settlement.error : null}
      where id = ${fileId} and state = 'pending'`)
    if (changed === 0) return
    appendEvents(tx, [
      {
        tenantId,
        type: 'media.changed',
        actor: { kind: 'system' },
        subject: { type: 'media', id: fileId },
        conversationId: file.conversation_id,
        data: { state: settlement.state, messageId: file.message_id },
      },
    ])
  })
}
