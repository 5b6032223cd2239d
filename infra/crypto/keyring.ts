import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { DomainError } from '#domain/errors.ts'

export const ROOT_KEY_BYTES = 32
const FIRST_KEY_ID = 'root'
const DERIVED_KEYS_MAX = 20_000
const KEY_ID = /^[a-z0-9][a-z0-9_-]{0,31}$/

/** What a derived key may be used for. A key of one purpose never opens what another sealed. */
export type KeyPurpose = 'payload' | 'field' | 'signature' | 'subject' | 'media'

export type RootKey = { id: string; bytes: Uint8Array }

/**
 * The keys of the house: a few root keys by id, and from each of them one key per tenant and purpose (HKDF-SHA-256).
 * New secrets are sealed under the current root key; older ones stay only to open what they sealed.
 */
export class KeyRing {
  readonly currentKeyId: string
  readonly #roots: ReadonlyMap<string, KeyObject>
  readonly #derived = new Map<string, KeyObject>()

  constructor(roots: readonly RootKey[]) {
    const [current] = roots
    if (current === undefined) throw new DomainError('key_missing', 'A key ring needs at least one root key.')
    const keys = new Map<string, KeyObject>()
    for (const { id, bytes } of roots) {
      if (!KEY_ID.test(id)) throw new DomainError('key_missing', `"${id}" is not a key id: ${KEY_ID.source}`)
      if (bytes.length !== ROOT_KEY_BYTES) {
        throw new DomainError('key_missing', `Root key ${id} has ${bytes.length} bytes, not ${ROOT_KEY_BYTES}.`)
      }
      if (keys.has(id)) throw new DomainError('key_missing', `Root key ${id} is given twice.`)
      keys.set(id, createSecretKey(bytes))
    }
    this.#roots = keys
    this.currentKeyId = current.id
  }

  /** The ids it can open with, the current one first. */
  get keyIds(): readonly string[] {
    return [...this.#roots.keys()]
  }

  /** The key of one tenant for one purpose. Throws `key_missing` when the root key is not in this ring. */
  tenantKey(request: { purpose: KeyPurpose; tenantId: string; keyId?: string }): KeyObject {
    const { purpose, tenantId, keyId = this.currentKeyId } = request
    const root = this.#roots.get(keyId)
    if (root === undefined) throw new DomainError('key_missing', `Root key ${keyId} is not in the key ring.`)
    const info = JSON.stringify(['holdfast', 1, purpose, tenantId])
    const cacheKey = `${keyId}|${info}`
    const known = this.#derived.get(cacheKey)
    if (known !== undefined) return known

    if (this.#derived.size >= DERIVED_KEYS_MAX) this.#derived.clear()
    const derived = createSecretKey(new Uint8Array(hkdfSync('sha256', root, 'holdfast', info, ROOT_KEY_BYTES)))
    this.#derived.set(cacheKey, derived)
    return derived
  }

  /** Keys must not reach a log, whoever prints the ring. */
  toJSON(): { currentKeyId: string } {
    return { currentKeyId: this.currentKeyId }
  }
}

export const generateRootKey = (id: string): RootKey => ({ id, bytes: randomBytes(ROOT_KEY_BYTES) })

/** Root keys in one line of text, `id:base64` joined by commas; the first is the current one. */
export const formatRootKeys = (roots: readonly RootKey[]): string =>
  roots.map(({ id, bytes }) => `${id}:${Buffer.from(bytes).toString('base64')}`).join(',')

/**
 * Reads what `formatRootKeys` wrote, or one key in bare base64, which is called `root`: nobody needs an id before the first
 * rotation. The message of its error never repeats the text, which is secret.
 */
export function parseRootKeys(text: string): RootKey[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return parts.map((part, index) => {
    const colon = part.indexOf(':')
    if (colon === -1 && parts.length === 1) return { id: FIRST_KEY_ID, bytes: fromBase64(part) }
    if (colon < 1) throw new DomainError('key_missing', `Root key ${index + 1} is not of the form id:base64.`)
    return { id: part.slice(0, colon), bytes: fromBase64(part.slice(colon + 1)) }
  })
}

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))

/** The ring of a process, from the setting that names its root keys. @throws DomainError `key_missing`. */
export const keyRingFrom = (rootKeys: string): KeyRing => new KeyRing(parseRootKeys(rootKeys))
