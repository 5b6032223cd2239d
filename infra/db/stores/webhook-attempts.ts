import type { Verdict } from '#domain/webhooks/answers.ts'
import {
  admit,
  afterAnswer,
  afterRefusal,
  type Breaker,
  hasFailedTooLong,
  hasRefusedTooLong,
  NONE_REFUSED,
  type Refusals,
} from '#domain/webhooks/breaker.ts'
import type { DeliveryFailure, DeliveryState } from '#domain/webhooks/deliveries.ts'
import { attemptsMax, DELIVERY_EXPIRES_MS, nextAttemptMs } from '#domain/webhooks/schedule.ts'
import type { WebhookSchedule } from '#domain/webhooks/schema.ts'
import { newId } from '#infra/ids.ts'
import { sql, type Tx } from '../tx.ts'
import { appendEvents } from './events.ts'
import { disableSubscription, notifyManagers, writeBreaker, writeRefusals } from './webhook-subscriptions.ts'

export type DeliveryPlace = { tenantId: string; subscriptionId: string; messageId: string }

type Subscription = {
  url: string
  status: 'active' | 'disabled'
  schedule: WebhookSchedule
  retryCount: number
  timeoutSeconds: number
  inFlightMax: number
  failures: number
  opens: number
  openUntil: Date | null
  failingSince: Date | null
  refusals: number
  refusesAllSince: Date | null
  secret: Buffer
  previousSecret: Buffer | null
  clientCertificate: string | null
  clientKey: Buffer | null
}

type Delivery = {
  type: string
  body: string
  state: DeliveryState
  attempts: number
  sendingAt: Date | null
  nextAttemptAt: Date | null
  queuedAt: Date
  orderKey: string | null
  /** How many others of its subscription are being sent at this moment. */
  inFlight: number
}

/** How long after what is planned the dispatcher looks whether it happened: a lost workflow is started again then. */
export const LOOK_AGAIN_MS = 10 * 60_000
/** Longer than any attempt takes: one that is older was interrupted. */
const IN_FLIGHT_MS = 60_000
/** A timer may fire a little before the instant that was written down. */
const EARLY_MS = 100
/** "Last delivered" is for people: written at most this often, so that attempts do not wait for one another. */
const TOUCH_MS = 10_000

// One who attempts holds the row of its subscription for a moment: the bound of what is in flight is exact.
const lockSubscription = (tx: Tx, id: string, nowMs: number): Promise<Subscription | undefined> =>
  tx.row<Subscription>(sql`
    select url, status, schedule, retry_count as "retryCount", timeout_seconds as "timeoutSeconds",
      in_flight_max as "inFlightMax", failures, opens, open_until as "openUntil", failing_since as "failingSince", refusals,
      refuses_all_since as "refusesAllSince", secret,
      case when previous_secret_until > ${new Date(nowMs)} then previous_secret end as "previousSecret",
      client_certificate as "clientCertificate", client_key as "clientKey"
    from webhook_subscriptions where id = ${id} for no key update`)

const lockDelivery = (
  tx: Tx,
  { subscriptionId, messageId, nowMs }: DeliveryPlace & { nowMs: number },
): Promise<Delivery | undefined> =>
  tx.row<Delivery>(sql`
    select d.type, d.body, d.state, d.attempts, d.sending_at as "sendingAt", d.next_attempt_at as "nextAttemptAt",
      d.queued_at as "queuedAt", d.order_key as "orderKey",
      (select count(*) from webhook_deliveries o where o.subscription_id = ${subscriptionId} and o.state = 'sending'
        and o.sending_at > ${new Date(nowMs - IN_FLIGHT_MS)} and o.message_id <> ${messageId}) as "inFlight"
    from webhook_deliveries d where d.subscription_id = ${subscriptionId} and d.message_id = ${messageId} for update of d`)

const breakerOf = ({ failures, opens, openUntil, failingSince }: Subscription): Breaker => ({
  failures,
  opens,
  openUntilMs: openUntil?.getTime() ?? null,
  failingSinceMs: failingSince?.getTime() ?? null,
})

