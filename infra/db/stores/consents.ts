import type { ConsentCategory, SetConsent } from '#domain/contacts/schema.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting } from './acting.ts'
import { appendEvents } from './events.ts'

/**
 * Records what a contact agreed to, or took back, in one category. The latest word holds; each change is an event and
 * the caller's audit entry, so earlier words are not lost.
 *
 * @returns false when there is no such contact.
 */
export async function setConsent(
  tx: Tx,
  { tenantId, actor }: Acting,
  input: SetConsent & { contactId: string; category: ConsentCategory },
): Promise<boolean> {
  const { contactId, category, state, source } = input
  const known = await tx.row(sql`select 1 from contacts where id = ${contactId} and erased_at is null for key share`)
  if (known === undefined) return false
  const changed = await tx.run(sql`
    insert into consents (tenant_id, contact_id, category, state, source, proof)
    values (${tenantId}, ${contactId}, ${category}, ${state}, ${source}, ${JSON.stringify(input.proof ?? {})})
    on conflict (tenant_id, contact_id, category) do update
      set state = excluded.state, source = excluded.source, proof = excluded.proof, at = now()
      where consents.state <> excluded.state or consents.source <> excluded.source`)
  if (changed === 0) return true
  await appendEvents(tx, [
    {
      tenantId,
      type: 'consent.changed',
      actor,
      subject: { type: 'contact', id: contactId },
      data: { category, state },
    },
  ])
  return true
}
