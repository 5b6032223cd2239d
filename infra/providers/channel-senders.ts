import { filesToSend } from '#domain/media/kind.ts'
import type { OutboundContent } from '#domain/messages/schema.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import { type Db, sql } from '#infra/db/tx.ts'
import type { MediaStore } from '#infra/media/store.ts'
import { openChannelSecret } from './channel-secrets.ts'
import type { MessageSender } from './message-sender.ts'
import { createGraphAgent, createWhatsAppClient, createWhatsAppSender, type WhatsAppClient } from './whatsapp/client.ts'

export type ChannelSenders = ReturnType<typeof createChannelSenders>

export type ChannelPlace = { channelId: string; phoneNumberId: string; baseUrl: string | null; accessToken: Uint8Array }

type Deps = {
  db: Db
  keyRing: KeyRing
  media: MediaStore
  graph: { baseUrl: string; version: string }
}

/** Providers keep what was uploaded for thirty days; we ask again a little earlier. */
const UPLOAD_LASTS_MS = 28 * 24 * 3_600_000

/** The way from a channel's row to a sender. Clients are kept by their sealed token: a new token makes a new client. */
export function createChannelSenders({ db, keyRing, media, graph }: Deps) {
  const dispatcher = createGraphAgent()
  const clients = new Map<string, { sealed: Buffer; client: WhatsAppClient }>()

  function clientOf(tenantId: string, place: ChannelPlace): WhatsAppClient {
    const sealed = Buffer.from(place.accessToken)
    const known = clients.get(place.channelId)
    if (known?.sealed.equals(sealed)) return known.client
    const accessToken = openChannelSecret(
      keyRing,
      { tenantId, channelId: place.channelId, secret: 'access_token' },
      sealed,
    )
    const client = createWhatsAppClient({
      baseUrl: place.baseUrl ?? graph.baseUrl,
      version: graph.version,
      accessToken,
      dispatcher,
    })
    clients.set(place.channelId, { sealed, client })
    return client
  }

  return {
    clientOf,
    async forChannel(tenantId: string, place: ChannelPlace): Promise<MessageSender> {
      return createWhatsAppSender(clientOf(tenantId, place), place.phoneNumberId)
    },
    /** The provider's ids of our files in this message; what it does not have yet is uploaded now. */
    async mediaIds(
      tenantId: string,
      place: ChannelPlace & { content: OutboundContent },
    ): Promise<Record<string, string>> {
      const ids: Record<string, string> = {}
      for (const { media: file } of filesToSend(place.content)) {
        if (file.fileId !== undefined) ids[file.fileId] = await uploadedId(tenantId, place, file.fileId)
      }
      return ids
    },
    close: () => dispatcher.close(),
  }

  async function uploadedId(tenantId: string, place: ChannelPlace, fileId: string): Promise<string> {
    const file = await db.tenant(tenantId, (tx) =>
      tx.row<{
        uploaded_media_id: string | null
        uploaded_at: Date | null
        storage_key: string
        mime_type: string
        file_name: string | null
      }>(sql`
        select uploaded_media_id, uploaded_at, storage_key, mime_type, file_name from media_files
        where id = ${fileId} and state = 'stored'`),
    )
    if (file === undefined) throw new Error(`file ${fileId} is not stored`)
    if (file.uploaded_media_id !== null && Date.now() - (file.uploaded_at?.getTime() ?? 0) < UPLOAD_LASTS_MS) {
      return file.uploaded_media_id
    }
    const bytes = await media.bytes(tenantId, file.storage_key)
    const uploaded = await clientOf(tenantId, place).uploadMedia(place.phoneNumberId, {
      bytes,
      mimeType: file.mime_type,
      fileName: file.file_name ?? 'file',
    })
    await db.tenant(tenantId, (tx) =>
      tx.run(sql`update media_files set uploaded_media_id = ${uploaded.id}, uploaded_at = now() where id = ${fileId}`),
    )
    return uploaded.id
  }
}
