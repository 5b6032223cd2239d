import { z } from 'zod'
import { Condition } from '../conditions/schema.ts'
import { EventType } from '../events/schema.ts'
import { InstantInput } from '../inputs.ts'
import { pageOf } from '../paging.ts'

/** A webhook subscription is an address outside the house that is told of events. Inbound webhooks have no part in this. */
export const WEBHOOK_SCHEDULES = ['default', 'long'] as const // also the CHECK in Postgres
export const WebhookSchedule = z.enum(WEBHOOK_SCHEDULES).meta({
  id: 'WebhookSchedule',
  description: '`default`: at most three retries within seconds. `long`: eight attempts over about 28 hours.',
})
export type WebhookSchedule = z.infer<typeof WebhookSchedule>

export const SUBSCRIPTION_STATUSES = ['active', 'disabled'] as const
/** Why nothing is sent any more: somebody said so, the address answered 410, or it failed for days. */
export const DISABLED_REASONS = ['person', 'gone', 'failing'] as const
export type DisabledReason = (typeof DISABLED_REASONS)[number]

const EXAMPLE_ID = '018f4e5c-7a10-7c3e-9b1d-0a4b8c2d6e10'
const EXAMPLE_INPUT = {
  name: 'Orders desk',
  url: 'https://hooks.example.com/holdfast',
  events: ['conversation.closed', 'conversation.assigned'],
}

export const WebhookStatistics = z
  .strictObject({
    hours: z.int(),
    attempts: z.int(),
    delivered: z.int(),
    /** Between 0 and 1; null when nothing was tried. */
    successRate: z.number().nullable(),
    averageLatencyMs: z.number().nullable(),
    byHour: z.array(
      z.strictObject({
        hour: z.iso.datetime(),
        attempts: z.int(),
        delivered: z.int(),
        averageLatencyMs: z.number().nullable(),
      }),
    ),
  })
  .meta({ id: 'WebhookStatistics', description: 'Attempts of the last hours, ending now.' })
export type WebhookStatistics = z.infer<typeof WebhookStatistics>

export const WEBHOOK_HEALTH = ['new', 'healthy', 'failing', 'resting', 'disabled'] as const
export type WebhookHealth = (typeof WEBHOOK_HEALTH)[number]

export const WebhookSubscription = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    url: z.string(),
    events: z.array(z.string()),
    filter: z.unknown().nullable(),
    schedule: WebhookSchedule,
    retryCount: z.int(),
    timeoutSeconds: z.int(),
    inFlightMax: z.int(),
    ordered: z.boolean(),
    status: z.enum(SUBSCRIPTION_STATUSES),
    disabledReason: z.enum(DISABLED_REASONS).nullable(),
    health: z.enum(WEBHOOK_HEALTH),
    /** While attempts rest because the address kept failing: when the next one goes out. */
    restsUntil: z.iso.datetime().nullable(),
    secretHint: z.string(),
    previousSecretUntil: z.iso.datetime().nullable(),
    clientCertificate: z.strictObject({ subject: z.string(), expiresAt: z.iso.datetime() }).nullable(),
    lastDeliveredAt: z.iso.datetime().nullable(),
    waiting: z.int(),
    successRate: z.number().nullable(),
    averageLatencyMs: z.number().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({
    id: 'WebhookSubscription',
    description: 'An address that is told of events; its figures are those of the last 24 hours.',
  })
export type WebhookSubscription = z.infer<typeof WebhookSubscription>
export const WebhookSubscriptionPage = pageOf(WebhookSubscription, 'WebhookSubscriptionPage')

/** A secret is shown once, when it is made. */
export const WebhookSecret = z
  .strictObject({ subscription: WebhookSubscription, secret: z.string() })
  .meta({ id: 'WebhookSecret', description: 'The secret is shown this once and never again.' })
export type WebhookSecret = z.infer<typeof WebhookSecret>

const Pem = z.string().trim().min(64).max(20_000)
const ClientTls = z
  .strictObject({ certificate: Pem, key: Pem })
  .meta({ id: 'WebhookClientTls', description: 'PEM of the client certificate and of its key, for mutual TLS.' })

const unique = (events: string[]) => new Set(events).size === events.length

