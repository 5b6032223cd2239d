import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Browser, openHouse, PASSWORD } from './house.ts'

const house = await openHouse()
type Role = { id: string; key: string; permissions: string[] }
type Member = { id: string; personId: string; role: { key: string }; status: string }

const rolesOf = async (browser: Browser): Promise<Record<string, Role>> => {
  const { items } = await browser.json<{ items: Role[] }>(200, 'GET', '/roles')
  return Object.fromEntries(items.map((role) => [role.key, role]))
}
const membersOf = async (browser: Browser): Promise<Member[]> =>
  (await browser.json<{ items: Member[] }>(200, 'GET', '/members')).items
const membershipOf = async (browser: Browser): Promise<Member> =>
  (await membersOf(browser)).find(({ personId }) => personId === browser.personId)!
const tokenFor = (email: string): string => house.mails.findLast(({ to }) => to === email)!.text.match(/#(\S+)/)![1]!

test('an invitation is mailed, opened, accepted once, and makes a member with its role', async () => {
  const owner = await house.owner('Corner Shop')
  const { agent } = await rolesOf(owner)
  const email = 'newcomer@house.test'
  await owner.json(201, 'POST', '/invitations', { email, roleId: agent!.id })
  await house.background.settled()
  const token = tokenFor(email)
  const stored = await house.admin<{ token_hash: Buffer }>('select token_hash from invitations')
  assert.ok(stored.every(({ token_hash: hash }) => !hash.toString('utf8').includes(token)))

  const browser = house.browser()
  const opened = await browser.json(200, 'POST', '/invitations/open', { token })
  assert.deepEqual(opened, { tenantName: 'Corner Shop', email, hasAccount: false })
  assert.equal((await browser.request('POST', '/invitations/accept', { token })).status, 422)
  await browser.json(200, 'POST', '/invitations/accept', { token, name: 'New Comer', password: PASSWORD })
  const me = await browser.json<{ role: { key: string } }>(200, 'GET', '/me')
  assert.equal(me.role.key, 'agent')
  const again = await house.browser().request('POST', '/invitations/accept', { token, name: 'X', password: PASSWORD })
  assert.equal(again.status, 404)
  assert.deepEqual((await owner.json<{ items: unknown[] }>(200, 'GET', '/invitations')).items, [])
})

test('[S60] an invitation is for its address only, and a member of two tenants works in the one they choose', async () => {
  const [first, second] = [await house.owner('First'), await house.owner('Second')]
  const { viewer } = await rolesOf(first)
  const stranger = await house.owner('Third')
  await first.json(201, 'POST', '/invitations', { email: second.email, roleId: viewer!.id })
  await house.background.settled()
  const token = tokenFor(second.email)
  assert.equal((await stranger.request('POST', '/invitations/accept', { token })).status, 403)
  assert.equal(
    (await house.browser().request('POST', '/invitations/accept', { token, name: 'Thief', password: PASSWORD })).status,
    401,
  )
  await second.json(200, 'POST', '/invitations/accept', { token })

  const there = await second.json<{ tenant: { id: string; name: string }; tenants: { name: string }[] }>(
    200,
    'GET',
    '/me',
  )
  assert.equal(there.tenant.name, 'First')
  assert.deepEqual(there.tenants.map(({ name }) => name).sort(), ['First', 'Second'])
  assert.equal((await second.request('PATCH', '/tenant', { name: 'Mine now' })).status, 403)
  await second.json(200, 'PUT', '/me/tenant', { tenantId: second.tenantId })
  await second.json(200, 'PATCH', '/tenant', { name: 'Second Ltd' })
  assert.equal((await second.request('PUT', '/me/tenant', { tenantId: stranger.tenantId })).status, 404)
})

test('[S60] nobody makes themselves more than they are, and nobody takes from those above them', async () => {
  const owner = await house.owner()
  const admin = await house.member(owner, 'admin')
  const agent = await house.member(owner, 'agent')
  const roles = await rolesOf(owner)
  const [adminSeat, ownerSeat] = [await membershipOf(admin), await membershipOf(owner)]
  const refused: [Browser, string, string, unknown][] = [
    [admin, 'PATCH', `/members/${adminSeat.id}`, { roleId: roles['owner']!.id }],
    [admin, 'PATCH', `/members/${ownerSeat.id}`, { roleId: roles['viewer']!.id }],
    [admin, 'PATCH', `/members/${ownerSeat.id}`, { status: 'disabled' }],
    [admin, 'POST', '/invitations', { email: 'sock@puppet.test', roleId: roles['owner']!.id }],
    [admin, 'POST', '/roles', { key: 'king', name: 'King', permissions: ['tenant.own'] }],
    [admin, 'PATCH', `/roles/${roles['owner']!.id}`, { name: 'Owned' }],
    [agent, 'PATCH', `/members/${adminSeat.id}`, { status: 'disabled' }],
    [agent, 'POST', '/roles', { key: 'mine', name: 'Mine', permissions: [] }],
    [agent, 'GET', '/audit', undefined],
  ]
  for (const [browser, method, path, body] of refused) {
    assert.equal((await browser.request(method, path, body)).status, 403, `${method} ${path}`)
  }
  await admin.json(201, 'POST', '/roles', { key: 'shift_lead', name: 'Shift lead', permissions: ['runs.manage'] })
})

test('[S60] a tenant keeps an owner, also when two owners remove each other at once', async () => {
  const owner = await house.owner()
  const roles = await rolesOf(owner)
  const seat = await membershipOf(owner)
  assert.equal((await owner.request('PATCH', `/members/${seat.id}`, { roleId: roles['agent']!.id })).status, 409)
  assert.equal((await owner.request('PATCH', `/members/${seat.id}`, { status: 'disabled' })).status, 409)
  assert.equal((await owner.request('PATCH', `/roles/${roles['owner']!.id}`, { permissions: [] })).status, 409)

  const second = await house.member(owner, 'owner')
  const secondSeat = await membershipOf(second)
  const answers = await Promise.all([
    owner.request('PATCH', `/members/${secondSeat.id}`, { roleId: roles['viewer']!.id }),
    second.request('PATCH', `/members/${seat.id}`, { roleId: roles['viewer']!.id }),
  ])
  const statuses = answers.map(({ status }) => status).sort()
  assert.ok(statuses[0] === 200 && [403, 409].includes(statuses[1]!), statuses.join())
  const left = await house.admin<{ count: number }>(
    `select count(*)::int as count from memberships m join roles r on r.id = m.role_id
     where m.tenant_id = $1 and 'tenant.own' = any(r.permissions) and m.status = 'active'`,
    [owner.tenantId],
  )
  assert.equal(left[0]!.count, 1)
})

test('[S51] a member who is shut out, or whose role loses a permission, feels it at the next request', async () => {
  const owner = await house.owner()
  const agent = await house.member(owner, 'agent')
  const roles = await rolesOf(owner)
  assert.equal((await agent.request('GET', '/members')).status, 200)
  const permissions = roles['agent']!.permissions.filter((permission) => permission !== 'members.read')
  await owner.json(200, 'PATCH', `/roles/${roles['agent']!.id}`, { permissions })
  assert.equal((await agent.request('GET', '/members')).status, 403)
  assert.equal((await agent.request('GET', '/tenant')).status, 200)
  const seat = (await membersOf(owner)).find(({ personId }) => personId === agent.personId)!
  await owner.json(200, 'PATCH', `/members/${seat.id}`, { status: 'disabled' })
  assert.equal((await agent.request('GET', '/tenant')).status, 403)
  const me = await agent.json<{ tenant: null; permissions: string[] }>(200, 'GET', '/me')
  assert.deepEqual([me.tenant, me.permissions], [null, []])
})

test('[S31] what the house sets cannot be set from outside: the field is refused by name and the row stays', async () => {
  const owner = await house.owner()
  const roles = await rolesOf(owner)
  const seat = await membershipOf(owner)
  const calendars = await owner.json<{ items: { id: string }[] }>(200, 'GET', '/calendars')
  const writes: [string, string, Record<string, unknown>, string][] = [
    ['PATCH', '/me', { role: 'owner' }, '/role'],
    ['PATCH', '/me', { email: 'else@house.test' }, '/email'],
    ['PATCH', '/tenant', { plan: 'unlimited' }, '/plan'],
    ['PATCH', '/tenant', { quotas: {} }, '/quotas'],
    ['PATCH', `/members/${seat.id}`, { tenantId: owner.tenantId }, '/tenantId'],
    ['PATCH', `/roles/${roles['agent']!.id}`, { builtIn: false }, '/builtIn'],
    ['POST', '/roles', { key: 'x', name: 'X', permissions: [], tenantId: owner.tenantId }, '/tenantId'],
    [
      'POST',
      '/invitations',
      { email: 'a@b.test', roleId: roles['agent']!.id, acceptedAt: '2026-01-01' },
      '/acceptedAt',
    ],
    ['PATCH', `/calendars/${calendars.items[0]!.id}`, { createdAt: '2020-01-01T00:00:00Z' }, '/createdAt'],
    ['PATCH', `/calendars/${calendars.items[0]!.id}`, { isDefault: false }, '/isDefault'],
  ]
  for (const [method, path, body, pointer] of writes) {
    const response = await owner.request(method, path, body)
    assert.equal(response.status, 422, `${method} ${path}`)
    const problem = (await response.json()) as { errors: { path: string }[] }
    assert.deepEqual(
      problem.errors.map((error) => error.path),
      [pointer],
    )
  }
  const roleWords = await owner.request('POST', '/roles', { key: 'x', name: 'X', permissions: ['everything'] })
  assert.equal(roleWords.status, 422)
})

test('every act leaves a line in the audit log, in the same transaction, found by its filters', async () => {
  const owner = await house.owner()
  const role = await owner.json<Role>(201, 'POST', '/roles', { key: 'tidy', name: 'Tidy', permissions: [] })
  await owner.json(204, 'DELETE', `/roles/${role.id}`)
  type Lines = { items: { action: string; actor: { id: string }; actorName: string; requestId: string }[] }
  const lines = await owner.json<Lines>(200, 'GET', `/audit?subjectType=role&subjectId=${role.id}`)
  assert.deepEqual(
    lines.items.map(({ action }) => action),
    ['roles.delete', 'roles.create'],
  )
  assert.ok(lines.items.every(({ actor, requestId }) => actor.id === owner.personId && requestId.length > 0))
  const since = new Date(Date.now() + 60_000).toISOString()
  assert.deepEqual((await owner.json<Lines>(200, 'GET', `/audit?from=${since}`)).items, [])
  assert.equal((await owner.json<Lines>(200, 'GET', `/audit?action=tenants.create`)).items.length, 1)
  assert.equal((await owner.request('GET', '/audit?sort=name;select')).status, 422)
})

test('a default calendar gives its place only to another one', async () => {
  const owner = await house.owner()
  const [first] = (await owner.json<{ items: { id: string }[] }>(200, 'GET', '/calendars')).items
  assert.equal((await owner.request('DELETE', `/calendars/${first!.id}`)).status, 409)
  const night = {
    name: 'Nights',
    timeZone: 'Europe/Berlin',
    week: [{ day: 5, spans: [{ opens: '22:00', closes: '06:00' }] }],
    holidays: [{ date: '2026-12-25', yearly: true, name: 'Christmas', spans: [] }],
  }
  const second = await owner.json<{ id: string; isDefault: boolean }>(201, 'POST', '/calendars', night)
  assert.equal(second.isDefault, false)
  await owner.json(200, 'PATCH', `/calendars/${second.id}`, { isDefault: true })
  await owner.json(204, 'DELETE', `/calendars/${first!.id}`)
  assert.equal((await owner.request('POST', '/calendars', { ...night, timeZone: 'Mars/Olympus' })).status, 422)
})

test('texts said otherwise are put, seen by every member and taken back', async () => {
  const owner = await house.owner()
  const agent = await house.member(owner, 'agent')
  await owner.json(200, 'PUT', '/translations/de', { texts: { 'inbox.title': 'Posteingang', 'inbox.empty': 'Nichts' } })
  await owner.json(200, 'PUT', '/translations/de', { texts: { 'inbox.title': 'Eingang' } })
  await owner.json(204, 'DELETE', '/translations/de/inbox.empty')
  assert.deepEqual(await agent.json(200, 'GET', '/translations/de'), {
    locale: 'de',
    texts: { 'inbox.title': 'Eingang' },
  })
  assert.equal((await agent.request('PUT', '/translations/de', { texts: { 'inbox.title': 'x' } })).status, 403)
  assert.equal((await owner.request('DELETE', '/translations/de/inbox.empty')).status, 404)
})

test('a quota is not overrun by requests that come at once', async () => {
  const owner = await house.owner()
  await house.admin(`update tenants set quotas = '{"roles": 7}' where id = $1`, [owner.tenantId])
  const answers = await Promise.all(
    ['a', 'b', 'c', 'd', 'e'].map((key) => owner.request('POST', '/roles', { key, name: key, permissions: [] })),
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 201, 403, 403, 403])
})

test('a NUL in a text is an invalid input and not our failure', async () => {
  const owner = await house.owner()
  for (const [method, path, body] of [
    ['PATCH', '/tenant', { name: 'a\u0000b' }],
    ['PATCH', '/me', { preferences: { theme: '\u0000' } }],
    ['GET', '/audit?action=%00', undefined],
  ] as const) {
    assert.equal((await owner.request(method, path, body)).status, 422, path)
  }
})
