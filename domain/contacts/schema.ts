import { z } from 'zod'
import { EmailInput } from '../inputs.ts'
import { pageOf } from '../paging.ts'
import { TagRef } from '../tags/schema.ts'

export const IDENTITY_TYPES = ['phone', 'user', 'parent_user'] as const
export const ContactIdentity = z
  .strictObject({
    id: z.uuid(),
    channelKind: z.string(),
    businessAccountId: z.string(),
    externalId: z.string(),
    type: z.enum(IDENTITY_TYPES),
    username: z.string().nullable(),
  })
  .meta({
    id: 'ContactIdentity',
    description: 'Who a contact is on a channel. The phone is an attribute, never the key.',
  })
export type ContactIdentity = z.infer<typeof ContactIdentity>

export const CONSENT_CATEGORIES = ['marketing', 'utility', 'service'] as const
export const ConsentCategory = z.enum(CONSENT_CATEGORIES).meta({ id: 'ConsentCategory' })
export type ConsentCategory = z.infer<typeof ConsentCategory>
export const CONSENT_STATES = ['granted', 'withdrawn'] as const
export const ConsentState = z.enum(CONSENT_STATES).meta({ id: 'ConsentState' })
export type ConsentState = z.infer<typeof ConsentState>

export const Consent = z
  .strictObject({ category: ConsentCategory, state: ConsentState, source: z.string(), at: z.iso.datetime() })
  .meta({ id: 'Consent' })
export type Consent = z.infer<typeof Consent>

export const EVIDENCE_MAX = 2_000

/** A proof as one text, as the history of consent shows it: the words themselves, or one line for each named fact. */
export function evidenceOf(proof: Readonly<Record<string, string>>): string | null {
  const facts = Object.entries(proof).filter(([, value]) => value.trim() !== '')
  if (facts.length === 0) return null
  if (facts.length === 1 && facts[0]![0] === 'text') return facts[0]![1]
  return facts.map(([name, value]) => `${name}: ${value}`).join('\n')
}

/** Nothing of a proof is kept half. */
function fitsEvidence(proof: Readonly<Record<string, string>>, context: z.RefinementCtx): void {
  if ((evidenceOf(proof)?.length ?? 0) <= EVIDENCE_MAX) return
  context.addIssue({ code: 'too_big', origin: 'string', maximum: EVIDENCE_MAX, inclusive: true, input: proof })
}

export const SetConsent = z
  .strictObject({
    state: ConsentState,
    /** Where the contact said so: a form, a call, a chat. */
    source: z.string().trim().min(1).max(200),
    /** What proves it: `text` alone for their words, or several named facts. */
    proof: z.record(z.string().min(1).max(60), z.string().max(EVIDENCE_MAX)).superRefine(fitsEvidence).optional(),
  })
  .meta({ id: 'SetConsent' })
export type SetConsent = z.infer<typeof SetConsent>

/** The value of a custom field; null removes it. Dates are ISO days. */
export const FieldValue = z.union([z.string().max(2_000), z.number(), z.boolean()])
export type FieldValue = z.infer<typeof FieldValue>

export const ContactSummary = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    phone: z.string().nullable(),
    email: z.string().nullable(),
    locale: z.string().nullable(),
    blocked: z.boolean(),
    tags: z.array(TagRef),
    lastSeenAt: z.iso.datetime(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'ContactSummary' })
export type ContactSummary = z.infer<typeof ContactSummary>

export const ContactPage = pageOf(ContactSummary, 'ContactPage')

export const Contact = ContactSummary.extend({
  timeZone: z.string().nullable(),
  birthday: z.iso.date().nullable(),
  fields: z.record(z.string(), FieldValue),
  identities: z.array(ContactIdentity),
  consents: z.array(Consent),
  suppressions: z.array(
    z.strictObject({ category: ConsentCategory.nullable(), reason: z.string(), at: z.iso.datetime() }),
  ),
  messageCounts: z.strictObject({ received: z.int(), sent: z.int() }),
  conversationCount: z.int(),
  firstSeenAt: z.iso.datetime(),
  version: z.int(),
  updatedAt: z.iso.datetime(),
}).meta({ id: 'Contact' })
export type Contact = z.infer<typeof Contact>

const Phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'A phone number in international form, as +254712345678.')
const FieldValues = z.record(z.string().max(40), FieldValue.nullable())
const attributes = {
  name: z.string().trim().max(200).optional(),
  email: EmailInput.nullable().optional(),
  locale: z.string().min(2).max(15).nullable().optional(),
  timeZone: z.string().max(64).nullable().optional(),
  birthday: z.iso.date().nullable().optional(),
  fields: FieldValues.optional(),
}

export const CreateContact = z
  .strictObject({ ...attributes, phone: Phone, tagIds: z.array(z.uuid()).max(50).optional() })
  .meta({ id: 'CreateContact' })
export type CreateContact = z.infer<typeof CreateContact>

/** `version` is the one that was read: a change made meanwhile is refused, not overwritten. Without it the last one wins. */
export const ChangeContact = z
  .strictObject({
    ...attributes,
    phone: Phone.nullable().optional(),
    blocked: z.boolean().optional(),
    version: z.int().optional(),
  })
  .meta({ id: 'ChangeContact' })
export type ChangeContact = z.infer<typeof ChangeContact>
