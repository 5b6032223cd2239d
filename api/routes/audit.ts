import { AuditPage, ListAudit } from '#domain/tenants/audit-log.ts'
import { listAudit } from '#infra/db/stores/audit-log.ts'
import { feature, inTenant, json, pageFrom, readCursor, route } from '../routing.ts'

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'audit.read',
  tags: ['Audit'],
  summary: 'Who did what, the newest first',
  request: { query: ListAudit },
  responses: { 200: json(AuditPage, 'A page of the audit log.') },
})

export const auditApi = () =>
  feature().openapi(listRoute, async (c) => {
    const { cursor, limit, ...filter } = c.req.valid('query')
    const after = readCursor(c, cursor)
    const rows = await inTenant(c, (tx) => listAudit(tx, { ...filter, limit: limit + 1, after }))
    return c.json(pageFrom(c, { rows, limit, positionOf: ({ id }) => [id] }), 200)
  })
export type AuditApi = ReturnType<typeof auditApi>
