import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import { PlatformParkedItemList, SystemHealth } from '#domain/platform/schema.ts'
import { redriveItem } from '#infra/db/stores/inbound.ts'
import { listPlatformTenants, tenantCounts } from '#infra/db/stores/platform-tenants.ts'
import { databaseVersion, parkedCount, parkedItems, queueBacklogs } from '#infra/db/stores/system-health.ts'
import type { AppEnv } from '../deps.ts'
import { auditedInTenant, platformOf } from '../platform-audit.ts'
import { feature, json, NO_CONTENT, route } from '../routing.ts'

const own = { access: 'platform' as const, tags: ['Platform'] }
const PARKED_SHOWN = 200
const TENANTS_NAMED = 100
const TEMPORAL_WITHIN_MS = 2_000

const healthRoute = route({
  ...own,
  method: 'get',
  path: '/health',
  summary: 'What waits in the house, since when, and whether its parts answer',
  responses: { 200: json(SystemHealth, 'The health of the installation.') },
})

const parkedRoute = route({
  ...own,
  method: 'get',
  path: '/parked-items',
  summary: 'What came in and could not be taken, in all tenants; what it says stays there',
  responses: { 200: json(PlatformParkedItemList, 'The newest parked items.') },
})

const retryRoute = route({
  ...own,
  method: 'post',
  path: '/parked-items/{tenantId}/{channelId}/{itemId}/retry',
  summary: 'Take a parked item once more',
  request: { params: z.strictObject({ tenantId: z.uuid(), channelId: z.uuid(), itemId: z.uuid() }) },
  responses: NO_CONTENT,
})

async function temporalState(c: Context<AppEnv>): Promise<'up' | 'down'> {
  const { temporal } = c.get('deps')
  if (temporal === undefined) return 'down'
  const asked = temporal.connection.withDeadline(Date.now() + TEMPORAL_WITHIN_MS, () =>
    temporal.connection.workflowService.getSystemInfo({}),
  )
  return asked.then(
    () => 'up' as const,
    () => 'down' as const,
  )
}

async function health(c: Context<AppEnv>): Promise<SystemHealth> {
  const { db, clock, settings } = c.get('deps')
  const nowMs = clock.nowMs()
  const began = performance.now()
  const { version, tenants } = await platformOf(c).run(async (tx) => ({
    version: await databaseVersion(tx),
    tenants: await tenantCounts(tx),
  }))
  const latencyMs = Math.round((performance.now() - began) * 10) / 10
  const { queues, parked } = await db.relay(async (tx) => ({
    queues: await queueBacklogs(tx, nowMs),
    parked: await parkedCount(tx),
  }))
  return {
    at: new Date(nowMs).toISOString(),
    queues,
    parkedCount: parked,
    temporal: await temporalState(c),
    database: { version, latencyMs },
    tenants,
    version: settings.publicConfig.version,
  }
}

export const platformHealthApi = () =>
  feature()
    .openapi(healthRoute, async (c) => c.json(await health(c), 200))
    .openapi(parkedRoute, async (c) => {
      const rows = await c.get('deps').db.relay((tx) => parkedItems(tx, PARKED_SHOWN))
      const names = new Map<string, string>()
      const tenants = await platformOf(c).run((tx) =>
        listPlatformTenants(tx, { limit: TENANTS_NAMED, after: undefined }),
      )
      for (const { id, name } of tenants) names.set(id, name)
      return c.json({ items: rows.map((row) => ({ ...row, tenantName: names.get(row.tenantId) ?? null })) }, 200)
    })
    .openapi(retryRoute, async (c) => {
      const { tenantId, channelId, itemId: id } = c.req.valid('param')
      const subject = { type: 'channel', id: channelId }
      await c.get('deps').db.tenant(tenantId, async (tx) => {
        if (!(await redriveItem(tx, { channelId, id }))) throw new DomainError('not_found', 'No such item is parked.')
        const act = { action: 'parked_items.retry', inTenant: 'channels.retry_item', subject }
        await auditedInTenant(c, tx, { ...act, tenantId, detail: { itemId: id } })
      })
      return c.body(null, 204)
    })
export type PlatformHealthApi = ReturnType<typeof platformHealthApi>