export type Attempt = Pick<
  Subscription,
  'url' | 'timeoutSeconds' | 'secret' | 'previousSecret' | 'clientCertificate' | 'clientKey'
> &
  Pick<Delivery, 'type' | 'body'> & { number: number; sendingAtMs: number }

/** Nothing more is tried. `failed`: it was given up just now. */
export type Settled = { kind: 'settled'; failed?: true }

export type Begun =
  | Settled
  /** Its time has not come; the workflow waits for it. */
  | { kind: 'later'; atMs: number; attempts: number; attemptsMax: number }
  /** Its time has come, but not that of its address. */
  | { kind: 'wait'; reason: 'endpoint_resting' | 'endpoint_busy'; untilMs: number }
  | { kind: 'go'; attempt: Attempt }

/**
 * Takes a delivery for one attempt, in the row, before anything leaves. What a predecessor had begun and never ended is
 * logged as interrupted; nobody knows whether it arrived, and the receiver knows it by its id.
 */
export async function beginAttempt(tx: Tx, place: DeliveryPlace & { nowMs: number }): Promise<Begun> {
  const { subscriptionId, messageId, nowMs } = place
  const subscription = await lockSubscription(tx, subscriptionId, nowMs)
  const delivery = await lockDelivery(tx, place)
  if (subscription === undefined || delivery === undefined || !isOpen(delivery.state)) return { kind: 'settled' }
  if (subscription.status === 'disabled')
    return settleAway(tx, place, delivery, { state: 'skipped', failure: 'disabled' })
  if (delivery.state === 'sending') await logInterrupted(tx, place, { subscription, delivery })
  const atMs = delivery.nextAttemptAt?.getTime() ?? 0
  if (atMs > nowMs + EARLY_MS) {
    return { kind: 'later', atMs, attempts: delivery.attempts, attemptsMax: attemptsMax(subscription) }
  }
  if (nowMs - delivery.queuedAt.getTime() > DELIVERY_EXPIRES_MS) {
    return settleAway(tx, place, delivery, { state: 'failed', failure: 'expired' })
  }
  const admission = admit(breakerOf(subscription), {
    inFlight: delivery.inFlight,
    inFlightMax: subscription.inFlightMax,
    nowMs,
  })
  if (admission.kind === 'wait') {
    // Back to where it was: an interrupted attempt is none that still runs.
    await tx.run(sql`
      update webhook_deliveries set due_at = ${new Date(admission.untilMs + LOOK_AGAIN_MS)}, sending_at = null,
        state = case when attempts = 0 then 'queued' else 'retrying' end
      where subscription_id = ${subscriptionId} and message_id = ${messageId}`)
    return admission
  }
  await tx.run(sql`
    update webhook_deliveries set state = 'sending', sending_at = ${new Date(nowMs)}, next_attempt_at = null,
      due_at = ${new Date(nowMs + LOOK_AGAIN_MS)}
    where subscription_id = ${subscriptionId} and message_id = ${messageId}`)
  const { url, timeoutSeconds, secret, previousSecret, clientCertificate, clientKey } = subscription
  const { type, body, attempts } = delivery
  const request = { url, timeoutSeconds, secret, previousSecret, clientCertificate, clientKey, type, body }
  return { kind: 'go', attempt: { ...request, number: attempts + 1, sendingAtMs: nowMs } }
}

const isOpen = (state: DeliveryState): boolean => state === 'queued' || state === 'sending' || state === 'retrying'

async function settleAway(
  tx: Tx,
  place: DeliveryPlace & { nowMs: number },
  delivery: Delivery,
  end: { state: 'failed' | 'skipped'; failure: DeliveryFailure },
): Promise<Settled> {
  await tx.run(sql`
    update webhook_deliveries set state = ${end.state}, failure = ${end.failure}, due_at = null, next_attempt_at = null,
      sending_at = null, settled_at = ${new Date(place.nowMs)}
    where subscription_id = ${place.subscriptionId} and message_id = ${place.messageId}`)
  await releaseNext(tx, place.subscriptionId, delivery.orderKey)
  return settledAs(end.state)
}

