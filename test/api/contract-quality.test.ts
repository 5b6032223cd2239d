import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { contractOf } from '#api/contract/document.ts'
import type { Contract, Operation } from '#api/contract/shapes.ts'
import { TAGS } from '#api/contract/tags.ts'
import { feature, json, jsonBody, route } from '#api/routing.ts'
import { ERRORS } from '#domain/errors.ts'
import { EVENT_TYPES } from '#domain/events/schema.ts'
import { WebhookBody } from '#domain/webhooks/schema.ts'
import { signedHeaders } from '#infra/webhooks/signature.ts'
import { openHouse } from './house.ts'

const { app } = await openHouse()
const contract = contractOf(app, 'test')

type Named = { name: string; method: string; operation: Operation }

const operationsOf = ({ paths = {} }: Contract): Named[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, method, operation })),
  )

const REFUSALS = ['401', '403', '404', '409', '413', '415', '422', '429', '500', '503']

/** What an operation lacks before somebody who has never seen it can call it. */
function lackingIn({ name, method, operation }: Named): string[] {
  const { operationId = '', summary = '', description = '', tags = [], security, parameters = [] } = operation
  const refusals = Object.entries(operation.responses).filter(([status]) => status >= '400')
  const silent = refusals.filter(
    ([, { content }]) => content !== undefined && Object.keys(Object.values(content)[0]?.examples ?? {}).length === 0,
  )
  const bodies = [operation.requestBody, ...Object.values(operation.responses)].flatMap((part) =>
    Object.entries(part?.content ?? {}),
  )
  const bare = bodies.filter(([type, { examples }]) => type === 'application/json' && examples === undefined)
  const lacks: [boolean, string][] = [
    [!/^[a-z][A-Za-z]{2,}$/.test(operationId), 'a name of its own (operationId)'],
    [summary.length < 4 || summary.length > 120 || /[A-Z]+-\d+/.test(summary), 'a summary of one line, in words'],
    [description.length < 10, 'who may call it'],
    [tags.length === 0 || tags.some((tag) => TAGS[tag] === undefined), `a tag that tags.ts describes (${tags})`],
    [security === undefined, 'what it asks of who calls'],
    [operation.deprecated === true, 'a future: nothing here is deprecated'],
    [REFUSALS.some((status) => operation.responses[status] === undefined), `one of the refusals ${REFUSALS}`],
    [silent.length > 0, `an example of the refusals ${silent.map(([status]) => status)}`],
    [bare.length > 0, 'an example of what is sent or answered'],
    [
      Object.entries(operation.responses).some(
        ([status, { headers }]) => status === '429' && !headers?.['Retry-After'],
      ),
      'Retry-After at 429',
    ],
    [
      method === 'post' &&
        operation.requestBody?.content['application/json'] !== undefined &&
        !['public', 'signed_in', 'platform'].includes(operation['x-access'] ?? 'public') &&
        !parameters.some((parameter) => '$ref' in parameter),
      'Idempotency-Key',
    ],
  ]
  return lacks.flatMap(([lacking, what]) => (lacking ? [`${name} lacks ${what}`] : []))
}

test('[INT-23] every operation has a name, words, examples and refusals; none is deprecated', () => {
  const operations = operationsOf(contract)
  assert.ok(operations.length >= 150)
  assert.deepEqual(operations.flatMap(lackingIn), [])
  const ids = operations.map(({ operation }) => operation.operationId)
  assert.deepEqual(
    ids.filter((id, index) => ids.indexOf(id) !== index),
    [],
    'two operations have one name',
  )
})

test('[INT-23] a route that says too little is found', () => {
  const careless = feature().openapi(
    route({
      method: 'post',
      path: '/api/v1/things/{id}',
      access: 'member',
      tags: ['Things'],
      summary: 'Do (INT-99)',
      deprecated: true,
      request: { body: jsonBody(z.strictObject({ a: z.string() })) },
      responses: { 200: json(z.strictObject({ b: z.string() }), 'Done.') },
    }),
    (c) => c.json({ b: '' }, 200),
  )
  const [one] = operationsOf(contractOf(careless, 'test'))
  const found = lackingIn(one!)
  assert.ok(found.some((line) => line.includes('tags.ts')))
  assert.ok(found.some((line) => line.includes('deprecated')))
  delete one!.operation.responses['429']
  delete one!.operation.requestBody!.content['application/json']!.examples
  assert.ok(lackingIn(one!).some((line) => line.includes('refusals')))
  assert.ok(lackingIn(one!).some((line) => line.includes('sent or answered')))
})

type Content = Record<string, { schema?: unknown }>
type RouteDefinition = {
  method: string
  path: string
  request?: { body?: { content: Content } }
  responses: Record<string, { content?: Content }>
}

/** Why a schema of zod refuses the example that the contract shows for it. */
function faultOf(schema: unknown, examples: Record<string, { value?: unknown }> | undefined): string | undefined {
  if (!(schema instanceof z.ZodType) || examples === undefined) return undefined
  const [shown] = Object.values(examples)
  const { error } = schema.safeParse(shown?.value)
  return error?.issues.map(({ path, message }) => `${path.join('/')} ${message}`).join('; ')
}

