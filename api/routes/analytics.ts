import { TapQuery, TapReport } from '#domain/analytics/schema.ts'
import { countTaps } from '#infra/db/stores/taps.ts'
import { feature, inTenant, json, route } from '../routing.ts'

const MONTH_MS = 30 * 24 * 3_600_000

const tapsRoute = route({
  method: 'get',
  path: '/taps',
  access: 'flows.read',
  tags: ['Analytics'],
  summary: 'What contacts tapped, by button and by where it stood (CH-17)',
  request: { query: TapQuery },
  responses: { 200: json(TapReport, 'The most tapped first.') },
})

export const analyticsApi = () =>
  feature().openapi(tapsRoute, async (c) => {
    const query = c.req.valid('query')
    const untilMs = query.until === undefined ? c.get('deps').clock.nowMs() : Date.parse(query.until)
    const since = query.since === undefined ? new Date(untilMs - MONTH_MS) : new Date(query.since)
    // A tap of this very moment is in a report of this moment.
    const until = new Date(untilMs + 1)
    const items = await inTenant(c, (tx) => countTaps(tx, { since, until, flowId: query.flowId }))
    return c.json({ since: since.toISOString(), until: new Date(untilMs).toISOString(), items }, 200)
  })
export type AnalyticsApi = ReturnType<typeof analyticsApi>
