import { DomainError } from '#domain/errors.ts'
import { ChangeTenant, ChangeTenantSecurity, Tenant } from '#domain/tenants/schema.ts'
import { changeSecondFactorPolicy, changeTenant, getTenant } from '#infra/db/stores/tenants.ts'
import { audited, feature, inTenant, inTenantRemembered, json, jsonBody, route } from '../routing.ts'

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
  summary: 'Change its name, language or time zone, or when conversations end and open again',
  request: { body: jsonBody(ChangeTenant) },
  responses: { 200: json(Tenant, 'The tenant.') },
})

const securityRoute = route({
  method: 'put',
  path: '/security',
  access: 'settings.manage',
  confirmed: true,
  tags,
  summary: 'Say of whom a second factor is asked at sign-in',
  request: { body: jsonBody(ChangeTenantSecurity) },
  responses: { 200: json(Tenant, 'The tenant.') },
})

export const tenantApi = () =>
  feature()
    .openapi(getRoute, async (c) => c.json(await inTenantRemembered(c, getTenant), 200))
    .openapi(changeRoute, async (c) => {
      const change = c.req.valid('json')
      const tenant = await inTenant(c, async (tx) => {
        const after = await changeTenant(tx, change)
        await audited(c, tx, { action: 'tenants.change', subject: { type: 'tenant', id: after.id }, detail: change })
        return after
      })
      return c.json(tenant, 200)
    })
    .openapi(securityRoute, async (c) => {
      const change = c.req.valid('json')
      if (change.secondFactor !== 'optional' && !c.get('session').hasSecondFactor) {
        throw new DomainError('conflict', 'Set up a second factor for yourself before you ask it of others.')
      }
      const tenant = await inTenant(c, async (tx) => {
        await changeSecondFactorPolicy(tx, change.secondFactor)
        const after = await getTenant(tx)
        await audited(c, tx, { action: 'tenants.security', subject: { type: 'tenant', id: after.id }, detail: change })
        return after
      })
      return c.json(tenant, 200)
    })
export type TenantApi = ReturnType<typeof tenantApi>
