import type { Context } from 'hono'
import { SystemHealth } from '#domain/platform/health.ts'
import { deadLetterCounts } from '#infra/db/stores/dead-letters.ts'
import { tenantCounts } from '#infra/db/stores/platform-tenants.ts'
import { processHealth } from '#infra/db/stores/process-beats.ts'
import { databaseVersion, queueBacklogs, unhandledBacklog } from '#infra/db/stores/system-health.ts'
import { unattendedQueues } from '#temporal/server-check.ts'
import type { AppEnv } from '../deps.ts'
import { platformOf } from '../platform-audit.ts'
import { feature, json, route } from '../routing.ts'

const TEMPORAL_WITHIN_MS = 2_000

const healthRoute = route({
  access: 'platform',
  tags: ['Platform'],
  method: 'get',
  path: '/health',
  summary: 'What waits in the house, since when, and whether its processes and parts are up',
  responses: { 200: json(SystemHealth, 'The health of the installation.') },
})

async function temporalState(c: Context<AppEnv>): Promise<SystemHealth['temporal']> {
  const { temporal, settings } = c.get('deps')
  if (temporal === undefined) return { state: 'down', unattended: [] }
  const { connection } = temporal
  const { temporalNamespace } = settings.publicConfig
  const asked = connection.withDeadline(Date.now() + TEMPORAL_WITHIN_MS, () =>
    unattendedQueues(connection, temporalNamespace, Date.now()),
  )
  return asked.then(
    (unattended) => ({ state: 'up', unattended }),
    () => ({ state: 'down', unattended: [] }),
  )
}

const UNKNOWN = { storage: { state: 'unknown', freeBytes: null }, mail: { state: 'unknown' } } as const

async function health(c: Context<AppEnv>): Promise<SystemHealth> {
  const { db, clock, settings, parts } = c.get('deps')
  const nowMs = clock.nowMs()
  const began = performance.now()
  const { version, tenants } = await platformOf(c).run(async (tx) => ({
    version: await databaseVersion(tx),
    tenants: await tenantCounts(tx),
  }))
  const latencyMs = Math.round((performance.now() - began) * 10) / 10
  const rows = db.relay(async (tx) => ({
    processes: await processHealth(tx),
    queues: { ...(await queueBacklogs(tx, nowMs)), unhandled: await unhandledBacklog(tx, nowMs) },
    deadLetters: await deadLetterCounts(tx),
  }))
  const [waiting, temporal, looked] = await Promise.all([rows, temporalState(c), parts?.() ?? UNKNOWN])
  return {
    at: new Date(nowMs).toISOString(),
    ...waiting,
    temporal,
    database: { version, latencyMs },
    ...looked,
    tenants,
    version: settings.publicConfig.version,
  }
}

export const platformHealthApi = () => feature().openapi(healthRoute, async (c) => c.json(await health(c), 200))
export type PlatformHealthApi = ReturnType<typeof platformHealthApi>
