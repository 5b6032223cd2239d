import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import { ChangeMe, ChooseTenant, Me } from '#domain/people/schema.ts'
import { needsSecondFactor, needsSecondFactorToLookIn } from '#domain/people/second-factor-policy.ts'
import { knownPermissions } from '#domain/permissions/catalogue.ts'
import { supportPermissions } from '#domain/platform/support.ts'
import { type MemberAccess, memberAccess, setAvailability } from '#infra/db/stores/members.ts'
import { changePerson, getPerson } from '#infra/db/stores/people.ts'
import { platformAccess } from '#infra/db/stores/platform-people.ts'
import { heldGrant } from '#infra/db/stores/support-grants.ts'
import { getTenant, tenantsOf } from '#infra/db/stores/tenants.ts'
import { newId } from '#infra/ids.ts'
import type { AppEnv } from '../deps.ts'
import { feature, found, json, jsonBody, route } from '../routing.ts'

const tags = ['You']

const meRoute = route({
  method: 'get',
  path: '/',
  access: 'signed_in',
  tags,
  summary: 'Who you are, where you are, and what you may do there',
  responses: { 200: json(Me, 'You.') },
})

const changeRoute = route({
  method: 'patch',
  path: '/',
  access: 'signed_in',
  tags,
  summary: 'Change what you chose for yourself',
  request: { body: jsonBody(ChangeMe) },
  responses: { 200: json(Me, 'You.') },
})

const tenantRoute = route({
  method: 'put',
  path: '/tenant',
  access: 'signed_in',
  tags,
  summary: 'Work in another tenant you belong to',
  request: { body: jsonBody(ChooseTenant) },
  responses: { 200: json(Me, 'You, there.') },
})

type Here = { tenant: Me['tenant']; person: Me['person']; access: MemberAccess }

/** The person in one tenant, or undefined unless they are an active member of an active tenant. */
function inPlace(c: Context<AppEnv>, tenantId: string, personId: string): Promise<Here | undefined> {
  return c.get('deps').db.tenant({ tenantId, personId }, async (tx) => {
    const access = await memberAccess(tx, personId)
    if (access === undefined || access.tenantStatus !== 'active') return undefined
    const { id, name, locale, timeZone, plan } = await getTenant(tx)
    const person = found(await getPerson(tx, personId), 'person')
    return { tenant: { id, name, locale, timeZone, plan }, person, access }
  })
}

async function namesOf(c: Context<AppEnv>, personId: string): Promise<{ id: string; name: string }[]> {
  const { db } = c.get('deps')
  const ids = await db.relay((tx) => tenantsOf(tx, personId))
  const names: { id: string; name: string }[] = []
  // One by one: a person of a hundred tenants must not take the whole pool.
  for (const id of ids) names.push({ id, name: (await db.tenant({ tenantId: id, personId }, getTenant)).name })
  return names
}

/** Somebody who belongs to no tenant: their own row is seen from any context, so one that nobody has will do. */
async function nowhere(c: Context<AppEnv>): Promise<Me> {
  const { personId, sessionId, hasSecondFactor: on } = c.get('session')
  const { platform, required } = await administers(c)
  const person = await c.get('deps').db.tenant({ tenantId: newId(), personId }, (tx) => getPerson(tx, personId))
  return {
    person: found(person, 'person'),
    sessionId,
    tenant: null,
    role: null,
    availability: null,
    permissions: [],
    tenants: [],
    secondFactor: { on, required },
    platform,
    support: null,
  }
}

async function administers(c: Context<AppEnv>): Promise<{ platform: boolean; required: boolean }> {
  const { personId } = c.get('session')
  const access = await c.get('deps').platform?.run((tx) => platformAccess(tx, personId))
  const platform = access?.isAdministrator ?? false
  return { platform, required: platform && access!.secondFactorRequired }
}

/** An administrator of the platform in a tenant whose owner lets them in. */
async function bySupport(c: Context<AppEnv>): Promise<Me | undefined> {
  const { tenantId, supportGrantId } = c.get('session')
  const base = await nowhere(c)
  if (tenantId === null || supportGrantId === null || !base.platform) return undefined
  return c.get('deps').db.tenant(tenantId, async (tx) => {
    const grant = await heldGrant(tx, supportGrantId)
    if (grant === undefined) return undefined
    const { id, name, locale, timeZone, plan, secondFactor: policy } = await getTenant(tx)
    const { scope, expiresAt } = grant
    const tenant = { id, name, locale, timeZone, plan }
    const { on, required } = base.secondFactor
    const secondFactor = { on, required: required || needsSecondFactorToLookIn(policy) }
    return { ...base, tenant, secondFactor, permissions: [...supportPermissions(scope)], support: { scope, expiresAt } }
  })
}

async function me(c: Context<AppEnv>, tenantId: string | null): Promise<Me> {
  const supporting = c.get('session').supportGrantId === null ? undefined : await bySupport(c)
  if (supporting !== undefined) return supporting
  const { personId, sessionId, hasSecondFactor: on } = c.get('session')
  const tenants = await namesOf(c, personId)
  const here = tenantId === null ? undefined : await inPlace(c, tenantId, personId)
  const seat = here ?? (tenants[0] && (await inPlace(c, tenants[0].id, personId)))
  if (seat === undefined) return nowhere(c)
  if (here === undefined) {
    await c.get('deps').auth.sessions.chooseTenant({ sessionId, tenantId: seat.tenant!.id })
  }
  const { person, tenant, access } = seat
  const permissions = knownPermissions(access.permissions)
  return {
    person,
    sessionId,
    tenant,
    role: access.role,
    availability: access.availability,
    permissions: [...permissions],
    tenants,
    secondFactor: { on, required: needsSecondFactor(access.secondFactorPolicy, permissions) },
    platform: (await administers(c)).platform,
    support: null,
  }
}

export const meApi = () =>
  feature()
    .openapi(meRoute, async (c) => c.json(await me(c, c.get('session').tenantId), 200))
    .openapi(changeRoute, async (c) => {
      const { personId, tenantId } = c.get('session')
      const { availability, ...change } = c.req.valid('json')
      if (tenantId === null && availability !== undefined) throw new DomainError('forbidden', 'No tenant is chosen.')
      // Their own row is seen and changed from any context, so who belongs to no tenant needs none.
      await c.get('deps').db.tenant({ tenantId: tenantId ?? newId(), personId }, async (tx) => {
        await changePerson(tx, personId, change)
        if (availability === undefined || tenantId === null) return
        if ((await memberAccess(tx, personId)) === undefined) {
          throw new DomainError('forbidden', 'You are no member of this tenant.')
        }
        const actor = { kind: 'person', id: personId } as const
        await setAvailability(tx, { tenantId, actor }, { personId, availability })
      })
      return c.json(await me(c, tenantId), 200)
    })
    .openapi(tenantRoute, async (c) => {
      const { personId, sessionId } = c.get('session')
      const { tenantId } = c.req.valid('json')
      // A tenant one does not belong to is answered like one that does not exist.
      found(await inPlace(c, tenantId, personId), 'tenant')
      await c.get('deps').auth.sessions.chooseTenant({ sessionId, tenantId })
      return c.json(await me(c, tenantId), 200)
    })
export type MeApi = ReturnType<typeof meApi>
