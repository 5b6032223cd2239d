import { isMonthly, limitOf, QUOTAS, RATES } from '#domain/quotas/plans.ts'
import type { QuotaUse, Usage } from '#domain/quotas/schema.ts'
import { sql, type Tx } from '../tx.ts'
import { tenantLimits, usedOf } from './quotas.ts'

/** What the tenant in context uses of what its plan allows, as of now. */
export async function readUsage(tx: Tx): Promise<Usage | undefined> {
  const limits = await tenantLimits(tx)
  if (limits === undefined) return undefined
  const next = await tx.row<{ at: Date }>(sql`
    select (date_trunc('month', now() at time zone 'UTC') + interval '1 month') at time zone 'UTC' as at`)
  const quotas: QuotaUse[] = []
  for (const quota of QUOTAS) {
    quotas.push({
      quota,
      used: await usedOf(tx, quota),
      limit: limitOf(limits, quota),
      resetsAt: isMonthly(quota) ? next!.at.toISOString() : null,
    })
  }
  const rates = RATES.map((rate) => ({ rate, limit: limitOf(limits, rate) }))
  return { plan: { key: limits.key, name: limits.name }, quotas, rates }
}
