import { DomainError } from '#domain/errors.ts'
import { BUILT_IN_PERMISSIONS, BUILT_IN_ROLES, knownPermissions } from '#domain/permissions/catalogue.ts'
import type { ChangeRole, CreateRole, Role } from '#domain/roles/schema.ts'
import { newId } from '#infra/ids.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting } from './acting.ts'
import { appendEvents } from './events.ts'

type Row = Omit<Role, 'createdAt' | 'updatedAt' | 'permissions'> & {
  permissions: string[]
  createdAt: Date
  updatedAt: Date
}

const toRole = (row: Row): Role => ({
  ...row,
  permissions: [...knownPermissions(row.permissions)],
  createdAt: iso(row.createdAt),
  updatedAt: iso(row.updatedAt),
})

const ROLES = part`
  select r.id, r.key, r.name, r.permissions, r.built_in as "builtIn", r.created_at as "createdAt",
    r.updated_at as "updatedAt",
    (select count(*) from memberships m where m.tenant_id = r.tenant_id and m.role_id = r.id) as "memberCount"
  from roles r`

const NAMES: Readonly<Record<string, string>> = {
  owner: 'Owner',
  admin: 'Administrator',
  supervisor: 'Supervisor',
  agent: 'Agent',
  viewer: 'Viewer',
}

/** Makes the built-in roles of a new tenant and returns their ids by key. */
export async function addBuiltInRoles(tx: Tx, tenantId: string): Promise<Record<string, string>> {
  const ids: Record<string, string> = {}
  for (const key of BUILT_IN_ROLES) {
    ids[key] = newId()
    await tx.run(sql`
      insert into roles (id, tenant_id, key, name, permissions, built_in)
      values (${ids[key]}, ${tenantId}, ${key}, ${NAMES[key]}, ${BUILT_IN_PERMISSIONS[key]}, true)`)
  }
  return ids
}

export async function listRoles(tx: Tx): Promise<Role[]> {
  return (await tx.rows<Row>(query(ROLES, part`order by r.built_in desc, r.id`))).map(toRole)
}

export async function getRole(tx: Tx, id: string): Promise<Role | undefined> {
  const row = await tx.row<Row>(query(ROLES, part`where r.id = ${id}`))
  return row && toRole(row)
}

export async function createRole(tx: Tx, { tenantId, actor }: Acting, input: CreateRole): Promise<Role> {
  const id = newId()
  const added = await tx.run(sql`
    insert into roles (id, tenant_id, key, name, permissions)
    values (${id}, ${tenantId}, ${input.key}, ${input.name}, ${input.permissions})
    on conflict (tenant_id, key) do nothing`)
  if (added === 0) throw new DomainError('conflict', `There is a role ${JSON.stringify(input.key)} already.`)
  await tellRoleChanged(tx, { tenantId, actor }, id)
  return (await getRole(tx, id))!
}

/** The owner role is what keeps a tenant governable, so its permissions stand. */
export async function changeRole(tx: Tx, acting: Acting, role: Role, change: ChangeRole): Promise<Role> {
  if (role.builtIn && role.key === 'owner' && change.permissions !== undefined) {
    throw new DomainError('conflict', 'The permissions of the owner role cannot be changed.')
  }
  await tx.run(sql`
    update roles set name = coalesce(${change.name ?? null}, name),
      permissions = coalesce(${change.permissions ?? null}::text[], permissions), updated_at = now()
    where id = ${role.id}`)
  await tellRoleChanged(tx, acting, role.id)
  return (await getRole(tx, role.id))!
}

/** Gives everybody who holds a role, or is invited into it, another one. */
async function moveHolders(tx: Tx, { tenantId, actor }: Acting, from: string, to: string): Promise<void> {
  const moved = await tx.rows<{ personId: string }>(sql`
    update memberships set role_id = ${to}, updated_at = now() where role_id = ${from}
    returning person_id as "personId"`)
  await tx.run(sql`update invitations set role_id = ${to} where role_id = ${from}`)
  const events = moved.map(({ personId }) => ({
    ...{ tenantId, type: 'member.changed' as const, actor },
    subject: { type: 'person' as const, id: personId },
  }))
  if (events.length > 0) appendEvents(tx, events)
}

/** @param moveTo the role that its holders get; without it, a role that is held is not deleted. */
export async function deleteRole(tx: Tx, acting: Acting, role: Role, moveTo?: string): Promise<void> {
  if (role.builtIn) throw new DomainError('conflict', 'A built-in role cannot be deleted.')
  if (moveTo !== undefined) {
    await moveHolders(tx, acting, role.id, moveTo)
    await tx.run(sql`delete from roles where id = ${role.id}`)
    return tellRoleChanged(tx, acting, role.id)
  }
  const invited = await tx.row(sql`
    select 1 from invitations where role_id = ${role.id} and accepted_at is null and revoked_at is null
      and expires_at > now() limit 1`)
  if (role.memberCount > 0 || invited !== undefined) {
    throw new DomainError('conflict', 'This role is held by members or invitations; give them another one first.')
  }
  await tx.run(sql`delete from invitations where role_id = ${role.id}`)
  await tx.run(sql`delete from roles where id = ${role.id}`)
  await tellRoleChanged(tx, acting, role.id)
}

const tellRoleChanged = (tx: Tx, { tenantId, actor }: Acting, id: string) =>
  appendEvents(tx, [{ tenantId, type: 'role.changed', actor, subject: { type: 'role', id } }])
