import type { OutboundState } from '#domain/messages/schema.ts'
import { advanceState, type ProviderState } from '#domain/messages/status-lattice.ts'
import { newId } from '#infra/ids.ts'
import type { SendFailure } from '#infra/providers/message-sender.ts'
import { sql, type Tx } from '../../tx.ts'
import { noteOptOuts } from '../consents.ts'
import { appendEvents, type NewEvent } from '../events.ts'
import { ringAskers } from './send.ts'

export type StatusUpdate = {
  /** The inbound item it came from, so that the caller knows which ones found no message. */
  itemId: string
  externalId: string
  status: string
  state: ProviderState | undefined
  atMs: number
  /** Our own id and attempt, as the provider gives them back: the only way to settle an answer that was lost. */
  callback?: { messageId: string; attempt: number }
  errors: readonly unknown[]
  /** What the errors of a failed status mean. */
  failure?: SendFailure
  pricing?: unknown
}

/** A message that statuses speak of, as it is and as they make it. */
type Told = {
  id: string
  conversation_id: string
  external_id: string | null
  state: OutboundState
  attempt: number
  possible_duplicate: boolean
  duplicate_detected: boolean
  delivered_at: Date | null
  read_at: Date | null
}

/**
 * Moves messages along by what the provider tells, many at once. Nothing moves back, except that `failed` yields to
 * `delivered` and `read`; every status is kept, also one that moves nothing.
 *
 * @returns the items whose message is not known (yet): the answer to its send may not be stored.
 */
export async function applyStatuses(
  tx: Tx,
  { tenantId, channelId, updates }: { tenantId: string; channelId: string; updates: readonly StatusUpdate[] },
): Promise<{ unresolvedItemIds: string[] }> {
  const found = await lockMessages(tx, { tenantId, channelId, updates })
  const byMessage = Map.groupBy(
    updates.filter((update) => found.has(update.itemId)),
    (update) => found.get(update.itemId)!.id,
  )
  if (byMessage.size > 0) {
    const told = new Map([...found.values()].map((message) => [message.id, message]))
    const changes = [...byMessage].map(([id, own]) => changeOf(told.get(id)!, own))
    writeChanges(tx, { tenantId, channelId, changes, statuses: statusRows(byMessage) })
    appendEvents(
      tx,
      changes.flatMap((change) => eventOf(tenantId, change)),
    )
    const refused = changes.filter((change) => change.moved && change.state === 'failed')
    const idsOf = (some: readonly MessageChange[]) => some.map((change) => change.id)
    ringAskers(tx, tenantId, idsOf(refused))
    const optedOut = refused.filter(({ failure }) => failure?.['code'] === 'recipient_opted_out')
    if (optedOut.length > 0) await noteOptOuts(tx, tenantId, idsOf(optedOut))
  }
  return { unresolvedItemIds: updates.filter(({ itemId }) => !found.has(itemId)).map(({ itemId }) => itemId) }
}

/**
 * The message of each item, by the provider's id, else by our own that came back with it. Locked in the order of ids, and
 * before anything else is written: two batches and a send that settle the same messages wait in line.
 */
async function lockMessages(
  tx: Tx,
  { tenantId, channelId, updates }: { tenantId: string; channelId: string; updates: readonly StatusUpdate[] },
): Promise<Map<string, Told>> {
  const asked = updates.map(({ itemId, externalId, callback }) => ({
    item_id: itemId,
    external_id: externalId,
    message_id: callback?.messageId ?? null,
  }))
  const rows = await tx.rows<Told & { item_id: string }>(sql`
    select u.item_id, m.* from (
      select i.item_id, coalesce(x.message_id, i.message_id) as message_id
      from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as i(item_id uuid, external_id text, message_id uuid)
      left join lateral (
        select x.message_id from message_external_ids x
        where x.tenant_id = ${tenantId} and x.channel_id = ${channelId} and x.external_id = i.external_id limit 1
      ) x on true
      order by 2
    ) u cross join lateral (
      select m.id, m.conversation_id, m.external_id, m.state, m.attempt, m.possible_duplicate, m.duplicate_detected,
        m.delivered_at, m.read_at
      from messages m
      where m.id = u.message_id and m.tenant_id = ${tenantId} and m.channel_id = ${channelId} and m.direction = 'outbound'
      for update
    ) m`)
  return new Map(rows.map(({ item_id, ...message }) => [item_id, message]))
}