test('[INT-23] every example is one that the API itself would take or answer', () => {
  const faults: string[] = []
  let count = 0
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue
    const { method, path, request, responses } = definition.route as RouteDefinition
    const shown = contract.paths![path]![method]!
    const pairs = [
      { place: 'body', given: request?.body?.content, told: shown.requestBody?.content },
      ...Object.entries(responses).map(([status, { content }]) => ({
        place: status,
        given: status < '400' ? content : undefined,
        told: shown.responses[status]?.content,
      })),
    ]
    for (const { place, given, told } of pairs) {
      const fault = faultOf(given?.['application/json']?.schema, told?.['application/json']?.examples)
      if (given?.['application/json'] !== undefined) count += 1
      if (fault !== undefined) faults.push(`${method} ${path} ${place}: ${fault}`)
    }
  }
  assert.ok(count >= 150)
  assert.deepEqual(faults, [])
})

test('[INT-26] an example of a problem stands at the status of its code', () => {
  const wrong = operationsOf(contract).flatMap(({ name, operation }) =>
    Object.entries(operation.responses).flatMap(([status, { content }]) =>
      Object.keys(content?.['application/problem+json']?.examples ?? {})
        .filter((code) => String((ERRORS as Record<string, { status: number }>)[code]?.status) !== status)
        .map((code) => `${name} ${status} ${code}`),
    ),
  )
  assert.deepEqual(wrong, [])
})

test('[INT-23] what zod asks for and the generator does not see is in the contract: blanks, names of fields, bounds', () => {
  const schemas = contract.components!.schemas!
  assert.equal(schemas['CreateTag']!.properties!['name']!.pattern, '\\S')
  assert.partialDeepStrictEqual(schemas['PutTranslations']!.properties!['texts'], { propertyNames: { maxLength: 160 } })
  assert.partialDeepStrictEqual(schemas['ChangeMe']!.properties!['preferences'], { propertyNames: { minLength: 1 } })
  // A record of known names has no others.
  assert.equal(schemas['ChangePlatformTenant']!.properties!['quotas']!.additionalProperties, false)
  assert.equal(schemas['SetNotifications']!.properties!['ways']!.additionalProperties, false)
  assert.equal(schemas['AssignConversation']!.properties!['epoch']!.maximum, Number.MAX_SAFE_INTEGER)
  assert.ok(schemas['Email']!.pattern)
  const rotate = contract.paths!['/api/v1/webhook-subscriptions/{id}/rotate-secret']!['post']!
  assert.equal(rotate.requestBody!.required, false)
})

test('[INT-23] a named schema is never null by itself; where null may stand, the contract takes it', () => {
  const schemas = contract.components!.schemas!
  const nullable = Object.entries(schemas).filter(([, { type }]) => [type].flat().includes('null'))
  assert.deepEqual(Object.fromEntries(nullable), {})
  const or = (name: string) => [{ $ref: `#/components/schemas/${name}` }, { type: 'null' }]
  assert.deepEqual(schemas['Me']!.properties!['availability'], { anyOf: or('Availability') })
  assert.deepEqual(schemas['ChangeMe']!.properties!['availability'], { $ref: '#/components/schemas/Availability' })
  const { clientTls, filter } = schemas['CreateWebhookSubscription']!.properties!
  assert.deepEqual(clientTls, { anyOf: or('WebhookClientTls') })
  assert.deepEqual(filter, { anyOf: or('Condition') })
  assert.doesNotMatch(JSON.stringify(contract), /"allOf":\[\{"\$ref":"[^"]+"\},\{"type":\[[^\]]*"null"/)
})

test('[INT-26] every address refuses the methods that it has not, without asking who comes, and tells those that it has', async () => {
  for (const [path, item] of Object.entries(contract.paths ?? {})) {
    const methods = Object.keys(item).map((method) => method.toUpperCase())
    const told = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].sort()
    const address = path.replace(/\{\w+\}/g, '018f0000-0000-7000-8000-000000000000')
    for (const method of ['OPTIONS', 'PUT', 'PATCH', 'DELETE'].filter((one) => !methods.includes(one))) {
      const response = await app.request(address, { method })
      assert.equal(response.status, 405, `${method} ${path}`)
      assert.deepEqual(response.headers.get('allow')!.split(', ').sort(), told, `${method} ${path}`)
    }
  }
})

test('[INT-16] [INT-23] what is posted to webhooks is in the contract, with a sample of every event', () => {
  const { requestBody, parameters = [] } = contract.webhooks!['event']!['post']!
  const samples = Object.entries(requestBody!.content['application/json']!.examples!)
  assert.deepEqual(samples.map(([type]) => type).sort(), [...EVENT_TYPES].sort())
  for (const [type, { value }] of samples) assert.equal(WebhookBody.parse(value).type, type)
  const names = parameters.flatMap((parameter) => ('name' in parameter ? [parameter.name] : []))
  const signed = signedHeaders({ messageId: 'm', type: 'ping', body: '{}', atMs: 1_000, secrets: ['whsec_AAAA'] })
  const ours = Object.keys(signed).filter((name) => /^(webhook|x-max)-/.test(name))
  assert.deepEqual(names.map((name) => name.toLowerCase()).sort(), ours.sort())
})
