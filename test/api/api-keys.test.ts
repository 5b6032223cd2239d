import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse } from './house.ts'
import { type Asked, askAs, type MadeKey, makeKey } from './program.ts'

const PROXY = '10.1.1.1'
const house = await openHouse()
house.deps.settings = { ...house.deps.settings, trustedProxies: [PROXY] }

const ask = (secret: string | undefined, path: string, asked?: Asked) => askAs(house, secret, path, asked)
type Problem = { code: string; detail: string; errors: { path: string; code: string }[] }

async function refused(response: Response, status: number, code: string): Promise<Problem> {
  const problem = (await response.json()) as Problem
  assert.deepEqual([response.status, problem.code], [status, code], problem.detail)
  return problem
}

test('[INT-24] [SEC-13] a key does what its scopes allow, in its own tenant, and nothing else', async () => {
  const [owner, stranger] = [await house.owner('Ours'), await house.owner('Theirs')]
  const { secret } = await makeKey(owner, { permissions: ['contacts.read', 'contacts.write'] })
  const carla = { name: 'Carla', phone: '+4915112345678' }
  const made = await ask(secret, '/contacts', { method: 'POST', body: carla })
  assert.equal(made.status, 201)
  const { id } = (await made.json()) as { id: string }
  const dora = { name: 'Dora', phone: '+4915112345679' }
  const foreign = await stranger.json<{ id: string }>(201, 'POST', '/contacts', dora)
  assert.equal((await ask(secret, `/contacts/${id}`)).status, 200)
  await refused(await ask(secret, `/contacts/${foreign.id}`), 404, 'not_found')
  await refused(await ask(secret, '/flows'), 403, 'forbidden')
  const tenant = (await (await ask(secret, '/tenant')).json()) as { id: string }
  assert.equal(tenant.id, owner.tenantId)
})

test('[SEC-14] what a key does is told under its own name, in events and in the audit log', async () => {
  const owner = await house.owner()
  const { key, secret } = await makeKey(owner, { permissions: ['tags.manage'] })
  assert.equal((await ask(secret, '/tags', { method: 'POST', body: { name: 'lead', color: 'blue' } })).status, 201)
  await owner.json(200, 'POST', `/api-keys/${key.id}/revoke`)
  await owner.json(200, 'POST', `/api-keys/${key.id}/revoke`)
  type Line = { action: string; actor: unknown; detail: Record<string, unknown> }
  const lines = await house.admin<Line>('select action, actor, detail from audit_log where tenant_id = $1', [
    owner.tenantId,
  ])
  const by = (action: string) => lines.filter((line) => line.action === action)
  assert.deepEqual(by('tags.create')[0]?.actor, { kind: 'api_key', id: key.id })
  assert.deepEqual(by('api_keys.create')[0]?.actor, { kind: 'person', id: owner.personId })
  assert.deepEqual(by('api_keys.create')[0]?.detail['permissions'], ['tags.manage'])
  assert.equal(by('api_keys.revoke').length, 1, 'what was revoked is not revoked again')
  const told = await house.admin<{ type: string }>('select type from events where subject_id = $1 order by id', [
    key.id,
  ])
  assert.deepEqual(
    told.map(({ type }) => type),
    ['api_key.created', 'api_key.revoked'],
  )
})

test('[S55] the whole key is shown once, and no row of the house holds it', async () => {
  const owner = await house.owner()
  const once = { 'idempotency-key': 'make-a-key' }
  const input = { name: 'Shop', permissions: ['contacts.read'] }
  const response = await owner.request('POST', '/api-keys', input, once)
  const { key, secret } = (await response.json()) as MadeKey
  assert.match(secret, /^hf_[A-Za-z0-9_-]{43}$/)
  assert.ok(secret.startsWith(key.prefix) && key.prefix.length === 9)
  // Who repeats the request hears that it was done; the secret was not kept to be told again.
  await refused(await owner.request('POST', '/api-keys', input, once), 409, 'conflict')
  const { items } = await owner.json<{ items: MadeKey['key'][] }>(200, 'GET', '/api-keys')
  assert.equal(items.length, 1)
  assert.ok(!JSON.stringify(items).includes(secret.slice(9)))
  const tables = await house.admin<{ name: string }>(`
    select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'auth') and c.relkind in ('r', 'p') and not c.relispartition`)
  for (const { name } of tables) {
    const rows = await house.admin(`select 1 from ${name} t where t::text like $1`, [`%${secret.slice(9)}%`])
    assert.equal(rows.length, 0, name)
  }
  assert.ok(!JSON.stringify(house.logged).includes(secret.slice(9)))
})

