import { z } from 'zod'
import { QUOTAS, RATE_MIN, RATES } from '../quotas/plans.ts'

const FIGURE_MAX = 1_000_000_000_000
const Quantity = z.int().min(0).max(FIGURE_MAX)
const PerMinute = z.int().min(RATE_MIN).max(FIGURE_MAX)

const each = <Name extends string, Schema extends z.ZodType>(names: readonly Name[], schema: Schema) =>
  Object.fromEntries(names.map((name) => [name, schema])) as Record<Name, Schema>

/** Figures that are to hold; one that is null goes back to what stands below: the plan, or the house. */
export const ChangedFigures = z.strictObject({
  ...each(QUOTAS, Quantity.nullable().optional()),
  ...each(RATES, PerMinute.nullable().optional()),
})
export type ChangedFigures = z.infer<typeof ChangedFigures>

/** Also the CHECK in Postgres. */
export const PlanKey = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/)
  .meta({ description: 'What a plan is called by programs, for ever.' })
const PlanName = z.string().trim().min(1).max(80)

/** What a tenant may use. A figure that a plan leaves out is that of the house. */
export const Plan = z
  .strictObject({
    key: z.string(),
    name: z.string(),
    limits: z.partialRecord(z.enum([...QUOTAS, ...RATES]), z.number()),
    isDefault: z.boolean().meta({ description: 'New tenants get this one.' }),
    retiredAt: z.iso.datetime().nullable().meta({ description: 'Since when no other tenant gets it.' }),
    tenantCount: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Plan' })
export type Plan = z.infer<typeof Plan>
export const PlanList = z.strictObject({ items: z.array(Plan) }).meta({ id: 'PlanList' })

export const CreatePlan = z
  .strictObject({ key: PlanKey, name: PlanName, limits: ChangedFigures.default({}) })
  .meta({ id: 'CreatePlan' })
export type CreatePlan = z.infer<typeof CreatePlan>

export const ChangePlan = z
  .strictObject({
    name: PlanName.optional(),
    limits: ChangedFigures.optional(),
    isDefault: z.literal(true).optional().meta({ description: 'Makes it the one that new tenants get.' }),
  })
  .meta({ id: 'ChangePlan' })
export type ChangePlan = z.infer<typeof ChangePlan>
