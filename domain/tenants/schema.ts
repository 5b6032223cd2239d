import { z } from 'zod'
import { TimeZone } from '../calendars/schema.ts'
import { Locale } from '../people/schema.ts'
import { ConversationTimes } from './conversation-times.ts'

/** Of whom a tenant asks a second factor: of nobody, of those who may change settings or members, of all. */
export const SECOND_FACTOR_POLICIES = ['optional', 'admins', 'all'] as const
export const SecondFactorPolicy = z.enum(SECOND_FACTOR_POLICIES).meta({ id: 'SecondFactorPolicy' })
export type SecondFactorPolicy = z.infer<typeof SecondFactorPolicy>

export const Tenant = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    status: z.enum(['active', 'suspended']),
    locale: z.string(),
    timeZone: z.string(),
    plan: z.string(),
    secondFactor: SecondFactorPolicy,
    ...ConversationTimes.shape,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Tenant' })
export type Tenant = z.infer<typeof Tenant>

export const ChangeTenant = z
  .strictObject({
    name: z.string().trim().min(1).max(120).optional(),
    locale: Locale.optional(),
    timeZone: TimeZone.optional(),
    ...ConversationTimes.partial().shape,
  })
  .meta({ id: 'ChangeTenant' })
export type ChangeTenant = z.infer<typeof ChangeTenant>

export const ChangeTenantSecurity = z
  .strictObject({ secondFactor: SecondFactorPolicy })
  .meta({ id: 'ChangeTenantSecurity' })
