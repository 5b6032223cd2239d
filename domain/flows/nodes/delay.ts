import { z } from 'zod'
import { nextOpeningMs } from '../../calendars/hours.ts'
import { addDays, addSpan, DAY_MS, isIsoDate, nextWallTimeMs, spanMs, wallInstantMs } from '../../time.ts'
import { DELAY_MS_MAX } from '../limits.ts'
import { defineNode, type NodeFinding, type StepContext } from './contract.ts'
import { Duration, ShortTemplate } from './parts.ts'

const WallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)
/** Whose clock: the contact's, where it is known, else the business's. */
const Clock = z.enum(['business', 'contact']).default('business')

const DelayConfig = z.strictObject({
  until: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('span'), span: Duration }),
    z.strictObject({
      kind: z.literal('time'),
      time: WallTime,
      /** 0 = Monday; none means any day. */
      days: z.array(z.int().min(0).max(6)).max(7).default([]),
      clock: Clock,
    }),
    z.strictObject({
      kind: z.literal('date'),
      /** An ISO day, usually from a field: `{{contact.fields.appointment}}`. */
      date: ShortTemplate,
      time: WallTime,
      offsetDays: z.int().min(-366).max(366).default(0),
      clock: Clock,
    }),
    z.strictObject({ kind: z.literal('open'), calendarId: z.string().max(64).optional() }),
  ]),
})
type DelayConfig = z.infer<typeof DelayConfig>
type Until = DelayConfig['until']

function zoneOf(clock: 'business' | 'contact', step: StepContext): string {
  const { business, contact } = step.facts
  return clock === 'contact' && contact.timeZone ? contact.timeZone : business.timeZone
}

/** The instant until which to wait; undefined when the date of a field is none. */
function untilMs(until: Until, step: StepContext): number | undefined {
  const { nowMs, facts } = step
  switch (until.kind) {
    case 'span':
      return addSpan(nowMs, until.span, facts.business.timeZone)
    case 'time':
      return nextWallTimeMs(nowMs, { days: until.days, times: [until.time], timeZone: zoneOf(until.clock, step) })
    case 'date': {
      const date = step.render(until.date, 64).slice(0, 10)
      if (!isIsoDate(date)) return undefined
      const day = addDays(date, until.offsetDays)
      return wallInstantMs({ date: day, time: until.time, timeZone: zoneOf(until.clock, step) })
    }
    case 'open':
      return nextOpeningMs(step.calendar(until.calendarId), nowMs) ?? nowMs + DELAY_MS_MAX
  }
}

/** Waits: a span of time, until a time of day, until a date, or until the business opens. Past instants do not wait. */
export const delay = defineNode({
  type: 'delay',
  schema: DelayConfig,
  meta: { category: 'logic', icon: 'hourglass' },
  initial: { until: { kind: 'span', span: { value: 1, unit: 'days' } } },
  ports: ({ until }) => [
    { id: 'next', required: true, whenOpen: 'complete' },
    ...(until.kind === 'date' ? [{ id: 'no_date', required: true, whenOpen: 'fault' as const }] : []),
  ],
  enter({ until }, step) {
    const atMs = untilMs(until, step)
    return atMs === undefined ? { kind: 'go', port: 'no_date' } : { kind: 'wait', untilMs: atMs }
  },
  lint({ until }) {
    const findings: NodeFinding[] = []
    if (until.kind === 'span' && spanMs(until.span) > DELAY_MS_MAX) {
      const params = { daysMax: DELAY_MS_MAX / DAY_MS }
      const message = `A delay lasts at most ${params.daysMax} days.`
      findings.push({ severity: 'error', code: 'delay_too_long', path: '/until/span', message, params })
    }
    if (until.kind === 'date' && until.date.trim() === '') {
      findings.push({ severity: 'error', code: 'date_required', path: '/until/date', message: 'A date is needed.' })
    }
    return findings
  },
  reads: ({ until }) => ({ templates: until.kind === 'date' ? [until.date] : [], conditions: [] }),
})
