import { newId } from '#infra/ids.ts'
import type { Sender } from '#infra/providers/whatsapp/inbound.ts'
import { sql, type Tx } from '../../tx.ts'
import { tellContactChanged } from '../contact-changes.ts'
import { appendEvents } from '../events.ts'

export type IntakeChannel = { id: string; kind: string; businessAccountId: string; reopenWindowMs: number }

type Named = { name: string; phone: string | null }
type Known = Named & { contact_id: string; external_id: string; type: string }

/**
 * The contact behind a sender: known by one of their ids, or by their number that somebody wrote down before, or new. Every
 * id the provider names is kept as an identity, so that a person who is later known by another one is still the same. Two
 * ids of two contacts are not merged: the phone decides.
 */
export async function contactOf(
  tx: Tx,
  { tenantId, channel, sender }: { tenantId: string; channel: IntakeChannel; sender: Sender },
): Promise<string> {
  const ids = identitiesOf(sender)
  const known = await tx.rows<Known>(sql`
    select i.contact_id, i.external_id, i.type, c.name, c.phone
    from contact_identities i join contacts c on c.id = i.contact_id
    where i.tenant_id = ${tenantId} and i.channel_kind = ${channel.kind} and i.business_account_id = ${channel.businessAccountId}
      and i.external_id = any(${ids.map((id) => id.externalId)}::text[])`)
  const found = known.find((row) => row.type === 'phone') ?? known[0] ?? (await writtenDown(tx, tenantId, sender))
  const contactId = found?.contact_id ?? (await createContact(tx, { tenantId, sender }))
  const missing = ids.filter((id) => !known.some((row) => row.external_id === id.externalId))
  if (missing.length > 0) {
    const added = await addIdentities(tx, { tenantId, channel, contactId, sender, ids: missing })
    // Another lane has just made them known, or they were erased: taken again, this finds what there is now.
    if (added < new Set(missing.map((id) => id.externalId)).size)
      throw new Error('the sender has become known meanwhile')
  }
  if (found !== undefined) {
    const hasNumber = missing.some((id) => id.type === 'phone')
    await fillIn(tx, { tenantId, contactId, shown: found, sender, hasNumber })
  }
  return contactId
}

/** Somebody made this contact by hand before there was this channel. The first of them, should two show the number. */
function writtenDown(tx: Tx, tenantId: string, sender: Sender): Promise<Known | undefined> {
  const phone = phoneOf(sender.externalIds.waId)
  if (phone === null) return Promise.resolve(undefined)
  return tx.row<Known>(sql`
    select id as contact_id, '' as external_id, 'phone' as type, name, phone from contacts
    where tenant_id = ${tenantId} and phone = ${phone} and erased_at is null order by id limit 1`)
}

/** What was not known of somebody when they were first heard of. What people wrote down themselves is left alone. */
async function fillIn(
  tx: Tx,
  input: { tenantId: string; contactId: string; shown: Named; sender: Sender; hasNumber: boolean },
): Promise<void> {
  const { tenantId, contactId, shown, sender, hasNumber } = input
  const name = shown.name === '' ? (sender.profileName ?? '').slice(0, 200) : ''
  const phone = shown.phone === null && hasNumber ? phoneOf(sender.externalIds.waId) : null
  if (name === '' && phone === null) return
  const filled = await tx.run(sql`
    update contacts set name = case when name = '' then ${name} else name end, phone = coalesce(phone, ${phone}),
      version = version + 1, updated_at = now()
    where id = ${contactId} and erased_at is null`)
  if (filled === 0) return
  const changed = [...(name === '' ? [] : ['name']), ...(phone === null ? [] : ['phone'])]
  const actor = { kind: 'contact', id: contactId } as const
  await tellContactChanged(tx, { tenantId, actor, contactId, changed, changes: [] })
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
  const phone = phoneOf(sender.externalIds.waId)
  const name = (sender.profileName ?? sender.username ?? '').slice(0, 200)
  await tx.run(sql`insert into contacts (id, tenant_id, name, phone) values (${id}, ${tenantId}, ${name}, ${phone})`)
  appendEvents(tx, [
    { tenantId, type: 'contact.created', actor: { kind: 'contact', id }, subject: { type: 'contact', id } },
  ])
  return id
}

/** An id as the number it is. Providers have been seen to write other things there: those lead to somebody, but are not shown. */
export const phoneOf = (id: string | undefined): string | null =>
  id !== undefined && /^\d+$/.test(id) ? `+${id}` : null

/** @returns how many of them were nobody's. Somebody who is erased meanwhile gets no name any more. */
async function addIdentities(
  tx: Tx,
  input: { tenantId: string; channel: IntakeChannel; contactId: string; sender: Sender; ids: readonly Identity[] },
): Promise<number> {
  const rows = input.ids.map((id) => ({ id: newId(), external_id: id.externalId, type: id.type }))
  return tx.run(sql`
    insert into contact_identities (id, tenant_id, contact_id, channel_kind, business_account_id, external_id, type, username)
    select id, ${input.tenantId}, ${input.contactId}, ${input.channel.kind}, ${input.channel.businessAccountId}, external_id,
      type, ${input.sender.username ?? null}
    from (select 1 from contacts where id = ${input.contactId} and erased_at is null for no key update) c,
      jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as i(id uuid, external_id text, type text)
    on conflict do nothing`)
}
