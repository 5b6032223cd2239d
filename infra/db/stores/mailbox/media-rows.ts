import { sql, type Tx } from '../../tx.ts'
import type { InboundMessage } from './intake.ts'

/** Files of a provider are fetched at once, because its ids and addresses die. */
export async function registerMedia(
  tx: Tx,
  input: { tenantId: string; channelId: string; messages: readonly InboundMessage[] },
): Promise<void> {
  for (const { id, content } of input.messages) {
    if (!('media' in content) || content.media.providerMediaId === undefined) continue
    const { media } = content
    await tx.run(sql`
      insert into media_files (id, tenant_id, message_id, channel_id, media_type, provider_media_id, mime_type, file_name, sha256)
      values (${media.fileId!}, ${input.tenantId}, ${id}, ${input.channelId}, ${content.kind}, ${media.providerMediaId!},
        ${media.mimeType ?? 'application/octet-stream'}, ${media.fileName ?? null}, ${media.sha256 ?? null})`)
  }
}
