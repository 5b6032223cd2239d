import { z } from '@hono/zod-openapi'
import { DomainError } from '#domain/errors.ts'
import { feature, route } from '../routing.ts'

const streamRoute = route({
  method: 'get',
  path: '/stream',
  access: 'member',
  peopleOnly: true,
  tags: ['Events'],
  summary: 'What happens in the tenant, as it happens',
  description:
    'Server-sent events. Each carries a HouseEvent, and its position as id; come back with Last-Event-ID and nothing ' +
    'is missed. `ready` begins a stream, `reset` says to load afresh, `closed` why it ends.',
  request: { query: z.strictObject({ after: z.coerce.number().int().min(0).optional() }) },
  responses: {
    200: { description: 'An endless stream of events.', content: { 'text/event-stream': { schema: z.string() } } },
  },
})

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
}

export const eventsApi = () =>
  feature().openapi(streamRoute, async (c) => {
    const { feed } = c.get('deps')
    const { personId, tenantId, permissions, roleId } = c.get('principal')
    if (feed === undefined) throw new DomainError('unavailable', 'Events are not served here.')
    if (personId === undefined || roleId === undefined) throw new DomainError('forbidden', 'Only people read events.')
    const resumed = c.req.header('last-event-id')
    const after = resumed !== undefined && /^\d{1,15}$/.test(resumed) ? Number(resumed) : c.req.valid('query').after
    const { sessionId } = c.get('session')
    const stream = await feed.open({ tenantId, personId, sessionId, roleId, permissions }, after)
    return c.body(stream, 200, HEADERS)
  })
export type EventsApi = ReturnType<typeof eventsApi>
