import type { OutboundContent, OutboundState } from '#domain/messages/schema.ts'
import {
  decideSend,
  FENCE_MS,
  PAIR_BURST,
  PAIR_INTERVAL_MS,
  SETTLE_MS,
  type SendDecision,
} from '#domain/messages/sendable.ts'
import { limitOf } from '#domain/quotas/plans.ts'
import { sql, type Tx } from '../../tx.ts'
import { noteOptOuts } from '../consents.ts'
import { appendEvents } from '../events.ts'
import { ringBell } from './conversation-row.ts'

export type Envelope = {
  messageId: string
  conversationId: string
  channelId: string
  phoneNumberId: string
  baseUrl: string | null
  accessToken: Buffer
  messagesPerSecond: number
  to: { waId?: string; userId?: string }
  content: OutboundContent
  replyToExternalId: string | null
  attempt: number
  /** How often the provider has put it off, told by its code. */
  tries: number
  promptWaitId: string | null
}

export type Claim =
  | { kind: 'send'; envelope: Envelope }
  /** `predecessorId`: the message that must leave first. */
  | { kind: 'later'; untilMs: number; reason: string; promptWaitId: string | null; predecessorId: string | null }
  | { kind: 'settled'; state: OutboundState; promptWaitId: string | null }

type Row = {
  id: string
  conversation_id: string
  channel_id: string
  kind: string
  content: OutboundContent
  state: OutboundState
  message_class: 'reply' | 'reminder' | 'campaign'
  automated: boolean
  epoch: number
  attempt: number
  tries: number
  sending_at: Date | null
  not_before: Date | null
  reply_to_external_id: string | null
  cut_epoch: number
  window_expires_at: Date | null
  contact_id: string
  blocked: boolean
  erased_at: Date | null
  phone_number_id: string
  channel_status: string
  messages_per_second: number
  pair_limit: boolean
  base_url: string | null
  access_token: Buffer
  wa_id: string | null
  user_id: string | null
  suppressed: boolean
  predecessor_id: string | null
  prompt_wait_id: string | null
  template_status: string | null
  template_category: string | null
  consent: 'granted' | 'withdrawn' | null
  /** Of the month's messages; null for what a person wrote. */
  own_limit: unknown
  plan_limit: unknown
  used: number | null
  queued_since_full: boolean
}

/**
 * The last look at one message, and the claim: when this commits with `send`, the row says `sending` under our fence and
 * only we may POST it.
 */
export async function claimSend(
  tx: Tx,
  { tenantId, messageId, fence, nowMs }: { tenantId: string; messageId: string; fence: string; nowMs: number },
): Promise<Claim> {
  const row = await readRow(tx, tenantId, messageId)
  if (row === undefined) return { kind: 'settled', state: 'superseded', promptWaitId: null }
  const decision = decideSend(factsOf(row), nowMs)
  if (decision.kind !== 'send') return settleWithout(tx, { tenantId, row, decision })

  const { attempt, possibleDuplicate } = decision
  const claimed = await takePairAndClaim(tx, {
    tenantId,
    row,
    fence,
    sendingAt: new Date(nowMs),
    attempt,
    possibleDuplicate,
  })
  if (claimed) return { kind: 'send', envelope: envelopeOf(row, attempt) }
  return { ...waits(row), untilMs: await pairFreeAt(tx, { tenantId, row }), reason: 'pair_limit' }
}

const waits = (row: Row) =>
  ({ kind: 'later', promptWaitId: row.prompt_wait_id, predecessorId: row.predecessor_id }) as const

