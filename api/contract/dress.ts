import { ERRORS } from '#domain/errors.ts'
import { exampleProblem, PROBLEM_CODES, PROBLEMS, titleOf } from '#domain/problems/catalogue.ts'
import { exampleOf } from './examples.ts'
import { operationIdOf } from './operation-ids.ts'
import {
  type Answer,
  type Contract,
  type Examples,
  type Operation,
  resolved,
  type Schema,
  type Schemas,
} from './shapes.ts'
import { TAGS } from './tags.ts'

/** Where examples say that the house is. */
const ORIGIN = 'https://chat.example.com'
const PROBLEM_TYPE = 'application/problem+json'
const REQUIREMENTS = / \([A-Z]+-\d+(?:, [A-Z]+-\d+)*\)/g
/** What our addresses of mail look like; the word `email` alone lets more through. */
const EMAIL =
  "^(?:[A-Za-z0-9_'+\\-]+\\.)*[A-Za-z0-9_'+\\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$"

const HEADERS = {
  'X-Request-Id': ['The id of the request: the one that was sent along, or one of ours.', { type: 'string' }],
  'Retry-After': ['After how many seconds the same request may succeed.', { type: 'integer', minimum: 1 }],
  RateLimit: [
    'What is left of each allowance, and in how many seconds all of it is there again. Keys see it with each answer.',
    { type: 'string' },
  ],
  'RateLimit-Policy': ['How many requests fit into how many seconds.', { type: 'string' }],
  'Idempotency-Replayed': ['`true` where an Idempotency-Key brought back an earlier answer.', { enum: ['true'] }],
} satisfies Record<string, [string, Schema]>
type HeaderName = keyof typeof HEADERS

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'For a day the same request under the same key has its effect once, and answers the same.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
}

/** Integers are read as JavaScript has them: exact to 2^53. */
function sayBounds(value: unknown): void {
  if (value === null || typeof value !== 'object') return
  const schema = value as Schema
  const types = [schema.type].flat()
  if (types.includes('integer')) {
    if (schema.exclusiveMinimum === undefined) schema.minimum ??= Number.MIN_SAFE_INTEGER
    schema.maximum ??= Number.MAX_SAFE_INTEGER
  }
  if (types.includes('string') && schema.format === 'email') schema.pattern ??= EMAIL
  for (const inner of Object.values(value)) sayBounds(inner)
}

const headersOf = (...names: HeaderName[]): NonNullable<Answer['headers']> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))

/** The problems that a part of the API may answer with a status. */
function problemsOf(status: string, tags: readonly string[]): Examples {
  const codes = PROBLEM_CODES.filter((code) => {
    const { parts } = PROBLEMS[code]
    return String(ERRORS[code].status) === status && (parts === undefined || parts.some((part) => tags.includes(part)))
  })
  return Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]))
}

function dressAnswer(status: string, answer: Answer, { schemas, operation, method }: Dressing): void {
  // Of people, who ask often and at once, only what is refused is told.
  const told = operation['x-access'] !== 'public' && !operation['x-people-only'] && status < '400'
  answer.headers = {
    ...headersOf('X-Request-Id'),
    ...(told ? headersOf('RateLimit', 'RateLimit-Policy') : {}),
    ...(status === '429' ? headersOf('Retry-After', 'RateLimit', 'RateLimit-Policy') : {}),
    ...(status === '503' ? headersOf('Retry-After') : {}),
    ...(method === 'post' && takesKey(operation) && status < '400' ? headersOf('Idempotency-Replayed') : {}),
  }
  for (const [type, content] of Object.entries(answer.content ?? {})) {
    if (type === PROBLEM_TYPE) content.examples ??= problemsOf(status, operation.tags ?? [])
    else if (type === 'application/json' && content.schema !== undefined) {
      content.examples ??= { example: { value: exampleOf(content.schema, schemas, 'answer') } }
    }
  }
}

type Dressing = { schemas: Schemas; operation: Operation; method: string }

const WHO: Readonly<Record<string, string>> = {
  public: 'Anybody may ask.',
  signed_in: 'For a person who is signed in.',
  member: 'For every member of the workspace',
  platform: 'For administrators of the installation.',
}

/** Who may call it, as a sentence. */
function whoMay({ 'x-access': access = 'public', 'x-people-only': peopleOnly = false }: Operation): string {
  const who = WHO[access] ?? `Needs the permission \`${access}\``
  if (who.endsWith('.')) return who
  return peopleOnly
    ? `${who}; API keys are refused.`
    : `${who}; API keys with ${access === 'member' ? 'any scope' : 'it'} may call it.`
}

function dressBody(operation: Operation, schemas: Schemas): void {
  const { requestBody } = operation
  for (const content of Object.values(requestBody?.content ?? {})) {
    const { schema } = content
    if (requestBody === undefined || schema === undefined) continue
    content.examples ??= { example: { value: exampleOf(schema, schemas, 'request') } }
    const { type, required = [], minProperties = 0 } = resolved(schema, schemas)
    // What may be left out field by field may be left out as a whole.
    if (type === 'object' && required.length === 0 && minProperties === 0) requestBody.required = false
  }
}

/** Whether an `Idempotency-Key` has a meaning: it is known who asks, and the body is no stream. */
const takesKey = ({ 'x-access': access = 'public', requestBody }: Operation): boolean =>
  access !== 'public' && requestBody?.content['multipart/form-data'] === undefined

function dressOperation(method: string, path: string, operation: Operation, schemas: Schemas): void {
  operation.operationId ??= operationIdOf(method, path, operation)
  operation.summary = operation.summary?.replaceAll(REQUIREMENTS, '')
  operation.description = [operation.description, whoMay(operation)].filter(Boolean).join('\n\n')
  if (method === 'post' && takesKey(operation)) {
    operation.parameters = [...(operation.parameters ?? []), { $ref: '#/components/parameters/IdempotencyKey' }]
  }
  for (const parameter of operation.parameters ?? []) {
    if ('name' in parameter && parameter.name !== 'cursor')
      parameter.example ??= exampleOf(parameter.schema, schemas, 'request', parameter.name)
  }
  dressBody(operation, schemas)
  for (const [status, answer] of Object.entries(operation.responses)) {
    dressAnswer(status, answer, { schemas, operation, method })
  }
}

/** Makes the bare contract one that people can read and machines can try: names, examples, headers, who may do what. */
export function dress(contract: Contract): Contract {
  const schemas = contract.components?.schemas ?? {}
  sayBounds(contract.components)
  sayBounds(contract.paths)
  const operations = Object.entries(contract.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  )
  for (const { method, path, operation } of operations) dressOperation(method, path, operation, schemas)
  const used = new Set(operations.flatMap(({ operation }) => operation.tags ?? []))
  contract.tags = Object.entries(TAGS)
    .filter(([name]) => used.has(name))
    .map(([name, description]) => ({ name, description }))
  contract.components = {
    ...contract.components,
    parameters: { IdempotencyKey: IDEMPOTENCY_KEY },
    headers: Object.fromEntries(
      Object.entries(HEADERS).map(([name, [description, schema]]) => [name, { description, schema }]),
    ),
    examples: Object.fromEntries(
      PROBLEM_CODES.map((code) => [code, { summary: titleOf(code), value: exampleProblem(code, ORIGIN) }]),
    ),
  }
  return contract
}
