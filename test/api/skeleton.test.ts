import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from '@hono/zod-openapi'
import { createApp } from '#api/app.ts'
import type { ApiDeps } from '#api/deps.ts'
import { feature, json, jsonBody, route } from '#api/routing.ts'
import { DomainError } from '#domain/errors.ts'
import { KeyRing } from '#infra/crypto/keyring.ts'

const ORIGIN = 'http://holdfast.test'

const Thing = z.strictObject({ name: z.string().min(2), size: z.int().optional() }).meta({ id: 'Thing' })
const makeThing = route({
  method: 'post',
  path: '/',
  access: 'public',
  summary: 'Make a thing',
  bodyMaxBytes: 1_000,
  request: { body: jsonBody(Thing) },
  responses: { 201: json(Thing, 'The thing.') },
})
const brokenThing = route({
  method: 'get',
  path: '/broken',
  access: 'public',
  summary: 'Break',
  responses: { 200: json(Thing, 'Never.') },
})
const things = () =>
  feature()
    .openapi(makeThing, (c) => c.json(c.req.valid('json'), 201))
    .openapi(brokenThing, () => {
      throw new Error('password=hunter2 in row 17')
    })

const logged: unknown[] = []
const deps = {
  // The relay counts who calls; nothing else may be asked for a request that is refused.
  db: { tenant: () => assert.fail('the database was asked'), relay: async () => undefined },
  auth: { sessions: { read: async () => undefined } },
  keyRing: new KeyRing([{ id: 'test', bytes: new Uint8Array(32) }]),
  clock: { nowMs: () => 0 },
  log: { info: () => undefined, warn: () => undefined, error: (fields: unknown) => logged.push(fields) },
  settings: { origins: [ORIGIN], trustedProxies: [], secureCookies: false, publicConfig: { version: '0' } },
  provisionWorkspace: [],
} as unknown as ApiDeps

const app = createApp(deps, { api: [{ path: '/things', build: things }], root: [] })

const post = (body: string, headers: Record<string, string> = {}) =>
  app.request('/api/v1/things', {
    method: 'POST',
    body,
    headers: { origin: ORIGIN, 'content-type': 'application/json', ...headers },
  })

test('[INT-26] a broken rule is answered with a pointer, a code and the id of the request', async () => {
  const response = await post('{"name":"x","colour":"red"}', { 'x-request-id': 'request-0001' })
  assert.equal(response.status, 422)
  assert.equal(response.headers.get('content-type'), 'application/problem+json')
  const problem = (await response.json()) as {
    code: string
    requestId: string
    errors: { path: string; code: string }[]
  }
  assert.equal(problem.code, 'invalid_input')
  assert.equal(problem.requestId, 'request-0001')
  assert.deepEqual(
    problem.errors.map(({ path, code }) => [path, code]),
    [
      ['/name', 'too_small'],
      ['/colour', 'unknown_field'],
    ],
  )
})

test('[INT-26] what an unknown error says stays in the log', async () => {
  const response = await app.request('/api/v1/things/broken')
  const text = await response.text()
  assert.equal(response.status, 500)
  assert.match(text, /internal_error/)
  assert.doesNotMatch(text, /hunter2/)
  assert.equal(logged.length, 1)
})

test('[S58] a write without the origin of our own pages is refused before anything reads it', async () => {
  for (const origin of ['https://evil.test', 'null', `${ORIGIN}.evil.test`, '']) {
    const response = await post('{"name":"xx"}', { origin })
    assert.equal(response.status, 403, origin)
  }
  const missing = await app.request('/api/v1/things', { method: 'POST', body: '{"name":"xx"}' })
  assert.equal(missing.status, 403)
  const asText = await post('{"name":"xx"}', { 'content-type': 'text/plain' })
  assert.equal(asText.status, 415)
})

