import { z } from '@hono/zod-openapi'
import { DiagnosticRun, DiagnosticRunPage, ListDiagnosticRuns } from '#domain/diagnostics/schema.ts'
import { ListPlatformDiagnostics, PlatformDiagnosisPage } from '#domain/platform/diagnostics.ts'
import { getDiagnosis, listDiagnostics } from '#infra/db/stores/diagnostics.ts'
import { listPlatformDiagnostics } from '#infra/db/stores/platform-diagnostics.ts'
import { platformOf } from '../platform-audit.ts'
import { feature, found, Id, IdParam, json, pageFrom, readCursor, route } from '../routing.ts'

const own = { access: 'platform' as const, tags: ['Platform'] }

const lastRoute = route({
  ...own,
  method: 'get',
  path: '/diagnostics',
  summary: 'How the last look at each tenant ended, the worst first (ANLY-31)',
  request: { query: ListPlatformDiagnostics },
  responses: { 200: json(PlatformDiagnosisPage, 'A page of tenants.') },
})

const timelineRoute = route({
  ...own,
  method: 'get',
  path: '/tenants/{id}/diagnostics',
  summary: 'When a tenant was looked at, and how that ended (ANLY-31)',
  request: { params: IdParam, query: ListDiagnosticRuns },
  responses: { 200: json(DiagnosticRunPage, 'A page of runs, the newest first.') },
})

const runRoute = route({
  ...own,
  method: 'get',
  path: '/tenants/{id}/diagnostics/{runId}',
  summary: 'Why a run ended as it did: its checks and what they found, which is never what a contact wrote (ANLY-31)',
  request: { params: z.strictObject({ id: Id, runId: Id }) },
  responses: { 200: json(DiagnosticRun, 'The run.') },
})

export const platformDiagnosticsApi = () =>
  feature()
    .openapi(lastRoute, async (c) => {
      const { limit, cursor, result } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await platformOf(c).run((tx) => listPlatformDiagnostics(tx, { limit: limit + 1, after, result }))
      const page = pageFrom(c, { rows, limit, positionOf: ({ position }) => position })
      return c.json({ ...page, items: page.items.map(({ diagnosis }) => diagnosis) }, 200)
    })
    .openapi(timelineRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { limit, cursor } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await c.get('deps').db.tenant(id, (tx) => listDiagnostics(tx, { limit: limit + 1, after }))
      return c.json(pageFrom(c, { rows, limit, positionOf: (run) => [run.id] }), 200)
    })
    .openapi(runRoute, async (c) => {
      const { id, runId } = c.req.valid('param')
      return c.json(found(await c.get('deps').db.tenant(id, (tx) => getDiagnosis(tx, runId)), 'run'), 200)
    })
export type PlatformDiagnosticsApi = ReturnType<typeof platformDiagnosticsApi>
