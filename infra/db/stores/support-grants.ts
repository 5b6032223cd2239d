import type { GrantSupport, SupportGrant } from '#domain/platform/support.ts'
import type { SecondFactorPolicy } from '#domain/tenants/schema.ts'
import { newId } from '#infra/ids.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting } from './acting.ts'

type Row = Omit<SupportGrant, 'createdAt' | 'expiresAt'> & { createdAt: Date; expiresAt: Date }
const toGrant = (row: Row): SupportGrant => ({
  ...row,
  createdAt: iso(row.createdAt),
  expiresAt: iso(row.expiresAt),
})

const HOLDING = part`
  select id, scope, reason, expires_at as "expiresAt", created_at as "createdAt" from support_grants
  where revoked_at is null and expires_at > now()`

/** The grant that lets the platform's administrators into the tenant now, if there is one. */
export async function holdingGrant(tx: Tx, tenantId: string): Promise<SupportGrant | undefined> {
  const row = await tx.row<Row>(query(HOLDING, part`and tenant_id = ${tenantId} order by id desc limit 1`))
  return row && toGrant(row)
}

/** A grant by its id, as long as it holds: who came in by it is out when it ends or is taken back. */
export async function heldGrant(tx: Tx, id: string): Promise<SupportGrant | undefined> {
  const row = await tx.row<Row>(query(HOLDING, part`and id = ${id}`))
  return row && toGrant(row)
}

export type SupportAccess = Pick<SupportGrant, 'scope'> & { secondFactorPolicy: SecondFactorPolicy }

/** What somebody who came in by a grant may do now, and what their tenant asks of them; undefined when it holds no more. */
export function supportAccess(tx: Tx, id: string): Promise<SupportAccess | undefined> {
  return tx.row<SupportAccess>(sql`
    select g.scope, coalesce(t.settings ->> 'secondFactor', 'optional') as "secondFactorPolicy"
    from support_grants g join tenants t on t.id = g.tenant_id
    where g.id = ${id} and g.revoked_at is null and g.expires_at > now()`)
}

/** An earlier grant ends: one holds at a time. */
export async function grantSupport(tx: Tx, acting: Acting, input: GrantSupport): Promise<SupportGrant> {
  const { tenantId, actor } = acting
  await revokeSupport(tx, tenantId)
  const id = newId()
  const by = actor.kind === 'person' ? actor.id : null
  await tx.run(sql`
    insert into support_grants (id, tenant_id, scope, reason, granted_by, expires_at)
    values (${id}, ${tenantId}, ${input.scope}, ${input.reason}, ${by}, now() + make_interval(hours => ${input.hours}))`)
  return (await heldGrant(tx, id))!
}

export async function revokeSupport(tx: Tx, tenantId: string): Promise<boolean> {
  const revoked = await tx.run(sql`
    update support_grants set revoked_at = now()
    where tenant_id = ${tenantId} and revoked_at is null and expires_at > now()`)
  return revoked > 0
}
