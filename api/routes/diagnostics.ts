import {
  ChangeDiagnosticSchedule,
  DiagnosticRun,
  DiagnosticRunPage,
  DiagnosticSchedule,
  ListDiagnosticRuns,
} from '#domain/diagnostics/schema.ts'
import { DomainError } from '#domain/errors.ts'
import { changeDiagnosticSchedule, getDiagnosticSchedule } from '#infra/db/stores/diagnostic-schedules.ts'
import { askDiagnosis, cancelDiagnosis, getDiagnosis, listDiagnostics } from '#infra/db/stores/diagnostics.ts'
import { callWithin } from '#temporal/client.ts'
import { diagnosticsWorkflowId } from '#workflows/diagnostics/messages.ts'
import { acting } from '../acting.ts'
import { audited, feature, found, IdParam, inTenant, json, jsonBody, pageFrom, readCursor, route } from '../routing.ts'

const tags = ['Diagnostics']
const CANCEL_WITHIN_MS = 3_000

const startRoute = route({
  method: 'post',
  path: '/runs',
  access: 'settings.manage',
  tags,
  summary: 'Look at everything that this workspace needs to work (ANLY-27)',
  responses: { 202: json(DiagnosticRun, 'It is noted, and begins as soon as it can.') },
})

const listRoute = route({
  method: 'get',
  path: '/runs',
  access: 'settings.manage',
  tags,
  summary: 'What was looked at before, and what came of it (ANLY-31)',
  request: { query: ListDiagnosticRuns },
  responses: { 200: json(DiagnosticRunPage, 'A page of runs, the newest first.') },
})

const getRoute = route({
  method: 'get',
  path: '/runs/{id}',
  access: 'settings.manage',
  tags,
  summary: 'One run with its checks, also while it is under way',
  request: { params: IdParam },
  responses: { 200: json(DiagnosticRun, 'The run.') },
})

const cancelRoute = route({
  method: 'post',
  path: '/runs/{id}/cancel',
  access: 'settings.manage',
  tags,
  summary: 'Leave out what was not looked at yet',
  request: { params: IdParam },
  responses: { 200: json(DiagnosticRun, 'The run, cancelled.') },
})

const scheduleRoute = route({
  method: 'get',
  path: '/schedule',
  access: 'settings.manage',
  tags,
  summary: 'Whether the workspace is looked at every day, and when next (ANLY-32)',
  responses: { 200: json(DiagnosticSchedule, 'The schedule.') },
})

const changeScheduleRoute = route({
  method: 'patch',
  path: '/schedule',
  access: 'settings.manage',
  tags,
  summary: 'Switch the daily run on or off',
  request: { body: jsonBody(ChangeDiagnosticSchedule) },
  responses: { 200: json(DiagnosticSchedule, 'The schedule.') },
})

export const diagnosticsApi = () =>
  feature()
    .openapi(startRoute, async (c) => {
      const run = await inTenant(c, async (tx) => {
        const id = await askDiagnosis(tx, acting(c), 'person')
        await audited(c, tx, { action: 'diagnostics.start', subject: { type: 'diagnostics', id } })
        return found(await getDiagnosis(tx, id), 'run')
      })
      return c.json(run, 202)
    })
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, (tx) => listDiagnostics(tx, { limit: limit + 1, after }))
      return c.json(pageFrom(c, { rows, limit, positionOf: (run) => [run.id] }), 200)
    })
    .openapi(getRoute, async (c) => {
      const { id } = c.req.valid('param')
      return c.json(found(await inTenant(c, (tx) => getDiagnosis(tx, id)), 'run'), 200)
    })
    .openapi(cancelRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { tenantId } = c.get('principal')
      const run = await inTenant(c, async (tx) => {
        found(await getDiagnosis(tx, id), 'run')
        if (!(await cancelDiagnosis(tx, id))) throw new DomainError('conflict', 'The run is over.')
        await audited(c, tx, { action: 'diagnostics.cancel', subject: { type: 'diagnostics', id } })
        return found(await getDiagnosis(tx, id), 'run')
      })
      // The rows are over already; a workflow that does not hear of it finds that out at its next check.
      const { temporal } = c.get('deps')
      if (temporal !== undefined) {
        const handle = temporal.workflow.getHandle(diagnosticsWorkflowId(tenantId, id))
        await callWithin(temporal, CANCEL_WITHIN_MS, () => handle.cancel()).catch(() => undefined)
      }
      return c.json(run, 200)
    })
    .openapi(scheduleRoute, async (c) => c.json(await inTenant(c, getDiagnosticSchedule), 200))
    .openapi(changeScheduleRoute, async (c) => {
      const { enabled } = c.req.valid('json')
      const { tenantId } = c.get('principal')
      const nowMs = c.get('deps').clock.nowMs()
      const schedule = await inTenant(c, async (tx) => {
        const after = await changeDiagnosticSchedule(tx, { tenantId, enabled, nowMs })
        const subject = { type: 'tenant', id: tenantId }
        await audited(c, tx, { action: 'diagnostics.change_schedule', subject, detail: { enabled } })
        return after
      })
      return c.json(schedule, 200)
    })
export type DiagnosticsApi = ReturnType<typeof diagnosticsApi>
