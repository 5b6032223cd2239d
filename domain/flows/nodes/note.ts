import { z } from 'zod'
import { defineNode } from './contract.ts'

const NoteConfig = z.strictObject({
  text: z.string().max(2_000),
  width: z.number().min(80).max(2_000).optional(),
  height: z.number().min(40).max(2_000).optional(),
})

/** A sticky note on the canvas. Nothing leads to it and no run ever enters it. */
export const note = defineNode({
  type: 'note',
  schema: NoteConfig,
  meta: { category: 'logic', icon: 'sticky-note' },
  initial: { text: '' },
  ports: () => [],
  enter: () => ({ kind: 'end', outcome: 'completed' }),
})
