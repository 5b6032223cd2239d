import type { ParkedItem } from '#domain/channels/schema.ts'
import { newId } from '#infra/ids.ts'
import { sql, type Tx } from '../tx.ts'
import type { ListPage } from './acting.ts'

export type NewInboundItem = { key: string; kind: string; lane: string; channelId: string; item: unknown }

/**
 * Stores a webhook body and its items: the whole of what must be durable before a provider is answered.
 * Items whose key is known are left out; a body that brings nothing new is not stored again. It travels with the commit,
 * which is what the provider waits for.
 */
export function storeInbound(
  tx: Tx,
  input: { tenantId: string; channelId: string; body: Uint8Array; items: readonly NewInboundItem[] },
): void {
  const { tenantId, channelId, body, items } = input
  const bodyId = newId()
  const rows = items.map((item) => ({ ...item, id: newId() }))
  tx.write(sql`
    with item as (
      select distinct on (channel_id, key) id, channel_id, key, kind, lane, item
      from jsonb_to_recordset(${JSON.stringify(rows.map(({ channelId: channel_id, ...row }) => ({ ...row, channel_id })))}::jsonb)
        as i(id uuid, channel_id uuid, key text, kind text, lane text, item jsonb)
      order by channel_id, key, id
    ), fresh as (
      insert into inbound_keys (tenant_id, channel_id, key) select ${tenantId}, channel_id, key from item
      on conflict do nothing returning channel_id, key
    ), body as (
      insert into inbound_bodies (id, tenant_id, channel_id, body)
      select ${bodyId}, ${tenantId}, ${channelId}, ${Buffer.from(body)}
      where exists (select from fresh) or ${items.length === 0}
    )
    insert into inbound_events (id, tenant_id, channel_id, body_id, key, kind, lane, item)
    select i.id, ${tenantId}, i.channel_id, ${bodyId}, i.key, i.kind, i.lane, i.item
    from item i join fresh f using (channel_id, key)`)
  for (const { lane } of items) tx.wake(lane.startsWith(STATUS_LANE) ? 'statuses' : 'messages')
}

/** Lanes of statuses begin so; see `lanes.ts` of the providers. */
const STATUS_LANE = 's:'

export type InboundLane = { tenantId: string; channelId: string; lane: string }

/** What is taken by loops of their own: what people wrote soon, what became of our messages in batches. */
export type InboundKind = 'messages' | 'statuses'

/** Lanes with waiting items, the longest waiting first. A lane is one contact, or a share of the statuses. */
export async function waitingLanes(
  tx: Tx,
  { kind, limit }: { kind?: InboundKind; limit: number },
): Promise<InboundLane[]> {
  const statuses = kind === undefined ? null : kind === 'statuses'
  return tx.rows<InboundLane>(sql`
    select tenant_id as "tenantId", channel_id as "channelId", lane
    from (
      select tenant_id, channel_id, lane, id from inbound_events
      where state = 'new' and (retry_at is null or retry_at <= now())
        and (${statuses}::boolean is null or starts_with(lane, ${STATUS_LANE}) = ${statuses}::boolean)
      order by id limit 2000
    ) oldest
    group by tenant_id, channel_id, lane order by min(id::text) limit ${limit}`)
}

export type StoredItem = { id: string; lane: string; kind: string; item: unknown; attempts: number; receivedAt: Date }
/** Some lanes of one channel. */
export type InboundLanes = { tenantId: string; channelId: string; lanes: readonly string[] }

/**
 * Takes the waiting items of some lanes, each lane's in order, unless another process has the lane. The locks end with
 * the transaction; the update looks again after them, so what another has just done is not done twice. What is taken
 * counts as done when this commits; the caller says of which it is not so.
 */
export async function takeLanes(
  tx: Tx,
  { tenantId, channelId, lanes }: InboundLanes,
  limit: number,
): Promise<StoredItem[]> {
  const place = `${tenantId}/${channelId}/`
  return tx.rows<StoredItem>(sql`
    with mine as materialized (
      select lane from unnest(${lanes}::text[]) lane
      where pg_try_advisory_xact_lock(hashtextextended(${place} || lane, 0))
    ), taken as (
      update inbound_events set state = 'done', done_at = now(), error = null
      where state = 'new' and id in (
        select e.id from mine join inbound_events e on e.lane = mine.lane
        where e.tenant_id = ${tenantId} and e.channel_id = ${channelId} and e.state = 'new'
          and (e.retry_at is null or e.retry_at <= now())
        order by e.lane, e.id limit ${limit})
      returning id, lane, kind, item, attempts, received_at
    )
    select id, lane, kind, item, attempts, received_at as "receivedAt" from taken order by lane, id`)
}

/** An item that our own code refuses this often is parked; its neighbours go on. */
export const ATTEMPTS_MAX = 8

/** Counts a failure of our own code; the eighth parks the item, visible and re-drivable. */
export async function markItemFailed(tx: Tx, id: string, error: string): Promise<'new' | 'dead'> {
  const row = await tx.row<{ state: 'new' | 'dead' }>(sql`
    update inbound_events set attempts = attempts + 1, error = ${error.slice(0, 500)},
      retry_at = now() + make_interval(secs => least(power(2, attempts), 60)),
      state = case when attempts + 1 >= ${ATTEMPTS_MAX} then 'dead' else 'new' end
    where id = ${id} returning state`)
  return row?.state ?? 'dead'
}

/** Parked items of a channel, newest first. */
export async function listParked(
  tx: Tx,
  { channelId, limit, after }: ListPage & { channelId: string },
): Promise<ParkedItem[]> {
  const rows = await tx.rows<Omit<ParkedItem, 'receivedAt'> & { receivedAt: Date }>(sql`
    select id, channel_id as "channelId", kind, attempts, error, received_at as "receivedAt", item from inbound_events
    where channel_id = ${channelId} and state = 'dead' and (${after?.[0] ?? null}::uuid is null or id < ${after?.[0] ?? null})
    order by id desc limit ${limit}`)
  return rows.map((row) => ({ ...row, receivedAt: row.receivedAt.toISOString() }))
}

/** Puts a parked item back, with a clean count. */
export async function redriveItem(tx: Tx, { channelId, id }: { channelId: string; id: string }): Promise<boolean> {
  const changed = await tx.run(sql`
    update inbound_events set state = 'new', attempts = 0, retry_at = null, error = null, done_at = null
    where id = ${id} and channel_id = ${channelId} and state = 'dead'`)
  return changed > 0
}
