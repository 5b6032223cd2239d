import type { Contract, Operation, Parameter, Schema } from '../../api/contract/shapes.ts'

const BASE = '/api/v1'
const WORD = /^[A-Za-z_$][\w$]*$/
const key = (name: string) => (WORD.test(name) ? name : JSON.stringify(name))
const literal = (value: unknown) =>
  typeof value === 'string' ? `'${value.replaceAll(/['\\]/g, '\\$&')}'` : String(value)
const union = (types: readonly string[]) => [...new Set(types)].join(' | ') || 'never'
const grouped = (type: string) => (type.includes(' | ') || type.includes(' & ') ? `(${type})` : type)

function objectType({ properties = {}, required = [], additionalProperties }: Schema): string {
  const fields = Object.entries(properties).map(
    ([name, schema]) => `${key(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  )
  const rest = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'
  if (fields.length === 0) return additionalProperties === false ? 'Record<string, never>' : `Record<string, ${rest}>`
  return `{ ${fields.join('; ')} }`
}

/** One type of TypeScript for one schema. What a schema does not say is `unknown`, never `any`. */
export function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1)!
  if ('const' in schema) return literal(schema.const)
  if (schema.enum !== undefined) return union(schema.enum.map(literal))
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return union(choices.map(typeOf))
  if (schema.allOf !== undefined) return schema.allOf.map((part) => grouped(typeOf(part))).join(' & ')
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => typeOf({ ...schema, type })))
  if (schema.type === 'array') return `${grouped(schema.items === undefined ? 'unknown' : typeOf(schema.items))}[]`
  if (schema.type === 'object' || schema.properties !== undefined) return objectType(schema)
  if (schema.format === 'binary') return 'Blob'
  const plain: Record<string, string> = {
    string: 'string',
    integer: 'number',
    number: 'number',
    boolean: 'boolean',
    null: 'null',
  }
  return plain[schema.type ?? ''] ?? 'unknown'
}

type Content = NonNullable<Operation['requestBody']>['content']
const jsonOf = (content: Content | undefined): Schema | undefined => content?.['application/json']?.schema

function parametersType(parameters: readonly Parameter[], place: string): string | undefined {
  const fields = parameters
    .filter((parameter) => parameter.in === place)
    .map(({ name, required, schema }) => `${key(name)}${required ? '' : '?'}: ${typeOf(schema)}`)
  return fields.length === 0 ? undefined : `{ ${fields.join('; ')} }`
}

/** What a program gives and gets; undefined where the answer is no JSON, as streams and files are not. */
function operationType({ parameters: all = [], requestBody, responses }: Operation): string | undefined {
  const parameters = all.filter((parameter) => 'name' in parameter)
  const good = Object.entries(responses).filter(([status]) => /^2/.test(status))
  const answers = good.map(([, { content }]) => (content === undefined ? 'undefined' : jsonOf(content)))
  if (answers.some((answer) => answer === undefined)) return undefined
  const body = jsonOf(requestBody?.content)
  if (requestBody !== undefined && body === undefined) return undefined
  const given = [
    ['path', parametersType(parameters, 'path')],
    ['query', parametersType(parameters, 'query')],
    ['body', body && typeOf(body)],
    ['answer', union(answers.map((answer) => (typeof answer === 'object' ? typeOf(answer) : 'undefined')))],
  ] as const
  const fields = given.flatMap(([name, type]) => (type === undefined ? [] : [`    ${name}: ${type}`]))
  return `{\n${fields.join('\n')}\n  }`
}

const used = (types: string, schemas: Record<string, string>): Set<string> => {
  const found = new Set<string>()
  const look = (text: string) => {
    for (const name of Object.keys(schemas)) {
      if (found.has(name) || !new RegExp(`\\b${name}\\b`).test(text)) continue
      found.add(name)
      look(schemas[name]!)
    }
  }
  look(types)
  return found
}

/** The file of types: every operation that an API key may call and that speaks JSON. */
export function typesOf({ components, paths = {} }: Contract): string {
  const schemas = Object.fromEntries(
    Object.entries(components?.schemas ?? {}).map(([name, schema]) => [name, typeOf(schema)]),
  )
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      if (operation['x-access'] === 'public' || operation['x-people-only']) return []
      const type = operationType(operation)
      if (type === undefined) return []
      const name = `${method.toUpperCase()} ${path.replace(BASE, '')}`
      return [`  /** ${operation.summary} Needs: ${operation['x-access']}. */\n  '${name}': ${type}`]
    }),
  )
  const body = operations.join('\n')
  const kept = used(body, schemas)
  const types = Object.entries(schemas)
    .filter(([name]) => kept.has(name))
    .map(([name, type]) => `export type ${name} = ${type}`)
  return [
    '// Made from the contract by `node scripts/api-client.ts`; what is changed here by hand is lost.',
    ...types,
    `\n/** Every operation that an API key may call, by method and path. */\nexport type Operations = {\n${body}\n}\n`,
  ].join('\n')
}
