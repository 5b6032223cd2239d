import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from '#api/deps.ts'

type Schema = {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  [word: string]: unknown
}
type Parameter = { name: string; in: string; schema: Schema }
type Raw = {
  'x-access'?: string
  'x-people-only'?: boolean
  summary?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, unknown>
}

export type Operation = {
  method: string
  /** As OpenAPI writes it, without /api/v1. */
  path: string
  access: string
  /** Refused to API keys. */
  peopleOnly: boolean
  summary: string | undefined
  tags: string[]
  params: string[]
  query: string[]
  body: Schema | undefined
  bodyTypes: string[]
  responses: string[]
}

export type Contract = { operations: Operation[]; sample: (schema: Schema) => unknown }

/** The operations of an app as its own contract tells them. */
export function contractOf(app: OpenAPIHono<AppEnv>): Contract {
  const document = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Holdfast', version: 'test' } })
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Raw>).map(([method, raw]): Operation => {
      const parameters = raw.parameters ?? []
      const named = (place: string) => parameters.filter((parameter) => parameter.in === place).map(({ name }) => name)
      const content = raw.requestBody?.content ?? {}
      return {
        method: method.toUpperCase(),
        path: path.replace(/^\/api\/v1/, ''),
        access: raw['x-access'] ?? '',
        peopleOnly: raw['x-people-only'] ?? false,
        summary: raw.summary,
        tags: raw.tags ?? [],
        params: named('path'),
        query: named('query'),
        body: content['application/json']?.schema,
        bodyTypes: Object.keys(content),
        responses: Object.keys(raw.responses),
      }
    }),
  )
  return { operations, sample: (schema) => sampleOf(schema, schemas) }
}

/** The smallest value that a schema takes, as far as its words tell. */
function sampleOf(schema: Schema, schemas: Record<string, Schema>): unknown {
  const deeper = (inner: Schema) => sampleOf(inner, schemas)
  if (schema.$ref !== undefined) return deeper(schemas[schema.$ref.split('/').at(-1)!]!)
  if ('const' in schema) return schema['const']
  if (Array.isArray(schema['enum'])) return schema['enum'][0]
  if ('default' in schema) return schema['default']
  for (const word of ['oneOf', 'anyOf', 'allOf']) {
    const choices = schema[word] as Schema[] | undefined
    if (choices !== undefined) return deeper(choices[0]!)
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'object' || schema.properties !== undefined) {
    const required = schema.required ?? []
    return Object.fromEntries(required.map((name) => [name, deeper(schema.properties?.[name] ?? {})]))
  }
  if (type === 'array')
    return Array.from({ length: Number(schema['minItems'] ?? 0) }, () => deeper(schema['items'] as Schema))
  if (type === 'integer' || type === 'number') return Number(schema['minimum'] ?? 1)
  if (type === 'boolean') return true
  return sampleText(schema)
}

function sampleText(schema: Schema): string {
  const byFormat: Record<string, string> = {
    uuid: '018f0000-0000-7000-8000-000000000000',
    email: 'somebody@house.test',
    'date-time': '2026-01-01T00:00:00Z',
    date: '2026-01-01',
  }
  return byFormat[String(schema['format'])] ?? 'x'.repeat(Math.max(1, Number(schema['minLength'] ?? 1)))
}
