import type { Contract } from '../../api/contract/shapes.ts'
import { type CollectionRequest, requestsOf, variablesOf } from './requests.ts'

const BOUNDARY = 'holdfast'

function bodyLines({ body }: CollectionRequest): string[] {
  if (body === undefined) return []
  if (body.type === 'json') return ['Content-Type: application/json', '', body.text]
  return [
    `Content-Type: multipart/form-data; boundary=${BOUNDARY}`,
    '',
    `--${BOUNDARY}`,
    `Content-Disposition: form-data; name="${body.field}"; filename="menu.pdf"`,
    'Content-Type: application/pdf',
    '',
    '< ./menu.pdf',
    `--${BOUNDARY}--`,
  ]
}

function requestLines(request: CollectionRequest): string[] {
  const { name, method, path, parameters, query } = request
  const filled = path.replace(/\{(\w+)\}/g, (_, wanted: string) => {
    return parameters.find((parameter) => parameter.name === wanted)?.value ?? wanted
  })
  const choices = query.length === 0 ? [] : [`# Takes: ${query.map((one) => one.name).join(', ')}`]
  return [
    `### ${name}`,
    ...choices,
    `${method} {{baseUrl}}${filled}`,
    'Authorization: Bearer {{key}}',
    ...bodyLines(request),
    '',
  ]
}

/** The same requests as plain text, for editors that send what they show. */
export function httpFileOf(contract: Contract): string {
  const requests = requestsOf(contract)
  const variables = [
    '@baseUrl = http://localhost:4700',
    '@key = hf_',
    ...variablesOf(requests).map((name) => `@${name} =`),
  ]
  const folders = [...Map.groupBy(requests, ({ folder }) => folder)]
  const parts = folders.flatMap(([folder, inside]) => [`# ${folder}`, '', ...inside.flatMap(requestLines)])
  return `${['# Made from the contract by `node scripts/api-collection.ts`.', '', ...variables, '', ...parts].join('\n')}`
}
