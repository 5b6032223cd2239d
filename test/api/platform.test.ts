import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Browser, openHouse, PASSWORD } from './house.ts'

const house = await openHouse()
const platform = await house.administrator()
type Details = {
  status: string
  usage: { quota: string; used: number; limit: number }[]
  rates: { rate: string; limit: number }[]
  own: Record<string, number>
}
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code
const actions = async (browser: Browser, path: string) =>
  (await browser.json<{ items: { action: string }[] }>(200, 'GET', path)).items.map(({ action }) => action)

test('[UX-20] [S60] the platform is a surface of its own: owning a tenant opens none of its doors', async () => {
  const owner = await house.owner('Kahawa')
  const paths = [
    '/platform/tenants',
    '/platform/health',
    '/platform/audit',
    '/platform/administrators',
    '/platform/settings',
  ]
  for (const path of paths) {
    assert.equal((await owner.request('GET', path)).status, 403, path)
    assert.equal((await house.browser().request('GET', path)).status, 401, path)
    assert.equal((await platform.request('GET', path)).status, 200, path)
  }
  const mine = { email: owner.email }
  assert.equal((await owner.request('POST', '/platform/administrators', mine)).status, 403)
  assert.equal((await owner.json<{ platform: boolean }>(200, 'GET', '/me')).platform, false)
  assert.equal((await platform.json<{ platform: boolean }>(200, 'GET', '/me')).platform, true)
})

