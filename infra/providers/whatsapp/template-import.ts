import { TemplateCategory } from '#domain/templates/schema.ts'
import type { ProviderTemplate } from '#infra/db/stores/templates.ts'
import type { WhatsAppClient } from './client.ts'
import type { GraphTemplate } from './management.ts'

/** An account has no more than this; it bounds a provider that pages for ever. */
const TEMPLATES_MAX = 6_000

/** Every template of an account, in the words of the house. Those of a category that we do not know are left out. */
export async function readTemplates(client: WhatsAppClient, businessAccountId: string): Promise<ProviderTemplate[]> {
  const templates: ProviderTemplate[] = []
  let after: string | undefined
  do {
    const page = await client.listTemplates(businessAccountId, after === undefined ? {} : { after })
    templates.push(...page.templates.flatMap(toProviderTemplate))
    after = page.after
  } while (after !== undefined && templates.length < TEMPLATES_MAX)
  return templates
}

function toProviderTemplate(template: GraphTemplate): ProviderTemplate[] {
  const category = TemplateCategory.safeParse(template.category)
  if (!category.success) return []
  return [
    {
      providerId: template.id,
      name: template.name,
      language: template.language,
      category: category.data,
      status: template.status,
      rejectedReason: template.rejected_reason === 'NONE' ? null : (template.rejected_reason ?? null),
      quality: template.quality_score?.score ?? null,
      components: template.components,
    },
  ]
}
