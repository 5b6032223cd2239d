import { type Readable, Transform } from 'node:stream'
import { FormData } from 'undici'
import { z } from 'zod'
import { DomainError } from '#domain/errors.ts'
import type { CallOptions } from '../message-sender.ts'
import { hexDigest } from './content.ts'
import { type Graph, GraphError, idPath } from './graph.ts'

const UploadAnswer = z.looseObject({ id: z.coerce.string() })
const MediaAnswer = z.looseObject({
  url: z.url(),
  mime_type: z.string().optional(),
  sha256: z.string().optional(),
  file_size: z.coerce.number().optional(),
})

/** Hosts of Meta that serve media. The token goes to them and to the host of the API itself, and nowhere else. */
const MEDIA_HOST = /(^|\.)(fbsbx\.com|facebook\.com|fbcdn\.net|whatsapp\.net)$/
const DOWNLOAD_TIMEOUT_MS = 60_000

export type MediaDescription = { url: string; mimeType?: string; sha256?: string; sizeBytes?: number }
export type MediaDownload = { stream: Readable; mimeType?: string; sizeBytes?: number }

/** Media ids from webhooks work for seven days, addresses for five minutes: describe and download at once. */
export function createMediaCalls(graph: Graph) {
  return {
    async uploadMedia(
      phoneNumberId: string,
      file: { bytes: Uint8Array | Blob; mimeType: string; fileName: string },
      options: CallOptions = {},
    ): Promise<{ id: string }> {
      const form = new FormData()
      form.set('messaging_product', 'whatsapp')
      form.set('type', file.mimeType)
      form.set('file', new File([file.bytes as BlobPart], file.fileName, { type: file.mimeType }))
      const answer = await graph.call('POST', `${idPath(phoneNumberId)}/media`, {
        timeoutMs: DOWNLOAD_TIMEOUT_MS,
        ...options,
        form,
      })
      return { id: UploadAnswer.parse(answer).id }
    },

    async getMedia(mediaId: string, options: CallOptions & { phoneNumberId?: string } = {}): Promise<MediaDescription> {
      const { phoneNumberId, ...call } = options
      const query = { phone_number_id: phoneNumberId }
      const wire = MediaAnswer.parse(await graph.call('GET', idPath(mediaId), { ...call, query }))
      return {
        url: wire.url,
        ...(wire.mime_type === undefined ? {} : { mimeType: wire.mime_type }),
        ...(wire.sha256 === undefined ? {} : { sha256: hexDigest(wire.sha256) }),
        ...(wire.file_size === undefined ? {} : { sizeBytes: wire.file_size }),
      }
    },

    /** The stream breaks with `media_too_large` at the first byte above the bound; what came before it is worthless. */
    downloadMedia(url: string, options: CallOptions & { sizeBytesMax: number }): Promise<MediaDownload> {
      return download(graph, url, options)
    },

    async deleteMedia(mediaId: string, options: CallOptions = {}): Promise<void> {
      await graph.call('DELETE', idPath(mediaId), options)
    },
  }
}

async function download(
  graph: Graph,
  url: string,
  { sizeBytesMax, timeoutMs = DOWNLOAD_TIMEOUT_MS, signal }: CallOptions & { sizeBytesMax: number },
): Promise<MediaDownload> {
  const address = new URL(url)
  const isMeta = address.protocol === 'https:' && MEDIA_HOST.test(address.hostname) && address.port === ''
  if (address.origin !== graph.base.origin && !isMeta) {
    throw new DomainError('address_blocked', `Media is not fetched from ${address.hostname}.`)
  }
  const timeout = AbortSignal.timeout(timeoutMs)
  const answer = await graph.dispatcher
    .request({
      origin: address.origin,
      path: `${address.pathname}${address.search}`,
      method: 'GET',
      headers: { authorization: graph.authorization, 'user-agent': 'holdfast' },
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    })
    .catch((error: unknown) => {
      throw new GraphError({ kind: 'broken', started: false, reason: String(error) }, 'GET')
    })
  const { statusCode: httpStatus, headers, body } = answer
  // A redirect counts as a failure: following it would carry the token to a host nobody vetted.
  if (httpStatus !== 200) {
    await body.dump({ limit: 65_536 })
    throw new GraphError({ kind: 'answer', httpStatus, body: '' }, 'GET')
  }
  const sizeBytes = headers['content-length'] === undefined ? undefined : Number(headers['content-length'])
  if (sizeBytes !== undefined && sizeBytes > sizeBytesMax) {
    body.on('error', () => {}).destroy()
    throw tooLarge(sizeBytesMax)
  }
  const mimeType = headers['content-type']
  return {
    stream: capped(body, sizeBytesMax),
    ...(typeof mimeType === 'string' ? { mimeType } : {}),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  }
}

function capped(source: Readable, sizeBytesMax: number): Readable {
  let seenBytes = 0
  const cap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seenBytes += chunk.length
      if (seenBytes > sizeBytesMax) done(tooLarge(sizeBytesMax))
      else done(null, chunk)
    },
  })
  source.on('error', (error) => cap.destroy(error))
  cap.on('close', () => source.destroy())
  return source.pipe(cap)
}

function tooLarge(sizeBytesMax: number): DomainError {
  return new DomainError('media_too_large', `The file is larger than ${sizeBytesMax} bytes.`)
}
