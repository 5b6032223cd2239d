import { z } from 'zod'
import { isOpen } from '../../calendars/hours.ts'
import { defineNode } from './contract.ts'

const BusinessHoursConfig = z.strictObject({
  /** The calendar of a team; the one of the business when absent. */
  calendarId: z.string().max(64).optional(),
})

/** Goes one way while the business is open and another while it is closed. */
export const businessHours = defineNode({
  type: 'business_hours',
  schema: BusinessHoursConfig,
  meta: { category: 'logic', icon: 'store' },
  initial: {},
  ports: () => [
    { id: 'open', required: true, whenOpen: 'complete' },
    { id: 'closed', required: true, whenOpen: 'complete' },
  ],
  enter: (config, step) => ({
    kind: 'go',
    port: isOpen(step.calendar(config.calendarId), step.nowMs) ? 'open' : 'closed',
  }),
})
