import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { Disk } from 'flydrive'
import { FSDriver } from 'flydrive/drivers/fs'
import { DomainError } from '#domain/errors.ts'
import { createMeter } from './meter.ts'
import { storedName } from './names.ts'

export type StoredObject = { key: string; sizeBytes: number; sha256: string }

/**
 * What the house needs of a place for files. Keys are written within a tenant: whoever asks names the tenant too, so
 * that a key taken from the wrong row finds nothing, and one call erases all of a tenant.
 */
export type MediaStore = {
  /** All or nothing: a stream that breaks, or that is longer than allowed, leaves nothing behind. */
  put(
    tenantId: string,
    key: string,
    content: Readable | Uint8Array,
    options: { mimeType: string; sizeBytesMax: number },
  ): Promise<StoredObject>
  /** @throws DomainError `not_found` */
  stream(tenantId: string, key: string): Promise<Readable>
  /** The whole file in memory, for uploads. @throws DomainError `not_found` */
  bytes(tenantId: string, key: string): Promise<Uint8Array>
  sizeBytes(tenantId: string, key: string): Promise<number | undefined>
  /** Deleting what is not there is no error. */
  delete(tenantId: string, key: string): Promise<void>
  /** Everything of a tenant, or of one conversation of it. */
  deleteAll(tenantId: string, conversationId?: string): Promise<void>
}

/** `media/{conversation}/{message}/{name}`; a file without a conversation lies under `library`. */
export function mediaKey(file: {
  conversationId?: string | undefined
  messageId: string
  fileName?: string | undefined
  mimeType: string
}): string {
  const { conversationId = 'library', messageId, fileName, mimeType } = file
  return ['media', part(conversationId), part(messageId), storedName(fileName, mimeType)].join('/')
}

const KEY = /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/

function part(id: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) throw new DomainError('invalid_input', 'This cannot be part of a key.')
  return id
}

export const noSuchFile = () => new DomainError('not_found', 'No such file.')

/** Where a file lies within the store: the same in a folder and in a bucket, so that either can be copied to the other. */
export function pathOf(tenantId: string, key: string): string {
  if (key.length > 512 || !KEY.test(key)) throw noSuchFile()
  return `${part(tenantId)}/${key}`
}

/** What holds all files of a tenant, or of one conversation of it. */
export const folderOf = (tenantId: string, conversationId?: string): string =>
  conversationId === undefined ? part(tenantId) : `${part(tenantId)}/media/${part(conversationId)}`

/** A store in a directory of this machine. */
export function createFileStore(rootDirectory: string): MediaStore {
  const disk = new Disk(new FSDriver({ location: rootDirectory, visibility: 'private' }))
  const existing = async (tenantId: string, key: string): Promise<string> => {
    const path = pathOf(tenantId, key)
    if (!(await disk.exists(path))) throw noSuchFile()
    return path
  }
  return {
    async put(tenantId, key, content, { mimeType, sizeBytesMax }) {
      const target = pathOf(tenantId, key)
      // Written beside and moved at the end, so that nobody ever reads half a file.
      const pending = `${tenantId}/pending/${randomUUID()}`
      const meter = createMeter(content, sizeBytesMax)
      try {
        await disk.putStream(pending, Readable.from(untilItBreaks(meter.chunks())), { contentType: mimeType })
        meter.assertWhole()
        await disk.move(pending, target)
      } catch (error) {
        await disk.delete(pending).catch(() => {})
        throw error
      }
      return { key, ...meter.result() }
    },

    stream: async (tenantId, key) => disk.getStream(await existing(tenantId, key)),
    bytes: async (tenantId, key) => disk.getBytes(await existing(tenantId, key)),

    async sizeBytes(tenantId, key) {
      const path = pathOf(tenantId, key)
      return (await disk.exists(path)) ? (await disk.getMetaData(path)).contentLength : undefined
    },

    delete: async (tenantId, key) => disk.delete(pathOf(tenantId, key)),
    deleteAll: async (tenantId, conversationId) => disk.deleteAll(folderOf(tenantId, conversationId)),
  }
}

/** A driver told of an error stops waiting, and may create the file after we deleted it: for it the passage merely ends. */
async function* untilItBreaks(passage: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* passage
  } catch {}
}
