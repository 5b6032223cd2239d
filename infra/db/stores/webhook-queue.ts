import type { Json } from '#domain/conditions/json.ts'
import type { HouseEvent } from '#domain/events/schema.ts'
import { bodyOf, passesFilter } from '#domain/webhooks/body.ts'
import type { DeliveryKind, DeliveryState } from '#domain/webhooks/deliveries.ts'
import type { RedeliverSince, WebhookBody } from '#domain/webhooks/schema.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import { getRetention } from './retention.ts'

type Wish = { id: string; events: string[]; filter: Json; ordered: boolean; createdAt: Date }
type EventRow = Omit<HouseEvent, 'at'> & { at: Date; tenantId: string }
type NewRow = {
  subscription_id: string
  message_id: string
  type: string
  body: string
  position: number
  conversation_id: string | null
  order_key: string | null
  state: 'queued' | 'held'
}

const EVENTS = part`
  select e.id, e.tenant_id as "tenantId", e.position, e.type, e.version, e.at, e.actor,
    jsonb_build_object('type', e.subject_type, 'id', e.subject_id) as subject, e.conversation_id as "conversationId",
    e.correlation_id as "correlationId", e.data`

const toBody = (event: EventRow): WebhookBody => bodyOf({ ...event, at: iso(event.at) })

/** Which of these tenants have anybody to tell. Runs as the relay. */
export async function tenantsWithSubscriptions(relay: Tx, tenantIds: readonly string[]): Promise<Set<string>> {
  const rows = await relay.rows<{ tenantId: string }>(sql`
    select distinct tenant_id as "tenantId" from webhook_subscriptions
    where status = 'active' and tenant_id = any(${tenantIds}::uuid[])`)
  return new Set(rows.map(({ tenantId }) => tenantId))
}

/**
 * Writes a delivery for every subscription that wants one of these events. An event that is told a second time writes
 * nothing: a delivery is named by its subscription and its event.
 *
 * @returns how many were written.
 */
export async function queueEvents(
  tx: Tx,
  { tenantId, eventIds }: { tenantId: string; eventIds: readonly string[] },
): Promise<number> {
  // Under the lock a settlement either sees what waits behind it, or is seen by what is written here.
  await tx.run(sql`select 1 from webhook_subscriptions where status = 'active' and ordered for no key update`)
  const wishes = await tx.rows<Wish>(sql`
    select id, events, filter, ordered, created_at as "createdAt" from webhook_subscriptions where status = 'active'`)
  if (wishes.length === 0) return 0
  const events = await tx.rows<EventRow>(
    query(EVENTS, part`from events e where e.id = any(${eventIds}::uuid[]) order by e.position`),
  )
  const rows: NewRow[] = []
  const taken = await openKeys(tx, wishes, events)
  for (const event of events) {
    const body = toBody(event)
    const told = wishes.filter(
      ({ events: types, createdAt, filter }) =>
        types.includes(event.type) && createdAt <= event.at && passesFilter(filter, body),
    )
    const text = told.length > 0 ? JSON.stringify(body) : ''
    for (const wish of told) rows.push(rowOf(wish, event, { text, taken }))
  }
  return insertRows(tx, tenantId, rows)
}

function rowOf(wish: Wish, event: EventRow, { text, taken }: { text: string; taken: Set<string> }): NewRow {
  const key = wish.ordered ? event.conversationId : null
  const name = `${wish.id}/${key}`
  const state = key !== null && taken.has(name) ? 'held' : 'queued'
  if (key !== null) taken.add(name)
  return {
    subscription_id: wish.id,
    message_id: event.id,
    type: event.type,
    body: text,
    position: event.position,
    conversation_id: event.conversationId,
    order_key: key,
    state,
  }
}