async function readRow(tx: Tx, tenantId: string, messageId: string): Promise<Row | undefined> {
  return tx.row<Row>(sql`
    select m.id, m.conversation_id, m.channel_id, m.kind, m.content, m.state, m.message_class, m.automated, m.epoch,
      m.attempt, coalesce((m.failure ->> 'tries')::int, 0) as tries, m.sending_at, m.not_before, m.reply_to_external_id, m.prompt_wait_id, v.cut_epoch, v.window_expires_at, m.contact_id,
      c.blocked, c.erased_at, ch.external_id as phone_number_id, ch.status as channel_status, ch.messages_per_second,
      ch.pair_limit, ch.base_url, ch.access_token,
      (select i.external_id from contact_identities i where i.tenant_id = m.tenant_id and i.contact_id = m.contact_id
        and i.channel_kind = ch.kind and i.type = 'phone' and i.business_account_id = ch.business_account_id
        order by i.id desc limit 1) as wa_id,
      (select i.external_id from contact_identities i where i.tenant_id = m.tenant_id and i.contact_id = m.contact_id
        and i.channel_kind = ch.kind and i.type = 'user' and i.business_account_id = ch.business_account_id
        order by i.id desc limit 1) as user_id,
      exists (select from suppressions s where s.tenant_id = m.tenant_id and s.contact_id = m.contact_id
        and (s.category is null or s.category = coalesce(t.category, 'service'))) as suppressed,
      (select p.id from messages p where p.tenant_id = m.tenant_id and p.conversation_id = m.conversation_id
        and p.state in ('queued', 'sending') and p.outbound_seq < m.outbound_seq
        order by p.outbound_seq limit 1) as predecessor_id,
      lower(t.status) as template_status, t.category as template_category,
      (select s.state from consents s where s.tenant_id = m.tenant_id and s.contact_id = m.contact_id
        and s.category = coalesce(t.category, 'service')) as consent,
      q.own_limit, q.plan_limit, q.used, coalesce(m.created_at > q.full_at, true) as queued_since_full
    from messages m
    join conversations v on v.id = m.conversation_id
    join contacts c on c.id = m.contact_id
    join channels ch on ch.id = m.channel_id
    left join templates t on m.kind = 'template' and t.tenant_id = m.tenant_id and t.channel_id = m.channel_id
      and t.name = m.content ->> 'name' and t.language = m.content ->> 'language'
    left join lateral (
      select n.quotas -> 'messages' as own_limit, p.limits -> 'messages' as plan_limit, coalesce(u.used, 0) as used,
        w.at as full_at
      from tenants n join plans p on p.key = n.plan
      left join usage_counters u on u.tenant_id = n.id and u.quota = 'messages'
        and u.month = date_trunc('month', now() at time zone 'UTC')::date
      left join quota_warnings w on w.tenant_id = n.id and w.quota = 'messages' and w.percent = 100
        and w.month = date_trunc('month', now() at time zone 'UTC')::date
      where n.id = m.tenant_id) q on m.run_id is not null or m.message_class = 'campaign'
    where m.id = ${messageId} and m.tenant_id = ${tenantId} and m.direction = 'outbound'
    for update of m`)
}

const factsOf = (row: Row) => ({
  state: row.state,
  kind: row.kind,
  messageClass: row.message_class,
  automated: row.automated,
  epoch: row.epoch,
  cutEpoch: row.cut_epoch,
  attempt: row.attempt,
  sendingAtMs: row.sending_at?.getTime() ?? null,
  notBeforeMs: row.not_before?.getTime() ?? null,
  windowExpiresAtMs: row.window_expires_at?.getTime() ?? null,
  predecessorPending: row.predecessor_id !== null,
  contactBlocked: row.blocked,
  contactErased: row.erased_at !== null,
  suppressed: row.suppressed,
  consent: row.consent,
  channelConnected: row.channel_status === 'connected' || row.channel_status === 'pending',
  hasAddress: row.wa_id !== null || row.user_id !== null,
  beyondQuota: isBeyondQuota(row),
  ...(row.kind === 'template' ? { template: { status: row.template_status, category: row.template_category } } : {}),
})

/** A message is counted when it is queued: what was queued before the quota was full is among those that the plan allows. */
function isBeyondQuota({ own_limit, plan_limit, used, queued_since_full }: Row): boolean {
  if (used === null) return false
  const limit = limitOf({ own: { messages: own_limit }, plan: { messages: plan_limit } }, 'messages')
  return used >= limit && queued_since_full
}

const envelopeOf = (row: Row, attempt: number): Envelope => ({
  messageId: row.id,
  conversationId: row.conversation_id,
  channelId: row.channel_id,
  phoneNumberId: row.phone_number_id,
  baseUrl: row.base_url,
  accessToken: row.access_token,
  messagesPerSecond: row.messages_per_second,
  to: { ...(row.wa_id === null ? {} : { waId: row.wa_id }), ...(row.user_id === null ? {} : { userId: row.user_id }) },
  content: row.content,
  replyToExternalId: row.reply_to_external_id,
  attempt,
  tries: row.tries,
  promptWaitId: row.prompt_wait_id,
})

