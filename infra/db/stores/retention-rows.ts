import type { RetentionLimit, RetentionLimits } from '#domain/privacy/retention.ts'
import { type Statement, sql, type Tx } from '../tx.ts'

const AT_ONCE = 500

type Old = { by: RetentionLimit; delete: (tenantId: string, before: Date) => Statement }

/** What belongs to messages and is taken with them, by their ids. */
export const WITH_MESSAGES = {
  message_statuses: (tenantId, ids) =>
    sql`delete from message_statuses where tenant_id = ${tenantId} and message_id = any(${ids}::uuid[])`,
  message_reactions: (tenantId, ids) =>
    sql`delete from message_reactions where tenant_id = ${tenantId} and message_id = any(${ids}::uuid[])`,
  message_causes: (tenantId, ids) =>
    sql`delete from message_causes where tenant_id = ${tenantId} and message_id = any(${ids}::uuid[])`,
  message_external_ids: (tenantId, ids) =>
    sql`delete from message_external_ids where tenant_id = ${tenantId} and message_id = any(${ids}::uuid[])`,
} as const satisfies Record<string, (tenantId: string, ids: readonly string[]) => Statement>

/** What a tenant keeps for a time of its own, row by row, in the order in which it may go. */
export const BY_ROW = {
  runs: {
    by: 'historyBeforeMs',
    delete: (tenantId, before) => sql`
      delete from runs where tenant_id = ${tenantId} and id in (select id from runs
        where tenant_id = ${tenantId} and ended_at < ${before} limit ${AT_ONCE})`,
  },
  run_events: {
    by: 'historyBeforeMs',
    delete: (tenantId, before) => sql`
      delete from run_events where tenant_id = ${tenantId} and id in (select e.id from run_events e
        where e.tenant_id = ${tenantId} and e.id < uuid_floor(${before})
          and not exists (select from runs r where r.tenant_id = e.tenant_id and r.id = e.run_id) limit ${AT_ONCE})`,
  },
  conversations: {
    by: 'historyBeforeMs',
    delete: (tenantId, before) => sql`
      delete from conversations where tenant_id = ${tenantId} and id in (select v.id from conversations v
        where v.tenant_id = ${tenantId} and v.state = 'closed' and v.closed_at < ${before} and v.last_message_at < ${before}
          and not exists (select from messages m where m.tenant_id = v.tenant_id and m.conversation_id = v.id)
          -- A run that waits for its day has still something to say here.
          and not exists (select from runs r where r.tenant_id = v.tenant_id and r.conversation_id = v.id and r.ended_at is null)
        limit ${AT_ONCE})`,
  },
  events: {
    by: 'historyBeforeMs',
    delete: (tenantId, before) => sql`
      delete from events where tenant_id = ${tenantId} and id in (select id from events
        where tenant_id = ${tenantId} and id < uuid_floor(${before}) order by id limit ${AT_ONCE})`,
  },
  channel_events: {
    by: 'historyBeforeMs',
    delete: (tenantId, before) => sql`
      delete from channel_events where tenant_id = ${tenantId} and id in (select id from channel_events
        where tenant_id = ${tenantId} and id < uuid_floor(${before}) limit ${AT_ONCE})`,
  },
  flow_firings: {
    by: 'historyBeforeMs',
    delete: (tenantId, before) => sql`
      delete from flow_firings where tenant_id = ${tenantId} and (flow_id, fire_at) in (select flow_id, fire_at
        from flow_firings where tenant_id = ${tenantId} and fire_at < ${before} and state <> 'running' limit ${AT_ONCE})`,
  },
  // What was looked at, and found, is kept as long as the audit log; who was let in, invited, or asked for their data too.
  diagnostic_runs: {
    by: 'auditBeforeMs',
    delete: (tenantId, before) => sql`
      delete from diagnostic_runs where tenant_id = ${tenantId} and id in (select id from diagnostic_runs
        where tenant_id = ${tenantId} and id < uuid_floor(${before}) order by id limit ${AT_ONCE})`,
  },
  data_requests: {
    by: 'auditBeforeMs',
    delete: (tenantId, before) => sql`
      delete from data_requests where tenant_id = ${tenantId} and id in (select id from data_requests
        where tenant_id = ${tenantId} and ended_at < ${before} and storage_key is null limit ${AT_ONCE})`,
  },
  invitations: {
    by: 'auditBeforeMs',
    delete: (tenantId, before) => sql`
      delete from invitations where tenant_id = ${tenantId} and id in (select id from invitations
        where tenant_id = ${tenantId} and expires_at < ${before} limit ${AT_ONCE})`,
  },
  support_grants: {
    by: 'auditBeforeMs',
    delete: (tenantId, before) => sql`
      delete from support_grants where tenant_id = ${tenantId} and id in (select id from support_grants
        where tenant_id = ${tenantId} and expires_at < ${before} limit ${AT_ONCE})`,
  },
  // What nobody has taken yet is still to be taken, however old.
  inbound_events: {
    by: 'rawBeforeMs',
    delete: (tenantId, before) => sql`
      delete from inbound_events where tenant_id = ${tenantId} and id in (select id from inbound_events
        where tenant_id = ${tenantId} and id < uuid_floor(${before}) and state <> 'new' order by id limit ${AT_ONCE})`,
  },
  inbound_bodies: {
    by: 'rawBeforeMs',
    delete: (tenantId, before) => sql`
      delete from inbound_bodies where tenant_id = ${tenantId} and id in (select id from inbound_bodies
        where tenant_id = ${tenantId} and id < uuid_floor(${before}) order by id limit ${AT_ONCE})`,
  },
  event_retries: {
    by: 'rawBeforeMs',
    delete: (tenantId, before) => sql`
      delete from event_retries where tenant_id = ${tenantId} and (reader, event_id) in (select reader, event_id
        from event_retries where tenant_id = ${tenantId} and state = 'dead' and created_at < ${before} limit ${AT_ONCE})`,
  },
  contact_changes: {
    by: 'rawBeforeMs',
    delete: (tenantId, before) => sql`
      delete from contact_changes where tenant_id = ${tenantId} and (event_id, field) in (select event_id, field
        from contact_changes where tenant_id = ${tenantId} and event_id < uuid_floor(${before}) limit ${AT_ONCE})`,
  },
  turn_outcomes: {
    by: 'rawBeforeMs',
    delete: (tenantId, before) => sql`
      delete from turn_outcomes where tenant_id = ${tenantId} and (workflow_id, first_run_id, turn) in (
        select workflow_id, first_run_id, turn from turn_outcomes where tenant_id = ${tenantId} and at < ${before}
        limit ${AT_ONCE})`,
  },
  webhook_attempts: {
    by: 'deliveryBeforeMs',
    delete: (tenantId, before) => sql`
      delete from webhook_attempts where tenant_id = ${tenantId} and id in (select id from webhook_attempts
        where tenant_id = ${tenantId} and id < uuid_floor(${before}) limit ${AT_ONCE})`,
  },
  webhook_deliveries: {
    by: 'deliveryBeforeMs',
    delete: (tenantId, before) => sql`
      delete from webhook_deliveries where tenant_id = ${tenantId} and (subscription_id, message_id) in (
        select subscription_id, message_id from webhook_deliveries
        where tenant_id = ${tenantId} and message_id < uuid_floor(${before})
          and state not in ('held', 'queued', 'sending', 'retrying') limit ${AT_ONCE})`,
  },
  // The page of a webhook shows thirty days of them, however short the deliveries themselves are kept.
  webhook_hours: {
    by: 'deliveryBeforeMs',
    delete: (tenantId, before) => sql`
      delete from webhook_hours where tenant_id = ${tenantId} and (subscription_id, hour) in (select subscription_id, hour
        from webhook_hours where tenant_id = ${tenantId} and hour < least(${before}, now() - interval '31 days')
        limit ${AT_ONCE})`,
  },
  notifications: {
    by: 'noticesBeforeMs',
    delete: (tenantId, before) => sql`
      delete from notifications where tenant_id = ${tenantId} and id in (select id from notifications
        where tenant_id = ${tenantId} and id < uuid_floor(${before}) limit ${AT_ONCE})`,
  },
} as const satisfies Record<string, Old>

