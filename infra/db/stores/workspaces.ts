import type { Actor } from '#domain/events/schema.ts'
import type { Tx } from '../tx.ts'
import { audit } from './audit.ts'
import { addDefaultCalendar } from './calendars.ts'
import { appendEvents } from './events.ts'
import { addMember } from './members.ts'
import { addPerson } from './people.ts'
import { addBuiltInRoles } from './roles.ts'
import { addTenant } from './tenants.ts'

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
  await addTenant(tx, { id: tenantId, name: tenantName, locale, timeZone })
  await addPerson(tx, { id: personId, ...person, locale })
  const roles = await addBuiltInRoles(tx, tenantId)
  await addMember(tx, { tenantId, actor }, { personId, roleId: roles['owner']! })
  await addDefaultCalendar(tx, { tenantId, name: 'Business hours', timeZone })
  for (const fill of provision) await fill(tx, { tenantId, personId, locale, timeZone, nowMs, actor })
  const subject = { type: 'tenant', id: tenantId } as const
  await appendEvents(tx, [{ tenantId, type: 'tenant.created', actor, subject }])
  await audit(tx, { tenantId, actor, action: 'tenants.create', subject, ...(requestId !== undefined && { requestId }) })
}
