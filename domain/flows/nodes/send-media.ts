import { z } from 'zod'
import { MEDIA_KINDS } from '../../messages/schema.ts'
import { webAddress } from './addresses.ts'
import { defineNode, NEXT } from './contract.ts'
import { found, lengthFinding } from './findings.ts'
import { Template } from './parts.ts'

const CAPTION_CHARS_MAX = 1_024
const FILE_NAME_CHARS_MAX = 240

const SendMediaConfig = z.strictObject({
  media: z.enum(MEDIA_KINDS),
  /** A file of the tenant, or an address that the provider fetches. */
  fileId: z.uuid().optional(),
  link: z.string().max(2_000).optional(),
  caption: Template.optional(),
  fileName: z.string().max(FILE_NAME_CHARS_MAX).optional(),
})

const takesCaption = (kind: (typeof MEDIA_KINDS)[number]): boolean => kind !== 'audio' && kind !== 'sticker'

/** Sends a picture, video, sound, document or sticker. An address that turns out to be none is left out, and logged. */
export const sendMedia = defineNode({
  type: 'send_media',
  schema: SendMediaConfig,
  meta: { category: 'message', icon: 'image-up' },
  initial: { media: 'image' },
  ports: () => [NEXT],
  enter(config, step) {
    const link = config.link === undefined ? undefined : webAddress(step.renderUrl(config.link))
    if (config.fileId === undefined && link === undefined) {
      step.log({ event: 'problem', code: 'media_missing' })
      return { kind: 'go', port: 'next' }
    }
    const caption =
      config.caption === undefined || !takesCaption(config.media) ? '' : step.render(config.caption, CAPTION_CHARS_MAX)
    const fileName = config.media === 'document' ? config.fileName : undefined
    step.send({
      kind: config.media,
      media: {
        ...(config.fileId === undefined ? { link } : { fileId: config.fileId }),
        ...(fileName === undefined ? {} : { fileName: step.render(fileName, FILE_NAME_CHARS_MAX) }),
      },
      ...(caption === '' ? {} : { caption }),
    })
    return { kind: 'go', port: 'next' }
  },
  lint(config) {
    const missing = config.fileId === undefined && (config.link ?? '') === ''
    const findings = found(
      lengthFinding({ path: '/caption', text: config.caption ?? '', charsMax: CAPTION_CHARS_MAX, optional: true }),
    )
    if (missing) {
      findings.push({ severity: 'error', code: 'media_required', path: '/fileId', message: 'A file is needed.' })
    }
    if (config.caption && !takesCaption(config.media)) {
      const message = 'WhatsApp shows no caption with this kind of media.'
      findings.push({ severity: 'warning', code: 'caption_not_shown', path: '/caption', message })
    }
    return findings
  },
  reads: (config) => ({
    templates: [config.link ?? '', config.caption ?? '', config.fileName ?? ''],
    conditions: [],
  }),
})