const FIELDS = {
  name: z.string().trim().min(1).max(120),
  url: z.string().trim().min(1).max(2_048).meta({ pattern: '^https?://' }),
  events: z
    .array(EventType)
    .min(1)
    .max(200)
    .refine(unique, { message: 'Each event once.', params: { code: 'repeated' } })
    .meta({ uniqueItems: true }),
  filter: Condition.nullable(),
  schedule: WebhookSchedule,
  retryCount: z.int().min(0).max(3),
  timeoutSeconds: z.int().min(1).max(30),
  inFlightMax: z.int().min(1).max(50),
  ordered: z.boolean(),
  clientTls: ClientTls.nullable(),
}

export const CreateWebhookSubscription = z
  .strictObject({
    name: FIELDS.name,
    url: FIELDS.url,
    events: FIELDS.events,
    filter: FIELDS.filter.default(null),
    schedule: FIELDS.schedule.default('default'),
    retryCount: FIELDS.retryCount.default(3),
    timeoutSeconds: FIELDS.timeoutSeconds.default(15),
    inFlightMax: FIELDS.inFlightMax.default(8),
    ordered: FIELDS.ordered.default(false),
    clientTls: FIELDS.clientTls.default(null),
  })
  .meta({ id: 'CreateWebhookSubscription', example: { ...EXAMPLE_INPUT, schedule: 'long', ordered: true } })
export type CreateWebhookSubscription = z.infer<typeof CreateWebhookSubscription>

export const ChangeWebhookSubscription = z
  .strictObject({ ...FIELDS, enabled: z.boolean() })
  .partial()
  .meta({ id: 'ChangeWebhookSubscription', example: { events: ['conversation.closed'], enabled: true } })
export type ChangeWebhookSubscription = z.infer<typeof ChangeWebhookSubscription>

export const RotateWebhookSecret = z
  .strictObject({ overlapHours: z.int().min(0).max(168).default(24) })
  .meta({ id: 'RotateWebhookSecret', example: { overlapHours: 24 } })

export const SendWebhookSample = z
  .strictObject({ type: EventType })
  .meta({ id: 'SendWebhookSample', example: { type: 'conversation.closed' } })

export const REDELIVERY_SCOPES = ['undelivered', 'all'] as const
export const RedeliverSince = z
  .strictObject({
    since: InstantInput,
    which: z
      .enum(REDELIVERY_SCOPES)
      .default('undelivered')
      .describe('`undelivered` also takes in what happened while the subscription was disabled.'),
  })
  .meta({ id: 'RedeliverSince', example: { since: '2026-03-02T14:00:00Z', which: 'undelivered' } })
export type RedeliverSince = z.infer<typeof RedeliverSince>

export const Redelivered = z
  .strictObject({
    queued: z.int(),
    /** Present when there was more than one call takes: go on from here. */
    nextSince: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Redelivered', example: { queued: 12, nextSince: null } })

/** What a receiver gets: ids and facts, never what people wrote. */
export const WebhookBody = z
  .strictObject({
    id: z.uuid(),
    type: z.string(),
    version: z.int(),
    timestamp: z.iso.datetime(),
    tenantId: z.uuid(),
    actor: z.record(z.string(), z.unknown()),
    subject: z.strictObject({ type: z.string(), id: z.string() }),
    conversationId: z.uuid().nullable(),
    correlationId: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({
    id: 'WebhookBody',
    example: {
      id: EXAMPLE_ID,
      type: 'conversation.closed',
      version: 1,
      timestamp: '2026-03-02T14:00:00.000Z',
      tenantId: '018f4e5c-0000-7000-8000-000000000001',
      actor: { kind: 'person', id: '018f4e5c-0000-7000-8000-000000000002' },
      subject: { type: 'conversation', id: '018f4e5c-0000-7000-8000-000000000003' },
      conversationId: '018f4e5c-0000-7000-8000-000000000003',
      correlationId: null,
      data: { reason: 'resolved' },
    },
  })
export type WebhookBody = z.infer<typeof WebhookBody>

export const WebhookSampleList = z
  .strictObject({ items: z.array(z.strictObject({ type: z.string(), body: WebhookBody })) })
  .meta({ id: 'WebhookSampleList' })
