import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { decryptField, encryptField } from '#infra/crypto/field.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'

/** The prefix that Standard Webhooks gives to secrets; what follows is base64. */
export const SECRET_PREFIX = 'whsec_'
const SECRET_BYTES = 32
const HINT_CHARS = 4

export type SubscriptionSecret = 'secret' | 'client_key'
type Place = { tenantId: string; subscriptionId: string; secret: SubscriptionSecret }

// A secret that was replaced moves to another column as it is, so the binding names what it is and not where it lies.
const placeOf = ({ tenantId, subscriptionId, secret }: Place) =>
  ({ table: 'webhook_subscriptions', column: secret, tenantId, rowId: subscriptionId }) as const

export const newWebhookSecret = (): string => `${SECRET_PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`

/** The last characters, by which people tell two secrets apart. */
export const hintOf = (secret: string): string => secret.replace(/=+$/, '').slice(-HINT_CHARS)

export const sealWebhookSecret = (keyRing: KeyRing, place: Place, text: string): Buffer =>
  Buffer.from(encryptField(keyRing, placeOf(place), text))

export const openWebhookSecret = (keyRing: KeyRing, place: Place, sealed: Uint8Array): string =>
  decryptField(keyRing, placeOf(place), sealed)

/** What may be shown of a client certificate; undefined when it is none. */
export function certificateFacts(certificate: string): { subject: string; expiresAt: string } | undefined {
  try {
    const parsed = new X509Certificate(certificate)
    return { subject: parsed.subject.replaceAll('\n', ', '), expiresAt: new Date(parsed.validTo).toISOString() }
  } catch {
    return undefined
  }
}

/** Whether a key belongs to a certificate. False also for a key that cannot be read. */
export function keyFitsCertificate(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}
