import { DomainError } from '#domain/errors.ts'
import type { OutboundContent } from '#domain/messages/schema.ts'
import { completedTemplate } from '#domain/templates/fill.ts'
import type { Template, TemplateCategory } from '#domain/templates/schema.ts'
import { bodyOf, variablesOf } from '#domain/templates/text.ts'
import { newId } from '#infra/ids.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { ListPage } from './acting.ts'

type Row = Omit<Template, 'body' | 'variables' | 'updatedAt'> & { updatedAt: Date }

export type TemplateFilters = {
  channelId?: string | undefined
  status?: string | undefined
  category?: TemplateCategory | undefined
  name?: string | undefined
}

const toTemplate = (row: Row): Template => ({
  ...row,
  body: bodyOf(row.components),
  variables: variablesOf(row.components),
  updatedAt: iso(row.updatedAt),
})

/** Templates by name and language; the position is (name, id). */
export async function listTemplates(
  tx: Tx,
  { limit, after, channelId, status, category, name }: ListPage & TemplateFilters,
): Promise<Template[]> {
  const rows = await tx.rows<Row>(
    query(
      part`select id, channel_id as "channelId", provider_id as "providerId", name, language, category, status,
        rejected_reason as "rejectedReason", quality, components, updated_at as "updatedAt"
      from templates where true`,
      channelId !== undefined && part`and channel_id = ${channelId}`,
      status !== undefined && part`and status = ${status}`,
      category !== undefined && part`and category = ${category}`,
      name !== undefined && part`and name = ${name}`,
      after && part`and (name, id) > (${after[0]}, ${after[1]}::uuid)`,
      part`order by name, id limit ${limit}`,
    ),
  )
  return rows.map(toTemplate)
}

/**
 * A template message as it is to be kept: with its category and with all that the contact will read. What the provider
 * would refuse is refused here, so that who writes hears of it at once. A template that we do not know stays as it is.
 * @throws DomainError template_not_approved, message_not_sendable.
 */
export async function completeTemplate(
  tx: Tx,
  { conversationId, content }: { conversationId: string; content: OutboundContent },
): Promise<OutboundContent> {
  if (content.kind !== 'template') return content
  const known = await tx.row<Pick<Template, 'status' | 'category' | 'components'>>(sql`
    select t.status, t.category, t.components from conversations v
    join templates t on t.tenant_id = v.tenant_id and t.channel_id = v.channel_id
    where v.id = ${conversationId} and t.name = ${content.name} and t.language = ${content.language}`)
  if (known === undefined) return content
  if (known.status !== 'approved') {
    throw new DomainError('template_not_approved', `Template ${content.name} is ${known.status}.`)
  }
  return completedTemplate(content, known)
}

export type ProviderTemplate = {
  providerId: string
  name: string
  language: string
  category: TemplateCategory
  status: string
  rejectedReason: string | null
  quality: string | null
  components: readonly Record<string, unknown>[]
}

/** Takes over what the provider says about the templates of a channel; those it no longer knows become `deleted`. */
export async function importTemplates(
  tx: Tx,
  { tenantId, channelId, templates }: { tenantId: string; channelId: string; templates: readonly ProviderTemplate[] },
): Promise<void> {
  const rows = templates.map((template) => ({
    id: newId(),
    provider_id: template.providerId,
    name: template.name,
    language: template.language,
    category: template.category,
    status: template.status.toLowerCase(),
    rejected_reason: template.rejectedReason,
    quality: template.quality,
    components: template.components,
  }))
  await tx.run(sql`
    insert into templates (id, tenant_id, channel_id, provider_id, name, language, category, status, rejected_reason, quality, components)
    select id, ${tenantId}, ${channelId}, provider_id, name, language, category, status, rejected_reason, quality, components
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(id uuid, provider_id text, name text, language text,
      category text, status text, rejected_reason text, quality text, components jsonb)
    on conflict (tenant_id, channel_id, name, language) do update set provider_id = excluded.provider_id,
      category = excluded.category, status = excluded.status, rejected_reason = excluded.rejected_reason,
      quality = excluded.quality, components = excluded.components, updated_at = now()`)
  await tx.run(sql`
    update templates set status = 'deleted', updated_at = now()
    where channel_id = ${channelId} and provider_id is not null and status <> 'deleted'
      and not (provider_id = any(${rows.map((row) => row.provider_id)}))`)
}
