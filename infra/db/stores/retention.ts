import {
  type ChangeRetention,
  RETENTION_DEFAULT,
  RETENTION_LIMITS,
  type RetentionLimit,
  type RetentionLimits,
  type RetentionPolicy,
  retentionLimits,
} from '#domain/privacy/retention.ts'
import { sql, type Tx } from '../tx.ts'

type Row = RetentionPolicy & { tenantId: string }

/** The policy of the tenant in context. */
export async function getRetention(tx: Tx): Promise<RetentionPolicy> {
  const row = await tx.row<RetentionPolicy>(sql`
    select history_months as "historyMonths", audit_months as "auditMonths", raw_days as "rawDays",
      delivery_days as "deliveryDays"
    from retention_policies`)
  return row ?? RETENTION_DEFAULT
}

export async function changeRetention(tx: Tx, tenantId: string, change: ChangeRetention): Promise<RetentionPolicy> {
  const { historyMonths, auditMonths, rawDays, deliveryDays } = { ...(await getRetention(tx)), ...change }
  await tx.run(sql`
    insert into retention_policies (tenant_id, history_months, audit_months, raw_days, delivery_days)
    values (${tenantId}, ${historyMonths}, ${auditMonths}, ${rawDays}, ${deliveryDays})
    on conflict (tenant_id) do update set history_months = excluded.history_months, audit_months = excluded.audit_months,
      raw_days = excluded.raw_days, delivery_days = excluded.delivery_days, updated_at = now()`)
  return getRetention(tx)
}

/** The policies of all tenants, with the default for those that chose none. Runs as the relay. */
export async function allRetention(relay: Tx): Promise<Row[]> {
  const rows = await relay.rows<{ tenantId: string } & { [K in keyof RetentionPolicy]: number | null }>(sql`
    select t.id as "tenantId", r.history_months as "historyMonths", r.audit_months as "auditMonths", r.raw_days as "rawDays",
      r.delivery_days as "deliveryDays"
    from tenants t left join retention_policies r on r.tenant_id = t.id order by t.id`)
  return rows.map(({ tenantId, historyMonths, auditMonths, rawDays, deliveryDays }) => ({
    tenantId,
    historyMonths: historyMonths ?? RETENTION_DEFAULT.historyMonths,
    auditMonths: auditMonths ?? RETENTION_DEFAULT.auditMonths,
    rawDays: rawDays ?? RETENTION_DEFAULT.rawDays,
    deliveryDays: deliveryDays ?? RETENTION_DEFAULT.deliveryDays,
  }))
}

/** The instant that lies behind every tenant's limit: what is older, nobody keeps. */
export function commonLimits(policies: readonly RetentionPolicy[], nowMs: number): RetentionLimits {
  const all = [RETENTION_DEFAULT, ...policies].map((policy) => retentionLimits(policy, nowMs))
  const earliest = (key: RetentionLimit) => Math.min(...all.map((limits) => limits[key]))
  return Object.fromEntries(RETENTION_LIMITS.map((key) => [key, earliest(key)])) as RetentionLimits
}
