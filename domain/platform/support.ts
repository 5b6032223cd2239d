import { z } from 'zod'
import { BUILT_IN_PERMISSIONS, type Permission } from '../permissions/catalogue.ts'

export const SUPPORT_SCOPES = ['read', 'change'] as const // also the CHECK in Postgres
export const SupportScope = z.enum(SUPPORT_SCOPES).meta({ id: 'SupportScope' })
export type SupportScope = z.infer<typeof SupportScope>

/** That an owner lets the platform's administrators in, until when, and for what. */
export const SupportGrant = z
  .strictObject({
    id: z.uuid(),
    scope: SupportScope,
    reason: z.string(),
    expiresAt: z.iso.datetime(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'SupportGrant' })
export type SupportGrant = z.infer<typeof SupportGrant>

export const SupportAccess = z.strictObject({ grant: SupportGrant.nullable() }).meta({ id: 'SupportAccess' })
export type SupportAccess = z.infer<typeof SupportAccess>

export const GrantSupport = z
  .strictObject({
    scope: SupportScope,
    reason: z.string().trim().min(1).max(500),
    hours: z
      .int()
      .min(1)
      .max(30 * 24),
  })
  .meta({ id: 'GrantSupport' })
export type GrantSupport = z.infer<typeof GrantSupport>

/**
 * What stays with the tenant's own people, whatever they grant. It would outlast the visit: a way back in, an address that
 * goes on being told, a flow that goes on acting, a rule of the house; or it takes data along or away for good.
 */
const NEVER_BY_SUPPORT: ReadonlySet<Permission> = new Set<Permission>([
  'tenant.own',
  'settings.manage',
  'members.manage',
  'roles.manage',
  'api_keys.manage',
  'webhooks.manage',
  'channels.manage',
  'flows.publish',
  'contacts.export',
  'contacts.delete',
  'runs.decode',
])

const READING: readonly Permission[] = [
  ...BUILT_IN_PERMISSIONS.viewer,
  'roles.read',
  'audit.read',
  'webhooks.read',
  'request_log.read',
]

/** What an administrator of the platform may do in a tenant that lets them in. */
export function supportPermissions(scope: SupportScope): Set<Permission> {
  if (scope === 'read') return new Set(READING)
  return new Set(BUILT_IN_PERMISSIONS.owner.filter((permission) => !NEVER_BY_SUPPORT.has(permission)))
}
