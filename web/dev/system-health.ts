import type { DeadEvent, FailedDeliveries, PlatformParkedItem, SystemHealth } from '../../domain/platform/health.ts'
import { idOf } from './random.ts'
import { type Answer, type Ask, ok, page } from './routes.ts'
import { DAY, HOUR, iso, MINUTE } from './world.ts'

const now = Date.now()
const TENANTS = ['Kahawa Roasters', 'Bäckereigenossenschaft Rheinland-Westfalen eG', 'متجر الخطيب للعطور']
const tenantOf = (index: number) => ({
  tenantId: idOf(50, (index % TENANTS.length) + 1),
  tenantName: TENANTS[index % TENANTS.length]!,
})

const parked: PlatformParkedItem[] = Array.from({ length: 23 }, (_, index) => ({
  ...tenantOf(index),
  id: idOf(52, 100 - index),
  channelId: idOf(3, 1),
  kind: index % 3 === 0 ? 'status' : 'message',
  attempts: 8,
  receivedAt: iso(now - index * HOUR),
}))
const events: DeadEvent[] = ['notifications', 'contact-triggers', 'webhooks'].map((reader, index) => ({
  ...tenantOf(index),
  eventId: idOf(53, 100 - index),
  reader,
  type: index === 2 ? null : 'contact.changed',
  attempts: 8,
  since: iso(now - index * DAY),
}))
const deliveries: FailedDeliveries[] = [1_204, 3].map((count, index) => ({
  ...tenantOf(index),
  count,
  firstAt: iso(now - 9 * DAY),
  lastAt: iso(now - index * HOUR),
}))

/** A house in which the worker is gone: that is the page somebody opens it for. */
const ill: SystemHealth = {
  at: iso(now),
  processes: {
    api: { state: 'up', upCount: 2, lastBeatAt: iso(now), stalled: [], versions: ['0.1.0'] },
    dispatcher: { state: 'stalled', upCount: 1, lastBeatAt: iso(now), stalled: ['deliveries'], versions: ['0.1.0'] },
    worker: { state: 'down', upCount: 0, lastBeatAt: iso(now - 12 * MINUTE), stalled: [], versions: [] },
  },
  queues: {
    inbound: { count: 0, oldestAgeMs: null },
    bells: { count: 3, oldestAgeMs: 900 },
    unhandled: { count: 41, oldestAgeMs: 12 * MINUTE },
    sends: { count: 0, oldestAgeMs: null },
    events: { count: 0, oldestAgeMs: null },
    media: { count: 2, oldestAgeMs: 14_000 },
    webhooks: { count: 1_207, oldestAgeMs: 3 * HOUR },
  },
  deadLetters: { inbound: parked.length, events: events.length, webhooks: 1_207 },
  temporal: { state: 'up', unattended: ['wf', 'send'] },
  database: { version: '18.4', latencyMs: 1.3 },
  storage: { state: 'up', freeBytes: 48_300_000_000 },
  mail: { state: 'down' },
  tenants: { active: 41, suspended: 1 },
  version: '0.1.0',
}
const nothing = { count: 0, oldestAgeMs: null }
const well: SystemHealth = {
  ...ill,
  processes: { api: ill.processes.api, dispatcher: ill.processes.api, worker: ill.processes.api },
  queues: Object.fromEntries(Object.keys(ill.queues).map((queue) => [queue, nothing])) as SystemHealth['queues'],
  deadLetters: { inbound: 0, events: 0, webhooks: 0 },
  temporal: { state: 'up', unattended: [] },
  mail: { state: 'up' },
}

export function systemHealthRoutes({ path, query, method, mode }: Ask): Answer | undefined {
  if (method !== 'GET') {
    if (path.endsWith('/retry')) return ok({ queuedCount: 500, leftCount: 704 })
    return undefined
  }
  if (path === '/platform/health') return ok(mode === 'empty' ? well : ill)
  if (path === '/platform/parked-items') return page(parked, query)
  if (path === '/platform/dead-events') return page(events, query)
  if (path === '/platform/failed-deliveries') return page(deliveries, query)
  return undefined
}
