import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { DomainError } from '#domain/errors.ts'
import { openEnvelope, parseEnvelope, sealEnvelope } from './envelope.ts'
import { type KeyRing, ROOT_KEY_BYTES } from './keyring.ts'

/** The key of one contact, sealed under the tenant's key. Deleting every copy makes the contact's texts unreadable. */
export type WrappedSubjectKey = { id: string; wrapped: Uint8Array }

/** Where wrapped keys live. `shredded` is an answer of its own: an erased contact is not a missing key. */
export type SubjectKeyStore = {
  find(key: { tenantId: string; subjectKeyId: string }): Promise<WrappedSubjectKey | 'shredded' | undefined>
}

const bindingOf = (subjectKeyId: string): string => `subject-key|${subjectKeyId}`

/** Makes a new key for one contact, ready to be stored. */
export function createSubjectKey(
  keyRing: KeyRing,
  owner: { tenantId: string; subjectKeyId: string },
): WrappedSubjectKey {
  const wrapped = sealEnvelope({
    header: { keyId: keyRing.currentKeyId, tenantId: owner.tenantId },
    key: keyRing.tenantKey({ purpose: 'subject', tenantId: owner.tenantId }),
    binding: bindingOf(owner.subjectKeyId),
    carryBinding: false,
    plaintext: randomBytes(ROOT_KEY_BYTES),
  })
  return { id: owner.subjectKeyId, wrapped }
}

/** Opened keys, as long as the store gives the same sealed one: a message asks ten times. */
const opened = new WeakMap<WrappedSubjectKey, { place: string; key: KeyObject }>()

/** Loads and opens the key of one contact. Throws `key_shredded` once the contact is erased, `key_missing` if unknown. */
export async function loadSubjectKey(
  sources: { keyRing: KeyRing; subjectKeys: SubjectKeyStore | undefined },
  owner: { tenantId: string; subjectKeyId: string },
): Promise<KeyObject> {
  const found = await sources.subjectKeys?.find(owner)
  if (found === 'shredded') throw new DomainError('key_shredded', `Subject key ${owner.subjectKeyId} was destroyed.`)
  if (found === undefined) throw new DomainError('key_missing', `Subject key ${owner.subjectKeyId} is unknown.`)
  const known = opened.get(found)
  const place = `${owner.tenantId}/${owner.subjectKeyId}`
  if (known?.place === place) return known.key
  const parsed = parseEnvelope(found.wrapped)
  if (parsed.header.tenantId !== owner.tenantId) {
    throw new DomainError('ciphertext_invalid', `Subject key ${owner.subjectKeyId} belongs to another tenant.`)
  }
  const { keyId, tenantId } = parsed.header
  const key = sources.keyRing.tenantKey({ purpose: 'subject', tenantId, keyId })
  const subjectKey = createSecretKey(openEnvelope(parsed, { key, binding: bindingOf(owner.subjectKeyId) }))
  opened.set(found, { place, key: subjectKey })
  return subjectKey
}
