import { DomainError } from '#domain/errors.ts'
import type { SealedTls } from '#infra/db/stores/webhook-subscriptions.ts'
import { checkAddress } from '#infra/http/guarded-fetch.ts'
import { keyFitsCertificate, sealWebhookSecret } from '#infra/webhooks/secrets.ts'
import { acting, type RequestContext } from './acting.ts'

/** @throws DomainError address_blocked, at `/url`. */
export function assertCallable(c: RequestContext, url: string): void {
  const checked = checkAddress(url, { allowOrigins: c.get('deps').settings.allowedOrigins ?? [] })
  if (checked.kind === 'ok') return
  throw new DomainError('address_blocked', `This address is not called: ${checked.reason}.`, {
    errors: [{ path: '/url', code: `address_${checked.reason}`, message: 'This address is not called.' }],
  })
}

const refuse = (path: string, code: string, message: string) =>
  new DomainError('invalid_input', message, { errors: [{ path, code, message }] })

export function assertHttps(url: string): void {
  if (!url.startsWith('https:')) throw refuse('/url', 'https_only', 'A client certificate needs an address with https.')
}

type ClientTls = { certificate: string; key: string } | null | undefined

/** What an address asks of those who call it: a certificate of ours, with its key sealed; null takes it away. */
export function sealTls(c: RequestContext, { id, url, tls }: { id: string; url: string; tls: ClientTls }) {
  if (tls === null || tls === undefined) return tls
  assertHttps(url)
  if (!keyFitsCertificate(tls.certificate, tls.key)) {
    throw refuse('/clientTls', 'key_mismatch', 'The key is not the one of this certificate.')
  }
  const place = { tenantId: acting(c).tenantId, subscriptionId: id, secret: 'client_key' as const }
  const key = sealWebhookSecret(c.get('deps').keyRing, place, tls.key)
  return { certificate: tls.certificate, key } satisfies SealedTls
}
