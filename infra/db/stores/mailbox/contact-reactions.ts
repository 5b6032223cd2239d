import { sql, type Tx } from '../../tx.ts'
import { takeContactChanges } from '../contact-changes.ts'
import type { ReactionEvent } from '../reactions.ts'
import type { Definitions } from './definitions.ts'
import { type ContactStarts, chainBehind, startForContactChange, triggerableFlows } from './triggers.ts'

type ContactEvent = Parameters<typeof startForContactChange>[1]['event']

/** What happened longer ago starts nothing any more: a welcome that comes a day late is none. */
export const REACTION_AGE_MAX_MS = 24 * 3_600_000

/** Starts the flows that wait for what an event tells of a contact (FLOW-08). The event's id is the cause. */
export async function reactToContact(
  tx: Tx,
  { event, definitions, nowMs }: { event: ReactionEvent; definitions: Definitions; nowMs: number },
): Promise<ContactStarts> {
  const { tenantId, actor, subjectId: contactId } = event
  const changes = await changesOf(tx, event)
  if (changes.length === 0 || nowMs - event.atMs > REACTION_AGE_MAX_MS) return { started: 0 }
  const known = await tx.row(sql`select 1 from contacts where id = ${contactId} and erased_at is null`)
  if (known === undefined) return { started: 0 }
  const chain = await chainBehind(tx, actor)
  const all: ContactStarts = { started: 0 }
  for (const change of changes) {
    const changeKey = change.kind === 'contact_tagged' ? event.id : `${event.id}:${change.field}`
    const one = await startForContactChange(tx, {
      ...{ tenantId, contactId, event: change, changeKey, actor, chain, definitions, nowMs },
    })
    all.started += one.started
    if (one.refused !== undefined) all.refused = one.refused
  }
  return all
}

async function changesOf(tx: Tx, event: ReactionEvent): Promise<ContactEvent[]> {
  if (event.type === 'contact.tagged') {
    const tag = event.data['tag']
    return typeof tag === 'string' ? [{ kind: 'contact_tagged', tag }] : []
  }
  const changes = await takeContactChanges(tx, event.tenantId, event.id)
  return changes.map(({ field, from, to }) => ({ kind: 'contact_field_changed', field, from, to }))
}

/** Which of these events some flow of the tenant waits for. What the others changed is forgotten. */
export async function siftContactEvents(
  tx: Tx,
  { tenantId, eventIds, definitions }: { tenantId: string; eventIds: readonly string[]; definitions: Definitions },
): Promise<Set<string>> {
  const triggers = (await triggerableFlows(tx, tenantId, definitions)).flatMap((flow) => flow.triggers)
  const fields = triggers.flatMap((trigger) => (trigger.kind === 'contact_field_changed' ? [trigger.field] : []))
  const tags = triggers.flatMap((trigger) => (trigger.kind === 'contact_tagged' ? [trigger.tag] : []))
  await tx.run(sql`
    delete from contact_changes where tenant_id = ${tenantId} and event_id = any(${eventIds}::uuid[])
      and not (field = any(${fields}::text[]))`)
  const rows = await tx.rows<{ id: string }>(sql`
    select event_id as id from contact_changes where tenant_id = ${tenantId} and event_id = any(${eventIds}::uuid[])
    union
    select id from events where tenant_id = ${tenantId} and id = any(${eventIds}::uuid[]) and type = 'contact.tagged'
      and data ->> 'tag' = any(${tags}::text[])`)
  return new Set(rows.map(({ id }) => id))
}
