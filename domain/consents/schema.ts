import { z } from 'zod'
import { ConsentCategory, ConsentState } from '../contacts/schema.ts'
import { Actor } from '../events/schema.ts'
import { PageQuery, pageOf } from '../paging.ts'

/** One word about consent, as it was said: what, where, by whom, and what proves it. */
export const ConsentChange = z
  .strictObject({
    id: z.uuid(),
    category: ConsentCategory,
    state: ConsentState,
    source: z.string(),
    actor: Actor,
    actorName: z.string().nullable(),
    evidence: z.string().nullable(),
    messageId: z.uuid().nullable(),
    conversationId: z.uuid().nullable(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'ConsentChange' })
export type ConsentChange = z.infer<typeof ConsentChange>
export const ConsentHistory = pageOf(ConsentChange, 'ConsentHistory')

/** Why nothing is sent: the contact's own word, a person's decision, or an erasure. */
export const SUPPRESSION_REASONS = ['opt_out_word', 'by_hand', 'complaint', 'erased'] as const
export const SuppressionReason = z.enum(SUPPRESSION_REASONS).meta({ id: 'SuppressionReason' })
export type SuppressionReason = z.infer<typeof SuppressionReason>

export const Suppression = z
  .strictObject({
    id: z.uuid(),
    contactId: z.uuid(),
    contactName: z.string(),
    phone: z.string().nullable(),
    /** Null: nothing at all is sent. */
    category: ConsentCategory.nullable(),
    reason: z.string(),
    note: z.string(),
    actor: Actor,
    actorName: z.string().nullable(),
    messageId: z.uuid().nullable(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'Suppression' })
export type Suppression = z.infer<typeof Suppression>
export const SuppressionPage = pageOf(Suppression, 'SuppressionPage')

export const ListSuppressions = PageQuery.extend({
  contactId: z.uuid().optional(),
  category: ConsentCategory.optional(),
  reason: SuppressionReason.optional(),
})
export type ListSuppressions = z.infer<typeof ListSuppressions>

export const AddSuppression = z
  .strictObject({
    contactId: z.uuid(),
    category: ConsentCategory.nullable(),
    reason: z.enum(['by_hand', 'complaint']).default('by_hand'),
    note: z.string().trim().max(500).default(''),
  })
  .meta({ id: 'AddSuppression' })
export type AddSuppression = z.infer<typeof AddSuppression>
