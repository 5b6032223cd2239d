import { newId } from '#infra/ids.ts'
import type { Sender } from '#infra/providers/whatsapp/inbound.ts'
import { sql, type Tx } from '../../tx.ts'
import { appendEvents } from '../events.ts'

export type IntakeChannel = { id: string; kind: string; businessAccountId: string; reopenWindowMs: number }

type Known = { contact_id: string; external_id: string; type: string; name: string }

/**
 * The contact behind a sender, made when it is new. Every id the provider names is kept as an identity, so that a person
 * who is later known by another one is still the same. Two ids of two contacts are not merged: the phone decides.
 */
export async function contactOf(
  tx: Tx,
  { tenantId, channel, sender }: { tenantId: string; channel: IntakeChannel; sender: Sender },
): Promise<string> {
  const ids = identitiesOf(sender)
  const known = await tx.rows<Known>(sql`
    select i.contact_id, i.external_id, i.type, c.name from contact_identities i join contacts c on c.id = i.contact_id
    where i.tenant_id = ${tenantId} and i.channel_kind = ${channel.kind} and i.business_account_id = ${channel.businessAccountId}
      and i.external_id = any(${ids.map((id) => id.externalId)}::text[])`)
  const found = known.find((row) => row.type === 'phone') ?? known[0]
  const contactId = found?.contact_id ?? (await createContact(tx, { tenantId, sender }))
  const missing = ids.filter((id) => !known.some((row) => row.external_id === id.externalId))
  if (missing.length > 0) {
    const added = await addIdentities(tx, { tenantId, channel, contactId, sender, ids: missing })
    // Another lane has just made them known: taken again, this finds that contact instead of leaving two.
    const wanted = new Set(missing.map((id) => id.externalId)).size
    if (found === undefined && added < wanted) throw new Error('the sender has become known meanwhile')
  }
  const name = sender.profileName ?? ''
  if (found !== undefined && found.name === '' && name !== '') {
    await tx.run(
      sql`update contacts set name = ${name.slice(0, 200)}, updated_at = now() where id = ${contactId} and name = ''`,
    )
  }
  return contactId
}

type Identity = { externalId: string; type: 'phone' | 'user' | 'parent_user' }

/** The ids by which a provider names a sender. */
export function identitiesOf({ externalIds }: Sender): Identity[] {
  const { waId, userId, parentUserId } = externalIds
  return [
    ...(waId === undefined ? [] : [{ externalId: waId, type: 'phone' as const }]),
    ...(userId === undefined ? [] : [{ externalId: userId, type: 'user' as const }]),
    ...(parentUserId === undefined ? [] : [{ externalId: parentUserId, type: 'parent_user' as const }]),
  ]
}

async function createContact(tx: Tx, { tenantId, sender }: { tenantId: string; sender: Sender }): Promise<string> {
  const id = newId()
  const phone = sender.externalIds.waId === undefined ? null : `+${sender.externalIds.waId.replace(/\D/g, '')}`
  const name = (sender.profileName ?? sender.username ?? '').slice(0, 200)
  await tx.run(sql`insert into contacts (id, tenant_id, name, phone) values (${id}, ${tenantId}, ${name}, ${phone})`)
  appendEvents(tx, [
    { tenantId, type: 'contact.created', actor: { kind: 'contact', id }, subject: { type: 'contact', id } },
  ])
  return id
}

/** @returns how many of them were nobody's. */
async function addIdentities(
  tx: Tx,
  input: { tenantId: string; channel: IntakeChannel; contactId: string; sender: Sender; ids: readonly Identity[] },
): Promise<number> {
  const rows = input.ids.map((id) => ({ id: newId(), external_id: id.externalId, type: id.type }))
  return tx.run(sql`
    insert into contact_identities (id, tenant_id, contact_id, channel_kind, business_account_id, external_id, type, username)
    select id, ${input.tenantId}, ${input.contactId}, ${input.channel.kind}, ${input.channel.businessAccountId}, external_id,
      type, ${input.sender.username ?? null}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as i(id uuid, external_id text, type text)
    on conflict do nothing`)
}
