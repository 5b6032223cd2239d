import { Readable } from 'node:stream'
import { z } from '@hono/zod-openapi'
import { DomainError } from '#domain/errors.ts'
import { mediaKindOf } from '#domain/media/kind.ts'
import { MediaFile, UPLOAD_SIZE_BYTES_MAX } from '#domain/media/schema.ts'
import { getMediaFile, insertUploadedFile } from '#infra/db/stores/media-files.ts'
import { assertQuota } from '#infra/db/stores/quotas.ts'
import { newId } from '#infra/ids.ts'
import { bareType, contentDisposition, deliveryHeaders } from '#infra/media/names.ts'
import { mediaKey } from '#infra/media/store.ts'
import type { RequestContext } from '../acting.ts'
import { readFilePart } from '../multipart.ts'
import { audited, feature, found, IdParam, inTenant, json, route } from '../routing.ts'

const FILE_NAME_LENGTH_MAX = 240

const uploadRoute = route({
  method: 'post',
  path: '/',
  access: 'conversations.reply',
  streamsBody: true,
  tags: ['Media'],
  summary: 'Upload a file of at most 100 MB, as the part `file` of a form (CH-18, CH-19)',
  responses: { 201: json(MediaFile, 'The file; send it by its fileId.') },
})

const downloadRoute = route({
  method: 'get',
  path: '/{id}',
  access: 'conversations.read',
  tags: ['Media'],
  summary: 'The bytes of a file, always as a download; an <img> shows them all the same',
  request: { params: IdParam },
  responses: {
    200: {
      description: 'The bytes.',
      content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
    },
    409: json(MediaFile, 'The file is not stored: it is still being fetched, or could not be.'),
  },
})

function store(c: RequestContext) {
  const { media } = c.get('deps')
  if (media === undefined) throw new DomainError('unavailable', 'There is no place for files here.')
  return media
}

export const mediaApi = () =>
  feature()
    .openapi(uploadRoute, async (c) => {
      const media = store(c)
      const { tenantId } = c.get('principal')
      const part = await readFilePart(c.req.raw.body, c.req.header('content-type') ?? '')
      const id = newId()
      const mimeType = bareType(part.mimeType)
      const fileName = part.fileName?.slice(0, FILE_NAME_LENGTH_MAX) ?? null
      const key = mediaKey({ messageId: id, fileName: fileName ?? undefined, mimeType })
      const options = { mimeType, sizeBytesMax: UPLOAD_SIZE_BYTES_MAX }
      const stored = await media.put(tenantId, key, part.content, options)
      const file = await inTenant(c, async (tx) => {
        await assertQuota(tx, tenantId, 'storageBytes', stored.sizeBytes)
        const row = { id, tenantId, mediaType: mediaKindOf(mimeType), mimeType, fileName, storageKey: key }
        await insertUploadedFile(tx, { ...row, sizeBytes: stored.sizeBytes, sha256: stored.sha256 })
        const detail = { mimeType, sizeBytes: stored.sizeBytes }
        await audited(c, tx, { action: 'media.upload', subject: { type: 'media', id }, detail })
        return found(await getMediaFile(tx, id), 'file').file
      }).catch(async (error: unknown) => {
        // Bytes that no row names would be kept and never found.
        await media.delete(tenantId, key)
        throw error
      })
      return c.json(file, 201)
    })
    .openapi(downloadRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { file, storageKey } = found(await inTenant(c, (tx) => getMediaFile(tx, id)), 'file')
      if (file.state !== 'stored' || storageKey === null) return c.json(file, 409)
      const fileName = file.fileName ?? 'file'
      const headers = deliveryHeaders({ mimeType: file.mimeType, fileName })
      // S33: a foreign file is never shown as a page of ours, whatever it claims to be.
      const disposition = contentDisposition('attachment', fileName)
      const length: Record<string, string> = file.sizeBytes === null ? {} : { 'content-length': String(file.sizeBytes) }
      const bytes = Readable.toWeb(await store(c).stream(c.get('principal').tenantId, storageKey))
      return new Response(bytes as ReadableStream, {
        headers: { ...headers, ...length, 'content-disposition': disposition },
      })
    })
export type MediaApi = ReturnType<typeof mediaApi>
