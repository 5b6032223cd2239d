import type { NotificationKind } from '#domain/notifications/schema.ts'
import { type Breaker, CLOSED, NONE_REFUSED, type Refusals } from '#domain/webhooks/breaker.ts'
import type { DisabledReason, WebhookSchedule } from '#domain/webhooks/schema.ts'
import { part, query } from '../query.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting, ListPage } from './acting.ts'
import { appendEvents } from './events.ts'
import { notify } from './notifications.ts'
import { assertQuota } from './quotas.ts'

/** A subscription as its row has it, with the figures of the last day; the secrets are still sealed. */
export type SubscriptionRow = {
  id: string
  name: string
  url: string
  events: string[]
  filter: unknown
  schedule: WebhookSchedule
  retryCount: number
  timeoutSeconds: number
  inFlightMax: number
  ordered: boolean
  status: 'active' | 'disabled'
  disabledReason: DisabledReason | null
  secretHint: string
  previousSecretUntil: Date | null
  clientCertificate: string | null
  failures: number
  refusesAllSince: Date | null
  openUntil: Date | null
  lastDeliveredAt: Date | null
  waiting: number
  attempts: number
  delivered: number
  latencyMsSum: number
  createdAt: Date
  updatedAt: Date
}

const WAITING_MAX = 10_000

const COLUMNS = part`
  select s.id, s.name, s.url, s.events, s.filter, s.schedule, s.retry_count as "retryCount",
    s.timeout_seconds as "timeoutSeconds", s.in_flight_max as "inFlightMax", s.ordered, s.status,
    s.disabled_reason as "disabledReason", s.secret_hint as "secretHint",
    case when s.previous_secret_until > now() then s.previous_secret_until end as "previousSecretUntil",
    s.client_certificate as "clientCertificate", s.failures, s.refuses_all_since as "refusesAllSince", s.open_until as "openUntil",
    s.last_delivered_at as "lastDeliveredAt", s.created_at as "createdAt", s.updated_at as "updatedAt", h.*,
    (select count(*) from (select 1 from webhook_deliveries d where d.subscription_id = s.id
      and d.state in ('held', 'queued', 'sending', 'retrying') limit ${WAITING_MAX}) open) as waiting
  from webhook_subscriptions s cross join lateral (
    select coalesce(sum(attempts), 0)::int as attempts, coalesce(sum(delivered), 0)::int as delivered,
      coalesce(sum(latency_ms_sum), 0)::bigint as "latencyMsSum"
    from webhook_hours where subscription_id = s.id and hour > now() - interval '24 hours') h
  where true`

/** Subscriptions in the order they were made; the position is the id. */
export const listSubscriptions = (tx: Tx, { limit, after }: ListPage): Promise<SubscriptionRow[]> =>
  tx.rows<SubscriptionRow>(
    query(COLUMNS, after && part`and s.id > ${after[0]}::uuid`, part`order by s.id limit ${limit}`),
  )

export const getSubscription = (tx: Tx, id: string): Promise<SubscriptionRow | undefined> =>
  tx.row<SubscriptionRow>(query(COLUMNS, part`and s.id = ${id}`))

export type SubscriptionInput = Pick<
  SubscriptionRow,
  'name' | 'url' | 'events' | 'filter' | 'schedule' | 'retryCount' | 'timeoutSeconds' | 'inFlightMax' | 'ordered'
>
export type SealedTls = { certificate: string; key: Buffer }

/** @throws DomainError quota_exceeded. */
export async function createSubscription(
  tx: Tx,
  acting: Acting,
  input: SubscriptionInput & { id: string; secret: Buffer; secretHint: string; tls: SealedTls | null },
): Promise<void> {
  const { tenantId, actor } = acting
  await assertQuota(tx, tenantId, 'webhooks')
  await tx.run(sql`
    insert into webhook_subscriptions (id, tenant_id, name, url, events, filter, schedule, retry_count, timeout_seconds,
      in_flight_max, ordered, secret, secret_hint, client_certificate, client_key, created_by)
    values (${input.id}, ${tenantId}, ${input.name}, ${input.url}, ${input.events}, ${jsonOrNull(input.filter)},
      ${input.schedule}, ${input.retryCount}, ${input.timeoutSeconds}, ${input.inFlightMax}, ${input.ordered},
      ${input.secret}, ${input.secretHint}, ${input.tls?.certificate ?? null}, ${input.tls?.key ?? null},
      ${actor.kind === 'person' ? actor.id : null})`)
  tell(tx, acting, input.id, { created: true })
}

const jsonOrNull = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value)

const tell = (tx: Tx, { tenantId, actor }: Acting, id: string, data: Record<string, unknown>): void =>
  appendEvents(tx, [{ tenantId, type: 'webhook.changed', actor, subject: { type: 'webhook', id }, data }])

type Change = { [K in keyof SubscriptionInput]?: SubscriptionInput[K] | undefined }

