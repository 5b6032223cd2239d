import { part, query } from '../query.ts'
import { sql, type Tx } from '../tx.ts'
import { getContact } from './contacts.ts'
import { filesFromContact, filesToContact } from './media-files.ts'

export type ExportPlace = { tenantId: string; contactId: string }
type Page = { after: string; limit: number }

/** What is known of a contact and fits on a page: who they are, what holds of their consent now, their conversations. */
export async function exportedContact(tx: Tx, { tenantId, contactId }: ExportPlace) {
  const contact = await getContact(tx, contactId)
  if (contact === undefined) return undefined
  return {
    contact,
    consents: await tx.rows(sql`
      select category, state, source, proof, evidence, actor, message_id as "messageId", at from consents
      where tenant_id = ${tenantId} and contact_id = ${contactId} order by category`),
    suppressions: await tx.rows(sql`
      select category, reason, note, actor, message_id as "messageId", created_at as at from suppressions
      where tenant_id = ${tenantId} and contact_id = ${contactId} order by id`),
    conversations: await tx.rows(sql`
      select v.id, ch.name as channel, v.state, v.created_at as "createdAt", v.closed_at as "closedAt", v.close_reason as "closeReason",
        v.metadata,
        coalesce((select jsonb_agg(t.name order by lower(t.name)) from conversation_tags vt
          join tags t on t.tenant_id = vt.tenant_id and t.id = vt.tag_id
          where vt.tenant_id = v.tenant_id and vt.conversation_id = v.id), '[]') as tags
      from conversations v join channels ch on ch.tenant_id = v.tenant_id and ch.id = v.channel_id
      where v.tenant_id = ${tenantId} and v.contact_id = ${contactId} order by v.id`),
    dataRequests: await tx.rows(sql`
      select id, kind, state, requested_by as "requestedBy", created_at as "createdAt", ended_at as "endedAt" from data_requests
      where tenant_id = ${tenantId} and contact_id = ${contactId} order by id`),
  }
}

/** A page of all that a contact ever said about consent, or that was said for them, with what proves it. */
export async function exportedConsentHistory(
  tx: Tx,
  { tenantId, contactId }: ExportPlace,
  { after, limit }: Page,
): Promise<{ id: string }[]> {
  return tx.rows<{ id: string }>(sql`
    select h.id, h.category, h.state, h.source, h.actor, p.name as "actorName", h.evidence, h.message_id as "messageId", h.at
    from consent_changes h left join people p on h.actor ->> 'kind' = 'person' and p.id = (h.actor ->> 'id')::uuid
    where h.tenant_id = ${tenantId} and h.contact_id = ${contactId} and h.id > ${after} order by h.id limit ${limit}`)
}

/** What a provider tells of one person beside their messages; other notices may name many people. */
const OF_ONE_PERSON = ['group_message', 'echo', 'call', 'preference']

/** A page of their words in groups, calls and preferences, found by their ids. */
export async function exportedChannelEvents(
  tx: Tx,
  { tenantId, contactId }: ExportPlace,
  { after, limit }: Page,
): Promise<{ id: string }[]> {
  return tx.rows<{ id: string }>(sql`
    select e.id, ch.name as channel, e.kind, e.at, e.payload
    from channel_events e join channels ch on ch.tenant_id = e.tenant_id and ch.id = e.channel_id
    where e.tenant_id = ${tenantId} and e.id > ${after} and e.kind = any(${OF_ONE_PERSON}) and exists (select from contact_identities i
      where i.tenant_id = e.tenant_id and i.contact_id = ${contactId}
        and position('"' || i.external_id || '"' in e.payload::text) > 0)
    order by e.id limit ${limit}`)
}

/** A page of messages in the order of their ids, with the states that the provider told and why they failed or were held. */
export async function exportedMessages(
  tx: Tx,
  { tenantId, contactId }: ExportPlace,
  { after, limit }: Page,
): Promise<{ id: string }[]> {
  return tx.rows<{ id: string }>(sql`
    select m.id, m.conversation_id as "conversationId", m.direction, m.sender_type as "senderType", m.kind, m.content, m.context,
      m.external_id as "externalId", m.reply_to_external_id as "replyToExternalId", m.state, m.failure,
      m.held_reason as "heldReason", m.sent_at as "sentAt",
      m.delivered_at as "deliveredAt", m.read_at as "readAt",
      (select jsonb_agg(jsonb_build_object('status', s.status, 'at', s.at, 'errors', s.errors) order by s.at) from message_statuses s
        where s.tenant_id = m.tenant_id and s.message_id = m.id) as statuses,
      (select jsonb_agg(jsonb_build_object('by', r.sender_type, 'emoji', r.emoji, 'at', r.at)) from message_reactions r
        where r.tenant_id = m.tenant_id and r.message_id = m.id) as reactions
    from messages m
    where m.tenant_id = ${tenantId} and m.conversation_id in (select id from conversations where contact_id = ${contactId})
      and m.id > ${after} order by m.id limit ${limit}`)
}

/** A page of runs: what flows did with this contact, what they remembered and whom they called. */
export async function exportedRuns(
  tx: Tx,
  { tenantId, contactId }: ExportPlace,
  { after, limit }: Page,
): Promise<{ id: string }[]> {
  return tx.rows<{ id: string }>(sql`
    select r.id, f.name as flow, r.state, r.outcome, r.started_at as "startedAt", r.ended_at as "endedAt", r.interpreter,
      (select jsonb_agg(jsonb_build_object('at', e.at, 'kind', e.kind, 'node', e.node_id, 'detail', e.detail) order by e.id)
        from run_events e where e.tenant_id = r.tenant_id and e.run_id = r.id) as events,
      (select jsonb_agg(jsonb_build_object('node', c.node_id, 'request', c.request, 'outcome', c.outcome) order by c.created_at)
        from run_calls c where c.tenant_id = r.tenant_id and c.run_id = r.id) as calls
    from runs r join flows f on f.tenant_id = r.tenant_id and f.id = r.flow_id
    where r.tenant_id = ${tenantId} and r.contact_id = ${contactId} and r.id > ${after} order by r.id limit ${limit}`)
}

export type ExportedFile = {
  id: string
  messageId: string | null
  fileName: string | null
  mimeType: string
  storageKey: string
}

/** A page of the files that were sent and received. */
export async function exportedFiles(
  tx: Tx,
  { tenantId, contactId }: ExportPlace,
  { after, limit }: Page,
): Promise<ExportedFile[]> {
  return tx.rows<ExportedFile>(
    query(part`
    select f.id, f.message_id as "messageId", f.file_name as "fileName", f.mime_type as "mimeType", f.storage_key as "storageKey"
    from media_files f
    where f.tenant_id = ${tenantId} and f.state = 'stored' and f.storage_key is not null and f.id > ${after}
      and (${filesFromContact(tenantId, contactId)} or ${filesToContact(tenantId, contactId)}) order by f.id limit ${limit}`),
  )
}

/** How many messages an export has to write, for its progress. */
export async function countExported(tx: Tx, { tenantId, contactId }: ExportPlace): Promise<number> {
  const row = await tx.row<{ count: number }>(sql`
    select count(*) as count from messages m
    where m.tenant_id = ${tenantId} and m.conversation_id in (select id from conversations where contact_id = ${contactId})`)
  return row!.count
}
