import { addDays, wallClock, wallInstantMs } from '../time.ts'
import type { Calendar, OpenSpan } from './schema.ts'

type Interval = { fromMs: number; untilMs: number }

const SEARCH_DAYS_MAX = 400
const CLOSING_DAYS_MAX = 14

/** The spans of a date: those of its holiday if it is one, else those of its day of the week. */
function spansOn(calendar: Calendar, date: string, weekday: number): OpenSpan[] {
  const holiday =
    calendar.holidays.find((candidate) => !candidate.yearly && candidate.date === date) ??
    calendar.holidays.find((candidate) => candidate.yearly && candidate.date.slice(5) === date.slice(5))
  if (holiday !== undefined) return holiday.spans
  return calendar.week.filter(({ day }) => day === weekday).flatMap(({ spans }) => spans)
}

/** The intervals that begin on a date, as instants, in order. One that closes at or before it opens ends the next day. */
function intervalsOn(calendar: Calendar, date: string, weekday: number): Interval[] {
  const { timeZone } = calendar
  return spansOn(calendar, date, weekday)
    .map(({ opens, closes }) => ({
      fromMs: wallInstantMs({ date, time: opens, timeZone }),
      untilMs: wallInstantMs({ date: closes > opens ? date : addDays(date, 1), time: closes, timeZone }),
    }))
    .filter(({ fromMs, untilMs }) => fromMs < untilMs)
    .sort((left, right) => left.fromMs - right.fromMs)
}

/** Yesterday's intervals may reach into today, so a look at an instant begins there. */
function daysFrom(calendar: Calendar, nowMs: number, index: number): Interval[] {
  const { date, weekday } = wallClock(nowMs, calendar.timeZone)
  return intervalsOn(calendar, addDays(date, index), (weekday + index + 7) % 7)
}

/** Whether an instant lies within the hours. The instant of opening is within, the instant of closing is not. */
export function isOpen(calendar: Calendar, nowMs: number): boolean {
  return [-1, 0].some((index) =>
    daysFrom(calendar, nowMs, index).some(({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs),
  )
}

/**
 * When the hours that are running now end; spans that touch or overlap count as one.
 * @returns undefined when it is closed; at most about two weeks ahead, for a house that never closes.
 */
export function closesAtMs(calendar: Calendar, nowMs: number): number | undefined {
  let untilMs: number | undefined
  for (let index = -1; index <= CLOSING_DAYS_MAX; index += 1) {
    const before = untilMs
    for (const interval of daysFrom(calendar, nowMs, index)) {
      const atMs = untilMs ?? nowMs
      if (interval.fromMs <= atMs && interval.untilMs > atMs) untilMs = interval.untilMs
    }
    if (index >= 1 && untilMs === before) return untilMs
  }
  return untilMs
}

/**
 * The next instant at which it is open: `nowMs` itself when it is open now.
 * @returns undefined when it stays closed for more than a year.
 */
export function nextOpeningMs(calendar: Calendar, nowMs: number): number | undefined {
  if (isOpen(calendar, nowMs)) return nowMs
  for (let index = -1; index <= SEARCH_DAYS_MAX; index += 1) {
    const next = daysFrom(calendar, nowMs, index).find(({ fromMs }) => fromMs > nowMs)
    if (next !== undefined) return next.fromMs
  }
  return undefined
}

/**
 * Milliseconds of open time between two instants, for targets that count in business hours.
 * @throws RangeError when the span is longer than 400 days.
 */
export function openMsBetween(calendar: Calendar, fromMs: number, untilMs: number): number {
  if (untilMs - fromMs > SEARCH_DAYS_MAX * 86_400_000) throw new RangeError('more than 400 days of business hours')
  let totalMs = 0
  let countedUntilMs = fromMs
  for (let index = -1; countedUntilMs < untilMs && index <= SEARCH_DAYS_MAX + 1; index += 1) {
    for (const interval of daysFrom(calendar, fromMs, index)) {
      const startMs = Math.max(interval.fromMs, countedUntilMs)
      const endMs = Math.min(interval.untilMs, untilMs)
      if (endMs <= startMs) continue
      totalMs += endMs - startMs
      countedUntilMs = endMs
    }
  }
  return totalMs
}
