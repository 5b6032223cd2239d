import type { MEDIA_KINDS, Media, OutboundContent } from '../messages/schema.ts'
import { SEND_SIZE_BYTES_MAX } from './schema.ts'

export type MediaKind = (typeof MEDIA_KINDS)[number]

const IMAGES: ReadonlySet<string> = new Set(['image/jpeg', 'image/png'])
const VIDEOS: ReadonlySet<string> = new Set(['video/mp4', 'video/3gpp'])
const AUDIOS: ReadonlySet<string> = new Set(['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'])

/** As what WhatsApp takes a file of this type; what it would not show goes as a document. `mimeType` without parameters. */
export function mediaKindOf(mimeType: string): MediaKind {
  if (IMAGES.has(mimeType)) return 'image'
  if (VIDEOS.has(mimeType)) return 'video'
  if (AUDIOS.has(mimeType)) return 'audio'
  if (mimeType === 'image/webp') return 'sticker'
  return 'document'
}

/** CH-19: whether a file may be sent as this kind. Any file may go as a document. */
export function maySendAs(kind: MediaKind, file: { mediaType: MediaKind; sizeBytes: number | null }): boolean {
  if (kind !== 'document' && kind !== file.mediaType) return false
  return (file.sizeBytes ?? 0) <= SEND_SIZE_BYTES_MAX[kind]
}

/** The files of a message and as what each is to be sent: its own, or that of its header. */
export function filesToSend(content: OutboundContent): { kind: MediaKind; media: Media }[] {
  if ('media' in content) return [{ kind: content.kind, media: content.media }]
  const header = content.kind === 'template' ? content.face?.header : 'header' in content ? content.header : undefined
  return header === undefined || header.kind === 'text' ? [] : [{ kind: header.kind, media: header.media }]
}
