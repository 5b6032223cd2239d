import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { openHouse, PASSWORD } from './house.ts'

const house = await openHouse()
const role = (key: string) => ({ key, name: key, permissions: [] })
const keyed = (key: string) => ({ 'idempotency-key': key })
const count = async (tenantId: string, key: string) =>
  (await house.admin('select 1 from roles where tenant_id = $1 and key = $2', [tenantId, key])).length

test('[S75] fifty requests with one key at once have one effect, and the key gives its answer again', async () => {
  const owner = await house.owner()
  const calendar = { name: 'Once', timeZone: 'UTC', week: [] }
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => owner.request('POST', '/calendars', calendar, keyed('fifty'))),
  )
  const statuses = new Set(answers.map(({ status }) => status))
  assert.ok(
    [...statuses].every((status) => status === 201 || status === 409),
    [...statuses].join(),
  )
  const made = await house.admin('select id from calendars where tenant_id = $1 and name = $2', [
    owner.tenantId,
    'Once',
  ])
  assert.equal(made.length, 1)
  const again = await owner.request('POST', '/calendars', calendar, keyed('fifty'))
  assert.equal(again.status, 201)
  assert.equal(again.headers.get('idempotency-replayed'), 'true')
  assert.equal(((await again.json()) as { id: string }).id, made[0]!['id'])
})

test('[S75] a key belongs to its request: another body is refused, another person and another tenant have their own', async () => {
  const [owner, other] = [await house.owner(), await house.owner()]
  const admin = await house.member(owner, 'admin')
  assert.equal((await owner.request('POST', '/roles', role('one'), keyed('same'))).status, 201)
  const changed = await owner.request('POST', '/roles', role('two'), keyed('same'))
  assert.equal(changed.status, 422)
  assert.equal(((await changed.json()) as { code: string }).code, 'idempotency_key_reused')
  assert.equal((await owner.request('POST', '/calendars', role('one'), keyed('same'))).status, 422)
  assert.equal((await admin.request('POST', '/roles', role('three'), keyed('same'))).status, 201)
  assert.equal((await other.request('POST', '/roles', role('one'), keyed('same'))).status, 201)
  assert.deepEqual([await count(owner.tenantId, 'two'), await count(owner.tenantId, 'three')], [0, 1])
})

test('[S75] a request that was refused gives its key back, one that is being worked on does not', async () => {
  const owner = await house.owner()
  assert.equal((await owner.request('POST', '/roles', { name: 'no key' }, keyed('again'))).status, 422)
  assert.equal((await owner.request('POST', '/roles', role('agent'), keyed('again'))).status, 409)
  assert.equal((await owner.request('POST', '/roles', role('good'), keyed('again'))).status, 201)
  const insert = `insert into idempotency_keys (tenant_id, principal, key, request_hash, created_at)
    select tenant_id, principal, $1, request_hash, $2 from idempotency_keys where tenant_id = $3 and key = 'again'`
  await house.admin(insert, ['running', new Date().toISOString(), owner.tenantId])
  const running = await owner.request('POST', '/roles', role('good'), keyed('running'))
  assert.equal(running.status, 409)
  assert.equal(((await running.json()) as { code: string }).code, 'idempotency_in_progress')
  assert.ok(Number(running.headers.get('retry-after')) >= 1)
  await house.admin(insert, ['abandoned', new Date(Date.now() - 600_000).toISOString(), owner.tenantId])
  // Its process died; the role it may have made says so by itself.
  assert.equal((await owner.request('POST', '/roles', role('good'), keyed('abandoned'))).status, 409)
  assert.equal((await owner.request('POST', '/roles', role('x'), keyed('ü'))).status, 422)
})

