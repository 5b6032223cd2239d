import { DomainError } from '../errors.ts'
import type { Json } from './json.ts'
import { CAT_CHARS_MAX } from './limits.ts'
import { foldText } from './text.ts'

/** What an operator takes: how many operands, and how the evaluator treats them. */
export type Operator = {
  min: number
  max: number
  apply: (args: Json[]) => Json
  /** What it costs beyond one look at each operand. */
  cost?: (args: Json[]) => number
}

const numbers = (args: Json[]): number[] | null =>
  args.every((arg) => typeof arg === 'number') ? (args as number[]) : null

const finite = (value: number): Json => (Number.isFinite(value) ? value : null)

function arithmetic(apply: (...values: number[]) => number): (args: Json[]) => Json {
  return (args) => {
    const values = numbers(args)
    return values === null ? null : finite(apply(...values))
  }
}

/** Strict: values of different types are never equal, and no list or object equals another. */
export function sameValue(left: Json, right: Json): boolean {
  return typeof left === 'object' && left !== null ? false : left === right
}

/** Compares two numbers, or two texts by their code units (as `COLLATE "C"` does); anything else has no order. */
function compare(left: Json, right: Json, holds: (order: number) => boolean): boolean {
  if (typeof left === 'number' && typeof right === 'number') return holds(left - right)
  if (typeof left === 'string' && typeof right === 'string') return holds(left < right ? -1 : left > right ? 1 : 0)
  return false
}

function ordered(holds: (order: number) => boolean): (args: Json[]) => Json {
  return (args) => args.slice(1).every((right, index) => compare(args[index] ?? null, right, holds))
}

function folded(holds: (text: string, part: string) => boolean): (args: Json[]) => Json {
  return ([text, part]) => typeof text === 'string' && typeof part === 'string' && holds(foldText(text), foldText(part))
}

const sizeChars = (value: Json | undefined): number => (typeof value === 'string' ? value.length : 0)

/** A search may compare each character of a text with each of the part. */
const searchCost = ([one, other]: Json[]): number => Math.floor((sizeChars(one) * sizeChars(other)) / 16_384)

/** Folding passes over a text many times. */
const foldCost = (args: Json[]): number => args.reduce<number>((sum, arg) => sum + Math.floor(sizeChars(arg) / 64), 0)

function toText(value: Json): string {
  return value === null || typeof value === 'object' ? '' : String(value)
}

function cat(args: Json[]): Json {
  const text = args.map(toText).join('')
  if (text.length > CAT_CHARS_MAX) throw new DomainError('flow_budget_exceeded', `cat made ${text.length} characters`)
  return text
}

function toNumber(value: Json | undefined): Json {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value !== 'string' || !/^\s*[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})\s*$/.test(value)) return null
  return Number(value)
}

function within([needle, hay]: Json[]): Json {
  if (Array.isArray(hay)) return hay.some((item) => sameValue(item, needle ?? null))
  return typeof hay === 'string' && typeof needle === 'string' && hay.includes(needle)
}

function slice([text, from, length]: Json[]): Json {
  if (typeof text !== 'string' || typeof from !== 'number') return null
  const start = from < 0 ? Math.max(0, text.length + from) : from
  if (typeof length !== 'number') return text.slice(start)
  return length < 0 ? text.slice(start, length) : text.slice(start, start + length)
}

/** JsonLogic's truth: empty text, zero, null and the empty list are false; everything else is true. */
export const isTruthy = (value: Json): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value))

const isEmpty = (value: Json | undefined): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

/**
 * The operators that take their operands evaluated. The names are JsonLogic's; comparison is strict under both spellings,
 * because "1 == true" surprises everybody and has no counterpart in SQL.
 */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  '==': { min: 2, max: 2, apply: ([left, right]) => sameValue(left ?? null, right ?? null) },
  '===': { min: 2, max: 2, apply: ([left, right]) => sameValue(left ?? null, right ?? null) },
  '!=': { min: 2, max: 2, apply: ([left, right]) => !sameValue(left ?? null, right ?? null) },
  '!==': { min: 2, max: 2, apply: ([left, right]) => !sameValue(left ?? null, right ?? null) },
  '<': { min: 2, max: 3, apply: ordered((order) => order < 0) },
  '<=': { min: 2, max: 3, apply: ordered((order) => order <= 0) },
  '>': { min: 2, max: 2, apply: ordered((order) => order > 0) },
  '>=': { min: 2, max: 2, apply: ordered((order) => order >= 0) },
  '!': { min: 1, max: 1, apply: ([value]) => !isTruthy(value ?? null) },
  '!!': { min: 1, max: 1, apply: ([value]) => isTruthy(value ?? null) },
  '+': { min: 1, max: 10, apply: arithmetic((...values) => values.reduce((sum, value) => sum + value, 0)) },
  '*': { min: 1, max: 10, apply: arithmetic((...values) => values.reduce((product, value) => product * value, 1)) },
  '-': {
    min: 1,
    max: 2,
    apply: arithmetic((left, right) => (right === undefined ? -(left ?? 0) : (left ?? 0) - right)),
  },
  '/': { min: 2, max: 2, apply: arithmetic((left, right) => (left ?? 0) / (right ?? 0)) },
  '%': { min: 2, max: 2, apply: arithmetic((left, right) => (left ?? 0) % (right ?? 0)) },
  min: { min: 1, max: 20, apply: arithmetic((...values) => Math.min(...values)) },
  max: { min: 1, max: 20, apply: arithmetic((...values) => Math.max(...values)) },
  in: { min: 2, max: 2, apply: within, cost: searchCost },
  cat: { min: 1, max: 20, apply: cat },
  substr: { min: 2, max: 3, apply: slice },
  number: { min: 1, max: 1, apply: ([value]) => toNumber(value) },
  lower: { min: 1, max: 1, apply: ([value]) => toText(value ?? null).toLowerCase() },
  length: {
    min: 1,
    max: 1,
    apply: ([value]) => (typeof value === 'string' || Array.isArray(value) ? value.length : 0),
  },
  is_empty: { min: 1, max: 1, apply: ([value]) => isEmpty(value) },
  text_equals: { min: 2, max: 2, apply: folded((text, part) => text === part), cost: foldCost },
  text_contains: {
    min: 2,
    max: 2,
    apply: folded((text, part) => part !== '' && text.includes(part)),
    cost: (args) => foldCost(args) + searchCost(args),
  },
  text_starts: { min: 2, max: 2, apply: folded((text, part) => part !== '' && text.startsWith(part)), cost: foldCost },
  text_ends: { min: 2, max: 2, apply: folded((text, part) => part !== '' && text.endsWith(part)), cost: foldCost },
}

/** The operators that decide themselves which operands are evaluated, and in what scope. */
export const SPECIAL_OPERATORS: Readonly<Record<string, { min: number; max: number }>> = {
  var: { min: 1, max: 2 },
  missing: { min: 1, max: 20 },
  if: { min: 1, max: 41 },
  and: { min: 1, max: 50 },
  or: { min: 1, max: 50 },
  some: { min: 2, max: 2 },
  all: { min: 2, max: 2 },
  none: { min: 2, max: 2 },
  filter: { min: 2, max: 2 },
  map: { min: 2, max: 2 },
}
