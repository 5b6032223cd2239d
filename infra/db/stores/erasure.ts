import { erasedMarks } from '#infra/crypto/erased-marks.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import { part, query } from '../query.ts'
import { type Statement, sql, type Tx } from '../tx.ts'
import { cancelExports } from './data-requests.ts'
import { appendEvents } from './events.ts'
import { filesFromContact, filesOfFlows, filesToContact } from './media-files.ts'

export type ErasurePlace = { tenantId: string; contactId: string; requestId: string }

/**
 * From this commit on the contact is nobody: no identity leads to them, nothing of theirs waits to be sent, rung or packed, and
 * a keyed mark stays of each id. What must be found later is noted in the request until its end.
 *
 * @returns the marks, also when it had begun before.
 */
export async function beginErasure(tx: Tx, place: ErasurePlace, keyRing: KeyRing): Promise<Buffer[]> {
  const { tenantId, contactId, requestId } = place
  // Before their ids are read: a change of number that is just being told adds one.
  await tx.run(sql`select 1 from contacts where id = ${contactId} for update`)
  const ids = await tx.rows<{ externalId: string }>(sql`
    select external_id as "externalId" from contact_identities where tenant_id = ${tenantId} and contact_id = ${contactId}
    union select substr(phone, 2) from contacts where id = ${contactId} and phone is not null`)
  const externalIds = ids.map(({ externalId }) => externalId)
  const noted = await tx.row<{ ids: string[] }>(sql`
    update data_requests set report = report || jsonb_build_object('externalIds',
      coalesce(report -> 'externalIds', '[]'::jsonb) || ${JSON.stringify(externalIds)}::jsonb) where id = ${requestId}
    returning report -> 'externalIds' as ids`)
  const marks = (noted?.ids ?? externalIds).flatMap((id) => erasedMarks(keyRing, tenantId, id).slice(0, 1))
  for (const mark of marks) {
    await tx.run(
      sql`insert into erased_identities (tenant_id, hash) values (${tenantId}, ${mark}) on conflict do nothing`,
    )
  }
  await tx.run(sql`
    update contacts set erased_at = coalesce(erased_at, now()), name = '', phone = null, email = null, locale = null,
      time_zone = null, fields = '{}', version = version + 1, updated_at = now() where id = ${contactId}`)
  await tx.run(sql`delete from contact_identities where tenant_id = ${tenantId} and contact_id = ${contactId}`)
  await stopAll(tx, place)
  await cancelExports(tx, contactId)
  return marks
}

/** The sweeper rings whatever lies somewhere; of this contact nothing lies any more. */
async function stopAll(tx: Tx, { tenantId, contactId }: ErasurePlace): Promise<void> {
  await tx.run(sql`
    update runs set state = 'closed', outcome = 'cancelled', rung = rings, wake_at = null, wants_floor_since = null,
      ended_at = coalesce(ended_at, now()), updated_at = now()
    where tenant_id = ${tenantId} and contact_id = ${contactId} and state <> 'closed'`)
  await tx.run(sql`
    update messages set held_until = null, not_before = null,
      state = case when state in ('queued', 'unknown', 'sending') then 'suppressed' else state end
    where tenant_id = ${tenantId} and conversation_id in (select id from conversations where contact_id = ${contactId})
      and (held_until is not null or state in ('queued', 'unknown', 'sending'))`)
  await tx.run(sql`
    update conversations set state = 'closed', owner_kind = 'none', owner_id = null, handled_seq = last_seq, held_count = 0,
      needs_people = false, unread_count = 0, snoozed_until = null, closed_at = coalesce(closed_at, now()),
      close_reason = 'erased', last_message_preview = '', last_message_label = null
    where tenant_id = ${tenantId} and contact_id = ${contactId}`)
  for (const text of ['bells', 'read_marks'] as const) await tx.run(OF_CONVERSATIONS[text](tenantId, contactId))
}