/** The conversations, by subscription, that have something under way already. */
async function openKeys(tx: Tx, wishes: readonly Wish[], events: readonly EventRow[]): Promise<Set<string>> {
  const ordered = wishes.filter((wish) => wish.ordered).map(({ id }) => id)
  const conversations = [...new Set(events.flatMap(({ conversationId }) => conversationId ?? []))]
  if (ordered.length === 0 || conversations.length === 0) return new Set()
  const rows = await tx.rows<{ name: string }>(sql`
    select distinct subscription_id || '/' || order_key as name from webhook_deliveries
    where subscription_id = any(${ordered}::uuid[]) and order_key = any(${conversations}::uuid[])
      and state in ('held', 'queued', 'sending', 'retrying')`)
  return new Set(rows.map(({ name }) => name))
}

async function insertRows(tx: Tx, tenantId: string, rows: readonly NewRow[]): Promise<number> {
  if (rows.length === 0) return 0
  return tx.run(sql`
    insert into webhook_deliveries (tenant_id, subscription_id, message_id, type, body, position, conversation_id, order_key,
      state, due_at)
    select ${tenantId}, subscription_id, message_id, type, body, position, conversation_id, order_key, state,
      case when state = 'queued' then now() end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(subscription_id uuid, message_id uuid, type text, body text,
      position bigint, conversation_id uuid, order_key uuid, state text)
    on conflict do nothing`)
}

export type OwnMessage = {
  tenantId: string
  subscriptionId: string
  messageId: string
  kind: Exclude<DeliveryKind, 'event'>
  type: string
  body: string
  conversationId?: string | null
}

/** Queues what is no event: a ping, a sample, or a body that somebody edited. It keeps no order. */
export async function queueMessage(tx: Tx, message: OwnMessage): Promise<void> {
  await tx.run(sql`
    insert into webhook_deliveries (tenant_id, subscription_id, message_id, kind, type, body, conversation_id, state, due_at)
    values (${message.tenantId}, ${message.subscriptionId}, ${message.messageId}, ${message.kind}, ${message.type},
      ${message.body}, ${message.conversationId ?? null}, 'queued', now())`)
  tx.wake('deliveries')
}

const SETTLED: readonly DeliveryState[] = ['delivered', 'failed', 'skipped', 'retrying']

/**
 * Sends one again under the same id, with all its attempts. What is on its way already is left alone, except that a wait
 * for the next attempt ends now. @returns false when there is no such delivery.
 */
export async function redeliver(
  tx: Tx,
  { subscriptionId, messageId }: { subscriptionId: string; messageId: string },
): Promise<boolean> {
  await requeue(tx, subscriptionId, { ids: [messageId], held: [] })
  const row = await tx.row(sql`
    select 1 from webhook_deliveries where subscription_id = ${subscriptionId} and message_id = ${messageId}`)
  return row !== undefined
}

async function requeue(
  tx: Tx,
  subscriptionId: string,
  { ids, held }: { ids: readonly string[]; held: readonly string[] },
): Promise<number> {
  tx.wake('deliveries')
  return tx.run(sql`
    update webhook_deliveries set state = case when message_id = any(${held}::uuid[]) then 'held' else 'queued' end,
      due_at = case when message_id = any(${held}::uuid[]) then null else now() end,
      failure = null, attempts = 0, next_attempt_at = null, settled_at = null, queued_at = now()
    where subscription_id = ${subscriptionId} and message_id = any(${ids}::uuid[]) and state = any(${SETTLED})`)
}

const EVENTS_AT_ONCE = 2_000

type Past = EventRow & { state: DeliveryState | null; known: boolean }

/**
 * Sends everything since an instant again: what was given up or skipped, what happened while nobody was told, and, where
 * `which` is `all`, also what had arrived. Where order is kept, it is kept here too. What is older than deliveries are kept has
 * no row that says whether it arrived: it is sent for `all` only.
 *
 * @returns how many were queued, and from where to go on when there is more.
 */
