import { PageQuery } from '#domain/paging.ts'
import { RunDetail, RunEventPage, RunPage, RunQuery } from '#domain/runs/schema.ts'
import { cancelRun } from '#infra/db/stores/mailbox/runs.ts'
import { getRun, listRunEvents, listRuns } from '#infra/db/stores/runs.ts'
import { acting } from '../acting.ts'
import { audited, feature, found, IdParam, inTenant, json, pageFrom, readCursor, route } from '../routing.ts'

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'runs.read',
  tags: ['Runs'],
  summary: 'Runs of flows, the last started first',
  request: { query: RunQuery },
  responses: { 200: json(RunPage, 'A page of runs.') },
})

const getRoute = route({
  method: 'get',
  path: '/{id}',
  access: 'runs.read',
  tags: ['Runs'],
  summary: 'A run with its variables as they stand',
  request: { params: IdParam },
  responses: { 200: json(RunDetail, 'The run.') },
})

const cancelRoute = route({
  method: 'post',
  path: '/{id}/cancel',
  access: 'runs.manage',
  tags: ['Runs'],
  summary: 'End a run; if it had the conversation, people take over',
  request: { params: IdParam },
  responses: { 200: json(RunDetail, 'The run, ended.') },
})

const eventsRoute = route({
  method: 'get',
  path: '/{id}/events',
  access: 'runs.read',
  tags: ['Runs'],
  summary: 'What happened in a run, in order (FLOW-12)',
  request: { params: IdParam, query: PageQuery },
  responses: { 200: json(RunEventPage, 'A page of events.') },
})

export const runsApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { limit, cursor, ...filters } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, (tx) => listRuns(tx, { ...filters, limit: limit + 1, after }))
      const page = pageFrom(c, { rows, limit, positionOf: (row) => row.position })
      return c.json({ ...page, items: page.items.map((row) => row.run) }, 200)
    })
    .openapi(getRoute, async (c) => {
      const { id } = c.req.valid('param')
      return c.json(found(await inTenant(c, (tx) => getRun(tx, id)), 'run'), 200)
    })
    .openapi(cancelRoute, async (c) => {
      const { id } = c.req.valid('param')
      const run = await inTenant(c, async (tx) => {
        await cancelRun(tx, { ...acting(c), runId: id })
        await audited(c, tx, { action: 'runs.cancel', subject: { type: 'run', id } })
        return found(await getRun(tx, id), 'run')
      })
      return c.json(run, 200)
    })
    .openapi(eventsRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { limit, cursor } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, async (tx) => {
        found(await getRun(tx, id), 'run')
        return listRunEvents(tx, { runId: id, limit: limit + 1, after })
      })
      return c.json(pageFrom(c, { rows, limit, positionOf: (event) => [event.id] }), 200)
    })
export type RunsApi = ReturnType<typeof runsApi>