async function settleWithout(
  tx: Tx,
  { tenantId, row, decision }: { tenantId: string; row: Row; decision: Exclude<SendDecision, { kind: 'send' }> },
): Promise<Claim> {
  if (decision.kind === 'later') return { ...decision, ...waits(row) }
  if (decision.kind === 'settled') {
    // An unknown outcome that may not be tried again stays unknown; nobody needs to ask for it any more.
    if (row.state === 'unknown') await tx.run(sql`update messages set not_before = null where id = ${row.id}`)
    return { kind: 'settled', state: row.state, promptWaitId: row.prompt_wait_id }
  }
  const state = decision.kind === 'lost' ? 'unknown' : decision.state
  const notBefore = decision.kind === 'lost' ? new Date(decision.settleByMs) : null
  const code = decision.kind === 'lost' ? 'provider_outcome_unknown' : decision.code
  await tx.run(sql`
    update messages set state = ${state}, fence = null, not_before = ${notBefore},
      settled_at = case when ${state} = 'unknown' then null else now() end, failure = ${JSON.stringify({ code })}
    where id = ${row.id}`)
  tellChanged(tx, tenantId, row.conversation_id, row.id, state)
  return { kind: 'settled', state, promptWaitId: row.prompt_wait_id }
}

const PAIR_INTERVAL_S = PAIR_INTERVAL_MS / 1_000
/** What a pair may have taken in advance. */
const PAIR_BORROWED_S = (PAIR_BURST - 1) * PAIR_INTERVAL_S

/** Takes one from the pair's bucket, where the channel has one, and the message with it. @returns whether there was one. */
async function takePairAndClaim(
  tx: Tx,
  input: { tenantId: string; row: Row; fence: string; sendingAt: Date; attempt: number; possibleDuplicate: boolean },
): Promise<boolean> {
  const { tenantId, row, fence, sendingAt, attempt, possibleDuplicate } = input
  const claimed = await tx.run(sql`
    with pair as (
      insert into pair_buckets (tenant_id, channel_id, contact_id, arrival_at)
      select ${tenantId}, ${row.channel_id}, ${row.contact_id}, now() + make_interval(secs => ${PAIR_INTERVAL_S})
      where ${row.pair_limit}
      on conflict (tenant_id, channel_id, contact_id) do update
        set arrival_at = greatest(pair_buckets.arrival_at, now()) + make_interval(secs => ${PAIR_INTERVAL_S})
        where pair_buckets.arrival_at <= now() + make_interval(secs => ${PAIR_BORROWED_S})
      returning 1
    )
    update messages set state = 'sending', fence = ${fence}, sending_at = ${sendingAt}, attempt = ${attempt},
      possible_duplicate = possible_duplicate or ${possibleDuplicate}
    where id = ${row.id} and (not ${row.pair_limit} or exists (select from pair))`)
  return claimed > 0
}

/** When the pair's bucket has one again. */
async function pairFreeAt(tx: Tx, { tenantId, row }: { tenantId: string; row: Row }): Promise<number> {
  const bucket = await tx.row<{ free_at: Date }>(sql`
    select arrival_at - make_interval(secs => ${PAIR_BORROWED_S}) as free_at from pair_buckets
    where tenant_id = ${tenantId} and channel_id = ${row.channel_id} and contact_id = ${row.contact_id}`)
  return bucket!.free_at.getTime()
}

/** What the provider said, or did not. */
export type SendOutcome =
  | { kind: 'accepted'; externalId: string }
  | { kind: 'rejected'; failure: Record<string, unknown> & { code: string } }
  /** It certainly did not leave; the row is queued again. */
  | { kind: 'not_sent'; failure: Record<string, unknown> & { code: string }; retryAtMs: number }
  | { kind: 'unknown'; failure: Record<string, unknown> & { code: string } }

/** Commits an outcome, if the row is still ours: an older process that wakes up late changes nothing. */
export async function settleSend(
  tx: Tx,
  input: { tenantId: string; envelope: Envelope; fence: string; outcome: SendOutcome; nowMs: number },
): Promise<void> {
  const { tenantId, envelope, fence, outcome, nowMs } = input
  const { messageId } = envelope
  if (outcome.kind === 'accepted')
    return settleAccepted(tx, { tenantId, envelope, fence, externalId: outcome.externalId })
  const state = outcome.kind === 'rejected' ? 'failed' : outcome.kind === 'not_sent' ? 'queued' : 'unknown'
  const notBeforeMs =
    outcome.kind === 'not_sent' ? outcome.retryAtMs : outcome.kind === 'unknown' ? nowMs + SETTLE_MS : undefined
  const changed = await tx.run(sql`
    update messages set state = ${state}, fence = null, failure = ${JSON.stringify(outcome.failure)},
      not_before = ${notBeforeMs === undefined ? null : new Date(notBeforeMs)},
      attempt = attempt - case when ${state} = 'queued' then 1 else 0 end,
      settled_at = case when ${state} = 'failed' then now() end
    where id = ${messageId} and fence = ${fence} and state = 'sending'`)
  if (changed === 0) return
  tellChanged(tx, tenantId, envelope.conversationId, messageId, state)
  if (outcome.kind === 'not_sent' && outcome.failure['class'] !== 'pair') giveBackToPair(tx, tenantId, messageId)
  if (outcome.kind !== 'rejected') return
  ringAskers(tx, tenantId, [messageId])
  if (outcome.failure.code === 'recipient_opted_out') await noteOptOuts(tx, tenantId, [messageId])
}

