import { z } from 'zod'
import { isContactAttribute } from '../flows/facts.ts'
import { pageOf } from '../paging.ts'

export const CUSTOM_FIELD_TYPES = ['text', 'number', 'date', 'choice', 'checkbox'] as const // also the CHECK in Postgres
export const CustomFieldType = z.enum(CUSTOM_FIELD_TYPES).meta({ id: 'CustomFieldType' })
export type CustomFieldType = z.infer<typeof CustomFieldType>

export const CUSTOM_FIELDS_MAX = 200
export const FieldKey = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/)
const Options = z.array(z.string().trim().min(1).max(80)).max(100)

export const CustomField = z
  .strictObject({
    id: z.uuid(),
    key: FieldKey,
    label: z.string(),
    type: CustomFieldType,
    options: Options,
    required: z.boolean(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'CustomField' })
export type CustomField = z.infer<typeof CustomField>

export const CustomFieldPage = pageOf(CustomField, 'CustomFieldPage')

/** The key and the type stay as they were made: stored values and flows lean on them. */
export const CreateCustomField = z
  .strictObject({
    // An attribute of every contact, such as birthday, is no custom field: flows would not know which one is meant.
    key: FieldKey.refine((key) => !isContactAttribute(key), {
      message: 'This name is taken by an attribute of every contact.',
      params: { code: 'taken' },
    }),
    label: z.string().trim().min(1).max(80),
    type: CustomFieldType,
    options: Options.default([]),
    required: z.boolean().default(false),
  })
  .refine((field) => field.type !== 'choice' || field.options.length > 0, {
    path: ['options'],
    message: 'A choice needs at least one option.',
    params: { code: 'options_missing' },
  })
  .meta({ id: 'CreateCustomField' })
export type CreateCustomField = z.infer<typeof CreateCustomField>

export const ChangeCustomField = z
  .strictObject({
    label: z.string().trim().min(1).max(80).optional(),
    options: Options.optional(),
    required: z.boolean().optional(),
  })
  .meta({ id: 'ChangeCustomField' })
export type ChangeCustomField = z.infer<typeof ChangeCustomField>
