import { DomainError } from '#domain/errors.ts'
import type { Invitation } from '#domain/people/members.ts'
import { hashToken } from '#infra/crypto/tokens.ts'
import { newId } from '#infra/ids.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting, ListPage } from './acting.ts'
import { appendEvents } from './events.ts'

const GOOD_FOR_DAYS = 7

type Row = Omit<Invitation, 'createdAt' | 'expiresAt'> & { createdAt: Date; expiresAt: Date }
const toInvitation = (row: Row): Invitation => ({
  ...row,
  createdAt: iso(row.createdAt),
  expiresAt: iso(row.expiresAt),
})

const hashOf = (token: string) => Buffer.from(hashToken(token), 'hex')

const OPEN = part`
  select i.id, i.email, i.invited_by as "invitedBy", i.expires_at as "expiresAt", i.created_at as "createdAt",
    jsonb_build_object('id', r.id, 'key', r.key, 'name', r.name) as role
  from invitations i join roles r on r.tenant_id = i.tenant_id and r.id = i.role_id
  where i.accepted_at is null and i.revoked_at is null`

/** Invitations that nobody has taken or taken back, the newest first. The position is (id). */
export async function listInvitations(tx: Tx, { limit, after }: ListPage): Promise<Invitation[]> {
  const rows = await tx.rows<Row>(
    query(OPEN, after && part`and i.id < ${after[0]}::uuid`, part`order by i.id desc limit ${limit}`),
  )
  return rows.map(toInvitation)
}

export async function getInvitation(tx: Tx, id: string): Promise<Invitation | undefined> {
  const row = await tx.row<Row>(query(OPEN, part`and i.id = ${id}`))
  return row && toInvitation(row)
}

/** Invites an address; an earlier invitation of the same address is taken back, so that one link is good at a time. */
export async function createInvitation(
  tx: Tx,
  { tenantId, actor }: Acting,
  input: { email: string; roleId: string; token: string; invitedBy: string | undefined },
): Promise<Invitation> {
  const email = input.email.toLowerCase()
  const member = await tx.row(sql`
    select 1 from memberships m join people p on p.id = m.person_id where lower(p.email) = ${email}`)
  if (member !== undefined) throw new DomainError('conflict', 'This address belongs to a member already.')
  await tx.run(sql`
    update invitations set revoked_at = now()
    where lower(email) = ${email} and accepted_at is null and revoked_at is null`)
  const id = newId()
  await tx.run(sql`
    insert into invitations (id, tenant_id, email, role_id, token_hash, invited_by, expires_at)
    values (${id}, ${tenantId}, ${email}, ${input.roleId}, ${hashOf(input.token)}, ${input.invitedBy ?? null},
      now() + make_interval(days => ${GOOD_FOR_DAYS}))`)
  appendEvents(tx, [
    { tenantId, type: 'member.invited', actor, subject: { type: 'tenant', id: tenantId }, data: { invitationId: id } },
  ])
  return (await getInvitation(tx, id))!
}

export async function revokeInvitation(tx: Tx, id: string): Promise<boolean> {
  const revoked = await tx.run(sql`
    update invitations set revoked_at = now() where id = ${id} and accepted_at is null and revoked_at is null`)
  return revoked === 1
}

export type InvitationAddress = { id: string; tenantId: string }

/** Where an invitation's token leads; undefined unless it is good. Runs as the relay, which sees no addresses. */
export function findInvitation(relay: Tx, token: string): Promise<InvitationAddress | undefined> {
  return relay.row<InvitationAddress>(sql`
    select id, tenant_id as "tenantId" from invitations
    where token_hash = ${hashOf(token)} and accepted_at is null and revoked_at is null and expires_at > now()`)
}

/** What an invitation promises, locked so that two who hold the link cannot both take it. */
export function openInvitation(
  tx: Tx,
  id: string,
): Promise<{ email: string; roleId: string; tenantName: string } | undefined> {
  return tx.row(sql`
    select i.email, i.role_id as "roleId", t.name as "tenantName"
    from invitations i join tenants t on t.id = i.tenant_id
    where i.id = ${id} and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
      and t.status = 'active'
    for update of i`)
}

export async function markAccepted(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`update invitations set accepted_at = now() where id = ${id}`)
}