test('[S55] a revoked key is refused by the very next request, an expired one from its instant on', async () => {
  const owner = await house.owner()
  const { key, secret } = await makeKey(owner)
  assert.equal((await ask(secret, '/contacts')).status, 200)
  await owner.json(200, 'POST', `/api-keys/${key.id}/revoke`)
  const problem = await refused(await ask(secret, '/contacts'), 401, 'api_key_invalid')
  assert.match(problem.detail, /revoked/)

  const lasting = await makeKey(owner, { expiresAt: '2099-01-01T00:00:00Z' })
  assert.equal((await ask(lasting.secret, '/contacts')).status, 200)
  await house.admin(`update api_keys set expires_at = now() - interval '1 second' where id = $1`, [lasting.key.id])
  await refused(await ask(lasting.secret, '/contacts'), 401, 'api_key_invalid')
  const past = { name: 'Late', permissions: ['contacts.read'], expiresAt: '2020-01-01T00:00:00Z' }
  const late = await refused(await owner.request('POST', '/api-keys', past), 422, 'invalid_input')
  assert.equal(late.errors[0]?.path, '/expiresAt')
})

test('[S55] what is no key opens nothing: another spelling, a query, a cookie beside it', async () => {
  const owner = await house.owner()
  const { secret } = await makeKey(owner)
  for (const odd of ['', 'x', secret.slice(0, -1), `${secret}A`, secret.toUpperCase(), `hf_${'A'.repeat(43)}`]) {
    await refused(await ask(odd, '/contacts'), 401, 'api_key_invalid')
  }
  for (const header of [secret, `Basic ${secret}`, `Bearer  ${secret} x`]) {
    const response = await ask(undefined, '/contacts', { headers: { authorization: header } })
    await refused(response, 401, 'api_key_invalid')
  }
  await refused(await ask(undefined, `/contacts?api_key=${secret}`), 401, 'unauthenticated')
  // A cookie that is good does not help a key that is not: else the header would be a way around the page it came from.
  const beside = await owner.request('GET', '/contacts', undefined, { authorization: `Bearer hf_${'A'.repeat(43)}` })
  await refused(beside, 401, 'api_key_invalid')
})

test('[S55] [SEC-05] a key is made for nobody else, and holds no more than who makes it', async () => {
  const owner = await house.owner()
  const agent = await house.member(owner, 'agent')
  const body = { name: 'Mine', permissions: ['contacts.read'] }
  for (const field of ['userId', 'personId', 'tenantId', 'createdBy', 'secret', 'id']) {
    const response = await owner.request('POST', '/api-keys', { ...body, [field]: agent.personId })
    await refused(response, 422, 'invalid_input')
  }
  for (const permission of ['tenant.own', 'api_keys.manage', 'runs.decode', 'everything']) {
    await refused(
      await owner.request('POST', '/api-keys', { ...body, permissions: [permission] }),
      422,
      'invalid_input',
    )
  }
  await refused(await owner.request('POST', '/api-keys', { ...body, permissions: [] }), 422, 'invalid_input')
  await refused(await agent.request('POST', '/api-keys', body), 403, 'forbidden')
  const role = {
    key: 'integrator',
    name: 'Integrator',
    permissions: ['api_keys.manage', 'members.read', 'contacts.read'],
  }
  await owner.json(201, 'POST', '/roles', role)
  const integrator = await house.member(owner, 'integrator')
  assert.equal((await integrator.request('POST', '/api-keys', body)).status, 201)
  const more = { ...body, permissions: ['contacts.read', 'contacts.write'] }
  const problem = await refused(await integrator.request('POST', '/api-keys', more), 403, 'forbidden')
  assert.match(problem.detail, /contacts\.write/)
})

