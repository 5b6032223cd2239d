import { z } from 'zod'
import { checkCondition } from './check.ts'

/**
 * A condition in JSONLogic: segments, branches, routing rules, triggers and alerts share it. Unknown operators, unsafe
 * paths and rules beyond the bounds are refused here, when they are saved; what is stored can be evaluated.
 */
export const Condition = z
  .union([z.boolean(), z.record(z.string(), z.unknown())])
  .superRefine((rule, context) => {
    for (const problem of checkCondition(rule).problems) {
      context.addIssue({ code: 'custom', message: problem.message, params: { code: problem.code, at: problem.path } })
    }
  })
  .meta({ id: 'Condition', description: 'A JSONLogic rule of whitelisted operators.' })
export type Condition = z.infer<typeof Condition>
