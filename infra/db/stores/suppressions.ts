import type { AddSuppression, ListSuppressions, Suppression, SuppressionReason } from '#domain/consents/schema.ts'
import type { ConsentCategory } from '#domain/contacts/schema.ts'
import { newId } from '#infra/ids.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting, ListPage } from './acting.ts'

type Row = Omit<Suppression, 'at'> & { at: Date }

const COLUMNS = part`
  select s.id, s.contact_id as "contactId", c.name as "contactName", c.phone, s.category, s.reason, s.note, s.actor,
    p.name as "actorName", s.message_id as "messageId", s.created_at as at
  from suppressions s
  join contacts c on c.tenant_id = s.tenant_id and c.id = s.contact_id and c.erased_at is null
  left join people p on s.actor ->> 'kind' = 'person' and p.id = (s.actor ->> 'id')::uuid
  where true`

const toSuppression = (row: Row): Suppression => ({ ...row, at: iso(row.at) })

/** To whom nothing is sent, the newest first. The position is (id). */
export async function listSuppressions(
  tx: Tx,
  { limit, after, ...filter }: ListPage & Omit<ListSuppressions, 'limit' | 'cursor'>,
): Promise<Suppression[]> {
  const rows = await tx.rows<Row>(
    query(
      COLUMNS,
      filter.contactId !== undefined && part`and s.contact_id = ${filter.contactId}`,
      filter.category !== undefined && part`and (s.category is null or s.category = ${filter.category})`,
      filter.reason !== undefined && part`and s.reason = ${filter.reason}`,
      after && part`and s.id < ${after[0]}::uuid`,
      part`order by s.id desc limit ${limit}`,
    ),
  )
  return rows.map(toSuppression)
}

export async function getSuppression(tx: Tx, id: string): Promise<Suppression | undefined> {
  const row = await tx.row<Row>(query(COLUMNS, part`and s.id = ${id}`))
  return row && toSuppression(row)
}

/**
 * From now on nothing of this category is sent, whatever else is true.
 * @returns undefined when there is no such contact, else the id of the entry and whether it is new.
 */
export async function suppress(
  tx: Tx,
  { tenantId, actor }: Acting,
  input: Pick<AddSuppression, 'contactId' | 'category' | 'note'> & { reason: SuppressionReason; messageId?: string },
): Promise<{ id: string; fresh: boolean } | undefined> {
  const { contactId, category, reason, note, messageId = null } = input
  const known = await tx.row(sql`select 1 from contacts where id = ${contactId} and erased_at is null for key share`)
  if (known === undefined) return undefined
  const made = await tx.row<{ id: string }>(sql`
    insert into suppressions (id, tenant_id, contact_id, category, reason, note, actor, message_id)
    values (${newId()}, ${tenantId}, ${contactId}, ${category}, ${reason}, ${note}, ${JSON.stringify(actor)}, ${messageId})
    on conflict (tenant_id, contact_id, category) do nothing returning id`)
  if (made !== undefined) return { id: made.id, fresh: true }
  const there = await tx.row<{ id: string }>(sql`
    select id from suppressions where contact_id = ${contactId} and category is not distinct from ${category}`)
  return { id: there!.id, fresh: false }
}

/** Takes an entry off the list. @returns what it was. */
export async function liftSuppression(
  tx: Tx,
  id: string,
): Promise<{ contactId: string; category: ConsentCategory | null; reason: string } | undefined> {
  return tx.row(sql`
    delete from suppressions where id = ${id} returning contact_id as "contactId", category, reason`)
}
