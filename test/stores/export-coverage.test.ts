import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { MockActivityEnvironment } from '@temporalio/testing'
import pg from 'pg'
import { createContactExportActivities } from '#activities/contact-exports.ts'
import { getDataRequest, requestData } from '#infra/db/stores/data-requests.ts'
import { beginErasure, eraseInbound } from '#infra/db/stores/erasure.ts'
import type { Tx } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { createFileStore } from '#infra/media/store.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { openProduct } from '../support/product.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-export-'))
const media = createFileStore(folder)
const product = await openProduct()
const { db } = product
const admin = new pg.Pool({ connectionString: product.database.adminUrl, max: 1 })
admin.on('error', () => undefined)
after(async () => {
  await admin.end()
  await product.close()
  rmSync(folder, { recursive: true })
})

/** In which part of the archive the rows of a table are, and a row with a mark in it. `$1` is the tenant, `$2` the mark. */
type Exported = { part: string; row: (ids: Ids) => string; file?: true }
type Ids = Record<'contact' | 'conversation' | 'message' | 'channel' | 'run', string>

const EXPORTED: Record<string, Exported> = {
  contact_identities: {
    part: 'contact.json',
    row: ({ contact }) => `
      insert into contact_identities (id, tenant_id, contact_id, channel_kind, business_account_id, external_id, type)
      values (gen_random_uuid(), $1, '${contact}', 'whatsapp_cloud', 'other', $2, 'user')`,
  },
  contact_tags: {
    part: 'contact.json',
    row: ({ contact }) => `
      with t as (insert into tags (id, tenant_id, name) values (gen_random_uuid(), $1, $2) returning id)
      insert into contact_tags (tenant_id, contact_id, tag_id) select $1, '${contact}', id from t`,
  },
  consents: {
    part: 'contact.json',
    row: ({ contact }) => `
      insert into consents (tenant_id, contact_id, category, state, source, proof)
      values ($1, '${contact}', 'utility', 'granted', 'form', jsonb_build_object('words', $2::text))`,
  },
  suppressions: {
    part: 'contact.json',
    row: ({ contact }) => `
      insert into suppressions (id, tenant_id, contact_id, category, reason, note)
      values (gen_random_uuid(), $1, '${contact}', 'marketing', 'by_hand', $2)`,
  },
  conversations: {
    part: 'contact.json',
    row: ({ conversation }) => `
      update conversations set metadata = jsonb_build_object('from', $2::text) where tenant_id = $1 and id = '${conversation}'`,
  },
  conversation_tags: {
    part: 'contact.json',
    row: ({ conversation }) => `
      with t as (insert into tags (id, tenant_id, name) values (gen_random_uuid(), $1, $2) returning id)
      insert into conversation_tags (tenant_id, conversation_id, tag_id) select $1, '${conversation}', id from t`,
  },
  data_requests: {
    part: 'contact.json',
    row: ({ contact }) => `
      insert into data_requests (id, tenant_id, contact_id, kind, state, requested_by)
      values (gen_random_uuid(), $1, '${contact}', 'export', 'cancelled', jsonb_build_object('kind', 'system', 'id', $2::text))`,
  },
  messages: {
    part: 'messages-',
    row: ({ message }) => `
      update messages set failure = jsonb_build_object('details', $2::text) where tenant_id = $1 and id = '${message}'`,
  },
  message_statuses: {
    part: 'messages-',
    row: ({ message }) => `
      insert into message_statuses (id, tenant_id, message_id, status, at, errors)
      values ('${newId()}', $1, '${message}', 'failed', now(), jsonb_build_array(jsonb_build_object('title', $2::text)))`,
  },
  message_reactions: {
    part: 'messages-',
    row: ({ message }) => `
      insert into message_reactions (tenant_id, message_id, sender_type, emoji, at) values ($1, '${message}', 'user', $2, now())`,
  },
  runs: {
    part: 'runs-',
    row: ({ run }) => `
      update runs set interpreter = jsonb_build_object('name', $2::text) where tenant_id = $1 and id = '${run}'`,
  },
  run_events: {
    part: 'runs-',
    row: ({ run }) => `
      insert into run_events (id, tenant_id, run_id, turn, at, kind, detail)
      values ('${newId()}', $1, '${run}', 0, now(), 'entered', jsonb_build_object('answer', $2::text))`,
  },
  run_calls: {
    part: 'runs-',
    row: ({ run }) => `
      insert into run_calls (tenant_id, run_id, wait_id, node_id, request)
      values ($1, '${run}', 'w1', 'call', jsonb_build_object('url', $2::text))`,
  },
  consent_changes: {
    part: 'consent-history-',
    row: ({ contact }) => `
      insert into consent_changes (id, tenant_id, contact_id, category, state, source, actor, evidence)
      values ('${newId()}', $1, '${contact}', 'marketing', 'granted', 'form', '{"kind":"system"}', $2)`,
  },
  channel_events: {
    part: 'channel-events-',
    row: ({ contact, channel }) => `
      insert into channel_events (id, tenant_id, channel_id, kind, payload)
      select '${newId()}', $1, '${channel}', 'group_message', jsonb_build_object('from', i.external_id, 'text', $2::text)
      from contact_identities i where i.tenant_id = $1 and i.contact_id = '${contact}' and i.type = 'phone'`,
  },
  media_files: {
    part: 'media/',
    file: true,
    row: ({ message }) => `
      insert into media_files (id, tenant_id, message_id, media_type, state, mime_type, storage_key)
      values (gen_random_uuid(), $1, '${message}', 'document', 'stored', 'text/plain', 'files/' || $2)`,
  },
  sent_files: {
    part: 'media/',
    file: true,
    row: ({ conversation }) => `
      with f as (insert into media_files (id, tenant_id, media_type, state, mime_type, storage_key)
        values (gen_random_uuid(), $1, 'document', 'stored', 'text/plain', 'files/' || $2) returning id)
      insert into sent_files (tenant_id, conversation_id, file_id) select $1, '${conversation}', id from f`,
  },
}

