import { sql, type Tx } from '../../tx.ts'
import { type PeopleInput, takeFrom } from './people.ts'
import type { Place } from './sweep.ts'

/** In the transaction that shuts somebody out; a desk with more than this is cleared by the sweeper, page by page. */
const AT_ONCE_MAX = 50

/**
 * Puts what somebody owns into the queue, snoozed or not. A conversation that somebody else holds at this moment is left
 * to the sweeper: waiting for several would be waiting in a circle with whoever takes many in at once.
 */
export async function queueOwned(
  tx: Tx,
  input: Omit<PeopleInput, 'conversationId'> & { personId: string },
): Promise<void> {
  const owned = await tx.rows<{ id: string }>(sql`
    select id from conversations
    where tenant_id = ${input.tenantId} and owner_id = ${input.personId} and owner_kind = 'user' and state <> 'closed'
    order by id limit ${AT_ONCE_MAX} for update skip locked`)
  for (const { id: conversationId } of owned) await takeFrom(tx, { ...input, conversationId })
}

export type LeftBehind = Place & { personId: string }

/**
 * Conversations of people who were shut out: what was too much for one transaction, was held by somebody, or was given
 * to them at the same moment. Runs as the relay; reads the few who are out, and by owner what is theirs.
 */
export function leftBehind(relay: Tx, limit: number): Promise<LeftBehind[]> {
  return relay.rows<LeftBehind>(sql`
    select c.tenant_id as "tenantId", c.id as "conversationId", m.person_id as "personId"
    from memberships m
    join conversations c on c.tenant_id = m.tenant_id and c.owner_id = m.person_id and c.owner_kind = 'user' and c.state <> 'closed'
    where m.status = 'disabled' limit ${limit}`)
}
