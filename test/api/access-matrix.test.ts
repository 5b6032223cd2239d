import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { KEY_PERMISSIONS } from '#domain/api-keys/schema.ts'
import { BUILT_IN_PERMISSIONS, BUILT_IN_ROLES, type Permission } from '#domain/permissions/catalogue.ts'
import { SUPPORT_SCOPES, supportPermissions } from '#domain/platform/support.ts'
import { createFileStore } from '#infra/media/store.ts'
import { createChannelConnections } from '#infra/providers/channel-connections.ts'
import { contractOf, type Operation } from './contract.ts'
import { furnish } from './furniture.ts'
import { type Browser, openHouse } from './house.ts'
import { askAs, makeKey, setLimits } from './program.ts'

const TABLE = 'test/api/access-matrix.txt'
const house = await openHouse()
house.deps.media = createFileStore(mkdtempSync(join(tmpdir(), 'holdfast-matrix-')))
house.deps.channels = createChannelConnections({
  db: house.deps.db,
  keyRing: house.deps.keyRing,
  clock: house.deps.clock,
  settings: { graph: { baseUrl: 'http://127.0.0.1:9', version: 'v25.0' }, publicUrl: 'http://holdfast.test' },
})
const { operations, sample } = contractOf(house.app)
const needsPermission = operations.filter(
  ({ access }) => !['public', 'signed_in', 'member', 'platform'].includes(access),
)
const forKeys = operations.filter(({ access, peopleOnly }) => access !== 'public' && !peopleOnly)
const ROOM = { requestsPerMinute: 1e6, keyRequestsPerMinute: 1e6, personRequestsPerMinute: 1e6, apiKeys: 1_000 }
const NOBODY = '018f0000-0000-7000-8000-000000000000'

/** A way back in, an address that goes on being told, a rule of the house, or data taken along. */
const OUTLASTS_A_VISIT: readonly Permission[] = [
  ...([
    'tenant.own',
    'settings.manage',
    'members.manage',
    'roles.manage',
    'api_keys.manage',
    'webhooks.manage',
  ] as const),
  ...(['channels.manage', 'flows.publish', 'contacts.export', 'contacts.delete', 'runs.decode'] as const),
]

const named = ({ method, path }: Operation) => `${method} ${path}`
const lineOf = (operation: Operation) =>
  `${named(operation)} | ${operation.access} | ${operation.access === 'public' ? 'anybody' : operation.peopleOnly ? 'people' : 'people and keys'}`

const PLACES: Record<string, string> = { locale: 'en', key: 'inbox.title', category: 'marketing' }
const pathOf = ({ path }: Operation, ids: Record<string, string> = {}) =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? PLACES[name] ?? NOBODY)
/** A key gives nothing away that it has not: the examples of a role and of a webhook would be refused for what is in them. */
const BODIES: Record<string, unknown> = {
  'POST /roles': { key: 'desk', name: 'Front desk', permissions: [] },
  'POST /webhook-subscriptions': { name: 'Desk', url: 'https://hooks.example.com/in', events: ['tenant.created'] },
}
const bodyOf = (operation: Operation) =>
  operation.body === undefined ? undefined : (BODIES[named(operation)] ?? sample(operation.body))

/** The status and code of an answer; a stream is not read to its end. */
async function outcome(response: Response): Promise<{ status: number; code: string }> {
  if (!/json/.test(response.headers.get('content-type') ?? '')) {
    await response.body?.cancel()
    return { status: response.status, code: '' }
  }
  const { code = '' } = (await response.json()) as { code?: string }
  return { status: response.status, code }
}

const asPerson = async (browser: Browser, operation: Operation, ids?: Record<string, string>) =>
  outcome(await browser.request(operation.method, pathOf(operation, ids), bodyOf(operation)))
const asKey = async (secret: string | undefined, operation: Operation, ids?: Record<string, string>) =>
  outcome(await askAs(house, secret, pathOf(operation, ids), { method: operation.method, body: bodyOf(operation) }))

async function roomyOwner(name?: string): Promise<Browser> {
  const owner = await house.owner(name)
  await setLimits(house, owner.tenantId, ROOM)
  return owner
}

