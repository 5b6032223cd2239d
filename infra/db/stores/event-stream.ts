import type { HouseEvent } from '#domain/events/schema.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'

type Row = Omit<HouseEvent, 'at'> & { at: Date }

/** Numbered events of the tenant in context after a position, in their order. */
export async function eventsAfter(
  tx: Tx,
  { position, limit }: { position: number; limit: number },
): Promise<HouseEvent[]> {
  const rows = await tx.rows<Row>(sql`
    select id, position, type, version, at, actor, jsonb_build_object('type', subject_type, 'id', subject_id) as subject,
      conversation_id as "conversationId", correlation_id as "correlationId", data
    from events where position > ${position} order by position limit ${limit}`)
  return rows.map((row) => ({ ...row, at: iso(row.at) }))
}

/** The position of the newest numbered event of the tenant in context; 0 when there is none. */
export async function lastPosition(tx: Tx): Promise<number> {
  const row = await tx.row<{ position: number }>(sql`
    select position from events where position is not null order by position desc limit 1`)
  return row?.position ?? 0
}

/** How many events lie after a position, counted to a bound. */
export async function countEventsAfter(tx: Tx, { position, max }: { position: number; max: number }): Promise<number> {
  const row = await tx.row<{ count: number }>(sql`
    select count(*) from (select 1 from events where position > ${position} limit ${max}) e`)
  return row?.count ?? 0
}

export type Moved = { tenantId: string; position: number }

/** Which tenants have events after a position, and how far each has come. Runs as the relay. */
export function tenantsWithEventsAfter(
  relay: Tx,
  { position, limit }: { position: number; limit: number },
): Promise<Moved[]> {
  return relay.rows<Moved>(sql`
    select tenant_id as "tenantId", max(position) as position from (
      select tenant_id, position from events where position > ${position} order by position limit ${limit}) e
    group by tenant_id`)
}

/** The newest position of the house. Runs as the relay. */
export async function lastPositionOfAll(relay: Tx): Promise<number> {
  const row = await relay.row<{ position: number }>(sql`
    select position from events where position is not null order by position desc limit 1`)
  return row?.position ?? 0
}

/** Which of these people are still active members with the same role. Runs as the relay. */
export async function standingMembers(
  relay: Tx,
  members: readonly { tenantId: string; personId: string; roleId: string }[],
): Promise<Set<string>> {
  const rows = await relay.rows<{ tenantId: string; personId: string; roleId: string }>(sql`
    select m.tenant_id as "tenantId", m.person_id as "personId", m.role_id as "roleId"
    from jsonb_to_recordset(${JSON.stringify(members)}::jsonb) as asked("tenantId" uuid, "personId" uuid, "roleId" uuid)
    join memberships m on m.tenant_id = asked."tenantId" and m.person_id = asked."personId"
      and m.role_id = asked."roleId"
    join tenants t on t.id = m.tenant_id
    where m.status = 'active' and t.status = 'active'`)
  return new Set(rows.map(standingKey))
}

export const standingKey = (member: { tenantId: string; personId: string; roleId: string }): string =>
  `${member.tenantId}/${member.personId}/${member.roleId}`
