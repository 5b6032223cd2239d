import { DomainError } from '../errors.ts'
import type { Json } from './json.ts'
import { OPERATIONS_MAX } from './limits.ts'

/**
 * Operations that may still be spent. One budget serves all conditions and templates of an event. What an operation is
 * charged for takes about five microseconds on a slow processor at the worst, so a full budget is spent within 50 ms.
 */
export type Budget = { left: number }

/** A full budget of 10,000 operations. */
export const freshBudget = (): Budget => ({ left: OPERATIONS_MAX })

/** @throws DomainError `flow_budget_exceeded` when there is not as much left. */
export function spend(budget: Budget, cost: number): void {
  budget.left -= cost
  if (budget.left < 0) throw new DomainError('flow_budget_exceeded', `more than ${OPERATIONS_MAX} operations`)
}

/** What it costs to look at a value once. */
export const costOf = (value: Json): number => (typeof value === 'string' ? 1 + Math.floor(value.length / 256) : 1)
