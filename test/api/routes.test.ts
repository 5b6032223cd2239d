import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { PERMISSIONS } from '#domain/permissions/catalogue.ts'
import { createFileStore } from '#infra/media/store.ts'
import { createChannelConnections } from '#infra/providers/channel-connections.ts'
import { contractOf, type Operation } from './contract.ts'
import { furnish } from './furniture.ts'
import { type Browser, openHouse } from './house.ts'

const house = await openHouse()
house.deps.media = createFileStore(mkdtempSync(join(tmpdir(), 'holdfast-routes-')))
house.deps.channels = createChannelConnections({
  db: house.deps.db,
  keyRing: house.deps.keyRing,
  clock: house.deps.clock,
  settings: { graph: { baseUrl: 'http://127.0.0.1:9', version: 'v25.0' }, publicUrl: 'http://holdfast.test' },
})
const { operations, sample } = contractOf(house.app)
const guarded = operations.filter(({ access }) => access !== 'public')
const STREAMS = new Set(['/events/stream'])

const named = ({ method, path }: Operation) => `${method} ${path}`
const bodyOf = (operation: Operation): unknown => (operation.body === undefined ? undefined : sample(operation.body))
const filled = (path: string, values: Record<string, string>) =>
  // A plan is called by a word, where a text is called by its place.
  path
    .replace('/plans/{key}', '/plans/another')
    .replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '018f0000-0000-7000-8000-000000000000')
const PLACES = { locale: 'en', key: 'inbox.title', category: 'marketing' }

async function call(browser: Browser, operation: Operation, values: Record<string, string> = {}, query = '') {
  const path = `${filled(operation.path, { ...PLACES, ...values })}${query}`
  const response = await browser.request(operation.method, path, bodyOf(operation))
  if (STREAMS.has(operation.path)) await response.body?.cancel()
  return response
}

test('[SEC-02] every route says who may call it, what it is, and how it refuses', () => {
  const known = new Set<string>([...PERMISSIONS, 'public', 'signed_in', 'member', 'platform'])
  for (const operation of operations) {
    assert.ok(known.has(operation.access), `${named(operation)} declares no access`)
    assert.ok(operation.summary && operation.tags.length > 0, `${named(operation)} has no summary or tag`)
    for (const status of ['401', '403', '404', '422', '429']) {
      assert.ok(operation.responses.includes(status), `${named(operation)} does not declare ${status}`)
    }
  }
  const served = house.app.routes.filter(({ path, method }) => path.startsWith('/api/v1/') && method !== 'ALL')
  const told = new Set(
    operations.map((operation) => `${operation.method} /api/v1${operation.path.replace(/\{(\w+)\}/g, ':$1')}`),
  )
  const hidden = served.map(({ method, path }) => `${method} ${path}`).filter((line) => !told.has(line))
  assert.deepEqual([...new Set(hidden)], [], 'every route under /api/v1 is in the contract')
})

test('[S01] nobody who is not signed in gets past a guarded route, however its path is written', async () => {
  const nobody = house.browser()
  for (const operation of guarded) {
    assert.equal((await call(nobody, operation)).status, 401, named(operation))
  }
  for (const path of ['//me', '/me/', '/me/.', '/%6de', '/me;a=b', '/ME', '/me%2F', '/x/../me', '/me%00', '/./me']) {
    const response = await nobody.request('GET', path)
    assert.ok([401, 404, 422].includes(response.status), `${path}: ${response.status}`)
  }
})

test('[S60] a member whose role allows nothing is refused by every route that needs a permission', async () => {
  const owner = await house.owner()
  const role = await owner.json<{ id: string }>(201, 'POST', '/roles', { key: 'idle', name: 'Idle', permissions: [] })
  const idle = await house.member(owner, 'idle')
  assert.ok(role.id)
  for (const operation of guarded) {
    const { status } = await call(idle, operation)
    const needsPermission = operation.access !== 'member' && operation.access !== 'signed_in'
    if (needsPermission) assert.equal(status, 403, named(operation))
    else assert.notEqual(status, 403, named(operation))
  }
})

test('[S31] [S29] [SEC-05] every body is strict: a field that nobody declared is refused by its name', async () => {
  const owner = await house.owner()
  const platform = await house.administrator()
  for (const operation of operations.filter(({ body }) => body !== undefined)) {
    const body = { ...(bodyOf(operation) as object), surprise: { $ne: null } }
    const path = filled(operation.path, PLACES)
    const response = await (operation.access === 'platform' ? platform : owner).request(operation.method, path, body)
    assert.equal(response.status, 422, named(operation))
    const { errors } = (await response.json()) as { errors: { path: string; code: string }[] }
    assert.ok(
      errors.some((error) => error.path === '/surprise' && error.code === 'unknown_field'),
      named(operation),
    )
  }
})

