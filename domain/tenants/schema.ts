import { z } from 'zod'
import { TimeZone } from '../calendars/schema.ts'
import { Locale } from '../people/schema.ts'

export const Tenant = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    status: z.enum(['active', 'suspended']),
    locale: z.string(),
    timeZone: z.string(),
    plan: z.string(),
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
  })
  .meta({ id: 'ChangeTenant' })
export type ChangeTenant = z.infer<typeof ChangeTenant>