const OF_CONVERSATIONS = {
  bells: (tenantId: string, contactId: string) => sql`
    delete from bells where tenant_id = ${tenantId}
      and conversation_id in (select id from conversations where contact_id = ${contactId})`,
  read_marks: (tenantId: string, contactId: string) => sql`
    delete from read_marks where tenant_id = ${tenantId}
      and conversation_id in (select id from conversations where contact_id = ${contactId})`,
}

/** The workflows that were ever about this contact, a page at a time, by their ids. */
export async function contactWorkflows(
  tx: Tx,
  { tenantId, contactId }: ErasurePlace,
  { after, limit }: { after: string; limit: number },
): Promise<{ kind: 'conversation' | 'run' | 'file'; id: string }[]> {
  return tx.rows(sql`
    select kind, id from (
      select 'conversation' as kind, id from conversations where tenant_id = ${tenantId} and contact_id = ${contactId}
      union all select 'run', id from runs where tenant_id = ${tenantId} and contact_id = ${contactId}
      union all select 'file', f.id from media_files f join messages m on m.tenant_id = f.tenant_id and m.id = f.message_id
        where f.tenant_id = ${tenantId} and m.contact_id = ${contactId}
      union select 'file', f.id from media_files f join conversations v on v.tenant_id = f.tenant_id and v.id = f.conversation_id
        where f.tenant_id = ${tenantId} and v.contact_id = ${contactId}
    ) w where id > ${after} order by id limit ${limit}`)
}

/**
 * Files of this contact that are still stored, and those of exports about them. What people sent to them is theirs as well,
 * unless somebody else has got it too or a flow sends it.
 */
export async function contactFiles(
  tx: Tx,
  { tenantId, contactId }: ErasurePlace,
  limit: number,
): Promise<{ id: string; storageKey: string | null; kind: 'file' | 'export' }[]> {
  return tx.rows(
    query(part`
    with of_flows as materialized (${filesOfFlows(tenantId)})
    (select f.id, f.storage_key as "storageKey", 'file' as kind from media_files f
      where f.tenant_id = ${tenantId} and (${filesFromContact(tenantId, contactId)} or (
        f.conversation_id is null and f.message_id is null and ${filesToContact(tenantId, contactId)}
        and f.id not in (select id from of_flows)
        and not exists (select from sent_files s join conversations v on v.tenant_id = s.tenant_id and v.id = s.conversation_id
          where s.tenant_id = ${tenantId} and s.file_id = f.id and v.contact_id <> ${contactId}))) limit ${limit})
    union all
    (select id, storage_key, 'export' from data_requests where tenant_id = ${tenantId} and contact_id = ${contactId}
      and kind = 'export' and storage_key is not null limit ${limit})`),
  )
}

export async function forgetFile(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`delete from media_files where id = ${id}`)
}

export type RowCounts = Record<string, number>
const MESSAGES_AT_ONCE = 500

/** Takes the next messages of a contact with all that hangs on them. @returns undefined when there are none. */
export async function eraseMessages(tx: Tx, { tenantId, contactId }: ErasurePlace): Promise<RowCounts | undefined> {
  const rows = await tx.rows<{ id: string; externalId: string | null }>(sql`
    select m.id, m.external_id as "externalId" from conversations v
    join messages m on m.tenant_id = v.tenant_id and m.conversation_id = v.id
    where v.tenant_id = ${tenantId} and v.contact_id = ${contactId} limit ${MESSAGES_AT_ONCE}`)
  if (rows.length === 0) return undefined
  const ids = rows.map(({ id }) => id)
  const externalIds = rows.flatMap(({ externalId }) => externalId ?? [])
  const counts: RowCounts = {}
  for (const [table, statement] of Object.entries({
    message_statuses: sql`delete from message_statuses where tenant_id = ${tenantId} and message_id = any(${ids}::uuid[])`,
    message_reactions: sql`delete from message_reactions where tenant_id = ${tenantId} and message_id = any(${ids}::uuid[])`,
    message_causes: sql`delete from message_causes where tenant_id = ${tenantId} and message_id = any(${ids}::uuid[])`,
    message_external_ids: sql`delete from message_external_ids where tenant_id = ${tenantId} and message_id = any(${ids}::uuid[])`,
    // Their part with the provider's id; what a provider sends again after an erasure is caught by the marks.
    inbound_keys: sql`delete from inbound_keys where tenant_id = ${tenantId} and split_part(key, '|', 3) = any(${externalIds})`,
    inbound_events: sql`delete from inbound_events where tenant_id = ${tenantId} and split_part(key, '|', 3) = any(${externalIds})`,
    events: sql`delete from events where tenant_id = ${tenantId} and subject_id = any(${ids}::uuid[])`,
    messages: sql`delete from messages where tenant_id = ${tenantId} and id = any(${ids}::uuid[])`,
  })) {
    counts[table] = await tx.run(statement)
  }
  return counts
}

