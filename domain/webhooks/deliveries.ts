import { z } from 'zod'
import { EventType } from '../events/schema.ts'
import { PageQuery, pageOf } from '../paging.ts'

/** What a delivery carries: an event of the house, a sample somebody asked for, a ping, or a body that was edited. */
export const DELIVERY_KINDS = ['event', 'sample', 'ping', 'edited'] as const // also the CHECK in Postgres
export type DeliveryKind = (typeof DELIVERY_KINDS)[number]

/** The type that a ping goes out under; no event of the house is called so. */
export const PING_TYPE = 'webhook.ping'

/** held: waits for the one before it in its conversation. skipped: the subscription was disabled meanwhile. */
export const DELIVERY_STATES = ['held', 'queued', 'sending', 'retrying', 'delivered', 'failed', 'skipped'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** Why a delivery is given up. Each word is part of a translation key. */
export const DELIVERY_FAILURES = ['refused', 'gone', 'blocked', 'exhausted', 'expired', 'disabled'] as const
export type DeliveryFailure = (typeof DELIVERY_FAILURES)[number]

export const WebhookAttempt = z
  .strictObject({
    id: z.uuid(),
    number: z.int(),
    at: z.iso.datetime(),
    latencyMs: z.int().nullable(),
    statusCode: z.int().nullable(),
    error: z.string().nullable(),
    request: z.strictObject({ url: z.string(), headers: z.record(z.string(), z.string()) }),
    response: z.strictObject({ headers: z.record(z.string(), z.string()), body: z.string() }).nullable(),
  })
  .meta({ id: 'WebhookAttempt', description: 'One POST; of the answer, the first 1000 characters are kept.' })
export type WebhookAttempt = z.infer<typeof WebhookAttempt>

const DELIVERY = {
  id: z.uuid().describe('What goes out as `webhook-id`: the id of the event, the same at every attempt.'),
  subscriptionId: z.uuid(),
  kind: z.enum(DELIVERY_KINDS),
  type: z.string(),
  state: z.enum(DELIVERY_STATES),
  failure: z.enum(DELIVERY_FAILURES).nullable(),
  attempts: z.int(),
  attemptsMax: z.int(),
  statusCode: z.int().nullable(),
  error: z.string().nullable(),
  latencyMs: z.int().nullable(),
  conversationId: z.uuid().nullable(),
  nextAttemptAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  settledAt: z.iso.datetime().nullable(),
}

export const WebhookDelivery = z
  .strictObject(DELIVERY)
  .meta({ id: 'WebhookDelivery', description: 'One event on its way to one subscription.' })
export type WebhookDelivery = z.infer<typeof WebhookDelivery>
export const WebhookDeliveryPage = pageOf(WebhookDelivery, 'WebhookDeliveryPage')

export const WebhookDeliveryDetail = z
  .strictObject({ ...DELIVERY, body: z.string(), workflowId: z.string(), log: z.array(WebhookAttempt) })
  .meta({ id: 'WebhookDeliveryDetail' })
export type WebhookDeliveryDetail = z.infer<typeof WebhookDeliveryDetail>

export const DELIVERY_FILTERS = ['open', 'delivered', 'failed', 'skipped'] as const
export const ListWebhookDeliveries = z.strictObject({
  ...PageQuery.shape,
  state: z.enum(DELIVERY_FILTERS).optional(),
  type: z.union([EventType, z.literal(PING_TYPE)]).optional(),
})
export type ListWebhookDeliveries = z.infer<typeof ListWebhookDeliveries>

export const DELIVERY_BODY_MAX = 20_000
export const ResendWebhook = z
  .strictObject({ body: z.string().min(2).max(DELIVERY_BODY_MAX) })
  .meta({ id: 'ResendWebhook', example: { body: '{"id":"…","type":"conversation.closed","data":{}}' } })

export const StatisticsQuery = z.strictObject({ hours: z.coerce.number().int().min(1).max(720).default(24) })