/** False when there is none. What is not named stays; `filter` and `tls` are taken away by null. */
export async function changeSubscription(
  tx: Tx,
  acting: Acting,
  { id, change, tls }: { id: string; change: Change; tls?: SealedTls | null | undefined },
): Promise<boolean> {
  const changed = await tx.run(sql`
    update webhook_subscriptions set name = coalesce(${change.name ?? null}, name), url = coalesce(${change.url ?? null}, url),
      events = coalesce(${change.events ?? null}::text[], events),
      filter = case when ${change.filter !== undefined} then ${jsonOrNull(change.filter)}::jsonb else filter end,
      schedule = coalesce(${change.schedule ?? null}, schedule),
      retry_count = coalesce(${change.retryCount ?? null}::int, retry_count),
      timeout_seconds = coalesce(${change.timeoutSeconds ?? null}::int, timeout_seconds),
      in_flight_max = coalesce(${change.inFlightMax ?? null}::int, in_flight_max),
      ordered = coalesce(${change.ordered ?? null}::boolean, ordered),
      client_certificate = case when ${tls !== undefined} then ${tls?.certificate ?? null}::text else client_certificate end,
      client_key = case when ${tls !== undefined} then ${tls?.key ?? null}::bytea else client_key end,
      updated_at = now()
    where id = ${id}`)
  if (changed === 0) return false
  // Another address is another patient: what the old one did says nothing about it.
  if (change.url !== undefined) await beginAnew(tx, id)
  tell(tx, acting, id, {
    changed: Object.keys(change).filter((key) => change[key as keyof Change] !== undefined),
  })
  return true
}

/** Deliveries and attempts go with it. False when there is none. */
export async function deleteSubscription(tx: Tx, acting: Acting, id: string): Promise<boolean> {
  const deleted = await tx.run(sql`delete from webhook_subscriptions where id = ${id}`)
  if (deleted === 1) tell(tx, acting, id, { deleted: true })
  return deleted === 1
}

/** From now on both secrets sign, until the older one's time is over. False when there is no such subscription. */
export async function rotateSecret(
  tx: Tx,
  acting: Acting,
  { id, secret, secretHint, overlapHours }: { id: string; secret: Buffer; secretHint: string; overlapHours: number },
): Promise<boolean> {
  const changed = await tx.run(sql`
    update webhook_subscriptions set previous_secret = secret,
      previous_secret_until = now() + make_interval(hours => ${overlapHours}), secret = ${secret},
      secret_hint = ${secretHint}, updated_at = now()
    where id = ${id}`)
  if (changed === 1) tell(tx, acting, id, { secretRotated: true })
  return changed === 1
}

/** Begins anew, as if nothing had failed. What was skipped meanwhile is redelivered only when somebody asks. */
export async function enableSubscription(tx: Tx, acting: Acting, id: string): Promise<void> {
  const changed = await tx.run(sql`
    update webhook_subscriptions set status = 'active', disabled_reason = null, updated_at = now()
    where id = ${id} and status = 'disabled'`)
  if (changed === 0) return
  await beginAnew(tx, id)
  tell(tx, acting, id, { status: 'active' })
}

/** Nothing goes out from this commit on; what was on its way is skipped. Who did not do it themselves is told. */
export async function disableSubscription(
  tx: Tx,
  acting: Acting,
  { id, reason }: { id: string; reason: DisabledReason },
): Promise<void> {
  const changed = await tx.run(sql`
    update webhook_subscriptions set status = 'disabled', disabled_reason = ${reason}, updated_at = now()
    where id = ${id} and status = 'active'`)
  if (changed === 0) return
  await tx.run(sql`
    update webhook_deliveries set state = 'skipped', failure = 'disabled', due_at = null, next_attempt_at = null,
      settled_at = now()
    where subscription_id = ${id} and state in ('held', 'queued', 'retrying')`)
  tell(tx, acting, id, { status: 'disabled', reason })
  if (reason !== 'person') await notifyManagers(tx, acting.tenantId, { id, kind: 'webhook_disabled', reason })
}

const MANAGERS_MAX = 50

/** Tells those who may do something about it. */
export async function notifyManagers(
  tx: Tx,
  tenantId: string,
  { id, kind, reason }: { id: string; kind: NotificationKind; reason: string },
): Promise<void> {
  const row = await tx.row<{ name: string }>(sql`select name from webhook_subscriptions where id = ${id}`)
  const people = await tx.rows<{ personId: string }>(sql`
    select m.person_id as "personId" from memberships m
    join roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
    where m.status = 'active' and 'webhooks.manage' = any(r.permissions) order by m.id limit ${MANAGERS_MAX}`)
  for (const { personId } of people) {
    const params = { name: row?.name ?? '', reason }
    await notify(tx, { tenantId, personId, kind, subject: { type: 'webhook', id }, params })
  }
}

async function beginAnew(tx: Tx, id: string): Promise<void> {
  await writeBreaker(tx, id, CLOSED)
  await writeRefusals(tx, id, NONE_REFUSED)
}

const instant = (ms: number | null): Date | null => (ms === null ? null : new Date(ms))

export async function writeRefusals(tx: Tx, id: string, { count, allSinceMs }: Refusals): Promise<void> {
  await tx.run(sql`
    update webhook_subscriptions set refusals = ${count}, refuses_all_since = ${instant(allSinceMs)} where id = ${id}`)
}

export async function writeBreaker(tx: Tx, id: string, breaker: Breaker): Promise<void> {
  await tx.run(sql`
    update webhook_subscriptions set failures = ${breaker.failures}, opens = ${breaker.opens},
      open_until = ${instant(breaker.openUntilMs)}, failing_since = ${instant(breaker.failingSinceMs)}
    where id = ${id}`)
}
