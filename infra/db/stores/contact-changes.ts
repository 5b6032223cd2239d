import type { Json } from '#domain/conditions/json.ts'
import { newId } from '#infra/ids.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting } from './acting.ts'
import { appendEvents } from './events.ts'

/** One attribute or custom field that is not what it was: what triggers are told. */
export type FieldChange = { field: string; from: Json; to: Json }

/**
 * Tells that a contact changed. The event names what changed, as everybody may read it; what it was and became lies
 * beside it for the flows that wait for it, and is gone when they have read it.
 */
export async function tellContactChanged(
  tx: Tx,
  {
    tenantId,
    actor,
    contactId,
    changed,
    changes,
  }: Acting & {
    contactId: string
    changed: readonly string[]
    changes: readonly FieldChange[]
  },
): Promise<void> {
  const id = newId()
  appendEvents(tx, [
    { id, tenantId, type: 'contact.changed', actor, subject: { type: 'contact', id: contactId }, data: { changed } },
  ])
  if (changes.length === 0) return
  await tx.run(sql`
    insert into contact_changes (tenant_id, event_id, contact_id, field, was, became)
    select ${tenantId}, ${id}, ${contactId}, field, "from", "to"
    from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as c(field text, "from" jsonb, "to" jsonb)`)
}

/** What an event changed, taken away: a second reading of it finds nothing. */
export function takeContactChanges(tx: Tx, tenantId: string, eventId: string): Promise<FieldChange[]> {
  return tx.rows<FieldChange>(sql`
    delete from contact_changes where tenant_id = ${tenantId} and event_id = ${eventId}
    returning field, was as "from", became as "to"`)
}