type MessageChange = {
  id: string
  conversation_id: string
  state: OutboundState
  moved: boolean
  external_id: string
  /** Whether the provider's id is news to the list by which later items find the message. */
  named: boolean
  failure: Record<string, unknown> | null
  delivered_at: string | null
  read_at: string | null
  duplicate: boolean
}

const failureOf = ({ failure }: StatusUpdate) =>
  failure === undefined ? { code: 'provider_rejected' } : { ...failure, code: failure.errorCode }

/** What statuses of one message, in the order of their arrival, make of it. */
function changeOf(message: Told, updates: readonly StatusUpdate[]): MessageChange {
  let { state } = message
  let failure: Record<string, unknown> | null = null
  let deliveredAtMs = message.delivered_at?.getTime()
  let readAtMs = message.read_at?.getTime()
  let duplicate = message.duplicate_detected
  for (const update of updates) {
    if (update.state === undefined) continue
    // An earlier attempt is named after a later one was made: the first did leave, so the contact got two.
    const earlier = update.callback !== undefined && update.callback.attempt < message.attempt
    if (message.possible_duplicate && earlier && update.state !== 'failed') duplicate = true
    const next = advanceState(state, update.state)
    if (next === state) continue
    state = next
    failure = state === 'failed' ? failureOf(update) : null
    if (state === 'delivered' || state === 'read') deliveredAtMs ??= update.atMs
    if (state === 'read') readAtMs ??= update.atMs
  }
  const externalId = message.external_id ?? updates[0]!.externalId
  return {
    id: message.id,
    conversation_id: message.conversation_id,
    state,
    moved: state !== message.state,
    external_id: externalId,
    named: updates.some((update) => update.callback !== undefined && update.externalId !== message.external_id),
    failure,
    delivered_at: deliveredAtMs === undefined ? null : new Date(deliveredAtMs).toISOString(),
    read_at: readAtMs === undefined ? null : new Date(readAtMs).toISOString(),
    duplicate,
  }
}

const statusRows = (byMessage: Map<string, StatusUpdate[]>) =>
  [...byMessage].flatMap(([messageId, updates]) =>
    updates.map((update) => ({
      id: newId(),
      message_id: messageId,
      status: update.status,
      at: new Date(update.atMs).toISOString(),
      errors: update.errors.length === 0 ? null : update.errors,
      pricing: update.pricing ?? null,
    })),
  )

type Changes = {
  tenantId: string
  channelId: string
  changes: readonly MessageChange[]
  statuses: ReturnType<typeof statusRows>
}

/** Keeps what was told and writes what changed. The provider's id of a message whose answer was lost or is late is learnt here. */
function writeChanges(tx: Tx, { tenantId, channelId, changes, statuses }: Changes): void {
  tx.write(sql`
    with kept as (
      insert into message_statuses (id, tenant_id, message_id, status, at, errors, pricing)
      select id, ${tenantId}, message_id, status, at, errors, pricing
      from jsonb_to_recordset(${JSON.stringify(statuses)}::jsonb) as s(id uuid, message_id uuid, status text,
        at timestamptz, errors jsonb, pricing jsonb)
    ), change as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as c(id uuid, conversation_id uuid, state text,
        moved boolean, external_id text, named boolean, failure jsonb, delivered_at timestamptz, read_at timestamptz,
        duplicate boolean)
    ), named as (
      insert into message_external_ids (tenant_id, channel_id, external_id, message_id, conversation_id)
      select ${tenantId}, ${channelId}, external_id, id, conversation_id from change where named
      on conflict do nothing
    )
    update messages m set state = c.state, external_id = c.external_id, duplicate_detected = c.duplicate,
      fence = case when c.moved then null else m.fence end, failure = case when c.moved then c.failure else m.failure end,
      not_before = case when c.moved then null else m.not_before end,
      settled_at = case when c.moved then coalesce(m.settled_at, now()) else m.settled_at end,
      delivered_at = c.delivered_at, read_at = c.read_at
    from change c
    where m.id = c.id and (c.moved or c.named or c.duplicate <> m.duplicate_detected)`)
}

const eventOf = (tenantId: string, { id, conversation_id, state, moved }: MessageChange): NewEvent[] =>
  moved
    ? [
        {
          tenantId,
          type: 'message.changed',
          actor: { kind: 'system' },
          subject: { type: 'message', id },
          conversationId: conversation_id,
          data: { state },
        },
      ]
    : []
