import { z } from 'zod'
import { defineNode } from './contract.ts'

const EndConfig = z.strictObject({ outcome: z.enum(['completed', 'stopped']).default('completed') })

/** Ends the flow; in a sub-flow, only that one, which is then left by the port of the outcome. */
export const end = defineNode({
  type: 'end',
  schema: EndConfig,
  meta: { category: 'end', icon: 'flag' },
  initial: { outcome: 'completed' },
  ports: () => [],
  enter: (config) => ({ kind: 'end', outcome: config.outcome }),
})
