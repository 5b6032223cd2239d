import { sql, type Tx } from '../../tx.ts'

type Place = { tenantId: string; conversationId: string }

/** WhatsApp shows the sign for 25 seconds; a new one before this would only cost a call. */
export const TYPING_EVERY_MS = 20_000

/** People have read the conversation: the provider is told once, up to the last message of the contact. */
export async function noteRead(tx: Tx, { tenantId, conversationId }: Place): Promise<void> {
  await tx.run(sql`
    insert into read_marks as r (tenant_id, conversation_id, message_id)
    select tenant_id, conversation_id, id from messages
    where tenant_id = ${tenantId} and conversation_id = ${conversationId} and direction = 'inbound' and external_id is not null
    order by id desc limit 1
    on conflict (tenant_id, conversation_id) do update set message_id = excluded.message_id, rings = r.rings + 1,
      due_at = now(), error = null
    where r.message_id is distinct from excluded.message_id`)
}

/** Somebody writes an answer. Nothing happens outside the service window, or so soon after the last time. */
export async function noteTyping(
  tx: Tx,
  { tenantId, conversationId, nowMs }: Place & { nowMs: number },
): Promise<void> {
  const [now, before] = [new Date(nowMs), new Date(nowMs - TYPING_EVERY_MS)]
  await tx.run(sql`
    insert into read_marks as r (tenant_id, conversation_id, message_id, typing_at)
    select m.tenant_id, m.conversation_id, m.id, ${now}
    from conversations v join messages m on m.tenant_id = v.tenant_id and m.conversation_id = v.id
    where v.tenant_id = ${tenantId} and v.id = ${conversationId} and v.state <> 'closed' and v.window_expires_at > ${now}
      and m.direction = 'inbound' and m.external_id is not null
    order by m.id desc limit 1
    on conflict (tenant_id, conversation_id) do update set message_id = excluded.message_id,
      typing_at = excluded.typing_at, rings = r.rings + 1, due_at = now(), error = null
    where r.typing_at is null or r.typing_at <= ${before}`)
}

export type DueReadMark = Place & { rings: number }

/** Conversations of which a provider is to be told, claimed for a moment. Runs as the relay. */
export function dueReadMarks(
  relay: Tx,
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<DueReadMark[]> {
  return relay.rows<DueReadMark>(sql`
    with due as (
      select tenant_id, conversation_id from read_marks where rung < rings and due_at <= now()
      order by due_at limit ${limit} for update skip locked
    )
    update read_marks r set due_at = now() + make_interval(secs => ${leaseMs / 1_000})
    from due where r.tenant_id = due.tenant_id and r.conversation_id = due.conversation_id
    returning r.tenant_id as "tenantId", r.conversation_id as "conversationId", r.rings`)
}

/** Runs as the relay. What was added after the claim is not marked away. */
export async function markReadMarksRung(relay: Tx, marks: readonly DueReadMark[]): Promise<void> {
  await relay.run(sql`
    update read_marks r set rung = greatest(r.rung, k.rings)
    from unnest(${marks.map((mark) => mark.conversationId)}::uuid[], ${marks.map((mark) => mark.rings)}::int[])
      as k(conversation_id, rings)
    where r.conversation_id = k.conversation_id`)
}

export type ReadMark = {
  messageId: string
  externalId: string
  typing: boolean
  channelId: string
  phoneNumberId: string
  baseUrl: string | null
  accessToken: Buffer
}

/** What the provider does not know yet; undefined when it has been told everything, or too late. */
export function readMarkToTell(
  tx: Tx,
  { tenantId, conversationId, nowMs }: Place & { nowMs: number },
): Promise<ReadMark | undefined> {
  return tx.row<ReadMark>(sql`
    select * from (
      select r.message_id as "messageId", m.external_id as "externalId", c.id as "channelId",
        c.external_id as "phoneNumberId", c.base_url as "baseUrl", c.access_token as "accessToken",
        r.marked_message_id is distinct from r.message_id as unread,
        coalesce(r.typing_at > ${new Date(nowMs - TYPING_EVERY_MS)} and r.typing_told_at is distinct from r.typing_at, false)
          as typing
      from read_marks r join messages m on m.id = r.message_id and m.tenant_id = r.tenant_id
        join channels c on c.tenant_id = m.tenant_id and c.id = m.channel_id
      where r.tenant_id = ${tenantId} and r.conversation_id = ${conversationId}
    ) known where unread or typing`)
}

/** Remembers what the provider was told, or why it never will be. */
export async function settleReadMark(
  tx: Tx,
  {
    tenantId,
    conversationId,
    messageId,
    typing,
    error,
  }: Place & { messageId: string; typing: boolean; error?: string },
): Promise<void> {
  const told = error === undefined
  await tx.run(sql`
    update read_marks set error = ${error?.slice(0, 500) ?? null},
      marked_message_id = case when ${told} then ${messageId}::uuid else marked_message_id end,
      told_at = case when ${told} then now() else told_at end,
      typing_told_at = case when ${typing} then typing_at else typing_told_at end
    where tenant_id = ${tenantId} and conversation_id = ${conversationId}`)
}
