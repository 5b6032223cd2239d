import { createHash } from 'node:crypto'
import { sql, type Tx } from '#infra/db/tx.ts'
import type { SceneRows, Stage } from './scene-rows.ts'

/** Writes the rows of all scenes, one statement per table. */
export async function writeScenes(tx: Tx, stage: Stage, scenes: readonly SceneRows[]): Promise<void> {
  await writeConversations(tx, stage, scenes)
  await writeRuns(tx, stage, scenes)
  await writeMessages(tx, stage, scenes)
  await writeAround(tx, stage, scenes)
  await writeFiles(tx, stage, scenes)
}

async function writeConversations(tx: Tx, { tenantId, channelId }: Stage, scenes: readonly SceneRows[]): Promise<void> {
  await tx.run(sql`
    insert into conversations (id, tenant_id, channel_id, contact_id, state, owner_kind, owner_id, epoch, last_seq, handled_seq,
      outbound_seq, needs_people, priority, close_reason, snoozed_until, window_expires_at, first_message_at, first_response_at,
      last_message_at, last_message_preview, last_message_label, last_message_direction, unread_count, held_count, created_at,
      closed_at)
    select id, ${tenantId}, ${channelId}, contact_id, state, owner_kind, owner_id, epoch, last_seq, handled_seq, outbound_seq,
      needs_people, priority, close_reason, snoozed_until, window_expires_at, first_message_at, first_response_at, last_message_at,
      last_message_preview, last_message_label, last_message_direction, unread_count, held_count, created_at, closed_at
    from jsonb_populate_recordset(null::conversations, ${JSON.stringify(scenes.map((scene) => scene.conversation))}::jsonb)`)
}

async function writeMessages(tx: Tx, { tenantId, channelId }: Stage, scenes: readonly SceneRows[]): Promise<void> {
  await tx.run(sql`
    insert into messages (id, tenant_id, conversation_id, contact_id, channel_id, direction, sender_type, sender_id, kind, content,
      external_id, reply_to_external_id, seq, held_until, held_reason, outbound_seq, state, message_class, epoch, automated,
      run_id, node_id, attempt, failure, possible_duplicate, sent_at, created_at, settled_at, delivered_at, read_at)
    select id, ${tenantId}, conversation_id, contact_id, ${channelId}, direction, sender_type, sender_id, kind, content,
      external_id, reply_to_external_id, seq, held_until, held_reason, outbound_seq, state, message_class, epoch,
      coalesce(automated, false), run_id, node_id, coalesce(attempt, 0), failure, coalesce(possible_duplicate, false),
      sent_at, created_at, settled_at, delivered_at, read_at
    from jsonb_populate_recordset(null::messages, ${JSON.stringify(scenes.flatMap((scene) => scene.messages))}::jsonb)`)
}

async function writeRuns(tx: Tx, { tenantId }: Stage, scenes: readonly SceneRows[]): Promise<void> {
  const runs = scenes.flatMap(({ run }) => run ?? [])
  await tx.run(sql`
    insert into runs (id, tenant_id, flow_id, flow_version_id, contact_id, conversation_id, cause, state, posture, outcome, turn,
      rings, rung, started_at, updated_at, ended_at, interpreter)
    select id, ${tenantId}, flow_id, flow_version_id, contact_id, conversation_id, cause, state, posture, outcome, turn, 1, rung,
      started_at, updated_at, ended_at, interpreter
    from jsonb_populate_recordset(null::runs, ${JSON.stringify(runs.map((run) => run.row))}::jsonb)`)
  await tx.run(sql`
    insert into run_events (id, tenant_id, run_id, turn, at, kind, node_id, detail)
    select id, ${tenantId}, run_id, turn, at, kind, node_id, detail
    from jsonb_populate_recordset(null::run_events, ${JSON.stringify(runs.flatMap((run) => run.events))}::jsonb)`)
}

/** The ids by which the provider knows the messages, and the reactions that hang on them. */
async function writeAround(tx: Tx, { tenantId, channelId }: Stage, scenes: readonly SceneRows[]): Promise<void> {
  const externalIds = scenes.flatMap((scene) => scene.externalIds)
  await tx.run(sql`
    insert into message_external_ids (tenant_id, channel_id, external_id, message_id, conversation_id)
    select ${tenantId}, ${channelId}, x."externalId", x."messageId", x."conversationId"
    from jsonb_to_recordset(${JSON.stringify(externalIds)}::jsonb) as x("externalId" text, "messageId" uuid, "conversationId" uuid)`)
  await tx.run(sql`
    insert into message_reactions (tenant_id, message_id, sender_type, emoji, at)
    select ${tenantId}, r."messageId", r."senderType", r.emoji, r.at
    from jsonb_to_recordset(${JSON.stringify(scenes.flatMap((scene) => scene.reactions))}::jsonb)
      as r("messageId" uuid, "senderType" text, emoji text, at timestamptz)`)
}

async function writeFiles(tx: Tx, { tenantId, channelId }: Stage, scenes: readonly SceneRows[]): Promise<void> {
  const rows = scenes
    .flatMap((scene) => scene.files)
    .map(({ id, key, name, conversationId, messageId, drawn, atMs }) => ({
      id,
      message_id: messageId,
      conversation_id: conversationId,
      media_type: drawn.mediaType,
      mime_type: drawn.mimeType,
      file_name: name,
      file_size_bytes: drawn.bytes.length,
      sha256: createHash('sha256').update(drawn.bytes).digest('hex'),
      storage_key: key,
      created_at: new Date(atMs).toISOString(),
    }))
  await tx.run(sql`
    insert into media_files (id, tenant_id, message_id, conversation_id, channel_id, media_type, state, mime_type, file_name,
      file_size_bytes, sha256, storage_key, created_at)
    select id, ${tenantId}, message_id, conversation_id, ${channelId}, media_type, 'stored', mime_type, file_name, file_size_bytes,
      sha256, storage_key, created_at
    from jsonb_populate_recordset(null::media_files, ${JSON.stringify(rows)}::jsonb)`)
}
