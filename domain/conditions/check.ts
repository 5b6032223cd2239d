import { CONDITION_DEPTH_MAX, CONDITION_PARTS_MAX, CONDITION_STRING_MAX } from './limits.ts'
import { OPERATORS, SPECIAL_OPERATORS } from './operators.ts'
import { isSafePath } from './paths.ts'

export type ConditionProblem = {
  code: 'unknown_operator' | 'operands' | 'too_deep' | 'too_large' | 'unsafe_path' | 'not_json'
  /** Where in the rule, as a JSON pointer. */
  path: string
  message: string
}

type Visit = { value: unknown; depth: number; path: string; inItem: boolean }

/**
 * Checks a rule before it is saved. Walks with a list instead of the call stack, so a rule 10,000 deep is an answer, not
 * a crash, and stops at the first problem of size.
 *
 * @returns the problems, and the paths that the rule reads outside of lists' items (for the check of variables).
 */
export function checkCondition(rule: unknown): { problems: ConditionProblem[]; paths: string[] } {
  const problems: ConditionProblem[] = []
  const paths: string[] = []
  const queue: Visit[] = [{ value: rule, depth: 0, path: '', inItem: false }]
  let partsCount = 0
  for (let visit = queue.pop(); visit !== undefined; visit = queue.pop()) {
    partsCount += 1
    const { depth, path } = visit
    if (partsCount > CONDITION_PARTS_MAX) {
      problems.push({ code: 'too_large', path, message: `More than ${CONDITION_PARTS_MAX} parts.` })
      break
    }
    if (depth > CONDITION_DEPTH_MAX) {
      problems.push({ code: 'too_deep', path, message: `Nested more than ${CONDITION_DEPTH_MAX} deep.` })
      break
    }
    inspect(visit, { problems, paths, queue })
  }
  return { problems, paths }
}

type Findings = { problems: ConditionProblem[]; paths: string[]; queue: Visit[] }

function inspect({ value, depth, path, inItem }: Visit, found: Findings): void {
  if (value === null || typeof value === 'boolean') return
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (typeof value === 'string') {
    if (value.length > CONDITION_STRING_MAX) {
      found.problems.push({
        code: 'too_large',
        path,
        message: `A text of more than ${CONDITION_STRING_MAX} characters.`,
      })
    }
    return
  }
  if (Array.isArray(value)) {
    if (value.length > CONDITION_PARTS_MAX) {
      found.problems.push({ code: 'too_large', path, message: `A list of more than ${CONDITION_PARTS_MAX} items.` })
      return
    }
    value.forEach((item, index) => {
      found.queue.push({ value: item, depth: depth + 1, path: `${path}/${index}`, inItem })
    })
    return
  }
  if (typeof value === 'object') inspectRule(value as Record<string, unknown>, { depth, path, inItem }, found)
  else found.problems.push({ code: 'not_json', path, message: `A ${typeof value} is not JSON.` })
}

function inspectRule(rule: Record<string, unknown>, at: Omit<Visit, 'value'>, found: Findings): void {
  const { depth, path, inItem } = at
  const names = Object.keys(rule)
  const name = names[0]
  const arity = name === undefined ? undefined : arityOf(name)
  if (names.length !== 1 || name === undefined || arity === undefined) {
    const message = names.length === 1 ? `Unknown operator ${name}.` : 'A rule has exactly one operator.'
    found.problems.push({ code: 'unknown_operator', path, message })
    return
  }
  const given = rule[name]
  const operands: unknown[] = Array.isArray(given) ? given : [given]
  if (operands.length < arity.min || operands.length > arity.max) {
    const message = `${name} takes ${arity.min} to ${arity.max} operands, not ${operands.length}.`
    found.problems.push({ code: 'operands', path, message })
    return
  }
  if (name === 'var' || name === 'missing') {
    inspectPaths(name === 'var' ? operands.slice(0, 1) : operands, at, found)
    if (name === 'missing') return
  }
  const overList = ['some', 'all', 'none', 'filter', 'map'].includes(name)
  operands.forEach((value, index) => {
    if (name === 'var' && index === 0) return
    found.queue.push({
      value,
      depth: depth + 1,
      path: `${path}/${name}/${index}`,
      inItem: inItem || (overList && index === 1),
    })
  })
}

function arityOf(name: string): { min: number; max: number } | undefined {
  if (Object.hasOwn(OPERATORS, name)) return OPERATORS[name]
  return Object.hasOwn(SPECIAL_OPERATORS, name) ? SPECIAL_OPERATORS[name] : undefined
}

/** Paths are literal: a computed path could not be checked now, nor compiled to SQL. */
function inspectPaths(operands: unknown[], { path, inItem }: Omit<Visit, 'value'>, found: Findings): void {
  for (const operand of operands) {
    const isItem = operand === '' && inItem
    if (isItem) continue
    if (typeof operand !== 'string' || !isSafePath(operand)) {
      found.problems.push({
        code: 'unsafe_path',
        path,
        message: `${JSON.stringify(operand)?.slice(0, 80)} is not a path.`,
      })
    } else if (!inItem) found.paths.push(operand)
  }
}
