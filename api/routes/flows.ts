import { ChangeFlow, CreateFlow, Flow, FlowPage, FlowValidation, ValidateFlow } from '#domain/flows/api.ts'
import { FLOW_SCHEMA_VERSION } from '#domain/flows/limits.ts'
import { FlowDefinition } from '#domain/flows/schema.ts'
import { validateFlow } from '#domain/flows/validate.ts'
import { PageQuery } from '#domain/paging.ts'
import { validationContext } from '#infra/db/stores/flow-world.ts'
import { archiveFlow, changeFlow, createFlow, getFlow, listFlows } from '#infra/db/stores/flows.ts'
import type { Tx } from '#infra/db/tx.ts'
import { acting } from '../acting.ts'
import {
  audited,
  feature,
  found,
  IdParam,
  inTenant,
  json,
  jsonBody,
  NO_CONTENT,
  pageFrom,
  readCursor,
  route,
} from '../routing.ts'

const common = { tags: ['Flows'] }
const flowAnswer = (description: string) => ({ 200: json(Flow, description) })

const listRoute = route({
  ...common,
  method: 'get',
  path: '/',
  access: 'flows.read',
  summary: 'Flows, newest first, with who is inside and how runs ended (FLOW-16)',
  request: { query: PageQuery },
  responses: { 200: json(FlowPage, 'A page of flows.') },
})

const createFlowRoute = route({
  ...common,
  method: 'post',
  path: '/',
  access: 'flows.write',
  summary: 'Make a flow; without a draft it begins empty',
  request: { body: jsonBody(CreateFlow) },
  responses: { 201: json(Flow, 'The flow.') },
})

const getRoute = route({
  ...common,
  method: 'get',
  path: '/{id}',
  access: 'flows.read',
  summary: 'A flow with its draft and what is wrong with it (FLOW-04)',
  request: { params: IdParam },
  responses: flowAnswer('The flow.'),
})

const changeRoute = route({
  ...common,
  method: 'patch',
  path: '/{id}',
  access: 'flows.write',
  summary: 'Change a flow if nobody else did since it was read',
  request: { params: IdParam, body: jsonBody(ChangeFlow) },
  responses: flowAnswer('The flow, with its new version.'),
})

const archiveRoute = route({
  ...common,
  method: 'delete',
  path: '/{id}',
  access: 'flows.publish',
  summary: 'Put a flow away: nobody comes in any more, its runs and their history stay',
  request: { params: IdParam },
  responses: NO_CONTENT,
})

const validateRoute = route({
  ...common,
  method: 'post',
  path: '/{id}/validate',
  access: 'flows.read',
  summary: 'Check a draft, or the stored one, without saving it',
  request: { params: IdParam, body: jsonBody(ValidateFlow) },
  responses: { 200: json(FlowValidation, 'What is wrong with it.') },
})

/** A draft held against the world of its tenant. */
export async function validated(tx: Tx, flowId: string, draft: unknown) {
  const shape = FlowDefinition.safeParse(draft)
  const context = await validationContext(tx, { flowId, draft: shape.data })
  return validateFlow(draft, context)
}

/** The flow as the API shows it, with what is wrong with its draft in the world as it is. */
export async function shownFlow(tx: Tx, id: string): Promise<Flow> {
  const { summary, draft } = found(await getFlow(tx, id), 'flow')
  const { problems } = await validated(tx, id, draft)
  return { ...summary, draft, problems }
}

const EMPTY: FlowDefinition = FlowDefinition.parse({ schemaVersion: FLOW_SCHEMA_VERSION, nodes: [], edges: [] })

export const flowsApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, (tx) => listFlows(tx, { limit: limit + 1, after }))
      return c.json(pageFrom(c, { rows, limit, positionOf: (flow) => [flow.id] }), 200)
    })
    .openapi(createFlowRoute, async (c) => {
      const input = c.req.valid('json')
      const flow = await inTenant(c, async (tx) => {
        const id = await createFlow(tx, acting(c), { ...input, draft: input.draft ?? EMPTY })
        await audited(c, tx, { action: 'flows.create', subject: { type: 'flow', id } })
        return shownFlow(tx, id)
      })
      return c.json(flow, 201)
    })
    .openapi(getRoute, async (c) => c.json(await inTenant(c, (tx) => shownFlow(tx, c.req.valid('param').id)), 200))
    .openapi(changeRoute, async (c) => {
      const { id } = c.req.valid('param')
      const change = c.req.valid('json')
      const flow = await inTenant(c, async (tx) => {
        await changeFlow(tx, acting(c), { id, change })
        const detail = { changed: Object.keys(change) }
        await audited(c, tx, { action: 'flows.change', subject: { type: 'flow', id }, detail })
        return shownFlow(tx, id)
      })
      return c.json(flow, 200)
    })
    .openapi(archiveRoute, async (c) => {
      const { id } = c.req.valid('param')
      await inTenant(c, async (tx) => {
        await archiveFlow(tx, acting(c), id)
        await audited(c, tx, { action: 'flows.archive', subject: { type: 'flow', id } })
      })
      return c.body(null, 204)
    })
    .openapi(validateRoute, async (c) => {
      const { id } = c.req.valid('param')
      const given = c.req.valid('json').draft
      const result = await inTenant(c, async (tx) => {
        const { draft } = found(await getFlow(tx, id), 'flow')
        return validated(tx, id, given ?? draft)
      })
      return c.json({ ok: result.ok, problems: result.problems }, 200)
    })

export type FlowsApi = ReturnType<typeof flowsApi>
