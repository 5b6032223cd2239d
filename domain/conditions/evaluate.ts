import { DomainError } from '../errors.ts'
import { type Budget, costOf, spend } from './budget.ts'
import type { Json } from './json.ts'
import { LIST_ITEMS_MAX } from './limits.ts'
import { isTruthy, OPERATORS } from './operators.ts'
import { readPath } from './paths.ts'

const NESTING_MAX = 64

const isRule = (value: Json): value is { [operator: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 1

/**
 * Evaluates a JSONLogic rule. Written by hand because json-logic-js compares loosely, follows inherited properties and
 * counts nothing; on rules that use none of that the two agree, which a test checks.
 *
 * Missing data is null; null equals only null, and has no order. Numbers and texts are never converted into each other
 * (the operator `number` does it openly); arithmetic on anything but numbers gives null.
 *
 * @throws DomainError `flow_budget_exceeded` when the budget is spent or the rule nests too deep; `flow_error` when an
 * operator is unknown, which a saved rule cannot contain.
 */
export function evaluate(rule: Json, data: Json, budget: Budget): Json {
  return apply(rule, data, budget, 0)
}

/** Evaluates a rule to yes or no, by JsonLogic's truth. Throws as {@link evaluate} does. */
export const holds = (rule: Json, data: Json, budget: Budget): boolean => isTruthy(evaluate(rule, data, budget))

function apply(rule: Json, data: Json, budget: Budget, depth: number): Json {
  spend(budget, costOf(rule))
  if (depth > NESTING_MAX)
    throw new DomainError('flow_budget_exceeded', `a condition nests more than ${NESTING_MAX} deep`)
  if (Array.isArray(rule)) return rule.map((item) => apply(item, data, budget, depth + 1))
  if (!isRule(rule)) return rule

  const [name, given] = Object.entries(rule)[0]!
  const operands: Json[] = Array.isArray(given) ? given : [given]
  const at = (index: number): Json => apply(operands[index] ?? null, data, budget, depth + 1)
  switch (name) {
    case 'var':
      return variable(operands, data, budget, depth)
    case 'missing':
      return missing(operands, data, budget, depth)
    case 'if':
      return choose(operands, at)
    case 'and':
    case 'or':
      return shortCircuit(name, operands, at)
    case 'some':
    case 'all':
    case 'none':
    case 'filter':
    case 'map':
      return overList(name, operands, data, budget, depth)
  }
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined
  if (operator === undefined) throw new DomainError('flow_error', `unknown operator ${name}`)
  const args = operands.map((_, index) => at(index))
  for (const arg of args) spend(budget, Array.isArray(arg) ? arg.length : costOf(arg))
  if (operator.cost !== undefined) spend(budget, operator.cost(args))
  return operator.apply(args)
}

function variable(operands: Json[], data: Json, budget: Budget, depth: number): Json {
  const path = operands[0]
  if (path === '' || path === undefined) return data
  const value = typeof path === 'string' || typeof path === 'number' ? readPath(data, String(path)) : null
  return value === null && operands.length > 1 ? apply(operands[1] ?? null, data, budget, depth + 1) : value
}

function missing(operands: Json[], data: Json, budget: Budget, depth: number): Json {
  const first = apply(operands[0] ?? null, data, budget, depth + 1)
  const paths = Array.isArray(first) ? first : [first, ...operands.slice(1)]
  spend(budget, paths.length)
  return paths.filter((path) => {
    const value = typeof path === 'string' ? readPath(data, path) : null
    return value === null || value === ''
  })
}

function choose(operands: Json[], at: (index: number) => Json): Json {
  let index = 0
  for (; index + 1 < operands.length; index += 2) if (isTruthy(at(index))) return at(index + 1)
  return index < operands.length ? at(index) : null
}

function shortCircuit(name: 'and' | 'or', operands: Json[], at: (index: number) => Json): Json {
  let value: Json = null
  for (let index = 0; index < operands.length; index += 1) {
    value = at(index)
    if (isTruthy(value) === (name === 'or')) return value
  }
  return value
}

function overList(name: string, operands: Json[], data: Json, budget: Budget, depth: number): Json {
  const given = apply(operands[0] ?? null, data, budget, depth + 1)
  const items = Array.isArray(given) ? given : []
  if (items.length > LIST_ITEMS_MAX) throw new DomainError('flow_budget_exceeded', `a list of ${items.length} items`)
  const each = (item: Json): Json => apply(operands[1] ?? null, item, budget, depth + 1)
  if (name === 'map') return items.map(each)
  if (name === 'filter') return items.filter((item) => isTruthy(each(item)))
  if (name === 'some') return items.some((item) => isTruthy(each(item)))
  if (name === 'none') return !items.some((item) => isTruthy(each(item)))
  return items.length > 0 && items.every((item) => isTruthy(each(item)))
}