const settledAs = (state: 'failed' | 'skipped'): Settled =>
  state === 'failed' ? { kind: 'settled', failed: true } : { kind: 'settled' }

/** Lets the next of a conversation go, once nothing before it is under way. */
async function releaseNext(tx: Tx, subscriptionId: string, orderKey: string | null): Promise<void> {
  if (orderKey === null) return
  const released = await tx.run(sql`
    update webhook_deliveries set state = 'queued', due_at = now(), queued_at = now()
    where subscription_id = ${subscriptionId} and message_id = (
        select message_id from webhook_deliveries
        where subscription_id = ${subscriptionId} and order_key = ${orderKey} and state = 'held'
        order by position limit 1)
      and not exists (select 1 from webhook_deliveries where subscription_id = ${subscriptionId}
        and order_key = ${orderKey} and state in ('queued', 'sending', 'retrying'))`)
  if (released > 0) tx.wake('deliveries')
}

export type Ended = {
  verdict: Verdict
  statusCode: number | null
  error: string | null
  latencyMs: number | null
  requestHeaders: Record<string, string>
  response: { headers: Record<string, string>; body: string } | null
  retryAfterMs: number | undefined
}

/** Writes what became of an attempt: the log, the figures, the breaker, and what comes next for the delivery. */
export async function endAttempt(
  tx: Tx,
  place: DeliveryPlace & { nowMs: number },
  outcome: { attempt: Attempt; ended: Ended },
): Promise<Settled | { kind: 'later'; atMs: number; attempts: number; attemptsMax: number }> {
  const { attempt, ended } = outcome
  if (ended.verdict === 'delivered') return endDelivered(tx, place, outcome)
  const { subscriptionId, nowMs } = place
  const subscription = await lockSubscription(tx, subscriptionId, nowMs)
  const delivery = await lockDelivery(tx, place)
  if (subscription === undefined || delivery === undefined) return { kind: 'settled' }
  await logAttempt(tx, place, { attempt, ended })
  await countHour(tx, place, ended)
  // Somebody else has gone on with it: what they decide holds, and this answer is only on record.
  if (delivery.state !== 'sending' || delivery.sendingAt?.getTime() !== attempt.sendingAtMs) return { kind: 'settled' }

  const verdict = ended.verdict
  const { number: attempts } = attempt
  const atMs =
    verdict === 'retry' ? nextAttemptMs(subscription, { attempts, nowMs, retryAfterMs: ended.retryAfterMs }) : undefined
  const end = endOf(verdict, { again: atMs !== undefined, disabled: subscription.status === 'disabled' })
  await tx.run(sql`
    update webhook_deliveries set state = ${end.state}, failure = ${end.failure}, attempts = ${attempts}, sending_at = null,
      next_attempt_at = ${end.state === 'retrying' ? new Date(atMs!) : null},
      due_at = ${end.state === 'retrying' ? new Date(atMs! + LOOK_AGAIN_MS) : null},
      settled_at = ${end.state === 'retrying' ? null : new Date(nowMs)}, status_code = ${ended.statusCode},
      error = ${ended.error}, latency_ms = ${ended.latencyMs}
    where subscription_id = ${subscriptionId} and message_id = ${place.messageId}`)
  if (end.state !== 'retrying') await releaseNext(tx, subscriptionId, delivery.orderKey)
  await heed(tx, place, { subscription, verdict })
  return end.state === 'retrying'
    ? { kind: 'later', atMs: atMs!, attempts, attemptsMax: attemptsMax(subscription) }
    : settledAs(end.state)
}

type End = { state: 'failed' | 'skipped' | 'retrying'; failure: DeliveryFailure | null }

function endOf(
  verdict: Exclude<Verdict, 'delivered'>,
  { again, disabled }: { again: boolean; disabled: boolean },
): End {
  if (verdict !== 'retry') return { state: 'failed', failure: verdict }
  if (disabled) return { state: 'skipped', failure: 'disabled' }
  return again ? { state: 'retrying', failure: null } : { state: 'failed', failure: 'exhausted' }
}

