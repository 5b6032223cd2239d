import type { ConsentChange } from '#domain/consents/schema.ts'
import { type ConsentCategory, evidenceOf, type SetConsent } from '#domain/contacts/schema.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting, ListPage } from './acting.ts'
import { appendEvents } from './events.ts'

export type NewConsent = Pick<SetConsent, 'state' | 'source' | 'proof'> & {
  contactId: string
  category: ConsentCategory
  /** What the contact wrote or signed, in their own words. */
  evidence?: string | undefined
  messageId?: string | undefined
}

/**
 * Records what a contact agreed to, or took back, in one category. The latest word holds; the table keeps each word with
 * its proof, and each change is an event and the caller's audit entry.
 *
 * @returns undefined when there is no such contact, else whether it was said anew.
 */
export async function setConsent(
  tx: Tx,
  { tenantId, actor }: Acting,
  input: NewConsent,
): Promise<{ changed: boolean } | undefined> {
  const { contactId, category, state, source, messageId = null } = input
  const known = await tx.row(sql`select 1 from contacts where id = ${contactId} and erased_at is null for key share`)
  if (known === undefined) return undefined
  const evidence = input.evidence ?? evidenceOf(input.proof ?? {})
  const changed = await tx.run(sql`
    insert into consents (tenant_id, contact_id, category, state, source, proof, actor, evidence, message_id)
    values (${tenantId}, ${contactId}, ${category}, ${state}, ${source}, ${JSON.stringify(input.proof ?? {})},
      ${JSON.stringify(actor)}, ${evidence}, ${messageId})
    on conflict (tenant_id, contact_id, category) do update
      set state = excluded.state, source = excluded.source, proof = excluded.proof, actor = excluded.actor,
        evidence = excluded.evidence, message_id = excluded.message_id, at = now()
      where consents.state <> excluded.state or consents.source <> excluded.source
        or consents.evidence is distinct from excluded.evidence`)
  if (changed === 0) return { changed: false }
  appendEvents(tx, [
    {
      tenantId,
      type: 'consent.changed',
      actor,
      subject: { type: 'contact', id: contactId },
      data: { category, state },
    },
  ])
  return { changed: true }
}

/** What a contact last said about messages of a category. */
export const consentTo = async (
  tx: Tx,
  contactId: string,
  category: ConsentCategory,
): Promise<SetConsent['state'] | undefined> =>
  (
    await tx.row<{ state: SetConsent['state'] }>(sql`
      select state from consents where contact_id = ${contactId} and category = ${category}`)
  )?.state

/** The provider refused messages because their contacts want no offers: that is their word, heard late. */
export async function noteOptOuts(tx: Tx, tenantId: string, messageIds: readonly string[]): Promise<void> {
  const refused = await tx.rows<{ contactId: string; title: string }>(sql`
    select distinct on (contact_id) contact_id as "contactId", coalesce(failure ->> 'title', failure ->> 'code') as title
    from messages where id = any(${messageIds}::uuid[]) order by contact_id, id`)
  for (const { contactId, title } of refused) {
    if ((await consentTo(tx, contactId, 'marketing')) === 'withdrawn') continue
    const acting: Acting = { tenantId, actor: { kind: 'contact', id: contactId } }
    const word = { category: 'marketing', state: 'withdrawn', source: 'provider', proof: { title } } as const
    await setConsent(tx, acting, { contactId, ...word })
  }
}

type Row = Omit<ConsentChange, 'at'> & { at: Date }

const CHANGES = part`
  select h.id, h.category, h.state, h.source, h.actor, p.name as "actorName", h.evidence, h.message_id as "messageId",
    m.conversation_id as "conversationId", h.at
  from consent_changes h
  left join people p on h.actor ->> 'kind' = 'person' and p.id = (h.actor ->> 'id')::uuid
  left join messages m on m.tenant_id = h.tenant_id and m.id = h.message_id`

/** What a contact said about consent, the newest first. The position is (id). */
export async function consentHistory(
  tx: Tx,
  { contactId, limit, after }: ListPage & { contactId: string },
): Promise<ConsentChange[]> {
  const rows = await tx.rows<Row>(
    query(
      CHANGES,
      part`where h.contact_id = ${contactId}`,
      after && part`and (h.at, h.id) < (select at, id from consent_changes where id = ${after[0]}::uuid)`,
      part`order by h.at desc, h.id desc limit ${limit}`,
    ),
  )
  return rows.map((row) => ({ ...row, at: iso(row.at) }))
}
