import { type ProviderState, statesBefore } from '#domain/messages/status-lattice.ts'
import { newId } from '#infra/ids.ts'
import { sql, type Tx } from '../../tx.ts'
import { appendEvents } from '../events.ts'
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
  pricing?: unknown
}

type Resolved = StatusUpdate & { messageId: string }

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
  const resolved = await resolve(tx, { tenantId, channelId, updates })
  const known = new Set(resolved.map((update) => update.itemId))
  if (resolved.length > 0) {
    await learnExternalIds(tx, { tenantId, channelId }, resolved)
    await keepStatuses(tx, tenantId, resolved)
    await markDuplicates(tx, tenantId, resolved)
    const order: ProviderState[] = ['accepted', 'sent', 'delivered', 'read', 'failed']
    for (const state of order)
      await moveTo(
        tx,
        tenantId,
        state,
        resolved.filter((update) => update.state === state),
      )
  }
  return { unresolvedItemIds: updates.filter((update) => !known.has(update.itemId)).map((update) => update.itemId) }
}

async function resolve(
  tx: Tx,
  { tenantId, channelId, updates }: { tenantId: string; channelId: string; updates: readonly StatusUpdate[] },
): Promise<Resolved[]> {
  const rows = updates.map((update) => ({
    item_id: update.itemId,
    external_id: update.externalId,
    message_id: update.callback?.messageId ?? null,
  }))
  const found = await tx.rows<{ item_id: string; message_id: string }>(sql`
    select u.item_id, coalesce(m.id, x.message_id) as message_id
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as u(item_id uuid, external_id text, message_id uuid)
    left join messages m on m.id = u.message_id and m.tenant_id = ${tenantId} and m.channel_id = ${channelId}
    left join message_external_ids x on m.id is null and x.tenant_id = ${tenantId} and x.channel_id = ${channelId}
      and x.external_id = u.external_id
    where coalesce(m.id, x.message_id) is not null`)
  const byItem = new Map(found.map((row) => [row.item_id, row.message_id]))
  await lockMessages(
    tx,
    tenantId,
    found.map((row) => row.message_id),
  )
  return updates.flatMap((update) => {
    const messageId = byItem.get(update.itemId)
    return messageId === undefined ? [] : [{ ...update, messageId }]
  })
}

/** Always by id, and before anything else is written: two batches and a send that settle the same messages wait in line. */
async function lockMessages(tx: Tx, tenantId: string, ids: readonly string[]): Promise<void> {
  await tx.rows(sql`
    select id from messages where tenant_id = ${tenantId} and id = any(${[...new Set(ids)]}::uuid[]) order by id for update`)
}

/** The provider's id of a message whose answer was lost or is late, so that later items find it. */
async function learnExternalIds(tx: Tx, scope: { tenantId: string; channelId: string }, updates: readonly Resolved[]) {
  const named = updates.filter((update) => update.callback !== undefined)
  if (named.length === 0) return
  await tx.run(sql`
    insert into message_external_ids (tenant_id, channel_id, external_id, message_id, conversation_id)
    select distinct on (u.external_id) ${scope.tenantId}::uuid, ${scope.channelId}::uuid, u.external_id, m.id, m.conversation_id
    from unnest(${named.map((update) => update.externalId)}::text[], ${named.map((update) => update.messageId)}::uuid[])
      as u(external_id, message_id)
    join messages m on m.id = u.message_id and m.tenant_id = ${scope.tenantId} and m.external_id is distinct from u.external_id
    on conflict do nothing`)
}

async function keepStatuses(tx: Tx, tenantId: string, updates: readonly Resolved[]): Promise<void> {
  const rows = updates.map((update) => ({
    id: newId(),
    message_id: update.messageId,
    status: update.status,
    at: new Date(update.atMs).toISOString(),
    errors: update.errors.length === 0 ? null : update.errors,
    pricing: update.pricing ?? null,
  }))
  await tx.run(sql`
    insert into message_statuses (id, tenant_id, message_id, status, at, errors, pricing)
    select id, ${tenantId}, message_id, status, at, errors, pricing
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as s(id uuid, message_id uuid, status text, at timestamptz,
      errors jsonb, pricing jsonb)`)
}

/** A status that names an earlier attempt, after a later one was made: the first did leave, so the contact got two. */
async function markDuplicates(tx: Tx, tenantId: string, updates: readonly Resolved[]): Promise<void> {
  const named = updates.filter((update) => update.callback !== undefined && update.state !== 'failed')
  if (named.length === 0) return
  await tx.run(sql`
    update messages m set duplicate_detected = true
    from unnest(${named.map((update) => update.messageId)}::uuid[], ${named.map((update) => update.callback!.attempt)}::int[])
      as u(id, attempt)
    where m.id = u.id and m.tenant_id = ${tenantId} and m.possible_duplicate and u.attempt < m.attempt
      and not m.duplicate_detected`)
}

async function moveTo(tx: Tx, tenantId: string, state: ProviderState, updates: readonly Resolved[]): Promise<void> {
  if (updates.length === 0) return
  const rows = updates.map((update) => ({
    id: update.messageId,
    at: new Date(update.atMs).toISOString(),
    external_id: update.externalId,
    failure: state === 'failed' ? { code: 'provider_rejected', provider: update.errors } : null,
  }))
  const moved = await tx.rows<{ id: string; conversation_id: string }>(sql`
    update messages m set state = ${state}, external_id = coalesce(m.external_id, u.external_id), fence = null,
      failure = u.failure, not_before = null, settled_at = coalesce(m.settled_at, now()),
      delivered_at = case when ${state} in ('delivered', 'read') then coalesce(m.delivered_at, u.at) else m.delivered_at end,
      read_at = case when ${state} = 'read' then coalesce(m.read_at, u.at) else m.read_at end
    from (
      select distinct on (id) * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as u(id uuid, at timestamptz, external_id text, failure jsonb) order by id, at
    ) u
    where m.id = u.id and m.tenant_id = ${tenantId} and m.state = any(${statesBefore(state)}::text[])
    returning m.id, m.conversation_id`)
  if (state === 'failed') {
    await ringAskers(
      tx,
      tenantId,
      moved.map((row) => row.id),
    )
  }
  await appendEvents(
    tx,
    moved.map((row) => ({
      tenantId,
      type: 'message.changed' as const,
      actor: { kind: 'system' as const },
      subject: { type: 'message' as const, id: row.id },
      conversationId: row.conversation_id,
      data: { state },
    })),
  )
}
