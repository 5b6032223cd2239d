import { z } from 'zod'
import { pageOf } from '../paging.ts'

export const TEMPLATE_CATEGORIES = ['marketing', 'utility', 'authentication'] as const // also the CHECK in Postgres
export const TemplateCategory = z.enum(TEMPLATE_CATEGORIES).meta({ id: 'TemplateCategory' })
export type TemplateCategory = z.infer<typeof TemplateCategory>

/** `status` is the provider's word in lower case (only `approved` may be sent); `draft` is ours. */
export const Template = z
  .strictObject({
    id: z.uuid(),
    channelId: z.uuid(),
    providerId: z.string().nullable(),
    name: z.string(),
    language: z.string(),
    category: TemplateCategory,
    status: z.string(),
    rejectedReason: z.string().nullable(),
    quality: z.string().nullable(),
    components: z.array(z.looseObject({ type: z.string() })),
    /** The text of the body with its variables in place, and how they are named. */
    body: z.string(),
    variables: z.array(z.string()),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Template' })
export type Template = z.infer<typeof Template>

export const TemplatePage = pageOf(Template, 'TemplatePage')
