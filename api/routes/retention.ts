import { ChangeRetention, RetentionPolicy } from '#domain/privacy/retention.ts'
import { changeRetention, getRetention } from '#infra/db/stores/retention.ts'
import { audited, feature, inTenant, json, jsonBody, route } from '../routing.ts'

const tags = ['Privacy']

const getRoute = route({
  method: 'get',
  path: '/',
  access: 'member',
  tags,
  summary: 'How long what is kept',
  responses: { 200: json(RetentionPolicy, 'The policy.') },
})

const changeRoute = route({
  method: 'patch',
  path: '/',
  access: 'settings.manage',
  tags,
  summary: 'Keep history and audit longer or shorter, and never less than twelve months',
  request: { body: jsonBody(ChangeRetention) },
  responses: { 200: json(RetentionPolicy, 'The policy.') },
})

export const retentionApi = () =>
  feature()
    .openapi(getRoute, async (c) => c.json(await inTenant(c, getRetention), 200))
    .openapi(changeRoute, async (c) => {
      const change = c.req.valid('json')
      const { tenantId } = c.get('principal')
      const policy = await inTenant(c, async (tx) => {
        const after = await changeRetention(tx, tenantId, change)
        await audited(c, tx, { action: 'retention.change', subject: { type: 'tenant', id: tenantId }, detail: change })
        return after
      })
      return c.json(policy, 200)
    })
export type RetentionApi = ReturnType<typeof retentionApi>
