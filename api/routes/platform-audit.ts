import {
  ExportPlatformAudit,
  ListPlatformAudit,
  PlatformAuditPage,
  platformCsvHead,
  platformCsvLine,
} from '#domain/platform/audit-log.ts'
import { listPlatformAudit } from '#infra/db/stores/platform-audit.ts'
import { exportOf } from '../log-export.ts'
import { auditedPlatform, platformOf } from '../platform-audit.ts'
import { feature, json, LOG_FILE, pageFrom, readCursor, route } from '../routing.ts'

const own = { access: 'platform' as const, tags: ['Platform'] }

const listRoute = route({
  ...own,
  method: 'get',
  path: '/',
  summary: 'What administrators of the platform did, the newest first',
  request: { query: ListPlatformAudit },
  responses: { 200: json(PlatformAuditPage, 'A page of lines.') },
})

const exportRoute = route({
  ...own,
  method: 'get',
  path: '/export',
  summary: 'The log of the platform as a file, the newest first: CSV, or one JSON object per line',
  request: { query: ExportPlatformAudit },
  responses: LOG_FILE,
})

export const platformAuditApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { cursor, limit, ...filter } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await platformOf(c).run((tx) => listPlatformAudit(tx, { ...filter, limit: limit + 1, after }))
      return c.json(pageFrom(c, { rows, limit, positionOf: ({ id }) => [id] }), 200)
    })
    .openapi(exportRoute, async (c) => {
      const { format, ...filter } = c.req.valid('query')
      const platform = platformOf(c)
      await platform.run((tx) => {
        const subject = { type: 'platform', id: 'audit' }
        return auditedPlatform(c, tx, { action: 'audit.export', subject, detail: { format, ...filter } })
      })
      return exportOf({
        ...{ name: 'platform-log', format, csvHead: platformCsvHead(), csvLine: platformCsvLine },
        read: (page) => platform.run((tx) => listPlatformAudit(tx, { ...filter, ...page })),
      })
    })