test('[S12] [S30] every query is strict: another tenant, an order in SQL and a doubled parameter are refused', async () => {
  const owner = await house.owner()
  const platform = await house.administrator()
  for (const operation of guarded) {
    const caller = operation.access === 'platform' ? platform : owner
    for (const query of ['?tenant_id=018f0000-0000-7000-8000-000000000000', '?sort=name;select pg_sleep(5)']) {
      assert.equal((await call(caller, operation, {}, query)).status, 422, `${named(operation)}${query}`)
    }
  }
  for (const operation of operations.filter(({ query }) => query.includes('limit'))) {
    const caller = operation.access === 'platform' ? platform : owner
    assert.equal((await call(caller, operation, {}, '?limit=1&limit=2')).status, 422, named(operation))
  }
})

test('[S69] [INT-28] every list is paged: sizes are bounded, and only its own cursors open it', async () => {
  const [owner, stranger] = [await house.owner(), await house.owner()]
  const lists = operations.filter(({ query, access }) => query.includes('cursor') && access !== 'platform')
  assert.ok(lists.length >= 5)
  for (const operation of lists) {
    for (const limit of ['0', '-1', '1000000000', '201', '1.5', 'x', '']) {
      assert.equal((await call(owner, operation, {}, `?limit=${limit}`)).status, 422, `${named(operation)} ${limit}`)
    }
    for (const cursor of ['x', 'WzFd', 'a.b.c', `${'A'.repeat(400)}`]) {
      assert.equal((await call(owner, operation, {}, `?cursor=${cursor}`)).status, 422, `${named(operation)} ${cursor}`)
    }
  }
  for (const browser of [owner, stranger]) {
    for (const name of ['One', 'Two', 'Three']) {
      await browser.json(201, 'POST', '/calendars', { name, timeZone: 'UTC', week: [] })
    }
  }
  type Page = { items: { id: string }[]; nextCursor: string | null }
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page: Page = await owner.json<Page>(
      200,
      'GET',
      `/calendars?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`,
    )
    seen.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
  } while (cursor !== null)
  assert.equal(new Set(seen).size, 4)
  const theirs = await stranger.json<Page>(200, 'GET', '/calendars?limit=1')
  assert.equal((await owner.request('GET', `/calendars?limit=1&cursor=${theirs.nextCursor}`)).status, 422)
  assert.equal((await stranger.request('GET', `/members?cursor=${theirs.nextCursor}`)).status, 422)
  const edited = `${theirs.nextCursor!.slice(0, -2)}AA`
  assert.equal((await stranger.request('GET', `/calendars?cursor=${edited}`)).status, 422)
})

/** The rows of a tenant as one text, to see that nothing of it changed. */
async function stateOf(tenantId: string): Promise<Record<string, string>> {
  const tables = await house.admin<{ name: string }>(`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`)
  const state: Record<string, string> = {}
  for (const { name } of tables) {
    const [row] = await house.admin<{ sum: string }>(
      `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${name} t where tenant_id = $1`,
      [tenantId],
    )
    state[name] = row!.sum
  }
  return state
}

test('[S01] [SEC-02] [SEC-03] every route answers 404 to every id of another tenant, and nothing there changes', async () => {
  const [victim, thief] = [await house.owner('Victim'), await house.owner('Thief')]
  const ids = await furnish(house, victim)
  // Those of the platform are closed to both of them; its own test shows what they tell.
  const ofTenants = guarded.filter(({ access }) => access !== 'platform')
  const routes = ofTenants.filter(({ params }) => params.some((name) => /id$/i.test(name)))
  assert.ok(routes.length >= 40 && Object.keys(ids).length >= 12)

  // Ids that open nothing for anybody would prove nothing: each is read by its owner first.
  const opened = new Set<string>()
  for (const operation of routes.filter(({ method }) => method === 'GET')) {
    for (const [kind, id] of Object.entries(ids)) {
      const response = await call(victim, operation, { id, versionId: ids['version']! })
      if (response.status === 200) opened.add(kind)
    }
  }
  const readable = ['role', 'member', 'calendar', 'contact', 'channel', 'conversation', 'flow', 'run', 'webhook']
  assert.deepEqual(
    readable.filter((kind) => !opened.has(kind)),
    [],
  )

  const before = await stateOf(victim.tenantId)
  const leaks: string[] = []
  for (const operation of routes) {
    for (const [kind, id] of Object.entries(ids)) {
      const response = await call(thief, operation, {
        id,
        tagId: ids['tag']!,
        versionId: ids['version']!,
        deliveryId: ids['delivery']!,
      })
      const text = await response.text()
      if (response.status !== 404)
        leaks.push(`${named(operation)} with the ${kind} of another: ${response.status} ${text}`)
      assert.ok(!text.includes(victim.tenantId))
    }
  }
  assert.deepEqual(leaks, [])
  assert.deepEqual(await stateOf(victim.tenantId), before)
})
