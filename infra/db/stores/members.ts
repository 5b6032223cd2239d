import { DomainError } from '#domain/errors.ts'
import type { ChangeMember, Member } from '#domain/people/members.ts'
import type { Availability } from '#domain/people/schema.ts'
import type { SecondFactorPolicy } from '#domain/tenants/schema.ts'
import { newId } from '#infra/ids.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting, ListPage } from './acting.ts'
import { appendEvents } from './events.ts'
import { queueOwned } from './mailbox/left-behind.ts'

export type MemberAccess = {
  membershipId: string
  tenantStatus: 'active' | 'suspended'
  secondFactorPolicy: SecondFactorPolicy
  availability: Availability
  permissions: string[]
  role: { id: string; key: string; name: string }
}

/** What a person may do in the tenant in context; undefined unless their membership is active. */
export function memberAccess(tx: Tx, personId: string): Promise<MemberAccess | undefined> {
  return tx.row<MemberAccess>(sql`
    select m.id as "membershipId", t.status as "tenantStatus",
      coalesce(t.settings ->> 'secondFactor', 'optional') as "secondFactorPolicy", m.availability, r.permissions,
      jsonb_build_object('id', r.id, 'key', r.key, 'name', r.name) as role
    from memberships m
    join roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
    join tenants t on t.id = m.tenant_id
    where m.person_id = ${personId} and m.status = 'active'`)
}

type Row = Omit<Member, 'createdAt'> & { createdAt: Date }
const toMember = (row: Row): Member => ({ ...row, createdAt: iso(row.createdAt) })

const MEMBERS = part`
  select m.id, m.person_id as "personId", p.name, p.email, m.status, m.availability, m.created_at as "createdAt",
    jsonb_build_object('id', r.id, 'key', r.key, 'name', r.name) as role
  from memberships m
  join people p on p.id = m.person_id
  join roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
  where true`

/** Members in the order they joined. The position is (id). */
export async function listMembers(tx: Tx, page: ListPage & { status?: string | undefined }): Promise<Member[]> {
  const { limit, after, status } = page
  const rows = await tx.rows<Row>(
    query(
      MEMBERS,
      after && part`and m.id > ${after[0]}::uuid`,
      status !== undefined && part`and m.status = ${status}`,
      part`order by m.id limit ${limit}`,
    ),
  )
  return rows.map(toMember)
}

export async function getMember(tx: Tx, id: string): Promise<Member | undefined> {
  const row = await tx.row<Row>(query(MEMBERS, part`and m.id = ${id}`))
  return row && toMember(row)
}

/** Adds a person to the tenant in context; false when they are in it already. */
export async function addMember(
  tx: Tx,
  { tenantId, actor }: Acting,
  { personId, roleId }: { personId: string; roleId: string },
): Promise<boolean> {
  const added = await tx.run(sql`
    insert into memberships (id, tenant_id, person_id, role_id)
    values (${newId()}, ${tenantId}, ${personId}, ${roleId})
    on conflict (tenant_id, person_id) do nothing`)
  if (added === 0) return false
  appendEvents(tx, [{ tenantId, type: 'member.joined', actor, subject: { type: 'person', id: personId } }])
  return true
}

/**
 * Whoever is shut out leaves what they had to the queue.
 * Call `lockTenant` first: two owners who remove each other at once must not both succeed.
 */
export async function changeMember(
  tx: Tx,
  acting: Acting & { requestId?: string },
  member: Member,
  change: ChangeMember,
): Promise<Member> {
  await tx.run(sql`
    update memberships set role_id = coalesce(${change.roleId ?? null}::uuid, role_id),
      status = coalesce(${change.status ?? null}, status), updated_at = now(),
      availability = case when ${change.status ?? null} = 'disabled' then 'offline' else availability end
    where id = ${member.id}`)
  await assertOwnerLeft(tx)
  const { tenantId, actor } = acting
  const subject = { type: 'person', id: member.personId } as const
  appendEvents(tx, [{ tenantId, type: 'member.changed', actor, subject }])
  if (change.status === 'disabled') await queueOwned(tx, { ...acting, personId: member.personId })
  return (await getMember(tx, member.id))!
}

/** Throws `conflict`, and so undoes the transaction, when nobody would own the tenant any more. */
export async function assertOwnerLeft(tx: Tx): Promise<void> {
  const owner = await tx.row(sql`
    select 1 from memberships m join roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
    where m.status = 'active' and 'tenant.own' = any(r.permissions) limit 1`)
  if (owner === undefined) throw new DomainError('conflict', 'A tenant keeps at least one active owner.')
}

export async function setAvailability(
  tx: Tx,
  { tenantId, actor }: Acting,
  { personId, availability }: { personId: string; availability: Availability },
): Promise<void> {
  const changed = await tx.run(sql`
    update memberships set availability = ${availability}, updated_at = now()
    where person_id = ${personId} and availability <> ${availability}`)
  if (changed === 0) return
  const subject = { type: 'person', id: personId } as const
  appendEvents(tx, [{ tenantId, type: 'member.changed', actor, subject, data: { availability } }])
}