export async function redeliverSince(
  tx: Tx,
  { tenantId, subscriptionId, since, which }: RedeliverSince & { tenantId: string; subscriptionId: string },
): Promise<{ queued: number; nextSince: string | null }> {
  const wish = await tx.row<Wish>(sql`
    select id, events, filter, ordered, created_at as "createdAt" from webhook_subscriptions
    where id = ${subscriptionId} for no key update`)
  if (wish === undefined) return { queued: 0, nextSince: null }
  const { deliveryDays } = await getRetention(tx)
  const past = await tx.rows<Past>(
    query(
      EVENTS,
      part`, d.state, e.at > now() - make_interval(days => ${deliveryDays}) as known from events e left join webhook_deliveries d on d.tenant_id = e.tenant_id
          and d.subscription_id = ${subscriptionId} and d.message_id = e.id
        where e.at >= ${since}::timestamptz and e.id >= uuid_floor(${since}::timestamptz - interval '1 hour')
          and e.position is not null and e.type = any(${wish.events})
        order by e.at, e.position limit ${EVENTS_AT_ONCE + 1}`,
    ),
  )
  const page = past.slice(0, EVENTS_AT_ONCE)
  const taken = await openKeys(tx, [wish], page)
  const again: NewRow[] = []
  const missed: NewRow[] = []
  for (const event of page.toSorted((one, other) => one.position - other.position)) {
    const body = toBody(event)
    const row = () => rowOf(wish, event, { text: JSON.stringify(body), taken })
    if (event.state === null) {
      if ((event.known || which === 'all') && passesFilter(wish.filter, body)) missed.push(row())
    } else if (isWanted(event.state, which)) again.push(row())
  }
  const ids = again.map(({ message_id: id }) => id)
  const held = again.filter(({ state }) => state === 'held').map(({ message_id: id }) => id)
  const queued = (await requeue(tx, subscriptionId, { ids, held })) + (await insertRows(tx, tenantId, missed))
  const next = past[EVENTS_AT_ONCE]
  return { queued, nextSince: next === undefined ? null : iso(next.at) }
}

const isWanted = (state: DeliveryState, which: RedeliverSince['which']): boolean =>
  state === 'failed' || state === 'skipped' || (which === 'all' && state === 'delivered')

export type DueDelivery = {
  tenantId: string
  subscriptionId: string
  messageId: string
  starts: number
  leaseUntil: Date
}

/** Deliveries that somebody must look at now, claimed for a moment. Runs as the relay. */
export function dueDeliveries(
  relay: Tx,
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<DueDelivery[]> {
  return relay.rows<DueDelivery>(sql`
    with due as (
      select tenant_id, subscription_id, message_id from webhook_deliveries where due_at <= now()
      order by due_at limit ${limit} for update skip locked
    )
    update webhook_deliveries d
    set due_at = date_trunc('milliseconds', now() + make_interval(secs => ${leaseMs / 1_000}))
    from due where d.tenant_id = due.tenant_id and d.subscription_id = due.subscription_id and d.message_id = due.message_id
    returning d.tenant_id as "tenantId", d.subscription_id as "subscriptionId", d.message_id as "messageId", d.starts,
      d.due_at as "leaseUntil"`)
}

/** The workflow has them; should it be lost, they are due again after a while. Runs as the relay. */
export async function markStarted(
  relay: Tx,
  deliveries: readonly DueDelivery[],
  { graceMs }: { graceMs: number },
): Promise<void> {
  await relay.run(sql`
    update webhook_deliveries d set starts = d.starts + 1,
      due_at = case when d.due_at = k.lease then now() + make_interval(secs => ${graceMs / 1_000}) else d.due_at end
    from unnest(${deliveries.map(({ subscriptionId }) => subscriptionId)}::uuid[],
      ${deliveries.map(({ messageId }) => messageId)}::uuid[],
      ${deliveries.map(({ leaseUntil }) => leaseUntil)}::timestamptz[]) as k(subscription_id, message_id, lease)
    where d.subscription_id = k.subscription_id and d.message_id = k.message_id`)
}
