import { Readable } from 'node:stream'
import { z } from '@hono/zod-openapi'
import { auditCsvHead, auditCsvLine } from '#domain/tenants/audit-lines.ts'
import { AuditPage, ListAudit } from '#domain/tenants/audit-log.ts'
import { listAudit } from '#infra/db/stores/audit-log.ts'
import type { RequestContext } from '../acting.ts'
import { audited, feature, inTenant, json, pageFrom, readCursor, route } from '../routing.ts'

const { cursor: _cursor, limit: _limit, ...filters } = ListAudit.shape
const ExportAudit = z.strictObject({ ...filters, format: z.enum(['csv', 'jsonl']).default('csv') })
type Filter = Omit<z.infer<typeof ExportAudit>, 'format'>
const EXPORT_PAGE = 500

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
  responses: {
    200: {
      description: 'The lines, as they are read.',
      content: { 'text/csv': { schema: z.string() }, 'application/jsonl': { schema: z.string() } },
    },
  },
})

/** Read page by page in short transactions, so that a long log neither fills the memory nor holds a connection. */
async function* exportLines(c: RequestContext, filter: Filter, format: 'csv' | 'jsonl'): AsyncGenerator<Uint8Array> {
  if (format === 'csv') yield Buffer.from(auditCsvHead())
  let after: string[] | undefined
  for (;;) {
    const rows = await inTenant(c, (tx) => listAudit(tx, { ...filter, limit: EXPORT_PAGE, after }))
    yield Buffer.from(rows.map((row) => (format === 'csv' ? auditCsvLine(row) : `${JSON.stringify(row)}\n`)).join(''))
    if (rows.length < EXPORT_PAGE) return
    after = [rows.at(-1)!.id]
  }
}

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
      const headers = {
        'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl',
        'content-disposition': `attachment; filename="audit-log.${format}"`,
        'cache-control': 'no-store',
      }
      return new Response(Readable.toWeb(Readable.from(exportLines(c, filter, format))) as ReadableStream, { headers })
    })
export type AuditApi = ReturnType<typeof auditApi>
