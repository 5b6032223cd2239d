import { z } from 'zod'
import { TimeZone } from '../calendars/schema.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { Email, Locale } from '../people/schema.ts'
import { QUOTAS } from '../quotas/plans.ts'
import { RateLimit } from '../quotas/schema.ts'
import { ChangedFigures, PlanKey } from './plans.ts'

export const TENANT_STATUSES = ['active', 'suspended'] as const // also the CHECK in Postgres
export const TenantStatus = z.enum(TENANT_STATUSES)

/** A tenant as the platform's administrators see it: how large it is, and nothing of what is in it. */
export const PlatformTenant = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    status: TenantStatus,
    locale: z.string(),
    timeZone: z.string(),
    plan: z.string(),
    memberCount: z.int(),
    /** Until when an owner lets administrators in; null when none does. */
    supportUntil: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'PlatformTenant' })
export type PlatformTenant = z.infer<typeof PlatformTenant>
export const PlatformTenantPage = pageOf(PlatformTenant, 'PlatformTenantPage')

export const ListPlatformTenants = z.strictObject({
  ...PageQuery.shape,
  q: z.string().trim().min(1).max(120).optional(),
  status: TenantStatus.optional(),
})

export const PlatformTenantDetails = z
  .strictObject({
    ...PlatformTenant.shape,
    plans: z
      .array(z.strictObject({ key: z.string(), name: z.string() }))
      .meta({ description: 'What it may have: its own plan and all that are not retired.' }),
    usage: z.array(z.strictObject({ quota: z.enum(QUOTAS), used: z.int(), limit: z.int() })),
    rates: z.array(RateLimit),
    /** The figures that stand above the plan's. */
    own: z.record(z.string(), z.number()),
    grant: z
      .strictObject({
        id: z.uuid(),
        scope: z.enum(['read', 'change']),
        reason: z.string(),
        expiresAt: z.iso.datetime(),
      })
      .nullable(),
  })
  .meta({ id: 'PlatformTenantDetails' })
export type PlatformTenantDetails = z.infer<typeof PlatformTenantDetails>

export const CreatePlatformTenant = z
  .strictObject({
    name: z.string().trim().min(1).max(120),
    ownerEmail: Email,
    locale: Locale.default('en'),
    timeZone: TimeZone.default('UTC'),
    plan: PlanKey.optional().meta({ description: 'The default plan where it is left out.' }),
  })
  .meta({ id: 'CreatePlatformTenant' })
export type CreatePlatformTenant = z.infer<typeof CreatePlatformTenant>

export const ChangePlatformTenant = z
  .strictObject({
    status: TenantStatus.optional(),
    plan: PlanKey.optional(),
    quotas: ChangedFigures.optional().meta({ description: 'Figures of its own, which stand above those of its plan.' }),
  })
  .meta({ id: 'ChangePlatformTenant' })
export type ChangePlatformTenant = z.infer<typeof ChangePlatformTenant>

export const PlatformAdministrator = z
  .strictObject({ personId: z.uuid(), name: z.string(), email: z.string(), createdAt: z.iso.datetime() })
  .meta({ id: 'PlatformAdministrator' })
export type PlatformAdministrator = z.infer<typeof PlatformAdministrator>
export const PlatformAdministratorList = z
  .strictObject({ items: z.array(PlatformAdministrator) })
  .meta({ id: 'PlatformAdministratorList' })
export const AddPlatformAdministrator = z.strictObject({ email: Email }).meta({ id: 'AddPlatformAdministrator' })

export const PlatformSettings = z.strictObject({ secondFactorRequired: z.boolean() }).meta({ id: 'PlatformSettings' })
export type PlatformSettings = z.infer<typeof PlatformSettings>
