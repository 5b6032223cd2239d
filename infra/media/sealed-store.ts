import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { DomainError } from '#domain/errors.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import { createMeter } from './meter.ts'
import type { MediaStore } from './store.ts'

// A sealed file: magic and version, key id (padded), salt; then pieces of 64 KiB, each with its tag. The number of a piece
// and whether it is the last are in its iv, so that pieces cannot be exchanged, left out or cut off at the end.
const MAGIC = Buffer.from('HFM1')
const KEY_ID_BYTES = 32
const SALT_BYTES = 16
const HEAD_BYTES = MAGIC.length + KEY_ID_BYTES + SALT_BYTES
const PIECE_BYTES = 65_536
const TAG_BYTES = 16
const SEALED_PIECE_BYTES = PIECE_BYTES + TAG_BYTES
const KEY_BYTES = 32

type Place = { tenantId: string; key: string }

/**
 * A store whose files are encrypted (AES-256-GCM) before they leave the process, each under a key of its own that is
 * made of the tenant's. What lies on the disk is bound to its tenant and its name: moved elsewhere it does not open.
 */
export function createSealedStore(inner: MediaStore, keyRing: KeyRing): MediaStore {
  const open = async (tenantId: string, key: string): Promise<Readable> =>
    Readable.from(opened(await inner.stream(tenantId, key), { keyRing, tenantId, key }), { objectMode: false })

  return {
    async put(tenantId, key, content, { mimeType, sizeBytesMax }) {
      const meter = createMeter(content, sizeBytesMax)
      const sealing = Readable.from(sealed(meter.chunks(), { keyRing, tenantId, key }), { objectMode: false })
      await inner.put(tenantId, key, sealing, { mimeType, sizeBytesMax: sealedSize(sizeBytesMax) })
      return { key, ...meter.result() }
    },
    stream: open,
    bytes: async (tenantId, key) => buffer(await open(tenantId, key)),
    async sizeBytes(tenantId, key) {
      const size = await inner.sizeBytes(tenantId, key)
      return size === undefined ? undefined : plainSize(size)
    },
    delete: (tenantId, key) => inner.delete(tenantId, key),
    deleteAll: (tenantId, conversationId) => inner.deleteAll(tenantId, conversationId),
  }
}

/** There is always a last piece, also of an empty file. */
const sealedSize = (size: number) => HEAD_BYTES + size + TAG_BYTES * Math.max(1, Math.ceil(size / PIECE_BYTES))

function plainSize(size: number): number {
  const body = size - HEAD_BYTES
  return body - TAG_BYTES * Math.ceil(body / SEALED_PIECE_BYTES)
}

function ivOf(piece: number, isLast: boolean): Buffer {
  const iv = Buffer.alloc(12)
  iv.writeUInt32BE(piece, 7)
  iv[11] = isLast ? 1 : 0
  return iv
}

type Sealing = Place & { keyRing: KeyRing }

function fileKey({ keyRing, tenantId }: Sealing, keyId: string, salt: Buffer): KeyObject {
  const key = keyRing.tenantKey({ purpose: 'media', tenantId, keyId })
  return createSecretKey(new Uint8Array(hkdfSync('sha256', key, salt, 'file', KEY_BYTES)))
}

const bindingOf = (head: Buffer, { tenantId, key }: Place): Buffer =>
  Buffer.concat([head, Buffer.from(JSON.stringify(['media', tenantId, key]))])

async function* sealed(plain: AsyncIterable<Uint8Array>, sealing: Sealing): AsyncGenerator<Buffer> {
  const keyId = sealing.keyRing.currentKeyId
  const salt = randomBytes(SALT_BYTES)
  const head = Buffer.concat([MAGIC, Buffer.from(keyId.padEnd(KEY_ID_BYTES, '\0')), salt])
  const key = fileKey(sealing, keyId, salt)
  const binding = bindingOf(head, sealing)
  yield head
  let number = 0
  for await (const { bytes, isLast } of pieces(plain, PIECE_BYTES)) {
    const cipher = createCipheriv('aes-256-gcm', key, ivOf(number, isLast), { authTagLength: TAG_BYTES })
    cipher.setAAD(binding)
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
    number += 1
  }
}

const refused = (fault: string) => new DomainError('ciphertext_invalid', `The stored file was refused: ${fault}.`)

async function* opened(source: Readable, sealing: Sealing): AsyncGenerator<Buffer> {
  const reading = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  try {
    const { head, rest } = await headOf(reading)
    if (!head.subarray(0, MAGIC.length).equals(MAGIC)) throw refused('it is not sealed')
    const saltAt = MAGIC.length + KEY_ID_BYTES
    const keyId = head.toString('latin1', MAGIC.length, saltAt).replace(/\0+$/, '')
    const key = fileKey(sealing, keyId, head.subarray(saltAt))
    const binding = bindingOf(head, sealing)
    let number = 0
    for await (const { bytes, isLast } of pieces(continued(rest, reading), SEALED_PIECE_BYTES)) {
      yield openPiece({ bytes, key, binding, iv: ivOf(number, isLast) })
      number += 1
    }
  } finally {
    source.destroy()
  }
}

function openPiece({
  bytes,
  key,
  binding,
  iv,
}: {
  bytes: Buffer
  key: KeyObject
  binding: Buffer
  iv: Buffer
}): Buffer {
  if (bytes.length < TAG_BYTES) throw refused('it is cut short')
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(binding)
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()])
  } catch {
    throw refused('it does not authenticate')
  }
}

async function headOf(reading: AsyncIterator<Buffer>): Promise<{ head: Buffer; rest: Buffer }> {
  let bytes = Buffer.alloc(0)
  while (bytes.length < HEAD_BYTES) {
    const { done, value } = await reading.next()
    if (done) throw refused('it is cut short')
    bytes = Buffer.concat([bytes, value])
  }
  return { head: bytes.subarray(0, HEAD_BYTES), rest: bytes.subarray(HEAD_BYTES) }
}

async function* continued(first: Buffer, reading: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first
  for (let next = await reading.next(); !next.done; next = await reading.next()) yield next.value
}

/** Cuts a stream into pieces of one size; which is the last is known before it is given. */
async function* pieces(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ bytes: Buffer; isLast: boolean }> {
  let held: Buffer[] = []
  let heldBytes = 0
  for await (const chunk of source) {
    held.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    heldBytes += chunk.byteLength
    if (heldBytes <= size) continue
    let all = Buffer.concat(held)
    // One that is just full waits: it is the last if nothing follows.
    for (; all.length > size; all = all.subarray(size)) yield { bytes: all.subarray(0, size), isLast: false }
    held = [all]
    heldBytes = all.length
  }
  yield { bytes: Buffer.concat(held), isLast: true }
}
