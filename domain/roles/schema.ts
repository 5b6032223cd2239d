import { z } from 'zod'
import { Permission } from '../permissions/catalogue.ts'

export const Role = z
  .strictObject({
    id: z.uuid(),
    key: z.string(),
    name: z.string(),
    permissions: z.array(Permission),
    builtIn: z.boolean(),
    memberCount: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Role' })
export type Role = z.infer<typeof Role>

export const RoleList = z.strictObject({ items: z.array(Role) }).meta({ id: 'RoleList' })
export const PermissionList = z.strictObject({ items: z.array(Permission) }).meta({ id: 'PermissionList' })

const Permissions = z
  .array(Permission)
  .max(200)
  .transform((permissions) => [...new Set(permissions)])

export const CreateRole = z
  .strictObject({
    key: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/),
    name: z.string().trim().min(1).max(80),
    permissions: Permissions,
  })
  .meta({ id: 'CreateRole' })
export type CreateRole = z.infer<typeof CreateRole>

export const ChangeRole = z
  .strictObject({ name: z.string().trim().min(1).max(80).optional(), permissions: Permissions.optional() })
  .meta({ id: 'ChangeRole' })
export type ChangeRole = z.infer<typeof ChangeRole>

/** `moveTo` is the role that members and invitations of the deleted one get. */
export const DeleteRole = z.strictObject({ moveTo: z.uuid().optional() })
