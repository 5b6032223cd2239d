import { createHash } from 'node:crypto'

export type StoredObject = { bytes: Buffer; type: string; etag: string }
export type Upload = { id: string; key: string; type: string; parts: Map<number, Buffer> }

/** What a bucket holds, in memory. */
export type World = {
  bucket: string
  objects: Map<string, StoredObject>
  /** Begun in parts, and neither completed nor aborted. */
  uploads: Map<string, Upload>
  /** Keys that nobody may delete. */
  locked: Set<string>
  /** At most so many keys in one page of a list. */
  pageSize: number
  keepsVersions: boolean
}

export const etagOf = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`

export const store = ({ objects }: World, key: string, bytes: Buffer, type: string): StoredObject => {
  const object = { bytes, type, etag: etagOf(bytes) }
  objects.set(key, object)
  return object
}
