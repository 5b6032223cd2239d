import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createRequestLog } from '#api/request-log.ts'
import { openHouse } from './house.ts'
import { askAs, makeKey, setLimits } from './program.ts'

const house = await openHouse()
const log = createRequestLog({ db: house.deps.db, log: house.deps.log, everyMs: 3_600_000 })
house.deps.requestLog = log
after(() => log.close())

type Line = {
  method: string
  route: string
  subjectId: string | null
  status: number
  durationMs: number
  principal: { kind: string; id: string | null; name: string | null }
  requestId: string
  address: string
  code: string | null
}
type Page = { items: Line[]; nextCursor: string | null }

test('[INT-27] every request is written down: what was asked, by whom, from where, and what came of it', async () => {
  const owner = await house.owner()
  const { key, secret } = await makeKey(owner, { name: 'Shop' })
  const id = '018f0000-0000-7000-8000-000000000000'
  await askAs(house, secret, '/contacts?limit=1', { headers: { 'x-request-id': 'a-request-of-ours' } })
  await askAs(house, secret, `/contacts/${id}`)
  await askAs(house, secret, '/contacts', { method: 'POST', body: { name: 'x' } })
  await owner.json(200, 'POST', `/api-keys/${key.id}/revoke`)
  await askAs(house, secret, '/contacts')
  await log.flush()
  const { items } = await owner.json<Page>(200, 'GET', '/request-log?principalKind=api_key')
  const facts = items.map(({ method, route, status, code }) => [method, route, status, code])
  assert.deepEqual(facts, [
    ['GET', '/contacts', 401, 'api_key_invalid'],
    ['POST', '/contacts', 403, 'forbidden'],
    ['GET', '/contacts/{id}', 404, 'not_found'],
    ['GET', '/contacts', 200, null],
  ])
  const [revoked, , missing, first] = items
  assert.deepEqual(revoked!.principal, { kind: 'api_key', id: key.id, name: 'Shop' })
  assert.equal(missing!.subjectId, id)
  assert.deepEqual([first!.requestId, first!.address], ['a-request-of-ours', '203.0.113.7'])
  assert.ok(first!.durationMs >= 0 && first!.durationMs < 60_000)
  const people = await owner.json<Page>(200, 'GET', '/request-log?principalKind=person&route=api-keys')
  assert.deepEqual(
    people.items.map(({ method, route }) => `${method} ${route}`),
    ['POST /api-keys/{id}/revoke', 'POST /api-keys'],
  )
  assert.equal(people.items[0]!.principal.name, 'Owner 1')
})

test('[INT-27] the log is searched by outcome, code, request and person, page by page', async () => {
  const owner = await house.owner()
  const { key, secret } = await makeKey(owner)
  for (let index = 0; index < 5; index += 1) await askAs(house, secret, '/contacts')
  await askAs(house, secret, '/flows')
  await log.flush()
  const search = (query: string) => owner.json<Page>(200, 'GET', `/request-log?${query}`)
  assert.equal((await search(`principalId=${key.id}`)).items.length, 6)
  assert.equal((await search(`principalId=${key.id}&outcome=success`)).items.length, 5)
  assert.equal((await search('outcome=refused&code=forbidden')).items.length, 1)
  assert.equal((await search('outcome=failed')).items.length, 0)
  const [refused] = (await search('code=forbidden')).items
  assert.equal((await search(`requestId=${refused!.requestId}`)).items.length, 1)
  assert.equal((await search(`principalId=${key.id}&to=2020-01-01T00:00:00Z`)).items.length, 0)
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page: Page = await search(`principalId=${key.id}&limit=4${cursor === null ? '' : `&cursor=${cursor}`}`)
    seen.push(...page.items.map(({ requestId }) => requestId))
    cursor = page.nextCursor
  } while (cursor !== null)
  assert.equal(new Set(seen).size, 6)
})

test('[INT-27] what was in a request is not in the log: no body, no query, no key, no path that is none of ours', async () => {
  const owner = await house.owner()
  const { secret } = await makeKey(owner, { permissions: ['contacts.write', 'contacts.read'] })
  const canary = 'canary-8d1f'
  const body = { name: canary, phone: '+4915112349999' }
  assert.equal((await askAs(house, secret, '/contacts', { method: 'POST', body })).status, 201)
  await askAs(house, secret, `/contacts?q=${canary}`)
  await askAs(house, secret, `/${canary}/${secret}`)
  await askAs(house, secret, `/tags/${canary}`, { method: 'PATCH', body: {} })
  await log.flush()
  const rows = await house.admin<{ text: string; route: string }>(
    'select q::text as text, route from api_requests q where tenant_id = $1',
    [owner.tenantId],
  )
  assert.ok(rows.length >= 3)
  for (const { text } of rows) assert.ok(!text.includes(canary) && !text.includes(secret.slice(9)), text)
  const known = JSON.stringify(house.logged)
  assert.ok(!known.includes(canary) && !known.includes(secret.slice(9)))
})

test('[INT-27] a tenant sees its own requests, and only who may read the log sees any', async () => {
  const [owner, stranger] = [await house.owner(), await house.owner()]
  await owner.json(200, 'GET', '/contacts')
  await log.flush()
  const theirs = await stranger.json<Page>(200, 'GET', '/request-log?route=contacts')
  assert.equal(theirs.items.length, 0)
  const agent = await house.member(owner, 'agent')
  assert.equal((await agent.request('GET', '/request-log')).status, 403)
})

