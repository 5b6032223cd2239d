import { join } from 'node:path'
import type { Contract } from '#api/contract/shapes.ts'
import { servedContract } from '../../scripts/api-client/served-contract.ts'

export const SNAPSHOT = join(import.meta.dirname, 'openapi.snapshot.json')

const REFUSAL = '{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Leaves out what follows from the rest: examples are made from the schemas, and headers stand at every answer. */
function essence(contract: Contract): Contract {
  for (const operation of Object.values(contract.paths ?? {}).flatMap((item) => Object.values(item))) {
    for (const parameter of operation.parameters ?? []) if ('name' in parameter) delete parameter.example
    const answers = Object.values(operation.responses)
    for (const answer of answers) delete answer.headers
    for (const { content } of [...answers, ...(operation.requestBody ? [operation.requestBody] : [])]) {
      for (const kind of Object.values(content ?? {})) delete kind.examples
    }
  }
  const { examples: _examples, headers: _headers, ...components } = contract.components ?? {}
  return { ...contract, components }
}

/** The contract of the whole API as it is in the code. Keys stand in order, so that only what changes, differs. */
export const currentContract = (): Json => inOrder(essence(servedContract()) as unknown as Json)

const LINE_CHARS_MAX = 120

/** What fits on a line stands on one, so that a change is a line and not a screen. */
export function contractText(contract: Json, indent = ''): string {
  const line = JSON.stringify(contract)
  if (contract === null || typeof contract !== 'object' || indent.length + line.length <= LINE_CHARS_MAX) return line
  const inner = `${indent} `
  const parts = Array.isArray(contract)
    ? contract.map((item) => inner + contractText(item, inner))
    : Object.entries(contract).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${contractText(item, inner)}`)
  const [open, close] = Array.isArray(contract) ? '[]' : '{}'
  return `${open}\n${parts.join(',\n')}\n${indent}${close}`
}

function inOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(inOrder)
  if (value === null || typeof value !== 'object') return value
  const { content, description } = value
  // Refusals are the same at every route; a line each is enough to see that they are there.
  if (JSON.stringify(content) === REFUSAL) return `problem: ${description}`
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, inOrder(value[key] ?? null)]))
}

/** What was there before and is not, or is otherwise; then what came, each by its place. */
export function contractDifferences(before: Json, after: Json): { gone: string[]; changed: string[]; added: string[] } {
  const [old, now] = [leavesOf(before), leavesOf(after)]
  const gone = [...old.keys()].filter((place) => !now.has(place))
  const added = [...now.keys()].filter((place) => !old.has(place))
  const changed = [...old].flatMap(([place, value]) => {
    const given = now.get(place)
    return given === undefined || given === value ? [] : [`${place}: ${value} → ${given}`]
  })
  return { gone: shortened(gone), changed, added: shortened(added) }
}

/** Words of a list (required fields, values of an enum) are told by themselves, wherever in it they stand. */
function leavesOf(value: Json, place = '', leaves = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) {
    for (const item of value) leaves.set(`${place} has ${JSON.stringify(item)}`, 'yes')
  } else if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) leavesOf(inner, `${place} ${key}`.trim(), leaves)
  } else {
    leaves.set(place, JSON.stringify(value))
  }
  return leaves
}

const OPERATION = /^(paths \S+ [a-z]+|components schemas \S+)/

/** Of a route or schema that came or went as a whole, one line is enough to find it. */
function shortened(places: readonly string[]): string[] {
  const counts = Map.groupBy(places, (place) => OPERATION.exec(place)?.[1] ?? place)
  return [...counts].flatMap(([operation, inside]) =>
    inside.length <= 3 ? inside : [`${operation} (${inside.length} lines)`],
  )
}