/**
 * The usual end, in one statement and without the lock of the subscription, which all its attempts would wait for: that
 * is needed only when the address had been failing, or when something waits behind this one.
 */
async function endDelivered(
  tx: Tx,
  place: DeliveryPlace & { nowMs: number },
  { attempt, ended }: { attempt: Attempt; ended: Ended },
): Promise<Settled> {
  const { tenantId, subscriptionId, messageId, nowMs } = place
  const [now, sendingAt] = [new Date(nowMs), new Date(attempt.sendingAtMs)]
  const row = await tx.row<{ failures: number; refusals: number; orderKey: string | null }>(sql`
    with settled as (
      update webhook_deliveries set state = 'delivered', failure = null, attempts = ${attempt.number}, sending_at = null,
        next_attempt_at = null, due_at = null, settled_at = ${now}, status_code = ${ended.statusCode}, error = null,
        latency_ms = ${ended.latencyMs}
      where subscription_id = ${subscriptionId} and message_id = ${messageId} and state = 'sending'
        and sending_at = ${sendingAt}
      returning order_key
    ), logged as (
      insert into webhook_attempts (id, tenant_id, subscription_id, message_id, number, at, url, request_headers,
        status_code, response_headers, response_body, latency_ms)
      select ${newId()}, tenant_id, id, ${messageId}, ${attempt.number}, ${sendingAt}, ${attempt.url},
        ${JSON.stringify(ended.requestHeaders)}, ${ended.statusCode}, ${JSON.stringify(ended.response?.headers ?? {})},
        ${ended.response?.body ?? ''}, ${ended.latencyMs}
      from webhook_subscriptions where id = ${subscriptionId}
    ), counted as (
      insert into webhook_hours as h (tenant_id, subscription_id, hour, attempts, delivered, latency_ms_sum)
      select tenant_id, id, date_trunc('hour', ${now}::timestamptz), 1, 1, ${ended.latencyMs ?? 0}
      from webhook_subscriptions where id = ${subscriptionId}
      on conflict (tenant_id, subscription_id, hour) do update set attempts = h.attempts + 1,
        delivered = h.delivered + 1, latency_ms_sum = h.latency_ms_sum + excluded.latency_ms_sum
    ), touched as (
      update webhook_subscriptions set last_delivered_at = ${now}
      where id = ${subscriptionId} and (last_delivered_at is null or last_delivered_at < ${new Date(nowMs - TOUCH_MS)})
    )
    select failures, refusals, (select order_key from settled) as "orderKey" from webhook_subscriptions
    where id = ${subscriptionId} and tenant_id = ${tenantId}`)
  if (row === undefined || (row.failures === 0 && row.refusals === 0 && row.orderKey === null))
    return { kind: 'settled' }
  const subscription = await lockSubscription(tx, subscriptionId, nowMs)
  if (subscription === undefined) return { kind: 'settled' }
  await releaseNext(tx, subscriptionId, row.orderKey)
  await heed(tx, place, { subscription, verdict: 'delivered' })
  return { kind: 'settled' }
}

/** What an answer means for the address: it works, it fails, or it never wants to hear again. */
async function heed(
  tx: Tx,
  place: DeliveryPlace & { nowMs: number },
  { subscription, verdict }: { subscription: Subscription; verdict: Verdict },
): Promise<void> {
  const { tenantId, subscriptionId: id, nowMs } = place
  const acting = { tenantId, actor: { kind: 'system' } as const }
  if (verdict === 'gone') return disableSubscription(tx, acting, { id, reason: 'gone' })
  if (verdict === 'blocked') return
  await heedRefusals(tx, place, { subscription, verdict })
  const before = breakerOf(subscription)
  // An address that refuses one body is there, and may like the next.
  const after = afterAnswer(before, { ok: verdict !== 'retry', nowMs })
  if (before.failures === 0 && after.failures === 0) return
  await writeBreaker(tx, id, after)
  if ((before.opens === 0) !== (after.opens === 0)) {
    await tellHealth(tx, place, after.opens === 0 ? 'healthy' : 'resting')
  }
  if (hasFailedTooLong(after, nowMs)) await disableSubscription(tx, acting, { id, reason: 'failing' })
}

