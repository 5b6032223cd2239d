import { z } from 'zod'
import { InstantInput } from '../inputs.ts'

/** At most so many lines: a report that nobody can read to its end is none. */
export const TAP_LINES_MAX = 200

/** What contacts tapped in a stretch of time; the last thirty days where none is named. */
export const TapQuery = z.strictObject({
  since: InstantInput.optional(),
  until: InstantInput.optional(),
  flowId: z.uuid().optional(),
})
export type TapQuery = z.infer<typeof TapQuery>

/** One button or list row, of one node of a flow, of one template, or of what people wrote by hand. */
export const TapLine = z
  .strictObject({
    source: z.enum(['button', 'list', 'template']),
    buttonId: z.string().nullable(),
    title: z.string(),
    flow: z.strictObject({ id: z.uuid(), name: z.string() }).nullable(),
    nodeId: z.string().nullable(),
    templateName: z.string().nullable(),
    tapCount: z.int(),
    contactCount: z.int(),
    lastAt: z.iso.datetime(),
  })
  .meta({ id: 'TapLine' })
export type TapLine = z.infer<typeof TapLine>

export const TapReport = z
  .strictObject({ since: z.iso.datetime(), until: z.iso.datetime(), items: z.array(TapLine) })
  .meta({ id: 'TapReport', description: 'The most tapped first.' })
export type TapReport = z.infer<typeof TapReport>
