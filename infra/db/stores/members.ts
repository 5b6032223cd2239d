import { sql, type Tx } from '../tx.ts'

export type MemberAccess = { permissions: string[]; tenantStatus: 'active' | 'suspended' }

/** What a person may do in the tenant in context; undefined unless their membership is active. */
export function memberAccess(tx: Tx, personId: string): Promise<MemberAccess | undefined> {
  return tx.row<MemberAccess>(sql`
    select r.permissions, t.status as "tenantStatus"
    from memberships m
    join roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
    join tenants t on t.id = m.tenant_id
    where m.person_id = ${personId} and m.status = 'active'`)
}
