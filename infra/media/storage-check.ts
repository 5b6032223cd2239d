import { randomBytes } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import type { MediaStore } from './store.ts'

const PROBE_BYTES = 100_000

/** Writes a file as any other, reads it back, compares it and takes it away. @throws what the store throws. */
export async function checkStorage(media: MediaStore, tenantId: string, id: string): Promise<'whole' | 'changed'> {
  const key = `diagnostics/${id}/probe.bin`
  const bytes = randomBytes(PROBE_BYTES)
  try {
    await media.put(tenantId, key, bytes, { mimeType: 'application/octet-stream', sizeBytesMax: PROBE_BYTES })
    const back = await media.bytes(tenantId, key)
    return bytes.equals(back) ? 'whole' : 'changed'
  } finally {
    await media.delete(tenantId, key)
  }
}

/** What is free on the disk of a folder; undefined where the folder is not there. */
export async function freeBytesOf(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    return undefined
  }
}