test('[S48] a body beyond its bound, or too deep, is refused unparsed', async () => {
  assert.equal((await post(`{"name":"${'x'.repeat(2_000)}"}`)).status, 413)
  assert.equal((await post(`${'['.repeat(200)}${']'.repeat(200)}`)).status, 413)
  assert.equal((await post('{"name":')).status, 422)
  const chunked = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 20; i += 1) controller.enqueue(new Uint8Array(100))
      controller.close()
    },
  })
  const streamed = await app.request('/api/v1/things', {
    method: 'POST',
    body: chunked,
    duplex: 'half',
    headers: { origin: ORIGIN, 'content-type': 'application/json' },
  } as RequestInit)
  assert.equal(streamed.status, 413)
})

test('[S48] a body that has a field twice is refused by its place, before anything parses it', async () => {
  for (const body of ['{"name":"one","name":"two"}', '{"name":"one","\\u006eame":"two"}']) {
    const response = await post(body)
    assert.equal(response.status, 422)
    const { errors } = (await response.json()) as { errors: { path: string; code: string }[] }
    assert.deepEqual(
      errors.map(({ path, code }) => [path, code]),
      [['/name', 'repeated_field']],
    )
  }
})

test('[INT-26] a known address with another method says which it takes, an unknown one says that it is none', async () => {
  const ask = (method: string, path: string) => app.request(path, { method, headers: { origin: ORIGIN } })
  for (const [method, path, allow] of [
    ['GET', '/api/v1/things', 'POST'],
    ['DELETE', '/api/v1/things', 'POST'],
    ['POST', '/api/v1/things/broken', 'GET, HEAD'],
    ['PUT', '/api/openapi.json', 'GET, HEAD'],
    ['OPTIONS', '/api/v1/things/broken', 'GET, HEAD'],
  ] as const) {
    const response = await ask(method, path)
    assert.deepEqual([response.status, response.headers.get('allow')], [405, allow], `${method} ${path}`)
    assert.equal(response.headers.get('content-type'), 'application/problem+json')
    assert.equal(((await response.json()) as { code: string }).code, 'method_not_allowed')
  }
  for (const path of ['/api', '/api/', '/api/v1', '/api/v2/things', '/api/v1/things/', '/api/v1/THINGS', '/webhooks']) {
    const response = await ask('GET', path)
    assert.deepEqual([response.status, response.headers.get('allow')], [404, null], path)
    assert.equal(response.headers.get('content-type'), 'application/problem+json')
  }
})

test('[S12] a query that a route does not declare is refused', async () => {
  assert.equal((await post('{"name":"xx"}')).status, 201)
  const response = await app.request('/api/v1/things/broken?tenant_id=1')
  assert.equal(response.status, 422)
})

test('[INT-23] the contract is served as OpenAPI 3.1 with its access and its refusals, and a page to read it', async () => {
  const document = (await (await app.request('/api/openapi.json')).json()) as {
    openapi: string
    paths: Record<string, Record<string, { 'x-access': string; responses: object }>>
  }
  assert.equal(document.openapi, '3.1.0')
  const operation = document.paths['/api/v1/things']!['post']!
  assert.equal(operation['x-access'], 'public')
  assert.deepEqual(Object.keys(operation.responses), [
    '201',
    '401',
    '403',
    '404',
    '409',
    '413',
    '415',
    '422',
    '429',
    '500',
    '503',
  ])
  for (const path of ['', '/swagger-ui.css', '/swagger-ui-bundle.js', '/start.js']) {
    assert.equal((await app.request(`/api/docs${path}`)).status, 200, path)
  }
  assert.equal((await app.request('/api/docs/package.json')).status, 404)
})

test('the error of the framework for an unknown path is ours', async () => {
  const response = await app.request('/api/v1/nothing')
  assert.equal(response.status, 404)
  assert.equal(((await response.json()) as { code: string }).code, 'not_found')
  assert.ok(new DomainError('not_found', 'x') instanceof Error)
})
