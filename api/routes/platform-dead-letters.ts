import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import {
  DeadEventPage,
  FailedDeliveriesPage,
  ListDeadLetters,
  PlatformParkedItemPage,
  RetriedDeliveries,
} from '#domain/platform/health.ts'
import { deadEvents, failedDeliveries, parkedItems, tenantNames } from '#infra/db/stores/dead-letters.ts'
import { redriveItem } from '#infra/db/stores/inbound.ts'
import { reviveRetry } from '#infra/db/stores/reactions.ts'
import { retryFailedDeliveries } from '#infra/db/stores/webhook-failures.ts'
import type { AppEnv } from '../deps.ts'
import { auditedInTenant, platformOf } from '../platform-audit.ts'
import { feature, Id, json, NO_CONTENT, type Position, pageFrom, readCursor, route } from '../routing.ts'

const own = { access: 'platform' as const, tags: ['Platform'] }

const parkedRoute = route({
  ...own,
  method: 'get',
  path: '/parked-items',
  summary: 'What came in and could not be taken, in all tenants; what it says stays there',
  request: { query: ListDeadLetters },
  responses: { 200: json(PlatformParkedItemPage, 'A page of parked items, the newest first.') },
})

const retryParkedRoute = route({
  ...own,
  method: 'post',
  path: '/parked-items/{tenantId}/{channelId}/{itemId}/retry',
  summary: 'Take a parked item once more',
  request: { params: z.strictObject({ tenantId: Id, channelId: Id, itemId: Id }) },
  responses: NO_CONTENT,
})

const eventsRoute = route({
  ...own,
  method: 'get',
  path: '/dead-events',
  summary: 'Events that one of their readers could not carry out, in all tenants; what they say stays there',
  request: { query: ListDeadLetters },
  responses: { 200: json(DeadEventPage, 'A page of events, the newest first.') },
})

const retryEventRoute = route({
  ...own,
  method: 'post',
  path: '/dead-events/{tenantId}/{reader}/{eventId}/retry',
  summary: 'Let the reader of an event try it again',
  request: {
    params: z.strictObject({ tenantId: Id, reader: z.string().regex(/^[a-z-]{1,40}$/), eventId: Id }),
  },
  responses: NO_CONTENT,
})

const deliveriesRoute = route({
  ...own,
  method: 'get',
  path: '/failed-deliveries',
  summary: 'How many deliveries of webhooks were given up, tenant by tenant',
  request: { query: ListDeadLetters },
  responses: { 200: json(FailedDeliveriesPage, 'A page of tenants.') },
})

const retryDeliveriesRoute = route({
  ...own,
  method: 'post',
  path: '/failed-deliveries/{tenantId}/retry',
  summary: 'Send what was given up to the addresses of a tenant again, the oldest first, 500 at most',
  request: { params: z.strictObject({ tenantId: Id }) },
  responses: { 200: json(RetriedDeliveries, 'How many are sent again, and how many are left.') },
})

type OfTenant = { tenantId: string }
type Listing<Row> = { rows: readonly Row[]; limit: number; positionOf: (row: Row) => Position }

/** A page of a list across tenants, each row with the name of its tenant. */
async function namedPage<Row extends OfTenant>(c: Context<AppEnv>, listing: Listing<Row>) {
  const { items, nextCursor } = pageFrom(c, listing)
  const ids = [...new Set(items.map(({ tenantId }) => tenantId))]
  const names = ids.length === 0 ? new Map<string, string>() : await platformOf(c).run((tx) => tenantNames(tx, ids))
  return { items: items.map((row) => ({ ...row, tenantName: names.get(row.tenantId) ?? null })), nextCursor }
}

const lists = () =>
  feature()
    .openapi(parkedRoute, async (c) => {
      const { cursor, limit } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await c.get('deps').db.relay((tx) => parkedItems(tx, { limit: limit + 1, after }))
      return c.json(await namedPage(c, { rows, limit, positionOf: ({ id }) => [id] }), 200)
    })
    .openapi(eventsRoute, async (c) => {
      const { cursor, limit } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await c.get('deps').db.relay((tx) => deadEvents(tx, { limit: limit + 1, after }))
      return c.json(await namedPage(c, { rows, limit, positionOf: ({ eventId, reader }) => [eventId, reader] }), 200)
    })
    .openapi(deliveriesRoute, async (c) => {
      const { cursor, limit } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await c.get('deps').db.relay((tx) => failedDeliveries(tx, { limit: limit + 1, after }))
      return c.json(await namedPage(c, { rows, limit, positionOf: ({ tenantId }) => [tenantId] }), 200)
    })

export const platformDeadLettersApi = () =>
  lists()
    .openapi(retryParkedRoute, async (c) => {
      const { tenantId, channelId, itemId: id } = c.req.valid('param')
      await c.get('deps').db.tenant(tenantId, async (tx) => {
        if (!(await redriveItem(tx, { channelId, id }))) throw new DomainError('not_found', 'No such item is parked.')
        const act = { action: 'parked_items.retry', inTenant: 'channels.retry_item' } as const
        await auditedInTenant(c, tx, {
          ...act,
          tenantId,
          subject: { type: 'channel', id: channelId },
          detail: { itemId: id },
        })
      })
      return c.body(null, 204)
    })
    .openapi(retryEventRoute, async (c) => {
      const { tenantId, reader, eventId } = c.req.valid('param')
      await c.get('deps').db.tenant(tenantId, async (tx) => {
        if (!(await reviveRetry(tx, { tenantId, reader, eventId }))) {
          throw new DomainError('not_found', 'No such event was given up.')
        }
        const subject = { type: 'event', id: eventId }
        await auditedInTenant(c, tx, { tenantId, action: 'event_retries.retry', subject, detail: { reader } })
      })
      return c.body(null, 204)
    })
    .openapi(retryDeliveriesRoute, async (c) => {
      const { tenantId } = c.req.valid('param')
      const retried = await c.get('deps').db.tenant(tenantId, async (tx) => {
        const { queuedCount, leftCount } = await retryFailedDeliveries(tx, tenantId)
        if (queuedCount + leftCount === 0) throw new DomainError('not_found', 'Nothing was given up in this tenant.')
        const subject = { type: 'tenant', id: tenantId }
        await auditedInTenant(c, tx, { tenantId, action: 'webhook_deliveries.retry', subject, detail: { queuedCount } })
        return { queuedCount, leftCount }
      })
      return c.json(retried, 200)
    })
export type PlatformDeadLettersApi = ReturnType<typeof platformDeadLettersApi>
