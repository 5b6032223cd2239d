import type { Actor } from '#domain/events/schema.ts'
import type { Tx } from '../tx.ts'
import { audit } from './audit.ts'
import { addDefaultCalendar } from './calendars.ts'
import { appendEvents } from './events.ts'
import { createInvitation } from './invitations.ts'
import { addMember } from './members.ts'
import { addPerson } from './people.ts'
import { addBuiltInRoles } from './roles.ts'
import { addTenant, type NewTenant } from './tenants.ts'

export type NewWorkspace = {
  tenantId: string
  personId: string
  locale: string
  timeZone: string
  nowMs: number
  actor: Actor
}

/** Fills a part of a new tenant's workspace, in the transaction that makes the tenant. */
export type ProvisionWorkspace = (tx: Tx, workspace: NewWorkspace) => Promise<void>

export type WorkspaceRequest = Omit<NewWorkspace, 'actor'> & {
  tenantName: string
  person: { email: string; name: string }
  requestId?: string
}

/** What a tenant needs before anybody is in it. Returns the ids of its roles by key. */
async function furnishTenant(
  tx: Tx,
  { tenantId, tenantName, ...tenant }: Omit<NewTenant, 'id' | 'name'> & { tenantId: string; tenantName: string },
): Promise<Record<string, string>> {
  const { locale, timeZone, plan } = tenant
  await addTenant(tx, { id: tenantId, name: tenantName, locale, timeZone, plan })
  const roles = await addBuiltInRoles(tx, tenantId)
  await addDefaultCalendar(tx, { tenantId, name: 'Business hours', timeZone })
  return roles
}

/**
 * Makes a tenant whose owner is still to come, and invites them. The transaction must be in the context of its id; whoever
 * calls writes it down there, as it stands in two logs.
 *
 * @param token what the invitation's link carries.
 */
export async function addInvitedWorkspace(
  tx: Tx,
  request: NewWorkspace & Pick<NewTenant, 'plan'> & { tenantName: string; ownerEmail: string; token: string },
  provision: readonly ProvisionWorkspace[],
): Promise<void> {
  const { tenantId, actor, ownerEmail: email, token } = request
  const roles = await furnishTenant(tx, request)
  for (const fill of provision) await fill(tx, request)
  const subject = { type: 'tenant', id: tenantId } as const
  appendEvents(tx, [{ tenantId, type: 'tenant.created', actor, subject }])
  await createInvitation(tx, { tenantId, actor }, { email, roleId: roles['owner']!, token, invitedBy: undefined })
}

/**
 * Makes a tenant with everything it needs to work: roles, its owner, business hours, and what the hooks add.
 * The transaction must be in the context of the new tenant's id and of the person; a tenant is never half made.
 */
export async function addWorkspace(
  tx: Tx,
  request: WorkspaceRequest,
  provision: readonly ProvisionWorkspace[],
): Promise<void> {
  const { tenantId, personId, locale, timeZone, tenantName, person, requestId, nowMs } = request
  const actor: Actor = { kind: 'person', id: personId }
  const roles = await furnishTenant(tx, { tenantId, locale, timeZone, tenantName })
  await addPerson(tx, { id: personId, ...person, locale })
  await addMember(tx, { tenantId, actor }, { personId, roleId: roles['owner']! })
  for (const fill of provision) await fill(tx, { tenantId, personId, locale, timeZone, nowMs, actor })
  const subject = { type: 'tenant', id: tenantId } as const
  appendEvents(tx, [{ tenantId, type: 'tenant.created', actor, subject }])
  await audit(tx, { tenantId, actor, action: 'tenants.create', subject, ...(requestId !== undefined && { requestId }) })
}