test('[INT-27] [SEC-02] what is asked of the platform stands in no log of a tenant, whatever tenant the asker is in', async () => {
  const [administrator, other, curious] = [await house.administrator(), await house.owner(), await house.owner()]
  const { secret } = await makeKey(curious)
  const path = `/platform/tenants/${other.tenantId}`
  house.logged.length = 0
  await administrator.json(200, 'GET', path)
  await administrator.json(200, 'PATCH', path, { quotas: { tags: 9 } })
  await administrator.json(200, 'GET', '/platform/tenants?limit=1')
  assert.equal((await curious.request('GET', path)).status, 403)
  assert.equal((await askAs(house, secret, path)).status, 403)
  await other.json(200, 'PUT', '/support-access', { scope: 'read', reason: 'It stands still', hours: 1 })
  await administrator.json(204, 'POST', `${path}/enter`)
  await administrator.json(200, 'GET', '/me')
  await administrator.json(200, 'GET', '/tags')
  await administrator.json(204, 'POST', '/platform/leave')
  await log.flush()
  const rows = await house.admin<{ tenant: string; route: string; kind: string; text: string }>(
    `select tenant_id as tenant, route, principal_kind as kind, q::text as text from api_requests q
     where tenant_id = any($1)`,
    [[administrator, other, curious].map(({ tenantId }) => tenantId)],
  )
  assert.deepEqual(
    rows.filter(({ route }) => route.startsWith('/platform')),
    [],
  )
  const ofOthers = rows.filter(({ tenant, text }) => tenant !== other.tenantId && text.includes(other.tenantId))
  assert.deepEqual(ofOthers, [], 'nobody reads the id of another tenant')
  // What the administrator asks inside is the tenant's to see, as theirs.
  const inside = rows.filter(({ tenant, kind }) => tenant === other.tenantId && kind === 'platform')
  assert.deepEqual(inside.map(({ route }) => route).sort(), ['/me', '/tags'])
  const told = house.logged.filter(({ message }) => message === 'a request to the platform')
  assert.equal(told.length, 7)
  assert.equal(told[0]!.fields['personId'], administrator.personId)
})

test('[INT-27] requests that cannot be written down yet are written later, in their order', async () => {
  const owner = await house.owner()
  const { secret } = await makeKey(owner)
  await log.flush()
  const { tenant } = house.deps.db
  let broken = 0
  const failing = createRequestLog({
    db: {
      ...house.deps.db,
      tenant: (context, work) => {
        broken += 1
        return broken === 1 ? Promise.reject(new Error('Postgres is away')) : tenant(context, work)
      },
    },
    log: house.deps.log,
    everyMs: 3_600_000,
  })
  house.deps.requestLog = failing
  await askAs(house, secret, '/contacts')
  await askAs(house, secret, '/flows')
  house.deps.requestLog = log
  await failing.flush()
  const count = async () =>
    (await owner.json<Page>(200, 'GET', '/request-log?principalKind=api_key')).items.map(({ route }) => route)
  assert.deepEqual(await count(), [])
  await failing.close()
  assert.deepEqual(await count(), ['/flows', '/contacts'])
})

test('[INT-27] days are made ahead and dropped when they are thirty days old', async () => {
  const parts = async () =>
    (
      await house.admin<{ name: string }>(
        `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where i.inhparent = 'api_requests'::regclass order by 1`,
      )
    ).map(({ name }) => name)
  const day = (offset: number) =>
    `api_requests_${new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '_')}`
  for (const offset of [-1, 0, 1, 2, 3]) assert.ok((await parts()).includes(day(offset)), String(offset))
  for (const offset of [-29, -31]) {
    await house.admin(`create table ${day(offset)} partition of api_requests
      for values from (uuid_floor(date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' + interval '${offset} days'))
      to (uuid_floor(date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' + interval '${offset + 1} days'))`)
  }
  await house.admin('select turn_request_days(30)')
  assert.ok((await parts()).includes(day(-29)))
  assert.ok(!(await parts()).includes(day(-31)))
})

test('[BILL-02] calls of keys are counted where they are written down, and beyond the plan they are refused', async () => {
  const owner = await house.owner()
  await setLimits(house, owner.tenantId, { apiCalls: 5 })
  const { secret } = await makeKey(owner)
  for (let index = 0; index < 4; index += 1) assert.equal((await askAs(house, secret, '/contacts')).status, 200)
  await log.flush()
  type Told = { items: { kind: string; params: Record<string, unknown> }[] }
  const told = async () => (await owner.json<Told>(200, 'GET', '/notifications')).items.map(({ kind }) => kind)
  assert.deepEqual(await told(), ['quota_nearly_used'])
  assert.equal((await askAs(house, secret, '/contacts')).status, 200)
  await log.flush()
  assert.deepEqual(await told(), ['quota_used', 'quota_nearly_used'])
  const refused = await askAs(house, secret, '/contacts')
  assert.equal(refused.status, 403)
  const problem = (await refused.json()) as { code: string; errors: { params: Record<string, unknown> }[] }
  assert.equal(problem.code, 'quota_exceeded')
  assert.deepEqual(problem.errors[0]!.params, { quota: 'apiCalls', limit: 5, used: 5 })
  await log.flush()
  // What was refused is not counted, and people go on working.
  const usage = await owner.json<{ quotas: { quota: string; used: number }[] }>(200, 'GET', '/usage')
  assert.equal(usage.quotas.find(({ quota }) => quota === 'apiCalls')!.used, 5)
})
