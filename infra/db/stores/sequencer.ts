import { sql, type Tx } from '../tx.ts'

/** Events numbered in one go. */
const BATCH = 2_000

/**
 * Numbers committed events, in batches, one process at a time. An event gets its position after its commit, so a reader
 * who goes by position never steps over one that commits late.
 *
 * @returns how many were numbered.
 */
export async function numberEvents(tx: Tx): Promise<number> {
  return tx.run(sql`
    with turn as materialized (select pg_try_advisory_xact_lock(hashtext('holdfast sequencer')) as mine),
    waiting as materialized (
      select id from events where (select mine from turn) and position is null order by id limit ${BATCH}
    )
    update events e set position = n.position
    from (select id, nextval('event_positions') as position from waiting) n
    where e.id = n.id and e.position is null`)
}

/** Wakes those who listen. Said outside the numbering transaction, by one process, so its lock hinders nobody. */
export async function announceEvents(tx: Tx): Promise<void> {
  await tx.run(sql`select pg_notify('house_events', '')`)
}
