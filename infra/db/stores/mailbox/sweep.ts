import { FENCE_MS } from '#domain/messages/sendable.ts'
import { sql, type Tx } from '../../tx.ts'

export type Place = { tenantId: string; conversationId: string }

/** How long something may lie before the sweeper asks after it. */
export const PATIENCE = { unhandledMs: 30_000, outboundMs: 30_000, wakeMs: 30_000 } as const

/**
 * Conversations where something lies: unhandled messages, a queue that does not move, a send nobody finished. Nothing
 * leaves a suspended tenant: what lies there may be more than a page, and would hide what lies elsewhere.
 */
export async function strandedConversations(tx: Tx, limit: number): Promise<Place[]> {
  return tx.rows<Place>(sql`
    select distinct tenant_id as "tenantId", conversation_id as "conversationId" from (
      (select tenant_id, id as conversation_id from conversations
        where tenant_id in (select id from tenants where status = 'active') and handled_seq < last_seq
          and last_message_at < now() - make_interval(secs => ${PATIENCE.unhandledMs / 1_000}) limit ${limit})
      union all
      (select tenant_id, conversation_id from messages
        where tenant_id in (select id from tenants where status = 'active') and state = 'queued'
          and created_at < now() - make_interval(secs => ${PATIENCE.outboundMs / 1_000})
          and (not_before is null or not_before < now()) limit ${limit})
      union all
      (select tenant_id, conversation_id from messages
        where tenant_id in (select id from tenants where status = 'active')
          and state in ('sending', 'unknown') and ((state = 'sending' and sending_at < now() - make_interval(secs => ${(FENCE_MS + PATIENCE.outboundMs) / 1_000}))
          or (state = 'unknown' and not_before <= now() and message_class = 'reply' and attempt < 2)) limit ${limit})
    ) lying limit ${limit}`)
}

/** Adds a cause to bells that are not due already. */
export async function ringStranded(tx: Tx, place: Place): Promise<void> {
  await tx.run(sql`
    insert into bells (conversation_id, tenant_id) values (${place.conversationId}, ${place.tenantId})
    on conflict (conversation_id) do update set version = bells.version + 1, due_at = now()
    where bells.rung >= bells.version`)
}

export async function overdueSnoozes(tx: Tx, limit: number): Promise<Place[]> {
  return tx.rows<Place>(sql`
    select tenant_id as "tenantId", id as "conversationId" from conversations
    where state = 'snoozed' and snoozed_until <= now() limit ${limit}`)
}

export async function dueHeld(tx: Tx, limit: number): Promise<Place[]> {
  return tx.rows<Place>(sql`
    select distinct tenant_id as "tenantId", conversation_id as "conversationId" from messages
    where held_until is not null and held_until <= now() limit ${limit}`)
}

export type OverdueRun = { id: string; tenantId: string }

/** Open runs whose own clock has run out some time ago: their workflow should have moved. */
export async function overdueRuns(tx: Tx, limit: number): Promise<OverdueRun[]> {
  return tx.rows<OverdueRun>(sql`
    select id, tenant_id as "tenantId" from runs
    where state = 'open' and wake_at < now() - make_interval(secs => ${PATIENCE.wakeMs / 1_000})
    order by wake_at limit ${limit}`)
}

/** Rings again the runs that were rung to start and did not: their workflow may have been ended before its first turn. */
export async function ringUnstarted(tx: Tx): Promise<number> {
  return tx.run(sql`
    update runs set rung = rings - 1, ring_due_at = now()
    where state = 'starting' and started_at < now() - make_interval(secs => ${PATIENCE.wakeMs / 1_000}) and rung >= rings`)
}

/** All open runs, page by page, for the hourly look at their workflows. */
export async function openRuns(tx: Tx, after: string, limit: number): Promise<OverdueRun[]> {
  return tx.rows<OverdueRun>(sql`
    select id, tenant_id as "tenantId" from runs where state in ('open', 'parked') and id > ${after} order by id limit ${limit}`)
}

/** Runs that wait for the floor behind nobody. */
export async function strandedWaiters(tx: Tx, limit: number): Promise<Place[]> {
  return tx.rows<Place>(sql`
    select distinct r.tenant_id as "tenantId", r.conversation_id as "conversationId"
    from runs r join conversations c on c.id = r.conversation_id
    where r.posture = 'waiting_floor' and r.state = 'open' and c.owner_kind = 'none' and c.state in ('bot') limit ${limit}`)
}

/** What is past its use: buckets a day after their window, keys of providers after two weeks, our own after two days. */
export async function cleanUp(tx: Tx): Promise<void> {
  await tx.run(sql`delete from rate_limit_buckets where window_end < now() - interval '1 day'`)
  await tx.run(sql`delete from inbound_keys where received_at < now() - interval '15 days'`)
  await tx.run(sql`delete from idempotency_keys where created_at < now() - interval '2 days'`)
  await tx.run(sql`delete from person_idempotency_keys where created_at < now() - interval '2 days'`)
  await tx.run(sql`select ensure_partitions()`)
}
