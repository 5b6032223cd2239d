import { z } from 'zod'
import { TimeZone } from '../calendars/schema.ts'
import { EmailInput } from '../inputs.ts'
import { Permission } from '../permissions/catalogue.ts'
import { SecondFactor } from './second-factor.ts'

/** A language as BCP 47 writes it, such as `en` or `pt-BR`. */
export const Locale = z
  .string()
  .max(35)
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/)
  .meta({ id: 'Locale' })

export const Email = EmailInput.meta({ id: 'Email' })
export const PersonName = z.string().trim().min(1).max(120)
/** Long ones are welcome, endless ones are not: hashing a password costs the more the longer it is. */
export const Password = z.string().min(10).max(256)
/** A password as somebody types it to sign in: only its end is bounded, the rest is for the hash to judge. */
const TypedPassword = z.string().min(1).max(256)

export const AVAILABILITIES = ['online', 'away', 'busy', 'offline'] as const // also the CHECK in Postgres
export const Availability = z.enum(AVAILABILITIES).meta({ id: 'Availability' })
export type Availability = z.infer<typeof Availability>

export const SignUp = z
  .strictObject({
    name: PersonName,
    email: Email,
    password: Password,
    tenantName: z.string().trim().min(1).max(120),
    locale: Locale.optional(),
    timeZone: TimeZone.optional(),
  })
  .meta({ id: 'SignUp' })
export type SignUp = z.infer<typeof SignUp>

export const SignIn = z.strictObject({ email: Email, password: TypedPassword }).meta({ id: 'SignIn' })
export type SignIn = z.infer<typeof SignIn>

export const SignInAnswer = z
  .strictObject({
    state: z.enum(['signed_in', 'second_factor_required']),
    /** How the second factor may be proven, where one is asked for. */
    methods: z.array(SecondFactor).optional(),
  })
  .meta({ id: 'SignInAnswer' })
export type SignInAnswer = z.infer<typeof SignInAnswer>

export const ForgotPassword = z.strictObject({ email: Email }).meta({ id: 'ForgotPassword' })
export const ResetPassword = z
  .strictObject({ token: z.string().min(1).max(200), password: Password })
  .meta({ id: 'ResetPassword' })

export const ChangePassword = z
  .strictObject({ current: TypedPassword, password: Password })
  .meta({ id: 'ChangePassword' })

export const SignInSession = z
  .strictObject({
    id: z.uuid(),
    current: z.boolean(),
    address: z.string().nullable(),
    userAgent: z.string().nullable(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'SignInSession' })
export type SignInSession = z.infer<typeof SignInSession>

/** What a person chose for the web app; its keys are the web's own and nothing here reads them. */
export const Preferences = z
  .record(z.string().min(1).max(60), z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()]))
  .refine((preferences) => Object.keys(preferences).length <= 100, 'At most 100 preferences.')

export const Person = z
  .strictObject({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    locale: z.string(),
    preferences: Preferences,
  })
  .meta({ id: 'Person' })
export type Person = z.infer<typeof Person>

export const Me = z
  .strictObject({
    person: Person,
    sessionId: z.uuid(),
    /** The tenant of this session; null for a person who belongs to none. */
    tenant: z
      .strictObject({ id: z.uuid(), name: z.string(), locale: z.string(), timeZone: z.string(), plan: z.string() })
      .nullable(),
    role: z.strictObject({ id: z.uuid(), key: z.string(), name: z.string() }).nullable(),
    availability: Availability.nullable(),
    permissions: z.array(Permission),
    tenants: z.array(z.strictObject({ id: z.uuid(), name: z.string() })),
    /** Whether the person has a second factor, and whether the tenant asks for one before anything else. */
    secondFactor: z.strictObject({ on: z.boolean(), required: z.boolean() }),
    /** Whether the person administers the platform. */
    platform: z.boolean(),
    /** How an administrator of the platform stands in this tenant; null for its own people. */
    support: z.strictObject({ scope: z.enum(['read', 'change']), expiresAt: z.iso.datetime() }).nullable(),
  })
  .meta({ id: 'Me' })
export type Me = z.infer<typeof Me>

export const ChangeMe = z
  .strictObject({
    name: PersonName.optional(),
    locale: Locale.optional(),
    preferences: Preferences.optional(),
    availability: Availability.optional(),
  })
  .meta({ id: 'ChangeMe' })
export type ChangeMe = z.infer<typeof ChangeMe>

export const ChooseTenant = z.strictObject({ tenantId: z.uuid() }).meta({ id: 'ChooseTenant' })
