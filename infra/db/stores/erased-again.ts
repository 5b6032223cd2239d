import type { KeyRing } from '#infra/crypto/keyring.ts'
import { sql, type Tx } from '../tx.ts'
import { requestData } from './data-requests.ts'
import { beginErasure, type ErasurePlace } from './erasure.ts'

const SYSTEM = { kind: 'system', id: 'erase-ledger' } as const

export type Erased = { contactId: string; marks: readonly string[]; at: string }

/**
 * Compares what was once erased with what this database knows of it, and writes down the marks that it lacks.
 *
 * @returns the contacts that are here, although they were erased.
 */
export async function contactsBack(tx: Tx, tenantId: string, erased: readonly Erased[]): Promise<string[]> {
  const tenant = await tx.row(sql`select 1 from tenants where id = ${tenantId}`)
  if (tenant === undefined) return []
  const marks = erased.flatMap(({ marks: hashes, at }) => hashes.map((hash) => ({ hash, at })))
  await tx.run(sql`
    insert into erased_identities (tenant_id, hash, erased_at)
    select ${tenantId}, decode(m.hash, 'hex'), m.at
    from unnest(${marks.map(({ hash }) => hash)}::text[], ${marks.map(({ at }) => at)}::timestamptz[]) as m (hash, at)
    on conflict do nothing`)
  const rows = await tx.rows<{ id: string }>(sql`
    select c.id from contacts c
    where c.tenant_id = ${tenantId} and c.id = any(${erased.map(({ contactId }) => contactId)}::uuid[])
      and not exists (select from data_requests r where r.tenant_id = c.tenant_id and r.contact_id = c.id
        and r.kind = 'erasure' and r.state = 'done')
    order by c.id`)
  return rows.map(({ id }) => id)
}

/**
 * The contact is nobody again from this commit on, and an erasure waits for its workflow. One that is under way in this
 * database is looked for again as well, because Temporal may know that it ended long ago.
 *
 * @returns where the rest of it goes on, unless it had begun.
 */
export async function eraseContactAgain(
  tx: Tx,
  { tenantId, contactId, keyRing }: { tenantId: string; contactId: string; keyRing: KeyRing },
): Promise<ErasurePlace | undefined> {
  const contact = await tx.row<{ erased: boolean }>(sql`
    select erased_at is not null as erased from contacts where id = ${contactId} for update`)
  if (contact === undefined) return undefined
  const open = await tx.row<{ id: string }>(sql`
    update data_requests set state = 'waiting' where tenant_id = ${tenantId} and contact_id = ${contactId}
      and kind = 'erasure' and state in ('waiting', 'running') returning id`)
  if (contact.erased) return undefined
  const requestId = open?.id ?? (await requestData(tx, { tenantId, actor: SYSTEM }, { contactId, kind: 'erasure' }))
  const place = { tenantId, contactId, requestId }
  await beginErasure(tx, place, keyRing)
  // Their messages go before their workflows do, which are then found by this.
  await tx.run(sql`
    update media_files f set conversation_id = m.conversation_id from messages m
    where f.tenant_id = ${tenantId} and f.conversation_id is null and m.tenant_id = f.tenant_id and m.id = f.message_id
      and m.conversation_id in (select id from conversations where tenant_id = ${tenantId} and contact_id = ${contactId})`)
  return place
}
