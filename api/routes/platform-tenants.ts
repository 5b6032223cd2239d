import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import { mailOf } from '#domain/people/mails.ts'
import {
  ChangePlatformTenant,
  CreatePlatformTenant,
  ListPlatformTenants,
  PlatformTenant,
  PlatformTenantDetails,
  PlatformTenantPage,
} from '#domain/platform/schema.ts'
import { newToken } from '#infra/crypto/tokens.ts'
import { mailWords } from '#infra/db/stores/mail-words.ts'
import { assertChoosable, choosablePlans } from '#infra/db/stores/plans.ts'
import {
  changePlatformTenant,
  getPlatformTenant,
  listPlatformTenants,
  ownFigures,
} from '#infra/db/stores/platform-tenants.ts'
import { holdingGrant } from '#infra/db/stores/support-grants.ts'
import { readUsage } from '#infra/db/stores/usage.ts'
import { addInvitedWorkspace } from '#infra/db/stores/workspaces.ts'
import { newId } from '#infra/ids.ts'
import type { AppEnv } from '../deps.ts'
import { administratorOf, auditedInTenant, platformOf } from '../platform-audit.ts'
import { feature, found, IdParam, json, jsonBody, NO_CONTENT, pageFrom, readCursor, route } from '../routing.ts'

const own = { access: 'platform' as const, tags: ['Platform'] }

const listRoute = route({
  ...own,
  method: 'get',
  path: '/',
  summary: 'The tenants of this installation, the newest first',
  request: { query: ListPlatformTenants },
  responses: { 200: json(PlatformTenantPage, 'A page of tenants.') },
})

const createRoute = route({
  ...own,
  method: 'post',
  path: '/',
  summary: 'Make a tenant and invite its owner',
  request: { body: jsonBody(CreatePlatformTenant) },
  responses: { 201: json(PlatformTenant, 'The tenant.') },
})

const getRoute = route({
  ...own,
  method: 'get',
  path: '/{id}',
  summary: 'A tenant with what it uses, and never what is in it',
  request: { params: IdParam },
  responses: { 200: json(PlatformTenantDetails, 'The tenant.') },
})

const changeRoute = route({
  ...own,
  confirmed: true,
  method: 'patch',
  path: '/{id}',
  summary: 'Suspend a tenant or lift that, give it another plan or figures of its own',
  request: { params: IdParam, body: jsonBody(ChangePlatformTenant) },
  responses: { 200: json(PlatformTenantDetails, 'The tenant.') },
})

const enterRoute = route({
  ...own,
  confirmed: true,
  method: 'post',
  path: '/{id}/enter',
  summary: 'Go into a tenant whose owner lets administrators in',
  request: { params: IdParam },
  responses: NO_CONTENT,
})

async function create(c: Context<AppEnv>, input: CreatePlatformTenant): Promise<PlatformTenant> {
  const { db, mail, background, settings, clock, provisionWorkspace, workspaceReady } = c.get('deps')
  const tenantId = newId()
  const token = newToken('inv_')
  const actor = administratorOf(c)
  const { name: tenantName, ownerEmail, locale, timeZone, plan } = input
  const request = { tenantId, personId: actor.id, locale, timeZone, plan, nowMs: clock.nowMs(), actor, tenantName }
  const said = await db.tenant(tenantId, async (tx) => {
    if (plan !== undefined) await assertChoosable(tx, plan)
    await addInvitedWorkspace(tx, { ...request, ownerEmail, token }, provisionWorkspace)
    const subject = { type: 'tenant', id: tenantId }
    await auditedInTenant(c, tx, { tenantId, action: 'tenants.create', subject, detail: { name: tenantName } })
    return mailWords(tx, locale)
  })
  const made = await platformOf(c).run((tx) => getPlatformTenant(tx, tenantId))
  const link = `${settings.origins[0]}/invitation#${token}`
  const words = mailOf('invitation', { tenant: tenantName, inviter: 'Holdfast', link }, said)
  background.run('invitation mail', () => mail.send({ to: ownerEmail, ...words }))
  if (workspaceReady !== undefined) {
    background.run('first number', () => workspaceReady({ tenantId, actor }, { name: tenantName }))
  }
  return found(made, 'tenant')
}

async function details(c: Context<AppEnv>, id: string): Promise<PlatformTenantDetails> {
  const { tenant, plans, figures } = await platformOf(c).run(async (tx) => {
    const tenant = found(await getPlatformTenant(tx, id), 'tenant')
    return { tenant, plans: await choosablePlans(tx, tenant.plan), figures: await ownFigures(tx, id) }
  })
  // Counted inside the tenant, by the verbs that count there anyway; nothing but the figures leaves it.
  const { quotas, rates, grant } = await c.get('deps').db.tenant(id, async (tx) => {
    const { quotas, rates } = found(await readUsage(tx), 'tenant')
    return { quotas, rates, grant: await holdingGrant(tx, id) }
  })
  const usage = quotas.map(({ quota, used, limit }) => ({ quota, used, limit }))
  const shown = grant && { id: grant.id, scope: grant.scope, reason: grant.reason, expiresAt: grant.expiresAt }
  return { ...tenant, plans, usage, rates, own: figures, grant: shown ?? null }
}

export const platformTenantsApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { cursor, limit, q, status } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await platformOf(c).run((tx) => listPlatformTenants(tx, { limit: limit + 1, after, q, status }))
      return c.json(pageFrom(c, { rows, limit, positionOf: ({ id }) => [id] }), 200)
    })
    .openapi(createRoute, async (c) => c.json(await create(c, c.req.valid('json')), 201))
    .openapi(getRoute, async (c) => c.json(await details(c, c.req.valid('param').id), 200))
    .openapi(changeRoute, async (c) => {
      const { id } = c.req.valid('param')
      const change = c.req.valid('json')
      await c.get('deps').db.tenant(id, async (tx) => {
        if (!(await changePlatformTenant(tx, id, change)))
          throw new DomainError('not_found', 'There is no such tenant.')
        const act = { action: 'tenants.change', inTenant: 'tenants.platform_change', subject: { type: 'tenant', id } }
        await auditedInTenant(c, tx, { ...act, tenantId: id, detail: change })
      })
      return c.json(await details(c, id), 200)
    })
    .openapi(enterRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { db, auth } = c.get('deps')
      // Written down before the door opens: who is killed in between is said to have been inside, and was not.
      const grant = await db.tenant(id, async (tx) => {
        const held = await holdingGrant(tx, id)
        if (held === undefined) throw new DomainError('forbidden', 'The owner of this tenant has not let you in.')
        const detail = { grantId: held.id, scope: held.scope }
        const subject = { type: 'tenant', id }
        await auditedInTenant(c, tx, { tenantId: id, action: 'support.enter', subject, detail })
        return held
      })
      const { sessionId } = c.get('session')
      await auth.sessions.enterBySupport({ sessionId, grant: { id: grant.id, tenantId: id } })
      return c.body(null, 204)
    })
export type PlatformTenantsApi = ReturnType<typeof platformTenantsApi>
