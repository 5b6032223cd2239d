import { DomainError } from '#domain/errors.ts'
import { openEnvelope, parseEnvelope, sealEnvelope } from './envelope.ts'
import type { KeyRing } from './keyring.ts'

/** The place of a secret in Postgres. `rowId` ties it to its row too, for tables whose rows have a lasting id. */
export type FieldPlace = { table: string; column: string; tenantId: string; rowId?: string }

const bindingOf = ({ table, column, tenantId, rowId = '' }: FieldPlace): string =>
  JSON.stringify(['field', table, column, tenantId, rowId])

/** Seals a token or a secret for one column of one tenant, as bytes for a `bytea` column. */
export function encryptField(keyRing: KeyRing, place: FieldPlace, secret: string): Uint8Array {
  return sealEnvelope({
    header: { keyId: keyRing.currentKeyId, tenantId: place.tenantId },
    key: keyRing.tenantKey({ purpose: 'field', tenantId: place.tenantId }),
    binding: bindingOf(place),
    carryBinding: false,
    plaintext: Buffer.from(secret, 'utf8'),
  })
}

/** Opens what `encryptField` sealed in the same place; anything else is `ciphertext_invalid` or `key_missing`. */
export function decryptField(keyRing: KeyRing, place: FieldPlace, sealed: Uint8Array): string {
  const parsed = parseEnvelope(sealed)
  const { keyId, tenantId, subjectKeyId } = parsed.header
  if (tenantId !== place.tenantId || subjectKeyId !== undefined || parsed.binding !== undefined) {
    throw new DomainError('ciphertext_invalid', `The secret in ${place.table}.${place.column} belongs elsewhere.`)
  }
  const key = keyRing.tenantKey({ purpose: 'field', tenantId, keyId })
  return Buffer.from(openEnvelope(parsed, { key, binding: bindingOf(place) })).toString('utf8')
}

/** Whether a secret should be written again because its root key is no longer the current one. */
export const fieldNeedsRotation = (keyRing: KeyRing, sealed: Uint8Array): boolean =>
  parseEnvelope(sealed).header.keyId !== keyRing.currentKeyId
