import type { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import type { AppEnv } from '../deps.ts'
import type { Schema } from './shapes.ts'
import { defOf, everySchema, isSchema } from './zod-tree.ts'

type Bodies = Record<string, { schema?: unknown }>
type Route = { request?: { body?: { content: Bodies } }; responses: Record<string, { content?: Bodies }> }

/** Set at what may be null, so that it is still seen once the generator has made a reference of it. */
const MARK = 'x-or-null'

/**
 * The generator makes a component of a named schema as it first meets it: inside `nullable()`, it would be nullable for
 * everybody else as well. So those are made before any route is, and where null may stand is marked.
 */
export function nameBeforeNullable(app: OpenAPIHono<AppEnv>): void {
  const routes = app.openAPIRegistry.definitions.flatMap((one) => (one.type === 'route' ? [one.route as Route] : []))
  const contents = routes.flatMap(({ request, responses }) => [
    request?.body?.content,
    ...Object.values(responses).map(({ content }) => content),
  ])
  const roots = contents.flatMap((content) => Object.values(content ?? {}).map(({ schema }) => schema))
  const named = new Map<string, z.ZodType>()
  for (const schema of everySchema(roots.filter(isSchema))) {
    const { type, innerType } = defOf(schema)
    const id = innerType && z.globalRegistry.get(innerType)?.id
    if (type !== 'nullable' || innerType === undefined || id === undefined) continue
    named.set(id, innerType)
    z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), [MARK]: true })
  }
  // The generator gives its methods to what is made after it was loaded, so a copy has them in any case.
  for (const [id, schema] of named) app.openAPIRegistry.register(id, schema.meta({ ...z.globalRegistry.get(schema) }))
}

type Part = Schema & { [MARK]?: true }

/** The generator asks for the named schema and what was said of it at once: null would never be taken. */
export function takeNull(value: unknown): void {
  if (value === null || typeof value !== 'object') return
  const schema = value as Schema
  const [named, said] = (schema.allOf ?? []) as Part[]
  if (named !== undefined && said?.[MARK] !== undefined) {
    delete schema.allOf
    Object.assign(schema, { anyOf: [named, { type: 'null' }] }, said.description && { description: said.description })
  }
  for (const inner of Object.values(value)) takeNull(inner)
}
