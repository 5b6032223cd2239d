/** As much of JSON Schema as the contract uses. */
export type Schema = {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  prefixItems?: Schema[]
  additionalProperties?: boolean | Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  default?: unknown
  example?: unknown
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minItems?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  multipleOf?: number
  minProperties?: number
  description?: string
}
export type Schemas = Readonly<Record<string, Schema>>

export type Examples = Record<string, { summary?: string; value?: unknown; $ref?: string }>
type Content = Record<string, { schema?: Schema; examples?: Examples }>
export type Parameter = {
  name: string
  in: string
  required?: boolean
  description?: string
  schema: Schema
  example?: unknown
}
type Ref = { $ref: string }
export type Answer = { description: string; content?: Content; headers?: Record<string, Ref> }

export type Operation = {
  operationId?: string
  summary?: string
  description?: string
  tags?: string[]
  deprecated?: boolean
  'x-access'?: string
  'x-people-only'?: boolean
  security?: unknown[]
  parameters?: (Parameter | Ref)[]
  requestBody?: { content: Content; required?: boolean }
  responses: Record<string, Answer>
}

/** The contract as it is served. */
export type Contract = {
  openapi: string
  info: { title: string; version: string; description?: string }
  externalDocs?: { url: string; description: string }
  tags?: { name: string; description: string }[]
  components?: {
    schemas?: Record<string, Schema>
    examples?: Examples
    headers?: Record<string, { description: string; schema: Schema }>
    parameters?: Record<string, Parameter>
    securitySchemes?: Record<string, unknown>
  }
  paths?: Record<string, Record<string, Operation>>
  webhooks?: Record<string, Record<string, Operation>>
}

/** The schema that a reference stands for, or the schema itself. */
export function resolved(schema: Schema, schemas: Schemas): Schema {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined ? schema : resolved(schemas[name] ?? {}, schemas)
}
