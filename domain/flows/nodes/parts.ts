import { z } from 'zod'
import { isSafeKey } from '../../conditions/paths.ts'

export const NodeId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)
export const PortId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)

/** A variable of a run: `{{vars.name}}`. */
export const VariableName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/i, 'A letter, then letters, digits and underscores, at most 40.')
  .refine(isSafeKey, { message: 'This name is reserved.', params: { code: 'reserved' } })

/** An attribute of the contact (`name`, `email`, `locale`, `birthday`, `timeZone`) or the key of a custom field. */
export const ContactFieldKey = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9_]{0,39}$/)
  .refine(isSafeKey)

/** Text with `{{path | fallback}}` in it. Drafts may be empty or too long for WhatsApp: that is for validation to say. */
export const Template = z.string().max(6_000)
export const ShortTemplate = z.string().max(1_024)

export const DURATION_UNITS = ['seconds', 'minutes', 'hours', 'days', 'weeks', 'months'] as const
export const Duration = z.strictObject({ value: z.int().min(0).max(100_000), unit: z.enum(DURATION_UNITS) })
export type Duration = z.infer<typeof Duration>

export const ScalarValue = z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()])

/** What every node that asks has: its question, where the answer goes, and what happens when none is understood. */
export const ASK_FIELDS = {
  text: Template,
  variable: VariableName.optional(),
  contactField: ContactFieldKey.optional(),
  /** Sent in place of the question when an answer is not understood; the question itself when absent. */
  retryText: Template.optional(),
  retriesMax: z.int().min(0).max(10).default(2),
  timeout: Duration.optional(),
}
export type AskFields = {
  text: string
  variable?: string | undefined
  contactField?: string | undefined
  retryText?: string | undefined
  retriesMax: number
  timeout?: Duration | undefined
}
