import { Temporal } from 'temporal-polyfill'

export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

const UNIT_MS = {
  seconds: SECOND_MS,
  minutes: MINUTE_MS,
  hours: HOUR_MS,
  days: DAY_MS,
  weeks: 7 * DAY_MS,
  months: 30 * DAY_MS,
} as const
export type DurationUnit = keyof typeof UNIT_MS

/** A span in milliseconds by the plain measure: a day is 24 hours, a month 30 days. For time-outs. */
export const spanMs = (span: { value: number; unit: DurationUnit }): number => span.value * UNIT_MS[span.unit]

/**
 * The instant a span after another, by the calendar of the zone: "three days later" is the same time of day across a
 * change of the clocks, and a month after 31 January is the last day of February. Seconds to hours are exact spans.
 */
export function addSpan(fromMs: number, span: { value: number; unit: DurationUnit }, timeZone: string): number {
  if (span.unit === 'seconds' || span.unit === 'minutes' || span.unit === 'hours') return fromMs + spanMs(span)
  return zoned(fromMs, timeZone).add({ [span.unit]: span.value }).epochMilliseconds
}

/** An instant as seen in a zone. @throws RangeError when the zone is unknown. */
export function zoned(atMs: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone)
}

/** Date and time of day of an instant in a zone: `2026-03-29`, `09:30`, and the day of the week from 0 = Monday. */
export function wallClock(atMs: number, timeZone: string): { date: string; time: string; weekday: number } {
  const local = zoned(atMs, timeZone)
  return {
    date: local.toPlainDate().toString(),
    time: local.toPlainTime().toString({ smallestUnit: 'minute' }),
    weekday: local.dayOfWeek - 1,
  }
}

/**
 * The instant of a wall-clock time on a date in a zone. A time that the clocks skip in spring is the first instant after
 * the gap; one that comes twice in autumn is the earlier. `24:00` is the beginning of the next day.
 */
export function wallInstantMs(at: { date: string; time: string; timeZone: string }): number {
  const endOfDay = at.time === '24:00'
  const day = Temporal.PlainDate.from(at.date)
  const date = endOfDay ? day.add({ days: 1 }) : day
  const wall = date.toPlainDateTime(endOfDay ? '00:00' : at.time)
  const earlier = wall.toZonedDateTime(at.timeZone, { disambiguation: 'earlier' })
  // In a gap both readings lie off the wall time; the transition itself is what a person would call "then".
  if (earlier.toPlainDateTime().equals(wall)) return earlier.epochMilliseconds
  return earlier.getTimeZoneTransition('next')?.epochMilliseconds ?? earlier.epochMilliseconds
}

/** The date so many days after another, by the calendar. */
export const addDays = (date: string, days: number): string => Temporal.PlainDate.from(date).add({ days }).toString()

/** Whether a text is a date of the calendar, as `2026-02-28`. */
export function isIsoDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  try {
    return Temporal.PlainDate.from(text).toString() === text
  } catch {
    return false
  }
}

/**
 * The next instant after `afterMs` at which one of the given times of one of the given days comes, in a zone.
 * @param when.days 0 = Monday; none means every day. @param when.times `HH:MM`, at least one.
 */
export function nextWallTimeMs(
  afterMs: number,
  when: { days: readonly number[]; times: readonly string[]; timeZone: string },
): number {
  const today = wallClock(afterMs, when.timeZone)
  const times = [...when.times].sort()
  for (let ahead = 0; ahead <= 8; ahead += 1) {
    if (when.days.length > 0 && !when.days.includes((today.weekday + ahead) % 7)) continue
    const date = addDays(today.date, ahead)
    for (const time of times) {
      const atMs = wallInstantMs({ date, time, timeZone: when.timeZone })
      if (atMs > afterMs) return atMs
    }
  }
  throw new RangeError('no time of day was given, or no day of the week from 0 to 6')
}