test('[S75] what was committed under a key is not done again when its process died before it could answer', async () => {
  const owner = await house.owner()
  const calendar = { name: 'Cut short', timeZone: 'UTC', week: [] }
  const make = (key: string) => owner.request('POST', '/calendars', calendar, keyed(key))
  const made = () =>
    house.admin('select 1 from calendars where tenant_id = $1 and name = $2', [owner.tenantId, calendar.name])
  assert.equal((await make('cut')).status, 201)
  const forget = `update idempotency_keys set response_status = null, response_body = null, created_at = now() - interval '1 hour'
    where tenant_id = $1 and key = 'cut'`
  await house.admin(forget, [owner.tenantId])
  const lost = await make('cut')
  assert.deepEqual([lost.status, ((await lost.json()) as { code: string }).code], [409, 'conflict'])
  assert.equal((await made()).length, 1)
  // Who died before anything was committed has had no effect.
  await house.admin(`${forget.replace('set ', 'set committed_at = null, ')}`, [owner.tenantId])
  assert.equal((await make('cut')).status, 201)
  assert.equal((await made()).length, 2)
})

const TENANT = { name: 'Made once', ownerEmail: 'once@platform.test' }
const madeTenants = async () => (await house.admin('select 1 from tenants where name = $1', [TENANT.name])).length

test('[S75] an administrator of the platform makes one tenant with one key, however often they ask', async () => {
  const platform = await house.administrator()
  const ask = (body: object, by = platform) => by.request('POST', '/platform/tenants', body, keyed('make'))
  const answers = await Promise.all([ask(TENANT), ask(TENANT), ask(TENANT)])
  for (const { status } of answers) assert.ok(status === 201 || status === 409, String(status))
  const again = await ask(TENANT)
  assert.deepEqual([again.status, again.headers.get('idempotency-replayed')], [201, 'true'])
  const [made] = await house.admin('select id from tenants where name = $1', [TENANT.name])
  assert.equal(((await again.json()) as { id: string }).id, made!['id'])
  await house.background.settled()
  assert.deepEqual([await madeTenants(), house.mails.filter(({ to }) => to === TENANT.ownerEmail).length], [1, 1])
  assert.equal((await ask({ ...TENANT, name: 'Another' })).status, 422)
  const other = await house.administrator()
  assert.equal((await ask(TENANT, other)).status, 201, 'a key belongs to who asks')
  assert.equal(await madeTenants(), 2)
})

test('[S75] a refused request of an administrator gives its key back, also to one who is in no tenant', async () => {
  const platform = await house.administrator()
  await house.admin('delete from memberships where person_id = $1', [platform.personId])
  await house.admin('update auth.session set "tenantId" = null where "userId" = $1', [platform.personId])
  const ask = (email: string) => platform.request('POST', '/platform/administrators', { email }, keyed('add'))
  assert.equal((await ask('nobody@platform.test')).status, 422)
  const { email } = await house.owner()
  assert.deepEqual([(await ask(email)).status, (await ask(email)).status], [201, 201])
})

test('[S75] what a person does about themselves is done once, and neither secrets nor guesses at passwords are kept', async () => {
  const owner = await house.owner()
  const codes = () => owner.request('POST', '/auth/second-factors/totp', undefined, keyed('app'))
  assert.equal((await codes()).status, 200)
  const again = await codes()
  assert.equal(((await again.json()) as { code: string }).code, 'conflict')
  const confirm = await owner.request('POST', '/auth/confirm', { password: PASSWORD }, keyed('me'))
  assert.equal(confirm.status, 204)
  const kept = await house.admin<{ key: string; body: unknown; hash: Buffer }>(
    'select key, response_body as body, request_hash as hash from person_idempotency_keys where person_id = $1',
    [owner.personId],
  )
  assert.deepEqual(kept.map(({ key, body }) => [key, body]).sort(), [
    ['app', null],
    ['me', null],
  ])
  const guess = createHash('sha256').update(`POST\n/api/v1/auth/confirm\n\n${JSON.stringify({ password: PASSWORD })}`)
  assert.ok(!kept.some(({ hash }) => hash.equals(guess.copy().digest())))
})