/** What names a contact, or what is theirs, and tells nothing of them, each with its reason. */
const TELLS_NOTHING: Record<string, string> = {
  api_requests: 'that a program of the business asked something, without content',
  audit_log: 'what people and programs of the house did; theirs, and read there',
  bells: 'that a conversation is to be looked at',
  contact_changes: 'what a field was, for the moment until flows have heard of it',
  contact_words: 'the words of contact.json, by which a contact is found',
  events: 'that something happened, by ids and without content',
  flow_start_counts: 'a count, for an hour',
  initiated_contacts: 'that the business wrote first, for a day',
  message_causes: 'ids, so that nothing is written twice',
  message_external_ids: 'the ids of the provider, which stand with the messages',
  notifications: 'that somebody of the house was told',
  pair_buckets: 'when the next message may go out, for seconds',
  rate_limit_buckets: 'counts, for an hour',
  read_marks: 'up to where people of the house have read',
  webhook_attempts: 'when something was told to another system of the business',
  webhook_deliveries: 'the same facts, as they were told to another system of the business',
}

/** Tables about somebody of which nobody has said whether an export has them. */
async function undecided(): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(`
    select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and exists (select from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
        and a.attname in ('contact_id', 'conversation_id', 'message_id', 'run_id', 'subject_id'))
    order by 1`)
  assert.ok(rows.length > 25)
  return rows.flatMap(({ name }) => (EXPORTED[name] || TELLS_NOTHING[name] ? [] : name))
}

test('[SEC-10] whatever points at a contact, a conversation, a message or a run is exported, or tells nothing of anybody', async () => {
  assert.deepEqual(await undecided(), [], 'Export it in infra/db/stores/contact-export.ts, or say here why not.')
  const { rows } = await admin.query<{ name: string }>(
    `
    select name from unnest($1::text[]) as name where to_regclass('public.' || name) is null`,
    [[...Object.keys(EXPORTED), ...Object.keys(TELLS_NOTHING)]],
  )
  assert.deepEqual(rows, [], 'none is named that there is not')
  await admin.query('create table newcomers (contact_id uuid)')
  assert.deepEqual(await undecided(), ['newcomers'])
  await admin.query('drop table newcomers')
})

/** Somebody with a conversation, a message and a run, and the activity that exports them. */
async function somebody() {
  const tenant = await product.tenant()
  const { tenantId, channelId: channel } = tenant
  const contact = await makeContact(product, tenant)
  const { conversationId: conversation } = await receive(product, tenant, { contactId: contact, messages: ['hello'] })
  const [run, flow, version] = [newId(), newId(), newId()]
  const { rows } = await admin.query<{ id: string }>('select id from messages where conversation_id = $1', [
    conversation,
  ])
  await admin.query(`
    with f as (insert into flows (id, tenant_id, name, draft) values ('${flow}', '${tenantId}', 'F', '{}')),
      v as (insert into flow_versions (id, tenant_id, flow_id, number, definition)
        values ('${version}', '${tenantId}', '${flow}', 1, '{}'))
    insert into runs (id, tenant_id, flow_id, flow_version_id, contact_id, conversation_id, cause, state)
    values ('${run}', '${tenantId}', '${flow}', '${version}', '${contact}', '${conversation}', '{}', 'closed')`)
  const ids: Ids = { contact, conversation, message: rows[0]!.id, channel, run }
  return { tenantId, ids, read: <T>(work: (tx: Tx) => Promise<T>) => db.tenant(tenantId, work) }
}

