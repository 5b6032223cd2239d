import { z } from 'zod'
import { ConversationTimes } from '#domain/tenants/conversation-times.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const HOURS_MAX = ConversationTimes.shape.idleCloseMs.maxValue! / HOUR_MS

/** A time as people write it: hours, with two decimals at most. */
export const hoursOf = (ms: number): string => String(Number((ms / HOUR_MS).toFixed(2)))

/** As long as something is written that is not nothing, it is a minute at least: nothing has a meaning of its own. */
export const msOf = (hours: number): number => (hours === 0 ? 0 : Math.max(1, Math.round(hours * 60)) * MINUTE_MS)

/** Hours as they are written in any of our languages, with a comma or a point. */
export const Hours = z
  .string()
  .trim()
  .min(1)
  .regex(/^\d+(?:[.,]\d{1,2})?$/)
  .transform((text) => Number(text.replace(',', '.')))
  .pipe(z.number().max(HOURS_MAX))