test('an administrator makes a tenant; its owner comes by invitation; plan and figures are set; all is written down', async () => {
  const made = await platform.json<{ id: string; memberCount: number }>(201, 'POST', '/platform/tenants', {
    name: 'Fresh Bread',
    ownerEmail: 'baker@platform.test',
    timeZone: 'Africa/Nairobi',
  })
  assert.equal(made.memberCount, 0)
  await house.background.settled()
  const mail = house.mails.findLast(({ to }) => to === 'baker@platform.test')!
  const token = mail.text.match(/#(\S+)/)![1]
  const baker = house.browser()
  await baker.json(200, 'POST', '/invitations/accept', { token, name: 'Baker', password: PASSWORD })
  const me = await baker.json<{ role: { key: string }; tenant: { id: string; timeZone: string } }>(200, 'GET', '/me')
  assert.deepEqual([me.role.key, me.tenant.id, me.tenant.timeZone], ['owner', made.id, 'Africa/Nairobi'])
  const change = { quotas: { tags: 1 } }
  const details = await platform.json<Details>(200, 'PATCH', `/platform/tenants/${made.id}`, change)
  assert.deepEqual(details.own, { tags: 1 })
  assert.equal(details.usage.find(({ quota }) => quota === 'members')?.used, 1)
  assert.equal(details.rates.find(({ rate }) => rate === 'requestsPerMinute')?.limit, 600)
  await baker.json(201, 'POST', '/tags', { name: 'one' })
  assert.equal(await codeOf(await baker.request('POST', '/tags', { name: 'two' })), 'quota_exceeded')
  await platform.json(200, 'PATCH', `/platform/tenants/${made.id}`, { quotas: { tags: null } })
  await baker.json(201, 'POST', '/tags', { name: 'two' })
  assert.equal((await platform.request('PATCH', `/platform/tenants/${made.id}`, { plan: 'none' })).status, 422)
  const found = await platform.json<{ items: { id: string }[] }>(200, 'GET', '/platform/tenants?q=fresh%20br')
  assert.deepEqual(
    found.items.map(({ id }) => id),
    [made.id],
  )
  const own = await actions(platform, `/platform/audit?tenantId=${made.id}`)
  assert.deepEqual(own, ['tenants.change', 'tenants.change', 'tenants.create'])
  assert.ok((await actions(baker, '/audit')).includes('tenants.platform_change'), 'the tenant sees it too')
})

test('a suspended tenant is shut at once, for people and for keys, and opens again as it was', async () => {
  const owner = await house.owner('Quiet')
  const key = await owner.json<{ secret: string }>(201, 'POST', '/api-keys', {
    name: 'k',
    permissions: ['members.read'],
  })
  const byKey = () => house.browser().request('GET', '/members', undefined, { authorization: `Bearer ${key.secret}` })
  assert.equal((await byKey()).status, 200)
  await platform.json(200, 'PATCH', `/platform/tenants/${owner.tenantId}`, { status: 'suspended' })
  assert.equal(await codeOf(await owner.request('GET', '/members')), 'tenant_suspended')
  assert.equal(await codeOf(await byKey()), 'tenant_suspended')
  const listed = await platform.json<{ items: { id: string }[] }>(200, 'GET', '/platform/tenants?status=suspended')
  assert.deepEqual(
    listed.items.map(({ id }) => id),
    [owner.tenantId],
  )
  await platform.json(200, 'PATCH', `/platform/tenants/${owner.tenantId}`, { status: 'active' })
  assert.equal((await owner.request('GET', '/members')).status, 200)
  assert.equal((await byKey()).status, 200)
})

async function letIn(owner: Browser, scope: 'read' | 'change') {
  await owner.json(200, 'PUT', '/support-access', { scope, reason: 'The inbox stands still', hours: 2 })
}

test('nobody goes into a tenant that has not let them in, and what an owner grants ends when they end it', async () => {
  const owner = await house.owner('Open door')
  const admin = await house.member(owner, 'admin')
  const inside = await house.administrator()
  assert.equal((await inside.request('POST', `/platform/tenants/${owner.tenantId}/enter`)).status, 403)
  const grant = { scope: 'read', reason: 'x', hours: 1 }
  assert.equal((await admin.request('PUT', '/support-access', grant)).status, 403, 'the owner alone')
  assert.equal((await owner.request('PUT', '/support-access', { ...grant, hours: 2_000 })).status, 422)
  await letIn(owner, 'read')
  await inside.json(204, 'POST', `/platform/tenants/${owner.tenantId}/enter`)
  type Inside = { tenant: { id: string }; support: { scope: string }; role: null; permissions: string[] }
  const me = await inside.json<Inside>(200, 'GET', '/me')
  assert.deepEqual([me.tenant.id, me.support.scope, me.role], [owner.tenantId, 'read', null])
  assert.equal((await inside.request('GET', '/members')).status, 200)
  assert.equal((await inside.request('POST', '/tags', { name: 'x' })).status, 403, 'reading changes nothing')
  assert.equal((await inside.request('GET', '/notifications')).status, 403, 'they are nobody here')
  await owner.json(204, 'DELETE', '/support-access')
  assert.equal((await inside.request('GET', '/members')).status, 403)
})

test('[S60] whoever was let in to change things acts under their own name, and never gets the keys of the house', async () => {
  const owner = await house.owner('Careful')
  const inside = await house.administrator()
  await letIn(owner, 'change')
  await inside.json(204, 'POST', `/platform/tenants/${owner.tenantId}/enter`)
  await inside.json(201, 'POST', '/tags', { name: 'by support' })
  const { items: roles } = await inside.json<{ items: { id: string; key: string }[] }>(200, 'GET', '/roles')
  const ownerRole = roles.find(({ key }) => key === 'owner')!.id
  const refused: [string, string, unknown][] = [
    ['PUT', '/support-access', { scope: 'change', reason: 'longer', hours: 700 }],
    ['POST', '/invitations', { email: 'me@platform.test', roleId: ownerRole }],
    ['POST', '/roles', { key: 'mine', name: 'Mine', permissions: [] }],
    ['POST', '/api-keys', { name: 'k', permissions: ['members.read'] }],
    ['PUT', '/tenant/security', { secondFactor: 'optional' }],
    ['PATCH', '/tenant', { name: 'Theirs' }],
  ]
  for (const [method, path, body] of refused) {
    assert.equal((await inside.request(method, path, body)).status, 403, path)
  }
  type Lines = { items: { action: string; actor: { kind: string; id: string } }[] }
  const lines = (await owner.json<Lines>(200, 'GET', '/audit')).items
  const acted = lines.filter(({ actor }) => actor.kind === 'platform')
  assert.deepEqual(acted.map(({ action }) => action).sort(), ['support.enter', 'tags.create'])
  assert.ok(acted.every(({ actor }) => actor.id === inside.personId))
  await inside.json(204, 'POST', '/platform/leave')
  assert.equal((await inside.json<{ support: null }>(200, 'GET', '/me')).support, null)
  assert.equal((await inside.request('GET', '/tags')).status, 200, 'back in a tenant of their own')
  assert.deepEqual((await actions(inside, `/platform/audit?tenantId=${owner.tenantId}`)).sort(), [
    'support.enter',
    'support.leave',
  ])
})

test('an administrator who is one no longer is out at once, also of a tenant; the last one stays', async () => {
  const owner = await house.owner('Brief')
  const other = await house.administrator()
  await letIn(owner, 'read')
  await other.json(204, 'POST', `/platform/tenants/${owner.tenantId}/enter`)
  await platform.json(204, 'DELETE', `/platform/administrators/${other.personId}`)
  assert.equal((await other.request('GET', '/members')).status, 403)
  assert.equal((await other.request('GET', '/platform/tenants')).status, 403)
  assert.equal(
    await codeOf(await platform.request('POST', '/platform/administrators', { email: 'no@body.test' })),
    'invalid_input',
  )
  await platform.json(201, 'POST', '/platform/administrators', { email: other.email })
  assert.equal((await other.request('GET', '/platform/tenants')).status, 200)
  const { items } = await platform.json<{ items: { personId: string }[] }>(200, 'GET', '/platform/administrators')
  const others = items.filter(({ personId }) => personId !== platform.personId)
  for (const { personId } of others) await platform.json(204, 'DELETE', `/platform/administrators/${personId}`)
  assert.equal((await platform.request('DELETE', `/platform/administrators/${platform.personId}`)).status, 409)
})

test('[UX-05] an administrator says a text otherwise for all tenants, and a tenant may say it otherwise again', async () => {
  const owner = await house.owner()
  await platform.json(200, 'PUT', '/platform/texts/en', { texts: { 'inbox.title': 'Letters' } })
  const texts = await house.browser().json<{ texts: object }>(200, 'GET', '/texts/en')
  assert.deepEqual(texts.texts, { 'inbox.title': 'Letters' })
  assert.equal((await owner.request('PUT', '/platform/texts/en', { texts: { 'inbox.title': 'Mine' } })).status, 403)
  await owner.json(200, 'PUT', '/translations/en', { texts: { 'inbox.title': 'Orders' } })
  assert.deepEqual((await owner.json<{ texts: object }>(200, 'GET', '/translations/en')).texts, {
    'inbox.title': 'Orders',
  })
  await platform.json(204, 'DELETE', '/platform/texts/en/inbox.title')
  assert.deepEqual((await house.browser().json<{ texts: object }>(200, 'GET', '/texts/en')).texts, {})
})

test('[S63] [SEC-09] the platform may add to its log and to nothing of a tenant, and rewrites neither', async () => {
  const run = (text: string) => house.deps.platform!.run((tx) => tx.rows({ text, values: [], name: text }))
  for (const text of [
    'update platform.audit_log set action = action',
    'delete from platform.audit_log',
    'select * from messages',
    'select * from contacts',
    'select settings from tenants',
    'delete from tenants',
    'select person_id from memberships',
    "update support_grants set expires_at = now() + '1 year'",
    'insert into support_grants (id) values (gen_random_uuid())',
  ]) {
    await assert.rejects(run(text), /permission denied/, text)
  }
  const people = (await run('select email from people')) as { email: string }[]
  assert.ok(
    people.every(({ email }) => email === platform.email),
    'only its own administrators',
  )
})

test('[UX-02] whoever belongs to no tenant chooses a language too, and one for each panel', async () => {
  const person = await house.administrator()
  await house.admin('delete from memberships where person_id = $1', [person.personId])
  await house.admin('update auth.session set "tenantId" = null where "userId" = $1', [person.personId])
  const preferences = { locale_platform: 'ar' }
  const me = await person.json<{ person: object; tenant: null }>(200, 'PATCH', '/me', { locale: 'en', preferences })
  assert.partialDeepStrictEqual(me, { tenant: null, person: { locale: 'en', preferences } })
  assert.equal((await person.request('PATCH', '/me', { availability: 'online' })).status, 403)
})
