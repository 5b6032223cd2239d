import { activityInfo, cancellationSignal } from '@temporalio/activity'
import { judge, retryAfterMs } from '#domain/webhooks/answers.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import {
  type Attempt,
  beginAttempt,
  type DeliveryPlace,
  type Ended,
  endAttempt,
  type Settled,
} from '#infra/db/stores/webhook-attempts.ts'
import type { SuspendedTenants } from '#infra/db/suspended-tenants.ts'
import type { Db } from '#infra/db/tx.ts'
import type { GuardedFetch, GuardedOutcome } from '#infra/http/guarded-fetch.ts'
import { openWebhookSecret } from '#infra/webhooks/secrets.ts'
import { signedHeaders } from '#infra/webhooks/signature.ts'
import { tryAgainAt } from './failures.ts'

export type WebhookDeps = {
  db: Db
  keyRing: KeyRing
  guarded: GuardedFetch
  now: () => number
  random: () => number
  suspended?: SuspendedTenants
}
export type WebhookActivities = ReturnType<typeof createWebhookActivities>

/** What the workflow does next: nothing more, or another attempt at an instant. */
export type DeliveryStep = Settled | { kind: 'later'; atMs: number; attempts: number; attemptsMax: number }

const SUSPENDED_LOOK_MS = 60_000
const RESPONSE_CHARS = 1_000
const RESPONSE_BYTES = 16 * 1024
const HEADERS_MAX = 40
const BUSY_MS = 200
const BUSY_MAX_MS = 10_000
/** Those who wait for the end of a rest do not come back in one moment. */
const SPREAD_MS = 5_000

export function createWebhookActivities({ db, keyRing, guarded, now, random, suspended }: WebhookDeps) {
  const waitMs = ({ reason, untilMs }: { reason: string; untilMs: number }): number => {
    if (reason === 'endpoint_resting') return untilMs - now() + random() * SPREAD_MS
    return Math.min(BUSY_MAX_MS, BUSY_MS * 1.5 ** Math.min(activityInfo().attempt, 12)) * (0.5 + random())
  }

  const tlsOf = (place: DeliveryPlace, { clientCertificate: cert, clientKey }: Attempt) =>
    cert === null || clientKey === null
      ? {}
      : { tls: { cert, key: openWebhookSecret(keyRing, { ...place, secret: 'client_key' }, clientKey) } }

  return {
    /**
     * One attempt of a delivery, or none while its address rests or is busy: then it asks to be run again later, and the
     * pending activity says why. Safe to retry: the receiver knows a delivery by its id.
     */
    async attemptDelivery(place: DeliveryPlace): Promise<DeliveryStep> {
      if (await suspended?.has(place.tenantId)) throw tryAgainAt('tenant_suspended', SUSPENDED_LOOK_MS)
      const begun = await db.tenant(place.tenantId, (tx) => beginAttempt(tx, { ...place, nowMs: now() }))
      if (begun.kind === 'wait') throw tryAgainAt(begun.reason, waitMs(begun))
      if (begun.kind !== 'go') return begun
      const { attempt } = begun
      const headers = signedHeaders({
        messageId: place.messageId,
        type: attempt.type,
        body: attempt.body,
        atMs: attempt.sendingAtMs,
        secrets: [attempt.secret, ...(attempt.previousSecret === null ? [] : [attempt.previousSecret])].map((sealed) =>
          openWebhookSecret(keyRing, { ...place, secret: 'secret' }, sealed),
        ),
      })
      const outcome = await guarded.fetch(attempt.url, {
        method: 'POST',
        headers,
        body: attempt.body,
        timeoutMs: attempt.timeoutSeconds * 1_000,
        bytesMax: RESPONSE_BYTES,
        signal: cancellationSignal(),
        ...tlsOf(place, attempt),
      })
      const ended = endedOf(outcome, { requestHeaders: headers, nowMs: now() })
      return db.tenant(place.tenantId, (tx) => endAttempt(tx, { ...place, nowMs: now() }, { attempt, ended }))
    },
  }
}

function endedOf(
  outcome: GuardedOutcome,
  { requestHeaders, nowMs }: { requestHeaders: Record<string, string>; nowMs: number },
): Ended {
  const response = answeredBy(outcome)
  return {
    verdict: judge(response === undefined ? outcome : { kind: 'response', httpStatus: response.httpStatus }),
    statusCode: response?.httpStatus ?? null,
    error: errorOf(outcome),
    latencyMs: outcome.kind === 'blocked' ? null : outcome.tookMs,
    requestHeaders,
    response:
      response === undefined ? null : { headers: fewHeaders(response.headers), body: firstChars(response.body) },
    retryAfterMs: retryAfterMs(response?.headers['retry-after'], nowMs),
  }
}

/** What it answered is for the log; a receiver that took an event in and said so in words that cannot be read has it. */
function answeredBy(outcome: GuardedOutcome) {
  if (outcome.kind === 'response') return outcome
  if (outcome.kind === 'blocked' || outcome.answered === undefined) return undefined
  return { ...outcome.answered, body: Buffer.alloc(0) }
}

function errorOf(outcome: GuardedOutcome): string | null {
  if (outcome.kind === 'response') return null
  if (outcome.kind === 'blocked') return `blocked:${outcome.reason}`
  return outcome.details === undefined ? outcome.reason : `${outcome.reason}:${outcome.details}`
}

/** Postgres keeps no NUL in a text. */
const printable = (text: string): string => text.replaceAll('\u0000', '\ufffd')

const firstChars = (body: Buffer): string =>
  printable([...body.toString('utf8').slice(0, 2 * RESPONSE_CHARS)].slice(0, RESPONSE_CHARS).join(''))

const fewHeaders = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .slice(0, HEADERS_MAX)
      .map(([name, value]) => [name, printable(value.slice(0, 500))]),
  )
