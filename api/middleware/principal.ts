import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import { needsSecondFactor, needsSecondFactorToLookIn } from '#domain/people/second-factor-policy.ts'
import { knownPermissions } from '#domain/permissions/catalogue.ts'
import type { Principal } from '#domain/permissions/principal.ts'
import { supportPermissions } from '#domain/platform/support.ts'
import type { Session } from '#infra/auth/sessions.ts'
import { type MemberAccess, memberAccess } from '#infra/db/stores/members.ts'
import { supportAccess } from '#infra/db/stores/support-grants.ts'
import type { AppEnv } from '../deps.ts'
import { readAdministrator } from './administrator.ts'
import { rememberMember, rememberSession } from './remembered-access.ts'

/** The person signed in. Throws `unauthenticated`; says nothing about where they may act. */
export async function readSession(c: Context<AppEnv>): Promise<Session> {
  const session = await rememberSession(c, () => c.get('deps').auth.sessions.read(c.req.raw.headers))
  if (session === undefined) throw new DomainError('unauthenticated', 'Nobody is signed in.')
  return session
}

const secondFactorMissing = () =>
  new DomainError('second_factor_missing', 'This tenant asks for a second factor; set one up first.')

/** An administrator of the platform inside a tenant: as long as they are one, and the owner's grant holds; its rules are theirs. */
async function supportPrincipal(
  c: Context<AppEnv>,
  { tenantId, supportGrantId }: { tenantId: string; supportGrantId: string },
): Promise<Principal> {
  const { hasSecondFactor } = c.get('session')
  const { personId } = await readAdministrator(c, c.get('session'))
  const access = await c.get('deps').db.tenant(tenantId, (tx) => supportAccess(tx, supportGrantId))
  if (access === undefined) throw new DomainError('forbidden', 'The owner no longer lets you in.')
  if (!hasSecondFactor && needsSecondFactorToLookIn(access.secondFactorPolicy)) throw secondFactorMissing()
  const permissions = supportPermissions(access.scope)
  return { kind: 'platform', personId: undefined, administratorId: personId, tenantId, permissions }
}

export const readPrincipal = async (c: Context<AppEnv>): Promise<Principal> => principalOf(c, await readSession(c))

/**
 * The principal in the tenant of their session. The tenant never comes from the request. Membership, role and the state of
 * the tenant are asked each time something is to be changed; who only reads is remembered until told otherwise.
 */
export async function principalOf(c: Context<AppEnv>, session: Session): Promise<Principal> {
  c.set('session', session)
  const { tenantId, personId, supportGrantId } = session
  if (tenantId === null) throw new DomainError('forbidden', 'No tenant is chosen.')
  if (supportGrantId !== null) return supportPrincipal(c, { tenantId, supportGrantId })
  const access = await rememberMember(c, { tenantId, personId }, () => readMember(c, { tenantId, personId }))
  if (access === undefined) throw new DomainError('forbidden', 'You are no member of this tenant.')
  if (access.tenantStatus !== 'active') throw new DomainError('tenant_suspended', 'This tenant is suspended.')
  const permissions = knownPermissions(access.permissions)
  if (!session.hasSecondFactor && needsSecondFactor(access.secondFactorPolicy, permissions)) {
    throw secondFactorMissing()
  }
  return { kind: 'person', personId, tenantId, roleId: access.role.id, permissions }
}

const readMember = (
  c: Context<AppEnv>,
  { tenantId, personId }: { tenantId: string; personId: string },
): Promise<MemberAccess | undefined> =>
  c.get('deps').db.tenant({ tenantId, personId }, (tx) => memberAccess(tx, personId))
