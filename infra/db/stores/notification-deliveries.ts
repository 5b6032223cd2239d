import { quietUntilMs, waysOf } from '#domain/notifications/preferences.ts'
import type { Notification } from '#domain/notifications/schema.ts'
import { sql, type Tx } from '../tx.ts'
import { chosenNotifications } from './notification-settings.ts'
import { noticesById } from './notifications.ts'

/** `mail` and `push`, as the table has them. */
export type DeliveryWay = 'mail' | 'push'
/** One person who is to be told one way; what is due for them goes out together. */
export type DueDelivery = { tenantId: string; personId: string; way: DeliveryWay }

const ATTEMPTS_MAX = 6
const TOGETHER_MAX = 20

/** Who is to be told now. Claimed for a while by moving the due time. Runs as the relay. */
export function dueDeliveries(
  relay: Tx,
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<DueDelivery[]> {
  return relay.rows<DueDelivery>(sql`
    with due as (
      select tenant_id, notification_id, way from notification_deliveries
      where state = 'waiting' and due_at <= now() order by due_at limit ${limit} for update skip locked
    ), claimed as (
      update notification_deliveries d set due_at = now() + make_interval(secs => ${leaseMs / 1_000})
      from due where d.tenant_id = due.tenant_id and d.notification_id = due.notification_id and d.way = due.way
      returning d.tenant_id, d.person_id, d.way
    )
    select distinct tenant_id as "tenantId", person_id as "personId", way from claimed`)
}

export type Recipient = { name: string; email: string; locale: string; tenantName: string }
export type TakenDeliveries = { recipient: Recipient; notices: Notification[] }

/**
 * What leaves now for one person: still unread, wanted, and not in their quiet hours. It is marked `sending` before it
 * leaves, and nothing takes a `sending` row again: at most one mail and one push per notification, whatever breaks.
 */
export async function takeDeliveries(
  tx: Tx,
  { personId, way, nowMs, leaseMs }: Omit<DueDelivery, 'tenantId'> & { nowMs: number; leaseMs: number },
): Promise<TakenDeliveries | undefined> {
  const waiting = await tx.rows<{ id: string }>(sql`
    select notification_id as id from notification_deliveries
    where person_id = ${personId} and way = ${way} and state = 'waiting'
      and due_at <= now() + make_interval(secs => ${leaseMs / 1_000})
    order by notification_id limit ${TOGETHER_MAX} for update skip locked`)
  const ids = waiting.map(({ id }) => id)
  if (ids.length === 0) return undefined
  const recipient = await tx.row<Recipient>(sql`
    select p.name, p.email, p.locale, t.name as "tenantName" from memberships m
    join people p on p.id = m.person_id join tenants t on t.id = m.tenant_id
    where m.person_id = ${personId} and m.status = 'active' and t.status = 'active'`)
  const { ways, quietHours } = await chosenNotifications(tx, personId)
  const notices = await noticesById(tx, ids)
  const wanted = notices.filter(({ readAt, kind }) => readAt === null && waysOf(ways, kind)[way])
  const wantedIds = recipient === undefined ? [] : wanted.map(({ id }) => id)
  const dropped = ids.filter((id) => !wantedIds.includes(id))
  if (dropped.length > 0) await settleDeliveries(tx, { ids: dropped, way, state: 'dropped', error: null })
  if (recipient === undefined || wantedIds.length === 0) return undefined
  const quietMs = quietUntilMs(quietHours, nowMs)
  if (quietMs !== undefined) {
    await tx.run(sql`
      update notification_deliveries set due_at = ${new Date(quietMs)}
      where notification_id = any(${wantedIds}::uuid[]) and way = ${way}`)
    return undefined
  }
  await tx.run(sql`
    update notification_deliveries set state = 'sending', attempts = attempts + 1
    where notification_id = any(${wantedIds}::uuid[]) and way = ${way}`)
  return { recipient, notices: wanted }
}

type Settled = { ids: readonly string[]; way: DeliveryWay; state: 'sent' | 'dropped' | 'failed'; error: string | null }

export async function settleDeliveries(tx: Tx, { ids, way, state, error }: Settled): Promise<void> {
  await tx.run(sql`
    update notification_deliveries set state = ${state}, error = ${error?.slice(0, 500) ?? null}, settled_at = now()
    where notification_id = any(${ids}::uuid[]) and way = ${way}`)
}

/** What certainly did not leave waits again, longer each time; after the sixth attempt it is given up. */
export async function putBack(
  tx: Tx,
  { ids, way, error }: { ids: readonly string[]; way: DeliveryWay; error: string },
): Promise<void> {
  await tx.run(sql`
    update notification_deliveries set error = ${error.slice(0, 500)},
      state = case when attempts >= ${ATTEMPTS_MAX} then 'failed' else 'waiting' end,
      settled_at = case when attempts >= ${ATTEMPTS_MAX} then now() end,
      due_at = now() + least(interval '30 minutes', power(2, attempts) * interval '15 seconds')
    where notification_id = any(${ids}::uuid[]) and way = ${way} and state = 'sending'`)
}

export type PushRow = { id: string; endpoint: string; p256dh: string; auth: string }
export const pushSubscriptionsOf = (tx: Tx, personId: string): Promise<PushRow[]> =>
  tx.rows<PushRow>(sql`select id, endpoint, p256dh, auth from push_subscriptions where person_id = ${personId}`)

export async function forgetPushSubscriptions(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.run(sql`delete from push_subscriptions where id = any(${ids}::uuid[])`)
}
