import type { OpenAPIHono } from '@hono/zod-openapi'
import { contractOf as documentOf } from '#api/contract/document.ts'
import { exampleOf } from '#api/contract/examples.ts'
import type { Schema } from '#api/contract/shapes.ts'
import type { AppEnv } from '#api/deps.ts'

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
  const document = documentOf(app, 'test')
  const schemas = document.components?.schemas ?? {}
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item).map(([method, raw]): Operation => {
      const parameters = (raw.parameters ?? []).filter((parameter) => 'name' in parameter)
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
  return { operations, sample: (schema) => exampleOf(schema, schemas, 'request') }
}
