import type {
  DELIVERY_FILTERS,
  DeliveryKind,
  DeliveryState,
  WebhookAttempt,
  WebhookDelivery,
} from '#domain/webhooks/deliveries.ts'
import { attemptsMax } from '#domain/webhooks/schedule.ts'
import type { WebhookSchedule, WebhookStatistics } from '#domain/webhooks/schema.ts'
import { part, query } from '../query.ts'
import { iso, isoOrNull } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { ListPage } from './acting.ts'

type Row = Omit<WebhookDelivery, 'attemptsMax' | 'nextAttemptAt' | 'createdAt' | 'settledAt'> & {
  kind: DeliveryKind
  state: DeliveryState
  schedule: WebhookSchedule
  retryCount: number
  nextAttemptAt: Date | null
  createdAt: Date
  settledAt: Date | null
  body: string
}

const COLUMNS = part`
  select d.message_id as id, d.subscription_id as "subscriptionId", d.kind, d.type, d.state, d.failure, d.attempts,
    d.status_code as "statusCode", d.error, d.latency_ms as "latencyMs", d.conversation_id as "conversationId",
    d.next_attempt_at as "nextAttemptAt", d.created_at as "createdAt", d.settled_at as "settledAt", d.body, s.schedule,
    s.retry_count as "retryCount"
  from webhook_deliveries d join webhook_subscriptions s on s.tenant_id = d.tenant_id and s.id = d.subscription_id`

function toDelivery({ schedule, retryCount, body: _body, ...row }: Row): WebhookDelivery {
  return {
    ...row,
    attemptsMax: attemptsMax({ schedule, retryCount }),
    nextAttemptAt: isoOrNull(row.nextAttemptAt),
    createdAt: iso(row.createdAt),
    settledAt: isoOrNull(row.settledAt),
  }
}

type Filter = (typeof DELIVERY_FILTERS)[number]
const STATES: Readonly<Record<Filter, readonly DeliveryState[]>> = {
  open: ['held', 'queued', 'sending', 'retrying'],
  delivered: ['delivered'],
  failed: ['failed'],
  skipped: ['skipped'],
}

/** Deliveries of a subscription, the newest event first; the position is the id. */
export async function listDeliveries(
  tx: Tx,
  page: ListPage & { subscriptionId: string; state?: Filter | undefined; type?: string | undefined },
): Promise<WebhookDelivery[]> {
  const { subscriptionId, state, type, after, limit } = page
  const rows = await tx.rows<Row>(
    query(
      COLUMNS,
      part`where d.subscription_id = ${subscriptionId}`,
      after && part`and d.message_id < ${after[0]}::uuid`,
      state !== undefined && part`and d.state = any(${STATES[state]}::text[])`,
      type !== undefined && part`and d.type = ${type}`,
      part`order by d.message_id desc limit ${limit}`,
    ),
  )
  return rows.map(toDelivery)
}

type AttemptRow = Omit<WebhookAttempt, 'at' | 'response' | 'request'> & {
  at: Date
  url: string
  requestHeaders: Record<string, string>
  responseHeaders: Record<string, string> | null
  responseBody: string | null
}

const LOG_MAX = 200

/** One delivery with its body and every attempt, the last first. */
export async function getDelivery(
  tx: Tx,
  { subscriptionId, messageId }: { subscriptionId: string; messageId: string },
): Promise<(WebhookDelivery & { body: string; log: WebhookAttempt[] }) | undefined> {
  const row = await tx.row<Row>(
    query(COLUMNS, part`where d.subscription_id = ${subscriptionId} and d.message_id = ${messageId}`),
  )
  if (row === undefined) return undefined
  const attempts = await tx.rows<AttemptRow>(sql`
    select id, number, at, url, request_headers as "requestHeaders", status_code as "statusCode",
      response_headers as "responseHeaders", response_body as "responseBody", latency_ms as "latencyMs", error
    from webhook_attempts where subscription_id = ${subscriptionId} and message_id = ${messageId}
    order by id desc limit ${LOG_MAX}`)
  const log = attempts.map(
    ({ url, requestHeaders, responseHeaders, responseBody, ...attempt }): WebhookAttempt => ({
      ...attempt,
      at: iso(attempt.at),
      request: { url, headers: requestHeaders },
      response: responseHeaders === null ? null : { headers: responseHeaders, body: responseBody ?? '' },
    }),
  )
  return { ...toDelivery(row), body: row.body, log }
}

type HourRow = { hour: Date; attempts: number; delivered: number; latencyMs: number }

/** Attempts of the last hours, hour by hour. */
export async function statisticsOf(
  tx: Tx,
  { subscriptionId, hours, nowMs }: { subscriptionId: string; hours: number; nowMs: number },
): Promise<WebhookStatistics> {
  const rows = await tx.rows<HourRow>(sql`
    select hour, attempts, delivered, latency_ms_sum as "latencyMs" from webhook_hours
    where subscription_id = ${subscriptionId} and hour > ${new Date(nowMs)}::timestamptz - make_interval(hours => ${hours})
    order by hour`)
  const sum = (read: (row: HourRow) => number) => rows.reduce((total, row) => total + read(row), 0)
  const attempts = sum((row) => row.attempts)
  const delivered = sum((row) => row.delivered)
  return {
    hours,
    attempts,
    delivered,
    successRate: attempts === 0 ? null : delivered / attempts,
    averageLatencyMs: attempts === 0 ? null : sum((row) => row.latencyMs) / attempts,
    byHour: rows.map((row) => ({
      hour: iso(row.hour),
      attempts: row.attempts,
      delivered: row.delivered,
      averageLatencyMs: row.attempts === 0 ? null : row.latencyMs / row.attempts,
    })),
  }
}
