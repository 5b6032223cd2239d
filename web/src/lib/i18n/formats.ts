import type { MessageKey } from './messages.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

type Translate = (key: MessageKey, values?: Record<string, string | number>) => string
export type Formats = {
  /** "now", "4m", "3h" within a day, then a short date. */
  age: (atMs: number, nowMs: number) => string
  time: (atMs: number) => string
  /** "Today", "Yesterday", else the date. */
  day: (atMs: number, nowMs: number) => string
  full: (atMs: number) => string
  /** Date and time in as few words as possible. */
  at: (atMs: number) => string
  /** A length of time in at most two units: "22h 41m". */
  span: (ms: number) => string
  number: (value: number) => string
  bytes: (value: number) => string
  money: (amountMinor: number, currency: string) => string
  list: (items: string[]) => string
}

const startOfDay = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0)

export function createFormats(locale: string, t: Translate): Formats {
  const time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' })
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' })
  const at = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const shortDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
  const yearDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' })
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' })
  const numbers = new Intl.NumberFormat(locale)
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' })
  const date = (atMs: number, nowMs: number) =>
    new Date(atMs).getFullYear() === new Date(nowMs).getFullYear() ? shortDay.format(atMs) : yearDay.format(atMs)

  return {
    age(atMs, nowMs) {
      const ago = nowMs - atMs
      if (ago < -MINUTE_MS) return date(atMs, nowMs)
      if (ago < MINUTE_MS) return t('common.now')
      if (ago < HOUR_MS) return t('common.minutes_short', { count: Math.floor(ago / MINUTE_MS) })
      if (ago < DAY_MS) return t('common.hours_short', { count: Math.floor(ago / HOUR_MS) })
      return date(atMs, nowMs)
    },
    time: (atMs) => time.format(atMs),
    day(atMs, nowMs) {
      const days = Math.round((startOfDay(nowMs) - startOfDay(atMs)) / DAY_MS)
      if (days === 0) return t('common.today')
      if (days === 1) return t('common.yesterday')
      return days > 0 && days < 180 ? weekday.format(atMs) : yearDay.format(atMs)
    },
    full: (atMs) => full.format(atMs),
    at: (atMs) => at.format(atMs),
    span(ms) {
      const minutes = Math.max(0, Math.floor(ms / MINUTE_MS))
      if (ms > 0 && minutes === 0) return t('common.seconds_short', { count: Math.ceil(ms / 1_000) })
      if (minutes < 60) return t('common.minutes_short', { count: minutes })
      if (minutes < 48 * 60) {
        const rest = minutes % 60
        const hours = t('common.hours_short', { count: Math.floor(minutes / 60) })
        return rest === 0 ? hours : `${hours} ${t('common.minutes_short', { count: rest })}`
      }
      return t('common.days_short', { count: Math.floor(minutes / 1_440) })
    },
    number: (value) => numbers.format(value),
    bytes(value) {
      const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
      const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3))
      const options = { style: 'unit', unit: units[step]!, maximumFractionDigits: step > 1 ? 1 : 0 } as const
      return new Intl.NumberFormat(locale, options).format(value / 1_000 ** step)
    },
    money(amountMinor, currency) {
      const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
      const digits = format.resolvedOptions().maximumFractionDigits ?? 2
      return format.format(amountMinor / 10 ** digits)
    },
    list: (items) => lists.format(items),
  }
}