/** What came in about somebody, byte by byte: found by their ids, which every webhook about them names. */
export async function eraseInbound(tx: Tx, { tenantId, requestId }: ErasurePlace): Promise<RowCounts> {
  const row = await tx.row<{ ids: string[] | null }>(sql`
    select array(select jsonb_array_elements_text(report -> 'externalIds')) as ids from data_requests where id = ${requestId}`)
  const quoted = (row?.ids ?? []).map((id) => `%"${id.replace(/[\\%_]/g, (one) => `\\${one}`)}"%`)
  const bytes = (row?.ids ?? []).map((id) => Buffer.from(`"${id}"`))
  return {
    inbound_events: await tx.run(sql`
      delete from inbound_events where tenant_id = ${tenantId} and (item::text like any(${quoted}) or raw like any(${quoted}))`),
    inbound_keys: await tx.run(sql`
      delete from inbound_keys where tenant_id = ${tenantId}
        and string_to_array(key, '|') && ${row?.ids ?? []}::text[]`),
    inbound_bodies: await tx.run(sql`
      delete from inbound_bodies b where b.tenant_id = ${tenantId}
        and exists (select from unnest(${bytes}::bytea[]) as mark where position(mark in b.body) > 0)`),
    // Of words in groups, calls and preferences nothing else is kept.
    channel_events: await tx.run(sql`
      delete from channel_events where tenant_id = ${tenantId} and payload::text like any(${quoted})`),
  }
}

/** What hangs on the contact, on their conversations and runs; the row of the contact stays, empty, as a fact. */
export async function eraseRest(tx: Tx, place: ErasurePlace): Promise<RowCounts> {
  const { tenantId, contactId, requestId } = place
  const idsOf = async (statement: Statement) => (await tx.rows<{ id: string }>(statement)).map(({ id }) => id)
  const conversations = await idsOf(sql`
    select id from conversations where tenant_id = ${tenantId} and contact_id = ${contactId}`)
  const runs = await idsOf(sql`select id from runs where tenant_id = ${tenantId} and contact_id = ${contactId}`)
  const counts: RowCounts = {}
  const statements = [...whatWasTold(place, { conversations, runs }), ...whatIsTheirs(place)]
  for (const [table, statement] of statements) counts[table] = await tx.run(statement)
  await tx.run(sql`
    update data_requests set report = report - 'externalIds' where tenant_id = ${tenantId} and id = ${requestId}`)
  return counts
}

