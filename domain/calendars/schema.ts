import { z } from 'zod'

/** A wall-clock time; `24:00` is the end of the day, allowed as a closing time only. */
const Opens = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)
const Closes = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/)

/** Half-open: [opens, closes). A closing time at or before the opening time lies on the next day. */
export const OpenSpan = z.strictObject({ opens: Opens, closes: Closes }).meta({ id: 'OpenSpan' })
export type OpenSpan = z.infer<typeof OpenSpan>

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone.length > 0
  } catch {
    return false
  }
}

/** An IANA zone as this machine knows it. */
export const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, { message: 'Unknown time zone.', params: { code: 'unknown_time_zone' } })
  .meta({ format: 'time-zone', description: 'A time zone of IANA, such as `Europe/Berlin`.' })

/** A date with hours of its own: none means closed all day. Yearly ones come back on the same day every year. */
export const Holiday = z.strictObject({
  date: z.iso.date(),
  yearly: z.boolean().default(false),
  name: z.string().max(120).default(''),
  spans: z.array(OpenSpan).max(6).default([]),
})
export type Holiday = z.infer<typeof Holiday>

/** When people are at work. Days count from 0 = Monday; a day that is not listed is closed. */
export const Calendar = z
  .strictObject({
    timeZone: TimeZone,
    week: z.array(z.strictObject({ day: z.int().min(0).max(6), spans: z.array(OpenSpan).max(6) })).max(7),
    holidays: z.array(Holiday).max(366).default([]),
  })
  .meta({ id: 'Calendar', description: 'Business hours of the business or of a team.' })
export type Calendar = z.infer<typeof Calendar>
