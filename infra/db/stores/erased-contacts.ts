import { erasedMarks } from '#infra/crypto/erased-marks.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import { sql, type Tx } from '../tx.ts'
import { requestData } from './data-requests.ts'
import { suppress } from './suppressions.ts'

const SYSTEM = { kind: 'system', id: 'erased-contacts' } as const

/**
 * Somebody with a mark of the erased is here again. Old data that came back (a webhook from before, a restored backup) are
 * erased once more; a person who comes back of their own will is welcome, and is sent nothing that they have not asked for anew.
 */
export async function meetContact(
  tx: Tx,
  { tenantId, contactId, keyRing }: { tenantId: string; contactId: string; keyRing: KeyRing },
): Promise<'new' | 'returned' | 'old'> {
  const ids = await tx.rows<{ externalId: string }>(sql`
    select i.external_id as "externalId" from contact_identities i join contacts c on c.id = i.contact_id
    where i.contact_id = ${contactId} and c.erased_at is null
    union select phone from contacts where id = ${contactId} and phone is not null and erased_at is null`)
  const marks = ids.flatMap(({ externalId }) => erasedMarks(keyRing, tenantId, externalId))
  const erased = await tx.row<{ at: Date }>(sql`
    select max(erased_at) as at from erased_identities where tenant_id = ${tenantId} and hash = any(${marks}::bytea[])
    having count(*) > 0`)
  if (erased === undefined) return 'new'
  // Providers tell the time of a message in whole seconds: one of the very second in which all was erased is a new one.
  const fresh = await tx.row(sql`
    select 1 from contacts c where c.id = ${contactId} and not exists (select from messages m
      join conversations v on v.tenant_id = m.tenant_id and v.id = m.conversation_id
      where v.contact_id = c.id and m.direction = 'inbound' and m.sent_at < date_trunc('second', ${erased.at}::timestamptz))`)
  if (fresh === undefined) {
    await requestData(tx, { tenantId, actor: SYSTEM }, { contactId, kind: 'erasure' })
    return 'old'
  }
  for (const category of ['marketing', 'utility'] as const) {
    await suppress(tx, { tenantId, actor: SYSTEM }, { contactId, category, reason: 'erased', note: '' })
  }
  return 'returned'
}