/** Rows that speak of them by an id: of flows, events, webhooks, notifications, answers that clients may repeat. */
function whatWasTold(
  { tenantId, contactId }: ErasurePlace,
  { conversations, runs }: { conversations: readonly string[]; runs: readonly string[] },
): [string, Statement][] {
  const subjects = [...conversations, ...runs, contactId]
  const workflowIds = [
    ...conversations.map((id) => `conversation/${tenantId}/${id}`),
    ...runs.map((id) => `flow/${tenantId}/${id}`),
  ]
  return [
    ['run_events', sql`delete from run_events where tenant_id = ${tenantId} and run_id = any(${runs}::uuid[])`],
    [
      'turn_outcomes',
      sql`delete from turn_outcomes where tenant_id = ${tenantId} and workflow_id = any(${workflowIds})`,
    ],
    ['run_calls', sql`delete from run_calls where tenant_id = ${tenantId} and run_id = any(${runs}::uuid[])`],
    [
      'webhook_attempts',
      sql`
      delete from webhook_attempts a using webhook_deliveries d where a.tenant_id = ${tenantId} and d.tenant_id = ${tenantId}
        and d.subscription_id = a.subscription_id and d.message_id = a.message_id
        and (d.conversation_id = any(${conversations}::uuid[]) or d.body like '%' || ${contactId} || '%')`,
    ],
    [
      'webhook_deliveries',
      sql`
      delete from webhook_deliveries where tenant_id = ${tenantId}
        and (conversation_id = any(${conversations}::uuid[]) or body like '%' || ${contactId} || '%')`,
    ],
    [
      'event_retries',
      sql`
      delete from event_retries where tenant_id = ${tenantId} and event_id in (select id from events
        where tenant_id = ${tenantId} and (conversation_id = any(${conversations}::uuid[]) or subject_id = any(${subjects}::uuid[])))`,
    ],
    [
      'events',
      sql`
      delete from events where tenant_id = ${tenantId}
        and (conversation_id = any(${conversations}::uuid[]) or subject_id = any(${subjects}::uuid[]))`,
    ],
    [
      'notifications',
      sql`delete from notifications where tenant_id = ${tenantId} and subject_id = any(${subjects}::uuid[])`,
    ],
    [
      'idempotency_keys',
      sql`
      delete from idempotency_keys where tenant_id = ${tenantId}
        and exists (select from unnest(${subjects}::text[]) as s where position(s in response_body::text) > 0)`,
    ],
  ]
}

/** Rows that are theirs by a column; what points at others comes first. */
function whatIsTheirs({ tenantId, contactId }: ErasurePlace): [string, Statement][] {
  return [
    ['pair_buckets', sql`delete from pair_buckets where tenant_id = ${tenantId} and contact_id = ${contactId}`],
    [
      'initiated_contacts',
      sql`delete from initiated_contacts where tenant_id = ${tenantId} and contact_id = ${contactId}`,
    ],
    [
      'rate_limit_buckets',
      sql`delete from rate_limit_buckets where tenant_id = ${tenantId} and contact_id = ${contactId}`,
    ],
    ['contact_changes', sql`delete from contact_changes where tenant_id = ${tenantId} and contact_id = ${contactId}`],
    [
      'flow_start_counts',
      sql`delete from flow_start_counts where tenant_id = ${tenantId} and contact_id = ${contactId}`,
    ],
    ['contact_tags', sql`delete from contact_tags where tenant_id = ${tenantId} and contact_id = ${contactId}`],
    ['contact_words', sql`delete from contact_words where tenant_id = ${tenantId} and contact_id = ${contactId}`],
    ['consents', sql`delete from consents where tenant_id = ${tenantId} and contact_id = ${contactId}`],
    ['consent_changes', sql`delete from consent_changes where tenant_id = ${tenantId} and contact_id = ${contactId}`],
    ['suppressions', sql`delete from suppressions where tenant_id = ${tenantId} and contact_id = ${contactId}`],
    ['runs', sql`delete from runs where tenant_id = ${tenantId} and contact_id = ${contactId}`],
    ['conversations', sql`delete from conversations where tenant_id = ${tenantId} and contact_id = ${contactId}`],
  ]
}

/** Tells that a contact is no more; the only event about them that is left. */
export async function tellErased(tx: Tx, { tenantId, contactId }: ErasurePlace): Promise<void> {
  appendEvents(tx, [
    { tenantId, type: 'contact.erased', actor: { kind: 'system' }, subject: { type: 'contact', id: contactId } },
  ])
}
