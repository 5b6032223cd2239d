import type { Permission } from '../permissions/catalogue.ts'
import type { SecondFactorPolicy } from '../tenants/schema.ts'

/** Whoever holds one of these can change what others may do, and counts as an administrator of their tenant. */
const ADMIN: readonly Permission[] = ['tenant.own', 'settings.manage', 'members.manage', 'roles.manage']

/** Whether a tenant's policy asks a second factor of somebody who may do this. */
export function needsSecondFactor(policy: SecondFactorPolicy, permissions: ReadonlySet<Permission>): boolean {
  if (policy === 'optional') return false
  return policy === 'all' || ADMIN.some((permission) => permissions.has(permission))
}

/** Whether it asks one of an administrator of the platform who was let in: however little they may do, they are no mere member. */
export const needsSecondFactorToLookIn = (policy: SecondFactorPolicy): boolean => policy !== 'optional'
