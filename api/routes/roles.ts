import type { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import { PERMISSIONS } from '#domain/permissions/catalogue.ts'
import { assertMayGrant } from '#domain/roles/grants.ts'
import { ChangeRole, CreateRole, DeleteRole, PermissionList, Role, RoleList } from '#domain/roles/schema.ts'
import { assertOwnerLeft } from '#infra/db/stores/members.ts'
import { assertQuota } from '#infra/db/stores/quotas.ts'
import { changeRole, createRole, deleteRole, getRole, listRoles } from '#infra/db/stores/roles.ts'
import { lockTenant } from '#infra/db/stores/tenants.ts'
import type { Tx } from '#infra/db/tx.ts'
import { acting } from '../acting.ts'
import type { AppEnv } from '../deps.ts'
import {
  audited,
  feature,
  found,
  IdParam,
  inTenant,
  inTenantRemembered,
  json,
  jsonBody,
  NO_CONTENT,
  route,
} from '../routing.ts'

const tags = ['Roles']

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'members.read',
  tags,
  summary: 'The roles of the tenant, the built-in ones first',
  responses: { 200: json(RoleList, 'The roles.') },
})

const permissionsRoute = route({
  method: 'get',
  path: '/permissions',
  access: 'roles.read',
  tags,
  summary: 'Everything a role can allow',
  responses: { 200: json(PermissionList, 'The catalogue of permissions.') },
})

const getRoute = route({
  method: 'get',
  path: '/{id}',
  access: 'members.read',
  tags,
  summary: 'One role',
  request: { params: IdParam },
  responses: { 200: json(Role, 'The role.') },
})

const createRoute = route({
  method: 'post',
  path: '/',
  access: 'roles.manage',
  tags,
  summary: 'Make a role',
  request: { body: jsonBody(CreateRole) },
  responses: { 201: json(Role, 'The role.') },
})

const changeRoute = route({
  method: 'patch',
  path: '/{id}',
  access: 'roles.manage',
  tags,
  summary: 'Change what a role is called or allows',
  request: { params: IdParam, body: jsonBody(ChangeRole) },
  responses: { 200: json(Role, 'The role.') },
})

const deleteRoute = route({
  method: 'delete',
  path: '/{id}',
  access: 'roles.manage',
  tags,
  summary: 'Delete a role; whoever holds it gets the one that moveTo names',
  request: { params: IdParam, query: DeleteRole },
  responses: NO_CONTENT,
})

type Ctx = Context<AppEnv, string, { out: { query: z.infer<typeof DeleteRole> } }>

/** Who moves people into a role gives it to them: that takes the same right, and what the role allows. */
async function heirOf(c: Ctx, tx: Tx, role: Role): Promise<Role | undefined> {
  const { moveTo } = c.req.valid('query')
  if (moveTo === undefined) return undefined
  const { permissions } = c.get('principal')
  if (!permissions.has('members.manage')) throw new DomainError('forbidden', 'Moving members needs members.manage.')
  const heir = found(await getRole(tx, moveTo), 'role')
  if (heir.id === role.id) throw new DomainError('invalid_input', 'A role cannot take its own place.')
  assertMayGrant(permissions, heir.permissions)
  return heir
}

export const rolesApi = () =>
  feature()
    .openapi(listRoute, async (c) => c.json({ items: await inTenantRemembered(c, listRoles) }, 200))
    .openapi(permissionsRoute, (c) => c.json({ items: [...PERMISSIONS] }, 200))
    .openapi(getRoute, async (c) => {
      const role = await inTenant(c, (tx) => getRole(tx, c.req.valid('param').id))
      return c.json(found(role, 'role'), 200)
    })
    .openapi(createRoute, async (c) => {
      const input = c.req.valid('json')
      assertMayGrant(c.get('principal').permissions, input.permissions)
      const role = await inTenant(c, async (tx) => {
        await assertQuota(tx, c.get('principal').tenantId, 'roles')
        const made = await createRole(tx, acting(c), input)
        await audited(c, tx, { action: 'roles.create', subject: { type: 'role', id: made.id }, detail: input })
        return made
      })
      return c.json(role, 201)
    })
    .openapi(changeRoute, async (c) => {
      const { id } = c.req.valid('param')
      const change = c.req.valid('json')
      const own = c.get('principal').permissions
      const role = await inTenant(c, async (tx) => {
        await lockTenant(tx)
        const before = found(await getRole(tx, id), 'role')
        assertMayGrant(own, [...before.permissions, ...(change.permissions ?? [])])
        const after = await changeRole(tx, acting(c), before, change)
        await assertOwnerLeft(tx)
        const detail = { from: { name: before.name, permissions: before.permissions }, to: change }
        await audited(c, tx, { action: 'roles.change', subject: { type: 'role', id }, detail })
        return after
      })
      return c.json(role, 200)
    })
    .openapi(deleteRoute, async (c) => {
      const { id } = c.req.valid('param')
      await inTenant(c, async (tx) => {
        await lockTenant(tx)
        const role = found(await getRole(tx, id), 'role')
        assertMayGrant(c.get('principal').permissions, role.permissions)
        const heir = await heirOf(c, tx, role)
        await deleteRole(tx, acting(c), role, heir?.id)
        await assertOwnerLeft(tx)
        const detail = { key: role.key, ...(heir !== undefined && { movedTo: heir.key, members: role.memberCount }) }
        await audited(c, tx, { action: 'roles.delete', subject: { type: 'role', id }, detail })
      })
      return c.body(null, 204)
    })
export type RolesApi = ReturnType<typeof rolesApi>
