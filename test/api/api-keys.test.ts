import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Browser, openHouse } from './house.ts'

const house = await openHouse()

type Key = { id: string; prefix: string; state: string; permissions: string[]; lastUsedAt: string | null }
type Made = { key: Key; secret: string }
type Problem = { code: string; detail: string; errors: { path: string; code: string }[] }

const make = (owner: Browser, input: Record<string, unknown> = {}) =>
  owner.json<Made>(201, 'POST', '/api-keys', { name: 'CRM', permissions: ['contacts.read'], ...input })

type Asked = { method?: string; body?: unknown; headers?: Record<string, string>; address?: string; app?: House['app'] }
type House = typeof house

/** Asks as a program does: with a key, and from an address of its own. */
async function ask(secret: string, path: string, { method = 'GET', body, headers, address, app }: Asked = {}) {
  const init = {
    method,
    headers: {
      authorization: `Bearer ${secret}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }
  const bindings = { incoming: { socket: { remoteAddress: address ?? '203.0.113.7' } } }
  return (app ?? house.app).request(`/api/v1${path}`, init, bindings)
}

async function refused(response: Response, status: number, code: string): Promise<Problem> {
  const problem = (await response.json()) as Problem
  assert.deepEqual([response.status, problem.code], [status, code], problem.detail)
  return problem
}

test('[INT-24] a key does what its scopes allow, in its own tenant, and nothing else', async () => {
  const [owner, stranger] = [await house.owner('Ours'), await house.owner('Theirs')]
  const { secret } = await make(owner, { permissions: ['contacts.read', 'contacts.write'] })
  const contact = (await (
    await ask(secret, '/contacts', { method: 'POST', body: { name: 'Carla', phone: '+4915112345678' } })
  ).json()) as { id: string }
  const foreign = await stranger.json<{ id: string }>(201, 'POST', '/contacts', {
    name: 'Dora',
    phone: '+4915112345679',
  })
  assert.equal((await ask(secret, `/contacts/${contact.id}`)).status, 200)
  await refused(await ask(secret, `/contacts/${foreign.id}`), 404, 'not_found')
  await refused(await ask(secret, '/flows'), 403, 'forbidden')
  const tenant = (await (await ask(secret, '/tenant')).json()) as { id: string }
  assert.equal(tenant.id, owner.tenantId)
})

test('[SEC-14] what a key does is told under its own name, in events and in the audit log', async () => {
  const owner = await house.owner()
  const { key, secret } = await make(owner, { permissions: ['tags.manage'] })
  assert.equal((await ask(secret, '/tags', { method: 'POST', body: { name: 'lead', color: 'blue' } })).status, 201)
  const lines = await house.admin<{ action: string; actor: unknown; detail: { permissions?: string[] } }>(
    'select action, actor, detail from audit_log where tenant_id = $1 order by id',
    [owner.tenantId],
  )
  const by = (action: string) => lines.find((line) => line.action === action)
  assert.deepEqual(by('tags.create')?.actor, { kind: 'api_key', id: key.id })
  assert.deepEqual(by('api_keys.create')?.actor, { kind: 'person', id: owner.personId })
  assert.deepEqual(by('api_keys.create')?.detail.permissions, ['tags.manage'])
  const told = await house.admin(
    `select 1 from events where tenant_id = $1 and type = 'api_key.created' and subject_id = $2`,
    [owner.tenantId, key.id],
  )
  assert.equal(told.length, 1)
})
