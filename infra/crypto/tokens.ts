import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { DomainError } from '#domain/errors.ts'
import type { KeyRing } from './keyring.ts'

const TOKEN_BYTES = 32
const SIGNED_MAX_CHARS = 8_192

/** A secret nobody can guess, in URL-safe letters; the prefix tells people and scanners what it opens. */
export const newToken = (prefix = ''): string => `${prefix}${randomBytes(TOKEN_BYTES).toString('base64url')}`

/** What is stored of a token. SHA-256 is enough for 256 random bits; passwords need a slow hash and do not come here. */
export const hashToken = (token: string): string => createHash('sha256').update(token, 'utf8').digest('hex')

/** Compares two secrets in time that depends on neither. Both are hashed first, so lengths do not leak. */
export function secretsEqual(left: string | Uint8Array, right: string | Uint8Array): boolean {
  return timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest())
}

/** What a signature speaks about: the same value signed for another use or tenant does not verify. */
export type SignatureScope = { use: string; tenantId: string }

function macOf(keyRing: KeyRing, scope: SignatureScope, keyId: string, body: string): Buffer {
  const key = keyRing.tenantKey({ purpose: 'signature', tenantId: scope.tenantId, keyId })
  return createHmac('sha256', key)
    .update(JSON.stringify([scope.use, scope.tenantId, keyId, body]))
    .digest()
}

/** Signs a readable value: `<value>.<key id>.<mac>`, URL-safe. Not secret: whoever holds it can read the value. */
export function signValue(keyRing: KeyRing, scope: SignatureScope, value: string): string {
  const body = Buffer.from(value, 'utf8').toString('base64url')
  const keyId = keyRing.currentKeyId
  return `${body}.${keyId}.${macOf(keyRing, scope, keyId, body).toString('base64url')}`
}

/** The value, or `undefined` for anything this house did not sign for this use and tenant. */
export function readSigned(keyRing: KeyRing, scope: SignatureScope, signed: string): string | undefined {
  if (signed.length > SIGNED_MAX_CHARS) return undefined
  const [body, keyId, mac, ...more] = signed.split('.')
  if (body === undefined || keyId === undefined || mac === undefined || more.length > 0) return undefined
  if (!keyRing.keyIds.includes(keyId)) return undefined
  // Compared as text: several base64url spellings decode to the same bytes, and only one of them is ours.
  if (!secretsEqual(mac, macOf(keyRing, scope, keyId, body).toString('base64url'))) return undefined
  return Buffer.from(body, 'base64url').toString('utf8')
}

/** Signs a value that is good until an instant, for links. */
export function signUntil(
  keyRing: KeyRing,
  scope: SignatureScope,
  grant: { value: string; expiresAtMs: number },
): string {
  return signValue(keyRing, scope, JSON.stringify([grant.expiresAtMs, grant.value]))
}

/** The value of a link that is ours and not yet over. */
export function readSignedUntil(
  keyRing: KeyRing,
  scope: SignatureScope,
  input: { signed: string; nowMs: number },
): string | undefined {
  const text = readSigned(keyRing, scope, input.signed)
  if (text === undefined) return undefined
  const [expiresAtMs, value] = JSON.parse(text) as [number, string]
  return input.nowMs < expiresAtMs ? value : undefined
}

/** A page cursor of one list. It is signed because a made-up cursor is a made-up query. */
export const encodeCursor = (keyRing: KeyRing, list: SignatureScope, position: readonly (string | number)[]): string =>
  signValue(keyRing, { ...list, use: `cursor:${list.use}` }, JSON.stringify(position))

/** The position behind a cursor. Throws `cursor_invalid` for edited cursors and those of other lists and tenants. */
export function decodeCursor(keyRing: KeyRing, list: SignatureScope, cursor: string): (string | number)[] {
  const text = readSigned(keyRing, { ...list, use: `cursor:${list.use}` }, cursor)
  if (text === undefined) throw new DomainError('cursor_invalid', `Not a cursor of ${list.use}.`)
  return JSON.parse(text) as (string | number)[]
}
