import { cancellationSignal, heartbeat } from '@temporalio/activity'
import { type FileToFetch, fileToFetch, noteFetchRefused, settleFetch } from '#infra/db/stores/media-fetches.ts'
import type { Db } from '#infra/db/tx.ts'
import { type MediaStore, mediaKey, type StoredObject } from '#infra/media/store.ts'
import type { ChannelSenders } from '#infra/providers/channel-senders.ts'
import { GraphError } from '#infra/providers/whatsapp/client.ts'
import { toFailure } from './failures.ts'

export type MediaDeps = { db: Db; media: MediaStore; senders: ChannelSenders }
export type MediaActivities = ReturnType<typeof createMediaActivities>
export type MediaFetchInput = { tenantId: string; fileId: string }
/** `waiting`: the provider refuses us until somebody changes something there or here. */
export type MediaFetched = { state: 'stored' | 'failed' | 'gone' | 'waiting' }

/** WhatsApp's own ceiling for what contacts send. */
const SIZE_MAX = 100 * 1024 * 1024

export const createMediaActivities = ({ db, media, senders }: MediaDeps) => ({
  /** Fetches one file of a provider and keeps it. Safe to retry: the same file goes to the same key. */
  async fetchMedia({ tenantId, fileId }: MediaFetchInput): Promise<MediaFetched> {
    const file = await db.tenant(tenantId, (tx) => fileToFetch(tx, fileId))
    if (file === undefined) {
      const end = { state: 'failed', error: 'What it came with is gone.' } as const
      await db.tenant(tenantId, (tx) => settleFetch(tx, { tenantId, fileId }, end))
      return { state: 'gone' }
    }
    try {
      const { key, sizeBytes, sha256 } = await fetchFile({ media, senders }, tenantId, file)
      heartbeat('stored')
      const end = { state: 'stored', key, sizeBytes, sha256 } as const
      await db.tenant(tenantId, (tx) => settleFetch(tx, { tenantId, fileId }, end))
      return { state: 'stored' }
    } catch (error) {
      // A worker that leaves says nothing about the file, also at its last attempt.
      if (cancellationSignal().aborted) throw toFailure(error)
      const verdict = verdictOn(error)
      if (verdict === 'lost' || file.isLast) {
        const end = { state: 'failed', error: toFailure(error).message } as const
        await db.tenant(tenantId, (tx) => settleFetch(tx, { tenantId, fileId }, end))
        return { state: 'failed' }
      }
      if (verdict === 'again') throw toFailure(error)
      await db.tenant(tenantId, (tx) => noteFetchRefused(tx, fileId))
      return { state: 'waiting' }
    }
  },
})

async function fetchFile(
  { media, senders }: Pick<MediaDeps, 'media' | 'senders'>,
  tenantId: string,
  file: FileToFetch,
): Promise<StoredObject> {
  const client = senders.clientOf(tenantId, file)
  const signal = cancellationSignal()
  const { url, mimeType = file.mimeType } = await client.getMedia(file.providerMediaId, { signal })
  heartbeat('found')
  const download = await client.downloadMedia(url, { sizeBytesMax: SIZE_MAX, signal })
  const { conversationId, messageId, fileName } = file
  const key = mediaKey({ conversationId, messageId, mimeType, ...(fileName === null ? {} : { fileName }) })
  return media.put(tenantId, key, download.stream, { mimeType, sizeBytesMax: SIZE_MAX })
}

/** What is known after a failure: nobody gets it any more, somebody must change something first, or it may go next time. */
function verdictOn(error: unknown): 'lost' | 'refused' | 'again' {
  if (error instanceof GraphError && error.failure !== undefined) {
    const { class: failureClass, providerCode, httpStatus } = error.failure
    // An id that the provider does not know (100, with 33) looks like a number that is not ours, which could be mended.
    const isUnknown = providerCode === 100 || httpStatus === 404 || httpStatus === 410
    if (failureClass === 'no' || isUnknown) return 'lost'
    if (failureClass === 'fix' || failureClass === 'stop') return 'refused'
  }
  return toFailure(error).nonRetryable ? 'lost' : 'again'
}
