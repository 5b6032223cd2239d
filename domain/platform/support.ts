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

/** What stays with the tenant's own people, whatever they grant: who may do what, keys to the house, taking data along. */
const NEVER: ReadonlySet<Permission> = new Set<Permission>([
  'tenant.own',
  'members.manage',
  'roles.manage',
  'api_keys.manage',
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
  return new Set(scope === 'read' ? READING : BUILT_IN_PERMISSIONS.owner.filter((permission) => !NEVER.has(permission)))
}
