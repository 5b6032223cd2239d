import { createHmac } from 'node:crypto'
import type { KeyRing } from './keyring.ts'

/**
 * The marks by which somebody who was erased is known again: a keyed hash of an id or a number, one per root key, the current
 * one first. Without the keys it says nothing, because numbers are few enough to try them all.
 */
export function erasedMarks(keyRing: KeyRing, tenantId: string, externalId: string): Buffer[] {
  const plain = externalId.replace(/^\+/, '')
  return keyRing.keyIds.map((keyId) =>
    createHmac('sha256', keyRing.tenantKey({ purpose: 'subject', tenantId, keyId }))
      .update(`erased|${plain}`)
      .digest(),
  )
}
