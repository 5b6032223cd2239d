import type { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import type { AppEnv } from '../deps.ts'
import { checksOf, defOf, everySchema, isSchema } from './zod-tree.ts'

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
  if (defOf(keyType).type === 'enum') say(schema, { additionalProperties: false })
  const checks = checksOf(keyType)
  const names = {
    pattern: checks.find((check) => check.pattern !== undefined)?.pattern?.source,
    minLength: checks.find(({ check }) => check === 'min_length')?.minimum,
    maxLength: checks.find(({ check }) => check === 'max_length')?.maximum,
  }
  const said = Object.entries(names).filter(([, value]) => value !== undefined)
  if (said.length > 0) say(schema, { propertyNames: Object.fromEntries(said) })
}

type Requests = { query?: unknown; params?: unknown; body?: { content: Record<string, { schema?: unknown }> } }

/** Adds to the schemas of all requests what they ask for and the generator of the contract does not see. */
export function sayUnsaid(app: OpenAPIHono<AppEnv>): void {
  const routes = app.openAPIRegistry.definitions.flatMap((one) => (one.type === 'route' ? [one.route] : []))
  const roots = routes.flatMap((route) => {
    const { query, params, body } = (route.request ?? {}) as Requests
    return [query, params, ...Object.values(body?.content ?? {}).map(({ schema }) => schema)]
  })
  for (const schema of everySchema(roots.filter(isSchema))) {
    const { type } = defOf(schema)
    if (type === 'string') sayTrimmed(schema)
    if (type === 'string') sayNetwork(schema)
    if (type === 'number') sayStep(schema)
    if (type === 'record') sayNames(schema)
  }
}
