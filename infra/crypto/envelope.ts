import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import { DomainError } from '#domain/errors.ts'
import { pooledRandom } from './random-pool.ts'

// version 1: version, flags, key id, tenant, [subject key id], [binding], iv, ciphertext, tag.
// Everything before the iv is authenticated with the text, and so is the binding where it is not carried.
const VERSION = 1
const HAS_SUBJECT = 1
const CARRIES_BINDING = 2
const KNOWN_FLAGS = HAS_SUBJECT | CARRIES_BINDING
const IV_BYTES = 12
const TAG_BYTES = 16
const SHORT_MAX = 255
const LONG_MAX = 65_535

export type EnvelopeHeader = {
  keyId: string
  tenantId: string
  /** The key of one contact, when the text is sealed under it and not under the tenant's key. */
  subjectKeyId?: string | undefined
}

export type SealRequest = {
  header: EnvelopeHeader
  key: KeyObject
  /** The place the text belongs to. The same envelope in another place does not open. */
  binding: string
  /** Whether the place is written into the envelope, for readers who cannot know it. */
  carryBinding: boolean
  plaintext: Uint8Array
}

export type ParsedEnvelope = {
  header: EnvelopeHeader
  /** The carried place, authenticated only once `openEnvelope` has succeeded. */
  binding: string | undefined
  sealed: { head: Uint8Array; iv: Uint8Array; text: Uint8Array; tag: Uint8Array }
}

/** AES-256-GCM with a fresh random iv. A key must be rotated before it has sealed 2^32 texts. */
export function sealEnvelope({ header, key, binding, carryBinding, plaintext }: SealRequest): Uint8Array {
  const flags = (header.subjectKeyId === undefined ? 0 : HAS_SUBJECT) | (carryBinding ? CARRIES_BINDING : 0)
  const head = Buffer.concat([
    Uint8Array.of(VERSION, flags),
    short(header.keyId),
    short(header.tenantId),
    ...(header.subjectKeyId === undefined ? [] : [short(header.subjectKeyId)]),
    ...(carryBinding ? [long(binding)] : []),
  ])
  const iv = pooledRandom(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(additionalData(head, binding))
  return Buffer.concat([head, iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** Takes an envelope apart without believing it. Throws `ciphertext_invalid` for anything that is not one. */
export function parseEnvelope(bytes: Uint8Array): ParsedEnvelope {
  const reader = new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  if (reader.byte() !== VERSION) throw invalid('unknown version')
  const flags = reader.byte()
  if ((flags & ~KNOWN_FLAGS) !== 0) throw invalid('unknown flags')
  const header: EnvelopeHeader = { keyId: reader.short(), tenantId: reader.short() }
  if (flags & HAS_SUBJECT) header.subjectKeyId = reader.short()
  const binding = flags & CARRIES_BINDING ? reader.long() : undefined
  return { header, binding, sealed: reader.rest() }
}

/** Opens a parsed envelope in the place where it was found. Throws `ciphertext_invalid` when anything was changed. */
export function openEnvelope(
  parsed: ParsedEnvelope,
  { key, binding }: { key: KeyObject; binding: string },
): Uint8Array {
  if (parsed.binding !== undefined && parsed.binding !== binding) throw invalid('bound to another place')
  const { head, iv, text, tag } = parsed.sealed
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(additionalData(head, binding))
  decipher.setAuthTag(tag)
  try {
    return Buffer.concat([decipher.update(text), decipher.final()])
  } catch {
    throw invalid('does not authenticate')
  }
}

// The message names the fault, never the content: it ends in logs and in Temporal's own failure records.
function invalid(fault: string): DomainError {
  return new DomainError('ciphertext_invalid', `The encrypted value was refused: ${fault}.`)
}

// The length stands before the binding, so that no two pairs of head and binding give the same bytes.
const additionalData = (head: Uint8Array, binding: string): Uint8Array => Buffer.concat([head, long(binding)])

function short(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.length === 0 || bytes.length > SHORT_MAX)
    throw new RangeError(`An envelope id has 1 to ${SHORT_MAX} bytes.`)
  return Buffer.concat([Uint8Array.of(bytes.length), bytes])
}

function long(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.length > LONG_MAX) throw new RangeError(`The binding of an envelope has at most ${LONG_MAX} bytes.`)
  return Buffer.concat([Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes])
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  byte(): number {
    const value = this.#bytes[this.#at]
    if (value === undefined) throw invalid('cut short')
    this.#at += 1
    return value
  }

  short(): string {
    const text = this.#text(this.byte())
    if (text === '') throw invalid('empty id')
    return text
  }

  long(): string {
    return this.#text(this.byte() * 256 + this.byte())
  }

  rest(): ParsedEnvelope['sealed'] {
    const ivEnd = this.#at + IV_BYTES
    const textEnd = this.#bytes.length - TAG_BYTES
    if (textEnd < ivEnd) throw invalid('cut short')
    return {
      head: this.#bytes.subarray(0, this.#at),
      iv: this.#bytes.subarray(this.#at, ivEnd),
      text: this.#bytes.subarray(ivEnd, textEnd),
      tag: this.#bytes.subarray(textEnd),
    }
  }

  #text(sizeBytes: number): string {
    const end = this.#at + sizeBytes
    if (end > this.#bytes.length) throw invalid('cut short')
    const text = this.#bytes.toString('utf8', this.#at, end)
    this.#at = end
    return text
  }
}
