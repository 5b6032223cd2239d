import { z } from 'zod'
import { asciiDigits } from '../../conditions/text.ts'
import { addDays, isIsoDate, wallClock } from '../../time.ts'
import { messageText } from '../answers.ts'
import { plainAsk, plainQuestion } from './ask.ts'
import { defineNode } from './contract.ts'
import { ASK_FIELDS } from './parts.ts'

/** A day of the calendar, or so many days from today in the zone of the business. */
const DayBound = z.union([z.iso.date(), z.strictObject({ daysFromToday: z.int().min(-40_000).max(40_000) })])
type DayBound = z.infer<typeof DayBound>

const AskDateConfig = z.strictObject({
  ...ASK_FIELDS,
  /** How `03/04/2026` is read. A year first is always understood. */
  order: z.enum(['dmy', 'mdy']).default('dmy'),
  earliest: DayBound.optional(),
  latest: DayBound.optional(),
})
type AskDateConfig = z.infer<typeof AskDateConfig>

/**
 * Reads a date as people write it: `2026-04-03`, `3/4/2026`, `3.4.26`, in digits of any script. Two digits of a year mean
 * the one nearest to `today`, not more than ten years ahead.
 * @returns an ISO date, or undefined.
 */
export function parseDate(text: string, order: 'dmy' | 'mdy', today: string): string | undefined {
  const parts = asciiDigits(text).match(/^\s*(\d{1,4})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,4})\s*$/u)
  if (parts === null) return undefined
  const [, first = '', second = '', third = ''] = parts
  const yearFirst = first.length === 4
  const [year, month, day] = yearFirst
    ? [first, second, third]
    : order === 'dmy'
      ? [third, second, first]
      : [third, first, second]
  if (year.length === 3 || year.length === 1 || day.length > 2 || month.length > 2) return undefined
  const full = year.length === 4 ? year : fullYear(Number(year), Number(today.slice(0, 4)))
  const date = `${full}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isIsoDate(date) ? date : undefined
}

function fullYear(short: number, thisYear: number): string {
  const candidate = Math.floor(thisYear / 100) * 100 + short
  return String(candidate > thisYear + 10 ? candidate - 100 : candidate)
}

const dayOf = (bound: DayBound, today: string): string =>
  typeof bound === 'string' ? bound : addDays(today, bound.daysFromToday)

/** Asks for a date and keeps it as `2026-04-03`. */
export const askDate = defineNode({
  type: 'ask_date',
  schema: AskDateConfig,
  meta: { category: 'question', icon: 'calendar' },
  initial: { text: '', retriesMax: 2, order: 'dmy' },
  ...plainQuestion,
  ask: plainAsk<AskDateConfig>((config, { content }, step) => {
    if (content.kind !== 'text' && content.kind !== 'tap') return { refused: 'not_text' }
    const today = wallClock(step.nowMs, step.facts.business.timeZone).date
    const value = parseDate(messageText(content), config.order, today)
    if (value === undefined) return { refused: 'not_a_date' }
    if (config.earliest !== undefined && value < dayOf(config.earliest, today)) return { refused: 'too_early' }
    return config.latest !== undefined && value > dayOf(config.latest, today) ? { refused: 'too_late' } : { value }
  }),
})
