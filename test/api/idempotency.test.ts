import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse } from './house.ts'

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
