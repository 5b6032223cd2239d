import { apiError, GraphError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'

export const missing = (name: string): GraphError => apiError(131008, `Parameter '${name}' is mandatory.`)
export const invalid = (details: string): GraphError => apiError(131009, details)

export const paramError = (message: string): GraphError =>
  new GraphError(400, { message: `(#100) ${message}`, type: 'OAuthException', code: 100 })

/** Characters as people count them, near enough: a surrogate pair is one. */
export const lengthOf = (value: string): number => (value.length < 20 ? value.length : [...value].length)

export type TextRule = { name: string; max: number; min?: number }

export function requireText(value: Json | undefined, { name, max, min = 1 }: TextRule): string {
  if (value === undefined || value === null) throw missing(name)
  if (typeof value !== 'string') throw invalid(`${name} must be a string.`)
  const length = value.length <= max ? value.length : lengthOf(value)
  if (length < min || length > max) throw invalid(`${name} length invalid. Min length: ${min}, Max length: ${max}`)
  return value
}

export function optionalText(value: Json | undefined, rule: TextRule): string | undefined {
  return value === undefined || value === null ? undefined : requireText(value, { min: 0, ...rule })
}

export function requireObject(value: Json | undefined, name: string): JsonObject {
  if (value === undefined || value === null) throw missing(name)
  if (typeof value !== 'object' || Array.isArray(value)) throw paramError(`Param ${name} must be a JSON object.`)
  return value
}

export function requireList(
  value: Json | undefined,
  { name, min, max }: { name: string; min: number; max: number },
): Json[] {
  if (value === undefined || value === null) throw missing(name)
  if (!Array.isArray(value)) throw paramError(`Param ${name} must be an array.`)
  if (value.length < min || value.length > max) {
    throw invalid(`${name} must have between ${min} and ${max} elements, and has ${value.length}.`)
  }
  return value
}

export function requireUnique(values: readonly string[], what: string): void {
  if (new Set(values).size !== values.length) throw invalid(`Duplicate ${what}.`)
}

/** A link is looked at, never followed outside this machine. */
export function requireLink(value: Json | undefined, name: string): string {
  if (typeof value !== 'string' || !URL.canParse(value) || !/^https?:/i.test(value)) {
    throw paramError(`Param ${name} is not a valid URI.`)
  }
  return value
}