/** What certainly did not leave took nothing from what a contact may be sent; unless it was just that which was too much. */
function giveBackToPair(tx: Tx, tenantId: string, messageId: string): void {
  tx.write(sql`
    update pair_buckets b set arrival_at = b.arrival_at - make_interval(secs => ${PAIR_INTERVAL_S}) from messages m
    where m.tenant_id = ${tenantId} and m.id = ${messageId} and b.tenant_id = m.tenant_id and b.channel_id = m.channel_id
      and b.contact_id = m.contact_id`)
}

/** Rings the runs that wait for an answer to a question which will never arrive, whoever found that out. */
export function ringAskers(tx: Tx, tenantId: string, messageIds: readonly string[]): void {
  if (messageIds.length === 0) return
  tx.wake('runs')
  tx.write(sql`
    update runs r set rings = r.rings + 1, ring_due_at = now() from messages m
    where m.tenant_id = ${tenantId} and m.id = any(${messageIds}::uuid[]) and m.prompt_wait_id is not null
      and r.id = m.run_id and r.tenant_id = m.tenant_id and r.wait_id = m.prompt_wait_id and r.state = 'open'`)
}

async function settleAccepted(
  tx: Tx,
  input: { tenantId: string; envelope: Envelope; fence: string; externalId: string },
): Promise<void> {
  const { tenantId, envelope, fence, externalId } = input
  // A status webhook may have been quicker than the answer: then only the id is new.
  const row = await tx.row<{ state: string }>(sql`
    with settled as (
      update messages set external_id = ${externalId}, fence = null, failure = null, not_before = null, settled_at = now(),
        state = case when state in ('sending', 'unknown') then 'accepted' else state end
      where id = ${envelope.messageId} and (fence = ${fence} or external_id is null)
      returning state, run_id, prompt_wait_id, prompt_timeout_ms
    ), named as (
      insert into message_external_ids (tenant_id, channel_id, external_id, message_id, conversation_id)
      select ${tenantId}, ${envelope.channelId}, ${externalId}, ${envelope.messageId}, ${envelope.conversationId} from settled
      on conflict do nothing
    ), clock as (
      update runs r set wake_at = now() + make_interval(secs => s.prompt_timeout_ms / 1000.0) from settled s
      where r.id = s.run_id and r.wait_id = s.prompt_wait_id and r.state = 'open' and s.prompt_timeout_ms is not null
    )
    select state from settled`)
  if (row === undefined) return
  tellChanged(tx, tenantId, envelope.conversationId, envelope.messageId, row.state)
}

function tellChanged(tx: Tx, tenantId: string, conversationId: string, messageId: string, state: string): void {
  appendEvents(tx, [
    {
      tenantId,
      type: 'message.changed',
      actor: { kind: 'system' },
      subject: { type: 'message', id: messageId },
      conversationId,
      data: { state },
    },
  ])
}

/** Outbound rows of a conversation that may leave now, in order: the queue, and unknown ones that may go once more. */
export async function dueOutbound(tx: Tx, tenantId: string, conversationId: string, limit: number): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select id from messages
    where tenant_id = ${tenantId} and conversation_id = ${conversationId} and outbound_seq is not null
      and (state = 'queued' or (state = 'sending' and sending_at < now() - make_interval(secs => ${FENCE_MS / 1_000}))
        or (state = 'unknown' and not_before <= now() and message_class = 'reply' and attempt < 2))
    order by outbound_seq limit ${limit}`)
  return rows.map((row) => row.id)
}

/** Queues a failed message again because a person asked for it. */
export async function requeue(
  tx: Tx,
  { tenantId, messageId }: { tenantId: string; messageId: string },
): Promise<boolean> {
  const row = await tx.row<{ conversation_id: string }>(sql`
    update messages m set state = 'queued', failure = null, not_before = null, settled_at = null, attempt = 0,
      epoch = (select epoch from conversations v where v.id = m.conversation_id)
    where m.id = ${messageId} and m.tenant_id = ${tenantId} and m.state = 'failed'
    returning m.conversation_id`)
  if (row === undefined) return false
  ringBell(tx, tenantId, row.conversation_id)
  tellChanged(tx, tenantId, row.conversation_id, messageId, 'queued')
  return true
}
