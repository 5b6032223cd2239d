import { ChangeTenant, Tenant } from '#domain/tenants/schema.ts'
import { changeTenant, getTenant } from '#infra/db/stores/tenants.ts'
import { audited, feature, inTenant, json, jsonBody, route } from '../routing.ts'

const tags = ['Tenant']

const getRoute = route({
  method: 'get',
  path: '/',
  access: 'member',
  tags,
  summary: 'The tenant you work in',
  responses: { 200: json(Tenant, 'The tenant.') },
})

const changeRoute = route({
  method: 'patch',
  path: '/',
  access: 'settings.manage',
  tags,
  summary: 'Change its name, language or time zone',
  request: { body: jsonBody(ChangeTenant) },
  responses: { 200: json(Tenant, 'The tenant.') },
})

export const tenantApi = () =>
  feature()
    .openapi(getRoute, async (c) => c.json(await inTenant(c, getTenant), 200))
    .openapi(changeRoute, async (c) => {
      const change = c.req.valid('json')
      const tenant = await inTenant(c, async (tx) => {
        const after = await changeTenant(tx, change)
        await audited(c, tx, { action: 'tenants.change', subject: { type: 'tenant', id: after.id }, detail: change })
        return after
      })
      return c.json(tenant, 200)
    })
export type TenantApi = ReturnType<typeof tenantApi>
