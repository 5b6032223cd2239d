import { Readable } from 'node:stream'
import { z } from '@hono/zod-openapi'
import { DomainError } from '#domain/errors.ts'
import { mediaKindOf } from '#domain/media/kind.ts'
import { MediaFile, UPLOAD_SIZE_BYTES_MAX } from '#domain/media/schema.ts'
import { getMediaFile, insertUploadedFile } from '#infra/db/stores/media-files.ts'
import { assertQuota } from '#infra/db/stores/quotas.ts'
import { newId } from '#infra/ids.ts'
import { bareType, contentDisposition, deliveryHeaders } from '#infra/media/names.ts'
import { partOf, readRange } from '#infra/media/ranges.ts'
import { mediaKey } from '#infra/media/store.ts'
import type { RequestContext } from '../acting.ts'
import { readFilePart } from '../multipart.ts'
import { audited, feature, found, IdParam, inTenant, json, route } from '../routing.ts'

const FILE_NAME_LENGTH_MAX = 240

/** It is read as a stream, so this is no schema that anything is checked by. */
const FILE_FORM = {
  type: 'object' as const,
  properties: { file: { type: 'string' as const, format: 'binary' } },
  required: ['file'],
}

const uploadRoute = route({
  method: 'post',
  path: '/',
  access: 'conversations.reply',
  streamsBody: true,
  tags: ['Media'],
  summary: 'Upload a file of at most 100 MB, as the part `file` of a form (CH-18, CH-19)',
  request: { body: { content: { 'multipart/form-data': { schema: FILE_FORM } } } },
  responses: { 201: json(MediaFile, 'The file; send it by its fileId.') },
})

const downloadRoute = route({
  method: 'get',
  path: '/{id}',
  access: 'conversations.read',
  tags: ['Media'],
  summary: 'The bytes of a file, or the part of them that `Range` asks for, always as a download',
  request: { params: IdParam },
  responses: {
    206: {
      description: 'The part that was asked for.',
      content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
    },
    304: { description: 'What `If-None-Match` names is still right: a file never changes.' },
    416: { description: 'The file ends before that part; `Content-Range` says where.' },
    200: {
      description: 'The bytes.',
      content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
    },
  },
})

function store(c: RequestContext) {
  const { media } = c.get('deps')
  if (media === undefined) throw new DomainError('unavailable', 'There is no place for files here.')
  return media
}

type Delivery = { file: MediaFile; storageKey: string; headers: Headers; tag: string }

/** Players ask for parts: without them a film could not be moved on, and some would not play it at all. */
async function deliver(c: RequestContext, { file, storageKey, headers, tag }: Delivery): Promise<Response> {
  const { tenantId } = c.get('principal')
  const size = file.sizeBytes
  const bytes = async () => (c.req.method === 'HEAD' ? null : await store(c).stream(tenantId, storageKey))
  if (size === null) return answer(200, headers, await bytes())
  headers.set('accept-ranges', 'bytes')
  const ifRange = c.req.header('if-range')
  const asked = ifRange === undefined || ifRange === tag ? c.req.header('range') : undefined
  const wish = readRange(asked, size)
  if (wish.kind === 'whole') {
    headers.set('content-length', String(size))
    return answer(200, headers, await bytes())
  }
  if (wish.kind === 'beyond') {
    headers.set('content-range', `bytes */${size}`)
    return answer(416, headers, null)
  }
  const { first, last } = wish
  headers.set('content-range', `bytes ${first}-${last}/${size}`)
  headers.set('content-length', String(last - first + 1))
  const whole = await bytes()
  return answer(206, headers, whole === null ? null : partOf(whole, { first, last }))
}

const answer = (status: number, headers: Headers, bytes: Readable | null): Response =>
  new Response(bytes === null ? null : (Readable.toWeb(bytes) as ReadableStream), { status, headers })

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
      if (file.state !== 'stored' || storageKey === null) {
        throw new DomainError('conflict', `The file is not stored; it is ${file.state}.`)
      }
      const headers = new Headers(deliveryHeaders({ mimeType: file.mimeType, fileName: file.fileName ?? 'file' }))
      // S33: a foreign file is never shown as a page of ours, whatever it claims to be.
      headers.set('content-disposition', contentDisposition('attachment', file.fileName ?? 'file'))
      const tag = `"${id}"`
      headers.set('etag', tag)
      if (c.req.header('if-none-match') === tag) return new Response(null, { status: 304, headers })
      return deliver(c, { file, storageKey, headers, tag })
    })
export type MediaApi = ReturnType<typeof mediaApi>
