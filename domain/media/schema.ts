import { z } from 'zod'
import { MEDIA_KINDS } from '../messages/schema.ts'

export const MEDIA_STATES = ['pending', 'stored', 'failed', 'gone'] as const // also the CHECK in Postgres
export const MediaState = z.enum(MEDIA_STATES).meta({ id: 'MediaState' })
export type MediaState = z.infer<typeof MediaState>

export const MediaFile = z
  .strictObject({
    fileId: z.uuid(),
    mediaType: z.enum(MEDIA_KINDS),
    state: MediaState,
    mimeType: z.string(),
    fileName: z.string().nullable(),
    sizeBytes: z.int().nullable(),
    sha256: z.string().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'MediaFile' })
export type MediaFile = z.infer<typeof MediaFile>

/** CH-19: any file up to this size is taken in; what WhatsApp takes is checked again when the message is sent. */
export const UPLOAD_SIZE_BYTES_MAX = 100 * 1024 * 1024
const MB = 1024 * 1024
export const SEND_SIZE_BYTES_MAX = {
  image: 5 * MB,
  video: 16 * MB,
  audio: 16 * MB,
  document: 100 * MB,
  sticker: 500 * 1024,
} as const satisfies Record<(typeof MEDIA_KINDS)[number], number>
