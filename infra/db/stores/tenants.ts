import { DomainError } from '#domain/errors.ts'
import { DEFAULT_TIMES } from '#domain/tenants/conversation-times.ts'
import type { ChangeTenant, SecondFactorPolicy, Tenant } from '#domain/tenants/schema.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import { ringSilent } from './mailbox/silence.ts'

type Row = Omit<Tenant, 'createdAt' | 'updatedAt'> & { createdAt: Date; updatedAt: Date }

export type NewTenant = { id: string; name: string; locale: string; timeZone: string; plan?: string | undefined }

/** Makes the tenant whose id is already the context of the transaction; with the default plan, unless another is named. */
export async function addTenant(tx: Tx, { id, name, locale, timeZone, plan }: NewTenant): Promise<void> {
  await tx.run(sql`
    insert into tenants (id, name, locale, time_zone, plan)
    values (${id}, ${name}, ${locale}, ${timeZone}, coalesce(${plan ?? null}, (select key from plans where is_default)))`)
}

/** The tenant in context. Throws `not_found` when there is none. */
export async function getTenant(tx: Tx): Promise<Tenant> {
  const row = await tx.row<Row>(sql`
    select id, name, status, locale, time_zone as "timeZone", plan,
      coalesce(settings ->> 'secondFactor', 'optional') as "secondFactor",
      coalesce((settings ->> 'reopenWindowMs')::bigint, ${DEFAULT_TIMES.reopenWindowMs}) as "reopenWindowMs",
      coalesce((settings ->> 'idleCloseMs')::bigint, ${DEFAULT_TIMES.idleCloseMs}) as "idleCloseMs",
      created_at as "createdAt", updated_at as "updatedAt"
    from tenants`)
  if (row === undefined) throw new DomainError('not_found', 'There is no such tenant.')
  return { ...row, createdAt: iso(row.createdAt), updatedAt: iso(row.updatedAt) }
}

export async function changeTenant(tx: Tx, change: ChangeTenant): Promise<Tenant> {
  await lockTenant(tx)
  const before = await getTenant(tx)
  const { reopenWindowMs, idleCloseMs } = change
  await tx.run(sql`
    update tenants set name = coalesce(${change.name ?? null}, name), locale = coalesce(${change.locale ?? null}, locale),
      time_zone = coalesce(${change.timeZone ?? null}, time_zone),
      settings = settings || ${JSON.stringify({ reopenWindowMs, idleCloseMs })}::jsonb, updated_at = now()`)
  const after = await getTenant(tx)
  if (endsSooner(before, after)) await ringSilent(tx, after.id)
  return after
}

/** Whether a conversation that sleeps until it is idle may have to wake before the time it knows. */
const endsSooner = (before: Tenant, { idleCloseMs }: Tenant): boolean =>
  idleCloseMs > 0 && (before.idleCloseMs === 0 || idleCloseMs < before.idleCloseMs)

export async function changeSecondFactorPolicy(tx: Tx, policy: SecondFactorPolicy): Promise<void> {
  await tx.run(sql`
    update tenants set settings = settings || jsonb_build_object('secondFactor', ${policy}::text), updated_at = now()`)
}

/** Verbs that must not run twice at once in one tenant (quotas, owners) begin with this. */
export async function lockTenant(tx: Tx): Promise<void> {
  await tx.row(sql`select 1 from tenants for no key update`)
}

/** The tenants in which a person is an active member, the oldest membership first. Runs as the relay. */
export async function tenantsOf(relay: Tx, personId: string): Promise<string[]> {
  const rows = await relay.rows<{ tenantId: string }>(sql`
    select m.tenant_id as "tenantId" from memberships m join tenants t on t.id = m.tenant_id
    where m.person_id = ${personId} and m.status = 'active' and t.status = 'active' order by m.id limit 100`)
  return rows.map(({ tenantId }) => tenantId)
}

/** All tenants that the account of a person opens, or will again when they are suspended no longer. Runs as the relay. */
export async function tenantsReliedOnBy(relay: Tx, personId: string): Promise<string[]> {
  const rows = await relay.rows<{ tenantId: string }>(sql`
    select tenant_id as "tenantId" from memberships where person_id = ${personId} and status = 'active' order by id`)
  return rows.map(({ tenantId }) => tenantId)
}