test('[INT-24] [SEC-13] what each route needs is written in one table, and a new route fails here until it is in it', () => {
  const written = readFileSync(TABLE, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const served = operations.map(lineOf)
  const missing = served.filter((line) => !written.includes(line))
  const gone = written.filter((line) => !served.includes(line))
  assert.deepEqual(missing, [], `Decide who may call these, and write them into ${TABLE}.`)
  assert.deepEqual(gone, [], `No route is like these any more: take them out of ${TABLE}.`)
})

test('[SEC-13] every route × every role: who has its permission comes in, who has not is refused', async () => {
  const owner = await roomyOwner()
  const people = new Map<string, Browser>([['owner', owner]])
  for (const role of BUILT_IN_ROLES.filter((one) => one !== 'owner')) people.set(role, await house.member(owner, role))
  const wrong: string[] = []
  for (const role of BUILT_IN_ROLES) {
    const may: ReadonlySet<string> = new Set(BUILT_IN_PERMISSIONS[role])
    for (const operation of needsPermission) {
      const { status, code } = await asPerson(people.get(role)!, operation)
      const right = may.has(operation.access)
        ? status !== 401 && status !== 403
        : status === 403 && code === 'forbidden'
      if (!right) wrong.push(`${role}: ${lineOf(operation)}: ${status} ${code}`)
    }
  }
  assert.deepEqual(wrong, [])
})

test('[INT-24] every route × every scope: a key with just its scope comes in, one with all others is refused', async () => {
  const owner = await roomyOwner()
  const keyWith = async (permissions: readonly Permission[]) => (await makeKey(owner, { permissions })).secret
  const wrong: string[] = []
  for (const scope of KEY_PERMISSIONS) {
    const routes = needsPermission.filter(({ access }) => access === scope)
    const only = await keyWith([scope])
    const others = await keyWith(KEY_PERMISSIONS.filter((permission) => permission !== scope))
    for (const operation of routes) {
      const inside = await asKey(only, operation)
      const outside = await asKey(others, operation)
      const people = operation.peopleOnly
      const right = people
        ? inside.code === 'person_required' && outside.code === 'person_required'
        : inside.status !== 401 && inside.status !== 403 && outside.status === 403 && outside.code === 'forbidden'
      if (!right) wrong.push(`${lineOf(operation)}: ${JSON.stringify({ inside, outside })}`)
    }
  }
  assert.deepEqual(wrong, [])
})

test('[S55] what is for people refuses the mightiest key, and what every member may do lets the least one in', async () => {
  const owner = await roomyOwner()
  const mighty = (await makeKey(owner, { permissions: KEY_PERMISSIONS })).secret
  const least = (await makeKey(owner, { permissions: ['calendars.read'] })).secret
  const wrong: string[] = []
  for (const operation of operations.filter(({ peopleOnly }) => peopleOnly)) {
    const { status, code } = await asKey(mighty, operation)
    if (status !== 403 || code !== 'person_required') wrong.push(`${lineOf(operation)}: ${status} ${code}`)
  }
  for (const operation of forKeys.filter(({ access }) => access === 'member')) {
    const { status, code } = await asKey(least, operation)
    if (status === 401 || status === 403 || status >= 500) wrong.push(`${lineOf(operation)}: ${status} ${code}`)
  }
  assert.deepEqual(wrong, [])
})

test('[UX-20] [S60] every route of the platform refuses the owner of a tenant, and a key that may do all that keys may', async () => {
  const routes = operations.filter(({ path, access }) => path.startsWith('/platform') || access === 'platform')
  assert.ok(routes.length >= 17)
  assert.deepEqual(routes.filter(({ access }) => access !== 'platform').map(named), [])
  const owner = await roomyOwner()
  const { secret } = await makeKey(owner, { permissions: KEY_PERMISSIONS })
  const wrong: string[] = []
  for (const operation of routes) {
    const ids = { id: owner.tenantId, tenantId: owner.tenantId }
    const person = await asPerson(owner, operation, ids)
    const key = await asKey(secret, operation, ids)
    const codes = [person, key].map(({ status, code }) => `${status} ${code}`).join()
    if (codes !== '403 forbidden,403 person_required') wrong.push(`${named(operation)}: ${codes}`)
  }
  assert.deepEqual(wrong, [])
})

test('[S60] every route × who was let in by the owner: what would outlast the visit is refused, the rest is open', async () => {
  const owner = await roomyOwner('Visited')
  const inside = await house.administrator()
  const wrong: string[] = []
  for (const scope of SUPPORT_SCOPES) {
    await owner.json(200, 'PUT', '/support-access', { scope, reason: 'The inbox stands still', hours: 2 })
    await inside.json(204, 'POST', `/platform/tenants/${owner.tenantId}/enter`)
    const may: ReadonlySet<string> = supportPermissions(scope)
    for (const operation of needsPermission) {
      const { status, code } = await asPerson(inside, operation)
      const open = may.has(operation.access) && !operation.peopleOnly
      const right = open ? status !== 401 && code !== 'forbidden' : status === 403
      if (!right) wrong.push(`${scope}: ${lineOf(operation)}: ${status} ${code}`)
    }
  }
  assert.deepEqual(wrong, [])
  assert.deepEqual(
    OUTLASTS_A_VISIT.filter((permission) => supportPermissions('change').has(permission)),
    [],
  )
})

test('[S01] [S55] every route without sign-in, with a revoked key and with no key at all: 401', async () => {
  const owner = await roomyOwner()
  const { key, secret } = await makeKey(owner, { permissions: KEY_PERMISSIONS })
  await owner.json(200, 'POST', `/api-keys/${key.id}/revoke`)
  const nobody = house.browser()
  const wrong: string[] = []
  for (const operation of operations.filter(({ access }) => access !== 'public')) {
    const answers = [await asPerson(nobody, operation), await asKey(secret, operation), await asKey('hf_x', operation)]
    const codes = answers.map(({ status, code }) => `${status} ${code}`)
    const right = ['401 unauthenticated', '401 api_key_invalid', '401 api_key_invalid']
    if (codes.join() !== right.join()) wrong.push(`${lineOf(operation)}: ${codes.join()}`)
  }
  assert.deepEqual(wrong, [])
})

test('[S01] [SEC-02] the mightiest key of another tenant finds nothing behind any id', async () => {
  const [victim, thief] = [await roomyOwner('Victim'), await roomyOwner('Thief')]
  const ids = await furnish(house, victim)
  const { secret } = await makeKey(thief, { permissions: KEY_PERMISSIONS })
  const routes = forKeys.filter(({ params }) => params.some((name) => /id$/i.test(name)))
  assert.ok(routes.length >= 40)
  const leaks: string[] = []
  for (const operation of routes) {
    for (const [kind, id] of Object.entries(ids)) {
      const given = { id, tagId: ids['tag']!, versionId: ids['version']! }
      const { status } = await asKey(secret, operation, given)
      if (status !== 404) leaks.push(`${named(operation)} with the ${kind} of another: ${status}`)
    }
  }
  assert.deepEqual(leaks, [])
})
