import type { NotificationSettings, PushSubscription, SetNotifications } from '#domain/notifications/preferences.ts'
import { waysOf } from '#domain/notifications/preferences.ts'
import { NOTIFICATION_KINDS } from '#domain/notifications/schema.ts'
import { newId } from '#infra/ids.ts'
import { sql, type Tx } from '../tx.ts'

type Place = { tenantId: string; personId: string }

const NOTHING_CHOSEN: SetNotifications = { ways: {}, quietHours: null }
/** Old browsers are forgotten first: nobody has more than this many. */
const SUBSCRIPTIONS_MAX = 10

export async function chosenNotifications(tx: Tx, personId: string): Promise<SetNotifications> {
  const row = await tx.row<SetNotifications>(sql`
    select ways, quiet_hours as "quietHours" from notification_settings where person_id = ${personId}`)
  return row ?? NOTHING_CHOSEN
}

/** What a person chose, with what holds where they chose nothing. */
export async function readNotificationSettings(
  tx: Tx,
  personId: string,
): Promise<Omit<NotificationSettings, 'pushKey'>> {
  const { ways, quietHours } = await chosenNotifications(tx, personId)
  const all = NOTIFICATION_KINDS.map((kind) => [kind, waysOf(ways, kind)] as const)
  return { ways: Object.fromEntries(all) as NotificationSettings['ways'], quietHours }
}

export async function setNotifications(
  tx: Tx,
  { tenantId, personId }: Place,
  { ways, quietHours }: SetNotifications,
): Promise<void> {
  const quiet = quietHours === null ? null : JSON.stringify(quietHours)
  await tx.run(sql`
    insert into notification_settings as s (tenant_id, person_id, ways, quiet_hours)
    values (${tenantId}, ${personId}, ${JSON.stringify(ways)}, ${quiet}::jsonb)
    on conflict (tenant_id, person_id) do update set ways = s.ways || excluded.ways, quiet_hours = excluded.quiet_hours,
      updated_at = now()`)
}

/** Keeps a browser of a person. The same browser of another person is theirs from now on. */
export async function addPushSubscription(
  tx: Tx,
  { tenantId, personId }: Place,
  { endpoint, keys }: PushSubscription,
): Promise<void> {
  await tx.run(sql`
    insert into push_subscriptions (id, tenant_id, person_id, endpoint, p256dh, auth)
    values (${newId()}, ${tenantId}, ${personId}, ${endpoint}, ${keys.p256dh}, ${keys.auth})
    on conflict (tenant_id, endpoint) do update set person_id = excluded.person_id, p256dh = excluded.p256dh,
      auth = excluded.auth, created_at = now()`)
  await tx.run(sql`
    delete from push_subscriptions where id in (
      select id from push_subscriptions where person_id = ${personId} order by created_at desc offset ${SUBSCRIPTIONS_MAX})`)
}

export async function removePushSubscription(tx: Tx, personId: string, endpoint: string): Promise<void> {
  await tx.run(sql`delete from push_subscriptions where person_id = ${personId} and endpoint = ${endpoint}`)
}
