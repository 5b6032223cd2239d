import { z } from 'zod'
import { defineNode, NEXT } from './contract.ts'

const StartConfig = z.strictObject({})

/** Where a run begins. A flow has exactly one; its triggers belong to the definition. */
export const start = defineNode({
  type: 'start',
  schema: StartConfig,
  meta: { category: 'logic', icon: 'play' },
  initial: {},
  ports: () => [NEXT],
  enter: () => ({ kind: 'go', port: 'next' }),
})
