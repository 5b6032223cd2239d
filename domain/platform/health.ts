import { z } from 'zod'
import { PageQuery, pageOf } from '../paging.ts'

/** What waits somewhere: how much, and since when the oldest does. */
const Backlog = z.strictObject({ count: z.int(), oldestAgeMs: z.int().nullable() })
export const HEALTH_QUEUES = ['inbound', 'bells', 'unhandled', 'sends', 'events', 'media', 'webhooks'] as const

export const PROCESS_KINDS = ['api', 'dispatcher', 'worker'] as const // also the CHECK in Postgres
export type ProcessKind = (typeof PROCESS_KINDS)[number]

/** Each process says so often that it is up, and is taken to be down when it was silent for so long. */
export const BEAT_EVERY_MS = 5_000
export const SILENT_AFTER_MS = 20_000

const ProcessHealth = z
  .strictObject({
    state: z.enum(['up', 'stalled', 'down']),
    upCount: z.int().meta({ description: 'How many processes of this kind are up.' }),
    lastBeatAt: z.iso.datetime().nullable().meta({ description: 'When one of them was last heard.' }),
    stalled: z.array(z.string()).meta({ description: 'What stands still in those that are up, by name.' }),
    versions: z.array(z.string()),
  })
  .meta({ id: 'ProcessHealth' })
export type ProcessHealth = z.infer<typeof ProcessHealth>

export const PART_STATES = ['up', 'down', 'unknown'] as const
const PartState = z.enum(PART_STATES)
export type PartState = z.infer<typeof PartState>

/** What was given up and lies there to be tried again. */
export const DEAD_LETTERS = ['inbound', 'events', 'webhooks'] as const

export const SystemHealth = z
  .strictObject({
    at: z.iso.datetime(),
    processes: z.record(z.enum(PROCESS_KINDS), ProcessHealth),
    queues: z.record(z.enum(HEALTH_QUEUES), Backlog),
    deadLetters: z.record(z.enum(DEAD_LETTERS), z.int()),
    temporal: z.strictObject({
      state: z.enum(['up', 'down']),
      unattended: z
        .array(z.string())
        .meta({ description: 'Its queues that nobody works on, for two minutes at least.' }),
    }),
    database: z.strictObject({ version: z.string(), latencyMs: z.number() }),
    storage: z.strictObject({ state: PartState, freeBytes: z.number().nullable() }),
    mail: z.strictObject({ state: PartState }),
    tenants: z.strictObject({ active: z.int(), suspended: z.int() }),
    version: z.string(),
  })
  .meta({ id: 'SystemHealth' })
export type SystemHealth = z.infer<typeof SystemHealth>

const OfTenant = { tenantId: z.uuid(), tenantName: z.string().nullable() }
export const ListDeadLetters = PageQuery

/** An item that came in and could not be taken. What it says stays with its tenant. */
export const PlatformParkedItem = z
  .strictObject({
    id: z.uuid(),
    ...OfTenant,
    channelId: z.uuid(),
    kind: z.string(),
    attempts: z.int(),
    receivedAt: z.iso.datetime(),
  })
  .meta({ id: 'PlatformParkedItem' })
export type PlatformParkedItem = z.infer<typeof PlatformParkedItem>
export const PlatformParkedItemPage = pageOf(PlatformParkedItem, 'PlatformParkedItemPage')

/** An event that one of its readers could not carry out, however often it tried. */
export const DeadEvent = z
  .strictObject({
    ...OfTenant,
    eventId: z.uuid(),
    reader: z.string().meta({ description: 'Who was to act on it.' }),
    type: z.string().nullable().meta({ description: 'Of the event; null when it is past its retention.' }),
    attempts: z.int(),
    since: z.iso.datetime(),
  })
  .meta({ id: 'DeadEvent' })
export type DeadEvent = z.infer<typeof DeadEvent>
export const DeadEventPage = pageOf(DeadEvent, 'DeadEventPage')

/** The deliveries of webhooks of one tenant that were given up. */
export const FailedDeliveries = z
  .strictObject({
    ...OfTenant,
    count: z.int(),
    firstAt: z.iso.datetime(),
    lastAt: z.iso.datetime(),
  })
  .meta({ id: 'FailedDeliveries' })
export type FailedDeliveries = z.infer<typeof FailedDeliveries>
export const FailedDeliveriesPage = pageOf(FailedDeliveries, 'FailedDeliveriesPage')

export const RetriedDeliveries = z
  .strictObject({
    queuedCount: z.int(),
    leftCount: z.int().meta({ description: 'Still given up: more than fit into one request, or switched off.' }),
  })
  .meta({ id: 'RetriedDeliveries' })
export type RetriedDeliveries = z.infer<typeof RetriedDeliveries>
