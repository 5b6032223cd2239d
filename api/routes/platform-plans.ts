import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { ChangePlan, CreatePlan, Plan, PlanKey, PlanList } from '#domain/platform/plans.ts'
import { changePlan, createPlan, listPlans, restorePlan, retirePlan } from '#infra/db/stores/plans.ts'
import type { Tx } from '#infra/db/tx.ts'
import type { AppEnv } from '../deps.ts'
import { auditedPlatform, platformOf } from '../platform-audit.ts'
import { feature, json, jsonBody, route } from '../routing.ts'

const own = { access: 'platform' as const, tags: ['Platform'] }
const sensitive = { ...own, confirmed: true }
const KeyParam = z.strictObject({ key: PlanKey })

const listRoute = route({
  ...own,
  method: 'get',
  path: '/',
  summary: 'The plans of this installation, the one that new tenants get first',
  responses: { 200: json(PlanList, 'The plans.') },
})

const createRoute = route({
  ...sensitive,
  method: 'post',
  path: '/',
  summary: 'Make a plan',
  request: { body: jsonBody(CreatePlan) },
  responses: { 201: json(Plan, 'The plan.') },
})

const changeRoute = route({
  ...sensitive,
  method: 'patch',
  path: '/{key}',
  summary: 'Change what a plan allows, for every tenant that has it, or make it the default one',
  request: { params: KeyParam, body: jsonBody(ChangePlan) },
  responses: { 200: json(Plan, 'The plan.') },
})

const retireRoute = route({
  ...sensitive,
  method: 'post',
  path: '/{key}/retire',
  summary: 'Give a plan to nobody any more; who has it keeps it',
  request: { params: KeyParam },
  responses: { 200: json(Plan, 'The plan.') },
})

const restoreRoute = route({
  ...sensitive,
  method: 'post',
  path: '/{key}/restore',
  summary: 'Let tenants have a retired plan again',
  request: { params: KeyParam },
  responses: { 200: json(Plan, 'The plan.') },
})

/** One act upon a plan, with its line in the platform's log. */
async function act(
  c: Context<AppEnv>,
  { action, key, detail }: { action: string; key: string; detail?: Record<string, unknown> },
  work: (tx: Tx) => Promise<Plan>,
): Promise<Plan> {
  return platformOf(c).run(async (tx) => {
    const plan = await work(tx)
    await auditedPlatform(c, tx, { action, subject: { type: 'plan', id: key }, ...(detail && { detail }) })
    return plan
  })
}

export const platformPlansApi = () =>
  feature()
    .openapi(listRoute, async (c) => c.json({ items: await platformOf(c).run(listPlans) }, 200))
    .openapi(createRoute, async (c) => {
      const plan = c.req.valid('json')
      const { key, ...detail } = plan
      return c.json(await act(c, { action: 'plans.create', key, detail }, (tx) => createPlan(tx, plan)), 201)
    })
    .openapi(changeRoute, async (c) => {
      const { key } = c.req.valid('param')
      const detail = c.req.valid('json')
      return c.json(await act(c, { action: 'plans.change', key, detail }, (tx) => changePlan(tx, key, detail)), 200)
    })
    .openapi(retireRoute, async (c) => {
      const { key } = c.req.valid('param')
      return c.json(await act(c, { action: 'plans.retire', key }, (tx) => retirePlan(tx, key)), 200)
    })
    .openapi(restoreRoute, async (c) => {
      const { key } = c.req.valid('param')
      return c.json(await act(c, { action: 'plans.restore', key }, (tx) => restorePlan(tx, key)), 200)
    })
export type PlatformPlansApi = ReturnType<typeof platformPlansApi>
