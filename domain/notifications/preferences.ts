import { z } from 'zod'
import { TimeZone } from '../calendars/schema.ts'
import { DAY_MS, wallClock, wallInstantMs, zoned } from '../time.ts'
import { NotificationKind } from './schema.ts'

/** How somebody is told: the bell of the app, a mail for what stays unread, a push of the browser. */
export const NOTIFICATION_WAYS = ['app', 'mail', 'push'] as const
export type NotificationWay = (typeof NOTIFICATION_WAYS)[number]

export const NotificationWays = z
  .strictObject({ app: z.boolean(), mail: z.boolean(), push: z.boolean() })
  .meta({ id: 'NotificationWays' })
export type NotificationWays = z.infer<typeof NotificationWays>

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)
/** From one time of day to another, over midnight where the second is the earlier; nothing but the bell rings then. */
export const QuietHours = z
  .strictObject({ from: TimeOfDay, until: TimeOfDay, timeZone: TimeZone })
  .meta({ id: 'QuietHours' })
export type QuietHours = z.infer<typeof QuietHours>

export const SetNotifications = z
  .strictObject({ ways: z.partialRecord(NotificationKind, NotificationWays), quietHours: QuietHours.nullable() })
  .meta({ id: 'SetNotifications' })
export type SetNotifications = z.infer<typeof SetNotifications>

export const NotificationSettings = SetNotifications.extend({
  /** Every kind, with what holds where nothing was chosen. */
  ways: z.record(NotificationKind, NotificationWays),
  /** With what a browser asks its push service; null where this house sends no pushes. */
  pushKey: z.string().nullable(),
}).meta({ id: 'NotificationSettings' })
export type NotificationSettings = z.infer<typeof NotificationSettings>

/** What the browser gives after `pushManager.subscribe`. */
export const PushSubscription = z
  .strictObject({
    endpoint: z.url().max(2_000),
    keys: z.strictObject({ p256dh: z.string().min(80).max(200), auth: z.string().min(16).max(60) }),
  })
  .meta({ id: 'PushSubscription' })
export type PushSubscription = z.infer<typeof PushSubscription>
export const EndPush = z.strictObject({ endpoint: z.url().max(2_000) }).meta({ id: 'EndPush' })

const URGENT: readonly NotificationKind[] = ['conversation_assigned', 'conversation_waiting']
const BY_MAIL: readonly NotificationKind[] = [
  ...URGENT,
  'channel_needs_attention',
  'run_failed',
  'webhook_failing',
  'webhook_disabled',
  'diagnostics_failing',
]

/** What holds until somebody chooses: all in the app, by mail and push only what waits for that person. */
export const usualWays = (kind: NotificationKind): NotificationWays => ({
  app: true,
  mail: BY_MAIL.includes(kind) || kind.startsWith('quota'),
  push: URGENT.includes(kind),
})

export const waysOf = (chosen: SetNotifications['ways'], kind: NotificationKind): NotificationWays =>
  chosen[kind] ?? usualWays(kind)

/**
 * When the quiet hours that hold at `nowMs` end; undefined when none hold. Quiet hours from a time to the same time
 * are none.
 */
export function quietUntilMs(quiet: QuietHours | null, nowMs: number): number | undefined {
  if (quiet === null || quiet.from === quiet.until) return undefined
  const { date, time } = wallClock(nowMs, quiet.timeZone)
  const overMidnight = quiet.until < quiet.from
  const isQuiet = overMidnight ? time >= quiet.from || time < quiet.until : time >= quiet.from && time < quiet.until
  if (!isQuiet) return undefined
  const endsTomorrow = overMidnight && time >= quiet.from
  const day = endsTomorrow ? zoned(nowMs, quiet.timeZone).toPlainDate().add({ days: 1 }).toString() : date
  const endMs = wallInstantMs({ date: day, time: quiet.until, timeZone: quiet.timeZone })
  return endMs > nowMs ? endMs : nowMs + DAY_MS / 24
}
