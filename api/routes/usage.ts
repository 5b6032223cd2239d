import { Usage } from '#domain/quotas/schema.ts'
import { readUsage } from '#infra/db/stores/usage.ts'
import { feature, found, inTenant, json, route } from '../routing.ts'

const usageRoute = route({
  method: 'get',
  path: '/',
  access: 'settings.manage',
  tags: ['Usage'],
  summary: 'What the tenant uses of what its plan allows (BILL-02)',
  responses: { 200: json(Usage, 'The plan, and what is used of it.') },
})

export const usageApi = () =>
  feature().openapi(usageRoute, async (c) => c.json(found(await inTenant(c, readUsage), 'tenant'), 200))
export type UsageApi = ReturnType<typeof usageApi>