/** Asks for an export, packs it as the workflow does, and opens it. */
async function exported({ tenantId, ids, read }: Awaited<ReturnType<typeof somebody>>): Promise<Map<string, string>> {
  const actor = { kind: 'system' } as const
  const requestId = await read((tx) => requestData(tx, { tenantId, actor }, { contactId: ids.contact, kind: 'export' }))
  const { packContactExport } = createContactExportActivities({ db, media, now: Date.now })
  await new MockActivityEnvironment().run(packContactExport, { tenantId, requestId })
  const { storageKey } = (await read((tx) => getDataRequest(tx, requestId)))!
  const archive = Buffer.from(await media.bytes(tenantId, storageKey!))
  const parts = new Map<string, string>()
  for (let at = 0; archive[at] !== 0; ) {
    const textOf = (from: number, length: number) =>
      archive.toString('utf8', at + from, at + from + length).split('\0')[0]!
    const sizeBytes = Number.parseInt(textOf(124, 12), 8)
    parts.set(textOf(0, 100), archive.toString('utf8', at + 512, at + 512 + sizeBytes))
    at += 512 + Math.ceil(sizeBytes / 512) * 512
  }
  return parts
}

test('[SEC-10] a row of each of these tables is in its part of the archive', async () => {
  const person = await somebody()
  const { tenantId, ids } = person
  const markOf = (table: string) => `mark-of-${table}`
  for (const [table, { row, file }] of Object.entries(EXPORTED)) {
    const mark = markOf(table)
    if (file)
      await media.put(tenantId, `files/${mark}`, Buffer.from(mark), { mimeType: 'text/plain', sizeBytesMax: 99 })
    assert.equal((await admin.query(row(ids), [tenantId, mark])).rowCount, 1, table)
  }
  const parts = await exported(person)
  const lost = Object.entries(EXPORTED).filter(
    ([table, { part }]) =>
      ![...parts].some(([name, content]) => name.startsWith(part) && content.includes(markOf(table))),
  )
  assert.deepEqual(
    lost.map(([table, { part }]) => `${table} in ${part}`),
    [],
  )
})

test('[SEC-10] all that somebody ever said about consent is exported, however often they changed their mind', async () => {
  const person = await somebody()
  const count = 1_100
  await admin.query(
    `insert into consent_changes (id, tenant_id, contact_id, category, state, source, actor, evidence)
     select gen_random_uuid(), $1, $2, 'marketing', 'granted', 'form', '{"kind":"system"}', n::text
     from generate_series(1, ${count}) as n`,
    [person.tenantId, person.ids.contact],
  )
  const parts = [...(await exported(person))].filter(([name]) => name.startsWith('consent-history-'))
  const said = parts.flatMap(([, content]) => JSON.parse(content) as { evidence: string }[])
  assert.deepEqual(
    said.map(({ evidence }) => Number(evidence)).sort((one, other) => one - other),
    Array.from({ length: count }, (_, n) => n + 1),
  )
})

test('[SEC-10] their words in a group are exported and erased; a notice that names many people is in no export of one', async () => {
  const person = await somebody()
  const { tenantId, ids, read } = person
  const { rows } = await admin.query<{ id: string }>(
    'select external_id as id from contact_identities where contact_id = $1',
    [ids.contact],
  )
  const mine = rows[0]!.id
  const tell = (kind: string, payload: object) =>
    admin.query('insert into channel_events (id, tenant_id, channel_id, kind, payload) values ($1, $2, $3, $4, $5)', [
      ...[newId(), tenantId, ids.channel, kind, JSON.stringify(payload)],
    ])
  await tell('account.history.history', { threads: [{ id: mine }, { id: 'somebody else' }] })
  await tell('group_message', { from: mine, body: 'mine' })
  await tell('group_message', { from: `9${mine}`, body: 'not mine' })
  const parts = await exported(person)
  const told = JSON.parse(parts.get('channel-events-0001.json')!) as { payload: { body: string } }[]
  assert.deepEqual(
    told.map(({ payload }) => payload.body),
    ['mine'],
  )

  const actor = { kind: 'system' } as const
  const asked = { contactId: ids.contact, kind: 'erasure' } as const
  const requestId = await read((tx) => requestData(tx, { tenantId, actor }, asked))
  const place = { tenantId, contactId: ids.contact, requestId }
  await read((tx) => beginErasure(tx, place, product.keyRing))
  await read((tx) => eraseInbound(tx, place))
  const left = await admin.query("select payload ->> 'body' as body from channel_events where tenant_id = $1", [
    tenantId,
  ])
  assert.deepEqual(left.rows, [{ body: 'not mine' }])
})
