import { z } from '@hono/zod-openapi'
import { auditCsvHead, auditCsvLine } from '#domain/tenants/audit-lines.ts'
import { AuditPage, ListAudit } from '#domain/tenants/audit-log.ts'
import { listAudit } from '#infra/db/stores/audit-log.ts'
import { exportOf } from '../log-export.ts'
import { audited, feature, inTenant, json, LOG_FILE, pageFrom, readCursor, route } from '../routing.ts'

const { cursor: _cursor, limit: _limit, ...filters } = ListAudit.shape
const ExportAudit = z.strictObject({ ...filters, format: z.enum(['csv', 'jsonl']).default('csv') })

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'audit.read',
  tags: ['Audit'],
  summary: 'Who did what, the newest first',
  request: { query: ListAudit },
  responses: { 200: json(AuditPage, 'A page of the audit log.') },
})

const exportRoute = route({
  method: 'get',
  path: '/export',
  access: 'audit.read',
  tags: ['Audit'],
  summary: 'The audit log as a file, the newest first: CSV, or one JSON object per line',
  request: { query: ExportAudit },
  responses: LOG_FILE,
})

export const auditApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { cursor, limit, ...filter } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, (tx) => listAudit(tx, { ...filter, limit: limit + 1, after }))
      return c.json(pageFrom(c, { rows, limit, positionOf: ({ id }) => [id] }), 200)
    })
    .openapi(exportRoute, async (c) => {
      const { format, ...filter } = c.req.valid('query')
      await inTenant(c, (tx) =>
        audited(c, tx, {
          action: 'audit.export',
          subject: { type: 'tenant', id: c.get('principal').tenantId },
          detail: { format, ...filter },
        }),
      )
      return exportOf({
        ...{ name: 'audit-log', format, csvHead: auditCsvHead(), csvLine: auditCsvLine },
        read: (page) => inTenant(c, (tx) => listAudit(tx, { ...filter, ...page })),
      })
    })
export type AuditApi = ReturnType<typeof auditApi>
