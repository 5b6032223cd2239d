import { z } from 'zod'
import { HAND_OVER_PRIORITIES } from '../run.ts'
import { defineNode } from './contract.ts'
import { ShortTemplate } from './parts.ts'

const NOTE_CHARS_MAX = 1_024

const HandOverConfig = z.strictObject({
  teamId: z.uuid().optional(),
  userId: z.uuid().optional(),
  priority: z.enum(HAND_OVER_PRIORITIES).optional(),
  /** For the people who take over; the contact never sees it. */
  note: ShortTemplate.optional(),
})

/** Calls people and ends the run. */
export const handOver = defineNode({
  type: 'hand_over',
  schema: HandOverConfig,
  meta: { category: 'end', icon: 'headset' },
  initial: {},
  ports: () => [],
  enter: ({ teamId, userId, priority, note }, step) => ({
    kind: 'hand_over',
    ...(teamId === undefined ? {} : { teamId }),
    ...(userId === undefined ? {} : { userId }),
    ...(priority === undefined ? {} : { priority }),
    ...(note === undefined || note === '' ? {} : { note: step.render(note, NOTE_CHARS_MAX) }),
  }),
  reads: (config) => ({ templates: config.note === undefined ? [] : [config.note], conditions: [] }),
})
