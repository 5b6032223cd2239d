import { newId } from '#infra/ids.ts'
import type { InboundItem, PreferenceItem, TemplateItem } from '#infra/providers/whatsapp/inbound.ts'
import { sql, type Tx } from '../../tx.ts'
import { appendEvents } from '../events.ts'
import { contactOf, type IntakeChannel } from './contact-of.ts'

type Input = { tenantId: string; channel: IntakeChannel; item: InboundItem }

/** What a provider says about the account: kept and shown, and acted on where we know how. */
export async function takeInAccountItem(tx: Tx, { tenantId, channel, item }: Input): Promise<void> {
  if (item.kind === 'preference') await takeInPreference(tx, { tenantId, channel, item })
  if (item.kind === 'template') await takeInTemplate(tx, { tenantId, channel, item })
  if (item.kind === 'account' && item.field === 'phone_number_quality_update')
    await takeInQuality(tx, { channel, item })
  const id = newId()
  await tx.run(sql`
    insert into channel_events (id, tenant_id, channel_id, kind, payload)
    values (${id}, ${tenantId}, ${channel.id}, ${kindOf(item)}, ${JSON.stringify(item.raw.body ?? null)})`)
  appendEvents(tx, [
    {
      tenantId,
      type: 'channel.event_received',
      actor: { kind: 'system' },
      subject: { type: 'channel', id: channel.id },
      data: { kind: kindOf(item), eventId: id },
    },
  ])
}

function kindOf(item: InboundItem): string {
  if (item.kind === 'template') return `template.${item.change}.${item.event.toLowerCase()}`
  if (item.kind === 'account') return `account.${item.field}.${item.event.toLowerCase()}`
  if (item.kind === 'message') return 'group_message'
  return item.kind
}

/** CAMP-33: a stop at the provider is a withdrawal of consent, with its own words as proof. */
async function takeInPreference(
  tx: Tx,
  { tenantId, channel, item }: { tenantId: string; channel: IntakeChannel; item: PreferenceItem },
): Promise<void> {
  if (item.category !== 'marketing_messages' || !['stop', 'resume', 'signup'].includes(item.value)) return
  const contactId = await contactOf(tx, { tenantId, channel, sender: item.from })
  const state = item.value === 'stop' ? 'withdrawn' : 'granted'
  const at = item.atMs === undefined ? null : new Date(item.atMs)
  const changed = await tx.run(sql`
    insert into consents (tenant_id, contact_id, category, state, source, proof, at)
    values (${tenantId}, ${contactId}, 'marketing', ${state}, 'provider', ${JSON.stringify({ detail: item.detail, value: item.value })},
      coalesce(${at}::timestamptz, now()))
    on conflict (tenant_id, contact_id, category) do update set state = excluded.state, source = excluded.source,
      proof = excluded.proof, at = excluded.at where consents.at <= excluded.at`)
  // An older word that comes late: what was said since holds.
  if (changed === 0) return
  appendEvents(tx, [
    {
      tenantId,
      type: 'consent.changed',
      actor: { kind: 'contact', id: contactId },
      subject: { type: 'contact', id: contactId },
      data: { category: 'marketing', state },
    },
  ])
}

/** Found by the provider's id, else by number, name and language: a name alone would hit other languages. */
async function takeInTemplate(
  tx: Tx,
  { tenantId, channel, item }: { tenantId: string; channel: IntakeChannel; item: TemplateItem },
): Promise<void> {
  const status = item.change === 'status' ? item.event.toLowerCase() : null
  await tx.run(sql`
    update templates set updated_at = now(), status = coalesce(${status}, status),
      rejected_reason = case when ${status} = 'rejected' then ${item.reason ?? null} else rejected_reason end,
      quality = case when ${item.change} = 'quality' then ${item.event} else quality end,
      category = case when ${item.change} = 'category' and lower(${item.category ?? ''}) in ('marketing', 'utility', 'authentication')
        then lower(${item.category ?? ''}) else category end
    where tenant_id = ${tenantId} and channel_id = ${channel.id}
      and (provider_id = ${item.templateId ?? null} or (name = ${item.name ?? null} and language = ${item.language ?? null}))`)
}

async function takeInQuality(tx: Tx, { channel, item }: { channel: IntakeChannel; item: InboundItem }): Promise<void> {
  const body = item.raw.body as Record<string, unknown>
  const limit = body['max_daily_conversations_per_business'] ?? body['current_limit']
  if (typeof limit !== 'string') return
  await tx.run(sql`update channels set messaging_limit = ${limit}, updated_at = now() where id = ${channel.id}`)
}
