import { exampleOf } from '../../api/contract/examples.ts'
import type { Contract, Operation, Parameter } from '../../api/contract/shapes.ts'

/** One request of the collections; `{{…}}` is filled in by the program that opens them. */
export type CollectionRequest = {
  folder: string
  name: string
  about: string
  method: string
  path: string
  parameters: { name: string; value: string }[]
  query: { name: string; value: string; about: string }[]
  body?: { type: 'json'; text: string } | { type: 'file'; field: string }
  /** The variable that takes the id of what this makes. */
  keeps?: string
  answers: { status: string; text: string | undefined; about: string }[]
}

const singular = (word: string) => word.replace(/ies$/, 'y').replace(/s$/, '')
const camel = (words: string) => words.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

/** The variable that a part of an address stands for: `/contacts/{id}` needs `contactId`. */
function variableOf(path: string, name: string): string {
  if (name !== 'id') return name
  const before = path.split('/').at(path.split('/').indexOf(`{${name}}`) - 1) ?? ''
  return `${camel(singular(before))}Id`
}

const isId = (name: string, value: unknown) => /Id$/.test(name) && typeof value === 'string' && value.length === 36

/** Ids in a body are those of the variables, so that one request leads to the next. */
function bodyText(value: unknown): string {
  return JSON.stringify(value, (name, inner: unknown) => (isId(name, inner) ? `{{${name}}}` : inner), 2)
}

const exampleIn = (content: NonNullable<Operation['requestBody']>['content'] | undefined): unknown =>
  Object.values(content?.['application/json']?.examples ?? {})[0]?.value

function bodyOf({ requestBody }: Operation): CollectionRequest['body'] {
  if (requestBody?.content['multipart/form-data'] !== undefined) return { type: 'file', field: 'file' }
  const example = exampleIn(requestBody?.content)
  return example === undefined ? undefined : { type: 'json', text: bodyText(example) }
}

function requestOf(
  contract: Contract,
  place: { method: string; path: string },
  operation: Operation,
): CollectionRequest {
  const { method, path } = place
  const parameters = (operation.parameters ?? []).filter((parameter): parameter is Parameter => 'name' in parameter)
  const schemas = contract.components?.schemas ?? {}
  const inPlace = (where: string) => parameters.filter((parameter) => parameter.in === where)
  const body = bodyOf(operation)
  const makes = method === 'post' && '201' in operation.responses && !path.includes('{')
  return {
    folder: operation.tags?.[0] ?? 'Other',
    name: operation.summary ?? path,
    about: operation.description ?? '',
    method: method.toUpperCase(),
    path,
    parameters: inPlace('path').map(({ name, schema }) => {
      const fixed = schema.format === 'uuid' ? undefined : exampleOf(schema, schemas, 'request', name)
      return { name, value: fixed === undefined ? `{{${variableOf(path, name)}}}` : String(fixed) }
    }),
    query: inPlace('query').map(({ name, schema, description = '' }) => {
      return { name, value: String(exampleOf(schema, schemas, 'request', name)), about: description }
    }),
    ...(body && { body }),
    ...(makes && { keeps: `${camel(singular(path.split('/').at(-1)!))}Id` }),
    answers: Object.entries(operation.responses)
      .filter(([status]) => status < '300')
      .map(([status, { content, description }]) => {
        const example = exampleIn(content)
        return {
          status,
          text: example === undefined ? undefined : JSON.stringify(example, null, 2),
          about: description,
        }
      }),
  }
}

/** Every request that an API key may make, in the order of the parts of the API. */
export function requestsOf(contract: Contract): CollectionRequest[] {
  const order = (contract.tags ?? []).map(({ name }) => name)
  const all = Object.entries(contract.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, operation]) => operation['x-access'] !== 'public' && !operation['x-people-only'])
      .map(([method, operation]) => requestOf(contract, { method, path }, operation)),
  )
  return all.sort((one, other) => order.indexOf(one.folder) - order.indexOf(other.folder))
}

/** The names of the variables that the requests need, beside address and key. */
export function variablesOf(requests: readonly CollectionRequest[]): string[] {
  const texts = requests.map(({ parameters, body }) =>
    JSON.stringify([parameters, body?.type === 'json' ? body.text : '']),
  )
  return [...new Set(texts.flatMap((text) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name!)))].sort()
}
