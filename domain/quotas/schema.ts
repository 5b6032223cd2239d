import { z } from 'zod'
import { QUOTAS, RATES } from './plans.ts'

const QuotaUse = z
  .strictObject({
    quota: z.enum(QUOTAS),
    used: z.int(),
    limit: z.int(),
    resetsAt: z.iso.datetime().nullable().meta({ description: 'When it begins again; null for what only shrinks.' }),
  })
  .meta({ id: 'QuotaUse' })
export type QuotaUse = z.infer<typeof QuotaUse>

export const RateLimit = z.strictObject({ rate: z.enum(RATES), limit: z.int() }).meta({ id: 'RateLimit' })

/** What a tenant uses of what its plan allows. */
export const Usage = z
  .strictObject({
    plan: z.strictObject({ key: z.string(), name: z.string() }),
    quotas: z.array(QuotaUse),
    rates: z.array(RateLimit),
  })
  .meta({ id: 'Usage' })
export type Usage = z.infer<typeof Usage>