test('[S55] a key is no person: what is about the one who asks says so', async () => {
  const owner = await house.owner()
  const all = await owner.json<{ permissions: string[] }>(200, 'GET', '/me')
  const scopes = all.permissions.filter((one) => !['tenant.own', 'api_keys.manage', 'runs.decode'].includes(one))
  const { key, secret } = await makeKey(owner, { permissions: scopes })
  for (const path of ['/me', '/notifications', '/events/stream', '/api-keys', '/auth/sessions']) {
    await refused(await ask(secret, path), 403, 'person_required')
  }
  const body = { name: 'Child', permissions: ['contacts.read'] }
  await refused(await ask(secret, '/api-keys', { method: 'POST', body }), 403, 'person_required')
  await refused(await ask(secret, `/api-keys/${key.id}/revoke`, { method: 'POST' }), 403, 'person_required')
})

test('[SEC-11] [S56] a key with an allow list works from there only, and a forwarding header moves nobody there', async () => {
  const owner = await house.owner()
  const { secret } = await makeKey(owner, { allowedAddresses: ['198.51.100.0/24', '2001:db8::/48', '192.0.2.9'] })
  const from = async (address: string, forwarded?: string) =>
    (await ask(secret, '/contacts', { address, ...(forwarded && { headers: { 'x-forwarded-for': forwarded } }) }))
      .status
  for (const inside of ['198.51.100.1', '198.51.100.255', '2001:db8:0:ffff::1', '192.0.2.9', '::ffff:198.51.100.7']) {
    assert.equal(await from(inside), 200, inside)
  }
  for (const outside of ['198.51.101.1', '2001:db8:1::1', '192.0.2.10', '', 'nonsense']) {
    assert.equal(await from(outside), 403, outside)
  }
  // Somebody else's proxy is believed nothing; ours is believed for the hop that it saw itself.
  assert.equal(await from('203.0.113.9', '198.51.100.1'), 403)
  assert.equal(await from(PROXY, '198.51.100.1'), 200)
  assert.equal(await from(PROXY, '198.51.100.1, 203.0.113.9'), 403)
  assert.equal(await from(PROXY, `198.51.100.1, ${PROXY}`), 200)
  const problem = await refused(await ask(secret, '/contacts'), 403, 'address_not_allowed')
  assert.match(problem.detail, /203\.0\.113\.7/)
  const wrong = { name: 'X', permissions: ['contacts.read'], allowedAddresses: ['198.51.100.0/99'] }
  await refused(await owner.request('POST', '/api-keys', wrong), 422, 'invalid_input')
})

test('[INT-24] the last use of a key is written, and at most once a minute', async () => {
  const owner = await house.owner()
  const { key, secret } = await makeKey(owner)
  await Promise.all(Array.from({ length: 5 }, () => ask(secret, '/contacts')))
  const read = async () =>
    (await owner.json<{ items: MadeKey['key'][] }>(200, 'GET', '/api-keys')).items.find(({ id }) => id === key.id)!
  const first = await read()
  assert.equal(first.lastUsedAddress, '203.0.113.7')
  await ask(secret, '/contacts', { address: '203.0.113.8' })
  assert.deepEqual(await read(), first)
  await house.admin(`update api_keys set last_used_at = last_used_at - interval '61 seconds' where id = $1`, [key.id])
  await ask(secret, '/contacts', { address: '203.0.113.8' })
  assert.equal((await read()).lastUsedAddress, '203.0.113.8')
})

test('[INT-24] a key of a suspended tenant opens nothing, and works again when the tenant does', async () => {
  const owner = await house.owner()
  const { secret } = await makeKey(owner)
  await house.admin(`update tenants set status = 'suspended' where id = $1`, [owner.tenantId])
  await refused(await ask(secret, '/contacts'), 403, 'tenant_suspended')
  await house.admin(`update tenants set status = 'active' where id = $1`, [owner.tenantId])
  assert.equal((await ask(secret, '/contacts')).status, 200)
})
