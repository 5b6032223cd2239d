import { DomainError } from '#domain/errors.ts'
import type { ChangePlan, CreatePlan, Plan } from '#domain/platform/plans.ts'
import { QUOTAS, RATES } from '#domain/quotas/plans.ts'
import { part, query } from '../query.ts'
import { iso, isoOrNull } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'

type Row = Omit<Plan, 'retiredAt' | 'createdAt' | 'updatedAt' | 'limits'> & {
  limits: Record<string, unknown>
  retiredAt: Date | null
  createdAt: Date
  updatedAt: Date
}

/** More would not be plans but tenants' own figures. */
const PLANS_MAX = 100

function toPlan({ limits, ...row }: Row): Plan {
  const known = [...QUOTAS, ...RATES].flatMap((figure) => {
    const value = limits[figure]
    return typeof value === 'number' ? [[figure, value]] : []
  })
  return {
    ...row,
    limits: Object.fromEntries(known),
    retiredAt: isoOrNull(row.retiredAt),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  }
}

const PLANS = part`
  select p.key, p.name, p.limits, p.is_default as "isDefault", p.retired_at as "retiredAt", p.created_at as "createdAt",
    p.updated_at as "updatedAt", (select count(*) from tenants t where t.plan = p.key) as "tenantCount"
  from plans p`

/** Every verb that writes here runs as the platform. The default one first, the retired ones last. */
export async function listPlans(tx: Tx): Promise<Plan[]> {
  const rows = await tx.rows<Row>(
    query(PLANS, part`order by p.is_default desc, p.retired_at is not null, lower(p.name), p.key`),
  )
  return rows.map(toPlan)
}

async function getPlan(tx: Tx, key: string): Promise<Plan> {
  const row = await tx.row<Row>(query(PLANS, part`where p.key = ${key}`))
  if (row === undefined) throw new DomainError('not_found', 'There is no such plan.')
  return toPlan(row)
}

/** The plans that a tenant may choose from: those that are not retired, and its own. */
export function choosablePlans(tx: Tx, own: string): Promise<{ key: string; name: string }[]> {
  return tx.rows(sql`
    select key, name from plans where retired_at is null or key = ${own} order by lower(name), key`)
}

/** @throws DomainError invalid_input for a plan that no tenant can get. */
export async function assertChoosable(tx: Tx, plan: string, own?: string): Promise<void> {
  if ((await choosablePlans(tx, own ?? '')).some(({ key }) => key === plan)) return
  const message = 'There is no such plan, or it is retired.'
  throw new DomainError('invalid_input', message, { errors: [{ path: '/plan', code: 'invalid_value', message }] })
}

/** Verbs that must see all plans as they are, because there is one default among them. */
const lockPlans = (tx: Tx) => tx.rows<{ key: string }>(sql`select key from plans order by key for no key update`)

/** @throws DomainError conflict when its key is taken, or when there are too many. */
export async function createPlan(tx: Tx, { key, name, limits }: CreatePlan): Promise<Plan> {
  const plans = await lockPlans(tx)
  if (plans.some((plan) => plan.key === key))
    throw new DomainError('conflict', 'There is a plan with this key already.')
  if (plans.length >= PLANS_MAX) throw new DomainError('conflict', `There may be ${PLANS_MAX} plans.`)
  await tx.run(sql`
    insert into plans (key, name, limits) values (${key}, ${name}, jsonb_strip_nulls(${JSON.stringify(limits)}::jsonb))`)
  return getPlan(tx, key)
}

/** Figures that are null go back to the house. @throws DomainError not_found, and conflict for a retired one as default. */
export async function changePlan(tx: Tx, key: string, { name, limits, isDefault }: ChangePlan): Promise<Plan> {
  await lockPlans(tx)
  const { retiredAt } = await getPlan(tx, key)
  if (isDefault === true) {
    if (retiredAt !== null) throw new DomainError('conflict', 'A retired plan cannot be what new tenants get.')
    await tx.run(sql`update plans set is_default = false, updated_at = now() where is_default and key <> ${key}`)
  }
  await tx.run(sql`
    update plans set name = coalesce(${name ?? null}, name), is_default = is_default or ${isDefault === true},
      limits = jsonb_strip_nulls(limits || ${JSON.stringify(limits ?? {})}::jsonb), updated_at = now()
    where key = ${key}`)
  return getPlan(tx, key)
}

/** Whoever has it keeps it; nobody else gets it. @throws DomainError not_found, and conflict for the default one. */
export async function retirePlan(tx: Tx, key: string): Promise<Plan> {
  await lockPlans(tx)
  const { isDefault } = await getPlan(tx, key)
  if (isDefault) throw new DomainError('conflict', 'New tenants get this plan: make another one the default first.')
  await tx.run(sql`
    update plans set retired_at = now(), updated_at = now() where key = ${key} and retired_at is null`)
  return getPlan(tx, key)
}

/** @throws DomainError not_found. */
export async function restorePlan(tx: Tx, key: string): Promise<Plan> {
  await tx.run(sql`
    update plans set retired_at = null, updated_at = now() where key = ${key} and retired_at is not null`)
  return getPlan(tx, key)
}
