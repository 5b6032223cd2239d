import { DomainError } from '#domain/errors.ts'
import { GrantSupport, SupportAccess } from '#domain/platform/support.ts'
import { grantSupport, holdingGrant, revokeSupport } from '#infra/db/stores/support-grants.ts'
import { acting } from '../acting.ts'
import { audited, feature, inTenant, json, jsonBody, NO_CONTENT, route } from '../routing.ts'

const tags = ['Support access']

const getRoute = route({
  method: 'get',
  path: '/',
  access: 'settings.manage',
  tags,
  summary: "Whether the platform's administrators may come in, until when, and for what",
  responses: { 200: json(SupportAccess, 'The grant that holds, if there is one.') },
})

const grantRoute = route({
  method: 'put',
  path: '/',
  access: 'tenant.own',
  confirmed: true,
  tags,
  summary: "Let the platform's administrators in for a time; an earlier grant ends",
  request: { body: jsonBody(GrantSupport) },
  responses: { 200: json(SupportAccess, 'The grant.') },
})

const revokeRoute = route({
  method: 'delete',
  path: '/',
  access: 'tenant.own',
  tags,
  summary: 'Let nobody in any more; who is inside is out at once',
  responses: NO_CONTENT,
})

export const supportAccessApi = () =>
  feature()
    .openapi(getRoute, async (c) => {
      const { tenantId } = c.get('principal')
      return c.json({ grant: (await inTenant(c, (tx) => holdingGrant(tx, tenantId))) ?? null }, 200)
    })
    .openapi(grantRoute, async (c) => {
      const input = c.req.valid('json')
      const grant = await inTenant(c, async (tx) => {
        const made = await grantSupport(tx, acting(c), input)
        const subject = { type: 'tenant', id: c.get('principal').tenantId }
        const detail = { grantId: made.id, scope: made.scope, hours: input.hours, reason: input.reason }
        await audited(c, tx, { action: 'support.grant', subject, detail })
        return made
      })
      return c.json({ grant }, 200)
    })
    .openapi(revokeRoute, async (c) => {
      const { tenantId } = c.get('principal')
      await inTenant(c, async (tx) => {
        if (!(await revokeSupport(tx, tenantId))) throw new DomainError('not_found', 'Nobody is let in.')
        await audited(c, tx, { action: 'support.revoke', subject: { type: 'tenant', id: tenantId } })
      })
      return c.body(null, 204)
    })
export type SupportAccessApi = ReturnType<typeof supportAccessApi>