/** Takes the next messages of closed conversations: who still writes must find what was said. */
async function deleteOldMessages(tx: Tx, tenantId: string, before: Date): Promise<number> {
  const rows = await tx.rows<{ id: string }>(sql`
    select m.id from messages m where m.tenant_id = ${tenantId} and m.id < uuid_floor(${before})
      and not exists (select from conversations v where v.tenant_id = m.tenant_id and v.id = m.conversation_id
        and v.state <> 'closed') order by m.id limit ${AT_ONCE}`)
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return 0
  for (const deletion of Object.values(WITH_MESSAGES)) await tx.run(deletion(tenantId, ids))
  return tx.run(sql`delete from messages where tenant_id = ${tenantId} and id = any(${ids}::uuid[])`)
}

/** One table, or what hangs together, at a time: each transaction takes some hundreds of rows. */
type Step = (tx: Tx) => Promise<number>

/** All that a tenant keeps no longer. Each step is asked again until it takes nothing more. */
export function oldRows(tenantId: string, limits: RetentionLimits): Step[] {
  const steps = Object.values<Old>(BY_ROW).map(
    (old): Step =>
      (tx) =>
        tx.run(old.delete(tenantId, new Date(limits[old.by]))),
  )
  return [(tx) => deleteOldMessages(tx, tenantId, new Date(limits.historyBeforeMs)), ...steps]
}
