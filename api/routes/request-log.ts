import { ApiRequestPage, ListApiRequests } from '#domain/request-log/schema.ts'
import { listRequests } from '#infra/db/stores/request-log.ts'
import { feature, inTenant, json, pageFrom, readCursor, route } from '../routing.ts'

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'request_log.read',
  tags: ['API requests'],
  summary: 'What was asked of the API in the last thirty days, the newest first (INT-27)',
  request: { query: ListApiRequests },
  responses: { 200: json(ApiRequestPage, 'A page of requests.') },
})

export const requestLogApi = () =>
  feature().openapi(listRoute, async (c) => {
    const { cursor, limit, ...filter } = c.req.valid('query')
    const after = readCursor(c, cursor)
    const rows = await inTenant(c, (tx) => listRequests(tx, { ...filter, limit: limit + 1, after }))
    return c.json(pageFrom(c, { rows, limit, positionOf: ({ id }) => [id] }), 200)
  })
export type RequestLogApi = ReturnType<typeof requestLogApi>