/** People are called when it turns bad, and may see it turn well. */
async function tellHealth(
  tx: Tx,
  { tenantId, subscriptionId: id }: DeliveryPlace,
  health: 'healthy' | 'resting' | 'failing',
): Promise<void> {
  const subject = { type: 'webhook', id } as const
  appendEvents(tx, [{ tenantId, type: 'webhook.changed', actor: { kind: 'system' }, subject, data: { health } }])
  if (health !== 'healthy') await notifyManagers(tx, tenantId, { id, kind: 'webhook_failing', reason: 'failing' })
}

/** One refusal is about one body; an address that only refuses is said to fail, and in the end disabled like one that does. */
async function heedRefusals(
  tx: Tx,
  place: DeliveryPlace & { nowMs: number },
  { subscription, verdict }: { subscription: Subscription; verdict: Verdict },
): Promise<void> {
  if (verdict === 'retry') return
  const { tenantId, subscriptionId: id, nowMs } = place
  const { refusals: count, refusesAllSince } = subscription
  const before: Refusals = { count, allSinceMs: refusesAllSince?.getTime() ?? null }
  const after = verdict === 'refused' ? afterRefusal(before, nowMs) : NONE_REFUSED
  if (before.count === after.count) return
  await writeRefusals(tx, id, after)
  const acting = { tenantId, actor: { kind: 'system' } as const }
  if ((before.allSinceMs === null) !== (after.allSinceMs === null)) {
    await tellHealth(tx, place, after.allSinceMs === null ? 'healthy' : 'failing')
  }
  if (hasRefusedTooLong(after, nowMs)) await disableSubscription(tx, acting, { id, reason: 'failing' })
}

const logAttempt = (
  tx: Tx,
  { tenantId, subscriptionId, messageId }: DeliveryPlace,
  { attempt, ended }: { attempt: Pick<Attempt, 'number' | 'sendingAtMs' | 'url'>; ended: Ended },
): Promise<number> =>
  tx.run(sql`
    insert into webhook_attempts (id, tenant_id, subscription_id, message_id, number, at, url, request_headers, status_code,
      response_headers, response_body, latency_ms, error)
    values (${newId()}, ${tenantId}, ${subscriptionId}, ${messageId}, ${attempt.number}, ${new Date(attempt.sendingAtMs)},
      ${attempt.url}, ${JSON.stringify(ended.requestHeaders)}, ${ended.statusCode},
      ${ended.response === null ? null : JSON.stringify(ended.response.headers)}, ${ended.response?.body ?? null},
      ${ended.latencyMs}, ${ended.error})`)

async function logInterrupted(
  tx: Tx,
  place: DeliveryPlace,
  { subscription, delivery }: { subscription: Subscription; delivery: Delivery },
): Promise<void> {
  const attempt = {
    number: delivery.attempts + 1,
    sendingAtMs: delivery.sendingAt?.getTime() ?? 0,
    url: subscription.url,
  }
  const nothing = { statusCode: null, latencyMs: null, requestHeaders: {}, response: null, retryAfterMs: undefined }
  await logAttempt(tx, place, { attempt, ended: { ...nothing, verdict: 'retry', error: 'interrupted' } })
}

const countHour = (
  tx: Tx,
  { tenantId, subscriptionId, nowMs }: DeliveryPlace & { nowMs: number },
  { latencyMs }: Ended,
): Promise<number> =>
  tx.run(sql`
    insert into webhook_hours as h (tenant_id, subscription_id, hour, attempts, delivered, latency_ms_sum)
    values (${tenantId}, ${subscriptionId}, date_trunc('hour', ${new Date(nowMs)}::timestamptz), 1,
      0, ${latencyMs ?? 0})
    on conflict (tenant_id, subscription_id, hour) do update set attempts = h.attempts + 1,
      latency_ms_sum = h.latency_ms_sum + excluded.latency_ms_sum`)
