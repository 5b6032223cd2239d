import type { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import type { AppEnv } from '../deps.ts'

/** What this file reads of how zod keeps a schema. */
type Check = { check: string; minimum?: number; maximum?: number; value?: unknown; tx?: (value: unknown) => unknown; pattern?: RegExp }
type Def = {
  type: string
  format?: string
  pattern?: RegExp
  checks?: { _zod: { def: Check } }[]
  shape?: Record<string, z.ZodType>
  options?: z.ZodType[]
  items?: z.ZodType[]
  getter?: () => z.ZodType
} & Partial<Record<'element' | 'innerType' | 'in' | 'out' | 'left' | 'right' | 'keyType' | 'valueType', z.ZodType>>

const INNER = ['element', 'innerType', 'in', 'out', 'left', 'right', 'valueType'] as const
const defOf = (schema: z.ZodType) => schema._zod.def as unknown as Def
const checksOf = (schema: z.ZodType) => (defOf(schema).checks ?? []).map((check) => check._zod.def)

function say(schema: z.ZodType, words: Record<string, unknown>): void {
  const known = z.globalRegistry.get(schema) ?? {}
  z.globalRegistry.add(schema, { ...words, ...known })
}

/** A text that is trimmed before it is measured may not be blank, which `minLength` alone does not tell. */
function sayTrimmed(schema: z.ZodType): void {
  const checks = checksOf(schema)
  const trims = checks.some(({ check, tx }) => check === 'overwrite' && tx?.(' a ') === 'a')
  const least = checks.find(({ check }) => check === 'min_length')?.minimum ?? 0
  if (!trims || least < 1 || checks.some(({ pattern }) => pattern !== undefined)) return
  say(schema, { pattern: least === 1 ? '\\S' : `\\S[\\s\\S]{${least - 2},}\\S` })
}

/** Addresses of the network, which the generator calls by names of its own. */
const NETWORK: Readonly<Record<string, string>> = {
  ipv4: 'ipv4',
  ipv6: 'ipv6',
  cidrv4: 'ipv4-cidr',
  cidrv6: 'ipv6-cidr',
}

function sayNetwork(schema: z.ZodType): void {
  const { format = '', pattern } = defOf(schema)
  const name = NETWORK[format]
  if (name !== undefined && pattern !== undefined) say(schema, { format: name, pattern: pattern.source })
}

/** A number that goes up in steps. */
function sayStep(schema: z.ZodType): void {
  const step = checksOf(schema).find(({ check }) => check === 'multiple_of')?.value
  if (typeof step === 'number') say(schema, { multipleOf: step })
}

/** Which names the fields of a free object may have. */
function sayNames(schema: z.ZodType): void {
  const { keyType } = defOf(schema)
  if (keyType === undefined) return
  if (defOf(keyType).type === 'enum') return say(schema, { additionalProperties: false })
  const checks = checksOf(keyType)
  const pattern = checks.find((check) => check.pattern !== undefined)?.pattern?.source
  const maxLength = checks.find(({ check }) => check === 'max_length')?.maximum
  const names = { ...(pattern !== undefined && { pattern }), ...(maxLength !== undefined && { maxLength }) }
  if (Object.keys(names).length > 0) say(schema, { propertyNames: names })
}

function visit(schema: z.ZodType, seen: WeakSet<z.ZodType>): void {
  if (seen.has(schema)) return
  seen.add(schema)
  const def = defOf(schema)
  if (def.type === 'string') sayTrimmed(schema)
  if (def.type === 'string') sayNetwork(schema)
  if (def.type === 'number') sayStep(schema)
  if (def.type === 'record') sayNames(schema)
  const inner = INNER.flatMap((name) => def[name] ?? [])
  const many = [...Object.values(def.shape ?? {}), ...(def.options ?? []), ...(def.items ?? [])]
  for (const next of [...inner, ...many, ...(def.getter === undefined ? [] : [def.getter()])]) visit(next, seen)
}

type Requests = { query?: unknown; params?: unknown; body?: { content: Record<string, { schema?: unknown }> } }
const isSchema = (value: unknown): value is z.ZodType => value instanceof z.ZodType

/** Adds to the schemas of all requests what they ask for and the generator of the contract does not see. */
export function sayUnsaid(app: OpenAPIHono<AppEnv>): void {
  const seen = new WeakSet<z.ZodType>()
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue
    const { query, params, body } = (definition.route.request ?? {}) as Requests
    const bodies = Object.values(body?.content ?? {}).map(({ schema }) => schema)
    for (const schema of [query, params, ...bodies].filter(isSchema)) visit(schema, seen)
  }
}
