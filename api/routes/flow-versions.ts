import { z } from '@hono/zod-openapi'
import { DomainError } from '#domain/errors.ts'
import { Flow, FlowCounts, FlowVersion, FlowVersionPage, PublishFlow } from '#domain/flows/api.ts'
import { PageQuery } from '#domain/paging.ts'
import { RunDetail, StartRun } from '#domain/runs/schema.ts'
import { pinned } from '#infra/db/stores/flow-world.ts'
import {
  countStanding,
  getFlow,
  getFlowVersion,
  listFlowVersions,
  publishFlow,
  setFlowEnabled,
} from '#infra/db/stores/flows.ts'
import { createDefinitions } from '#infra/db/stores/mailbox/definitions.ts'
import { startForApi } from '#infra/db/stores/mailbox/triggers.ts'
import { getRun } from '#infra/db/stores/runs.ts'
import type { Tx } from '#infra/db/tx.ts'
import { acting, type RequestContext } from '../acting.ts'
import {
  audited,
  feature,
  found,
  Id,
  IdParam,
  inTenant,
  json,
  jsonBody,
  pageFrom,
  readCursor,
  route,
} from '../routing.ts'
import { shownFlow, validated } from './flows.ts'

const common = { tags: ['Flows'] }
const VersionParam = z.strictObject({ id: Id, versionId: Id })
const flowAnswer = (description: string) => ({ 200: json(Flow, description) })

const versionsRoute = route({
  ...common,
  method: 'get',
  path: '/{id}/versions',
  access: 'flows.read',
  summary: 'Published versions, newest first',
  request: { params: IdParam, query: PageQuery },
  responses: { 200: json(FlowVersionPage, 'A page of versions.') },
})

const versionRoute = route({
  ...common,
  method: 'get',
  path: '/{id}/versions/{versionId}',
  access: 'flows.read',
  summary: 'A version with its definition',
  request: { params: VersionParam },
  responses: { 200: json(FlowVersion, 'The version.') },
})

const publishRoute = route({
  ...common,
  method: 'post',
  path: '/{id}/publish',
  access: 'flows.publish',
  summary: 'Make the draft the next version; it never changes after that',
  request: { params: IdParam, body: jsonBody(PublishFlow) },
  responses: flowAnswer('The flow, published.'),
})

const switchRoute = <const V extends 'enable' | 'disable'>(verb: V, summary: string) =>
  route({
    ...common,
    method: 'post',
    path: `/{id}/${verb}`,
    access: 'flows.publish',
    summary,
    request: { params: IdParam },
    responses: flowAnswer('The flow.'),
  })
const enableRoute = switchRoute('enable', 'Switch a flow on (FLOW-13)')
const disableRoute = switchRoute('disable', 'Switch a flow off: who is inside goes on, nobody new comes in')

const countsRoute = route({
  ...common,
  method: 'get',
  path: '/{id}/counts',
  access: 'flows.read',
  summary: 'How many people stand at each node now',
  request: { params: IdParam },
  responses: { 200: json(FlowCounts, 'The counts.') },
})

const startRoute = route({
  ...common,
  method: 'post',
  path: '/{id}/runs',
  access: 'runs.start',
  summary: 'Start a flow for a contact; the same cause starts once',
  request: { params: IdParam, body: jsonBody(StartRun) },
  responses: {
    200: json(RunDetail, 'The run that this cause started before.'),
    201: json(RunDetail, 'The run.'),
  },
})

async function publish(c: RequestContext, tx: Tx, { id, input }: { id: string; input: PublishFlow }): Promise<void> {
  const { draft } = found(await getFlow(tx, id), 'flow')
  const { ok, definition, problems } = await validated(tx, id, draft)
  if (!ok || definition === undefined) {
    const errors = problems.filter(({ severity }) => severity === 'error')
    throw new DomainError('flow_invalid', `The flow has ${errors.length} errors.`, {
      errors: errors.slice(0, 100).map(({ code, message, nodeId, path, params }) => ({
        path: `${nodeId === undefined ? '' : `/nodes/${nodeId}`}${path ?? ''}`,
        code,
        message,
        ...(params === undefined ? {} : { params }),
      })),
    })
  }
  const published = await publishFlow(tx, acting(c), { ...input, id, definition: await pinned(tx, definition) })
  await audited(c, tx, { action: 'flows.publish', subject: { type: 'flow', id }, detail: published })
}

async function switched(c: RequestContext, id: string, enabled: boolean): Promise<Flow> {
  return inTenant(c, async (tx) => {
    await setFlowEnabled(tx, acting(c), { id, enabled })
    await audited(c, tx, { action: enabled ? 'flows.enable' : 'flows.disable', subject: { type: 'flow', id } })
    return shownFlow(tx, id)
  })
}

export const flowVersionsApi = () => {
  const definitions = createDefinitions()
  return feature()
    .openapi(versionsRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { limit, cursor } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, async (tx) => {
        found(await getFlow(tx, id), 'flow')
        return listFlowVersions(tx, { flowId: id, limit: limit + 1, after })
      })
      return c.json(pageFrom(c, { rows, limit, positionOf: (version) => [version.number] }), 200)
    })
    .openapi(versionRoute, async (c) => {
      const { id, versionId } = c.req.valid('param')
      const version = await inTenant(c, (tx) => getFlowVersion(tx, { flowId: id, versionId }))
      return c.json(found(version, 'version'), 200)
    })
    .openapi(publishRoute, async (c) => {
      const { id } = c.req.valid('param')
      const input = c.req.valid('json')
      const flow = await inTenant(c, async (tx) => {
        await publish(c, tx, { id, input })
        return shownFlow(tx, id)
      })
      return c.json(flow, 200)
    })
    .openapi(enableRoute, async (c) => c.json(await switched(c, c.req.valid('param').id, true), 200))
    .openapi(disableRoute, async (c) => c.json(await switched(c, c.req.valid('param').id, false), 200))
    .openapi(countsRoute, async (c) => {
      const { id } = c.req.valid('param')
      const counts = await inTenant(c, async (tx) => {
        found(await getFlow(tx, id), 'flow')
        return countStanding(tx, id)
      })
      return c.json(counts, 200)
    })
    .openapi(startRoute, async (c) => {
      const { id: flowId } = c.req.valid('param')
      const { contactId, channelId, variables, cause } = c.req.valid('json')
      const { run, started } = await inTenant(c, async (tx) => {
        found(await getFlow(tx, flowId), 'flow')
        const made = await startForApi(tx, {
          ...acting(c),
          flowId,
          contactId,
          ...(channelId === undefined ? {} : { channelId }),
          key: cause,
          variables,
          definitions,
          nowMs: c.get('deps').clock.nowMs(),
        })
        // Not the cause: it is the caller's own word, and the audit log outlives an erasure.
        const detail = { flowId, contactId }
        if (made.started)
          await audited(c, tx, { action: 'runs.start', subject: { type: 'run', id: made.runId }, detail })
        return { run: found(await getRun(tx, made.runId), 'run'), started: made.started }
      })
      return started ? c.json(run, 201) : c.json(run, 200)
    })
}
export type FlowVersionsApi = ReturnType<typeof flowVersionsApi>
