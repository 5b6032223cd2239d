import { z } from 'zod'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const LONGEST_MS = 30 * DAY_MS

/** What holds where a tenant has not said otherwise: nothing is opened again, and a day of silence is the end. */
export const DEFAULT_TIMES = { reopenWindowMs: 0, idleCloseMs: DAY_MS } as const

const WholeMinutes = z.int().min(0).max(LONGEST_MS).multipleOf(MINUTE_MS)

/** When conversations end and begin anew in a tenant. */
export const ConversationTimes = z.strictObject({
  reopenWindowMs: WholeMinutes.meta({
    description: 'How long after its end a message of the contact opens the same conversation again; 0 is never.',
  }),
  idleCloseMs: WholeMinutes.meta({
    description: 'After how much silence a conversation that only the bot has known ends by itself; 0 is never.',
  }),
})
export type ConversationTimes = z.infer<typeof ConversationTimes>
