import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wishFirstNumber } from '#infra/db/stores/first-numbers.ts'
import { ORIGIN, openHouse, PASSWORD } from './house.ts'

const house = await openHouse()

test('[SEC-04] [PERF-11] a sign-up makes a complete workspace at once, and its owner stands in it', async () => {
  const startedAt = performance.now()
  const owner = await house.owner('Brightside Bikes')
  assert.ok(performance.now() - startedAt < 30_000)
  const me = await owner.json<{
    tenant: { name: string; timeZone: string }
    role: { key: string }
    permissions: string[]
    tenants: unknown[]
  }>(200, 'GET', '/me')
  assert.equal(me.tenant.name, 'Brightside Bikes')
  assert.equal(me.role.key, 'owner')
  assert.ok(me.permissions.includes('tenant.own'))
  assert.equal(me.tenants.length, 1)
  const { items: roles } = await owner.json<{ items: { key: string; builtIn: boolean }[] }>(200, 'GET', '/roles')
  assert.deepEqual(
    roles.map(({ key }) => key),
    ['owner', 'admin', 'supervisor', 'agent', 'viewer'],
  )
  const calendars = await owner.json<{ items: { isDefault: boolean; week: unknown[] }[] }>(200, 'GET', '/calendars')
  assert.equal(calendars.items.length, 1)
  assert.equal(calendars.items[0]!.week.length, 5)
})

test('[SEC-04] a workspace that cannot be made leaves nothing: the same address signs up again', async () => {
  let broken = true
  const fill = async () => {
    if (broken) throw new Error('no number left')
  }
  const other = await openHouse({ deps: { provisionWorkspace: [fill] } })
  const body = { name: 'Ann', email: 'ann@house.test', password: PASSWORD, tenantName: 'A' }
  const refused = await other.browser().request('POST', '/auth/sign-up', body)
  assert.equal(refused.status, 500)
  assert.equal(refused.headers.getSetCookie().length, 0)
  assert.deepEqual(await other.admin('select id from tenants'), [])
  assert.deepEqual(await other.admin('select id from people'), [])
  broken = false
  assert.equal((await other.browser().request('POST', '/auth/sign-up', body)).status, 201)
})

test('whoever makes a workspace may be gone before it has its number: that it is to get one is written down with it', async () => {
  const workspaceReady = () => Promise.reject(new Error('killed'))
  const other = await openHouse({ deps: { provisionWorkspace: [wishFirstNumber], workspaceReady } })
  const administrator = await other.administrator()
  const tenant = { name: 'B', ownerEmail: 'b@house.test', locale: 'en', timeZone: 'UTC' }
  const made = await administrator.json<{ id: string }>(201, 'POST', '/platform/tenants', tenant)
  await other.background.settled()
  const wishes = await other.admin<{ tenant_id: string }>('select tenant_id from first_numbers order by tenant_id')
  assert.deepEqual(
    wishes.map(({ tenant_id: id }) => id),
    [administrator.tenantId, made.id].sort(),
  )
})

test('[SEC-03] signing in opens a session in the tenant; signing out ends it at once', async () => {
  const owner = await house.owner()
  const browser = house.browser()
  assert.equal((await browser.request('GET', '/me')).status, 401)
  const answer = await browser.json(200, 'POST', '/auth/sign-in', {
    email: owner.email.toUpperCase(),
    password: PASSWORD,
  })
  assert.deepEqual(answer, { state: 'signed_in' })
  const cookies = new Map(browser.cookies)
  assert.equal((await browser.request('GET', '/me')).status, 200)
  assert.equal((await browser.request('GET', '/members')).status, 200)
  assert.equal((await browser.request('POST', '/auth/sign-out')).status, 204)
  browser.cookies = cookies
  assert.equal((await browser.request('GET', '/me')).status, 401)
})

test('[S51] the token in the cookie is new at each sign-in, and the database holds only its hash', async () => {
  const owner = await house.owner()
  const browser = house.browser()
  browser.cookies.set('holdfast.session_token', 'fixed-by-somebody-else')
  await browser.json(200, 'POST', '/auth/sign-in', { email: owner.email, password: PASSWORD })
  const [first] = [...browser.cookies.values()]
  assert.notEqual(first, 'fixed-by-somebody-else')
  await browser.json(200, 'POST', '/auth/sign-in', { email: owner.email, password: PASSWORD })
  assert.notEqual([...browser.cookies.values()][0], first)
  const token = decodeURIComponent(first!).split('.')[0]
  const rows = await house.admin<{ token: string }>('select token from auth.session')
  assert.ok(rows.length >= 3)
  assert.ok(rows.every((row) => row.token !== token && /^[0-9a-f]{64}$/.test(row.token)))
})

test('[S61] a cookie that was not signed by the house signs nobody in', async () => {
  const owner = await house.owner()
  const [[name, good]] = [...owner.cookies] as [[string, string]]
  const [token, signature] = decodeURIComponent(good).split('.') as [string, string]
  const [{ hash }] = (await house.admin<{ hash: string }>(
    `select token as hash from auth.session where "userId" = $1`,
    [owner.personId],
  )) as [{ hash: string }]
  for (const forged of [
    token,
    `${token}.`,
    `${token}.AAAA${signature.slice(4)}`,
    `${hash}.${signature}`,
    '%',
    '.',
    'x.y.z',
  ]) {
    const browser = house.browser()
    browser.cookies.set(name, encodeURIComponent(forged))
    assert.equal((await browser.request('GET', '/me')).status, 401, forged)
  }
})

test('[S59] [S51] a reset is answered alike for everybody; used once, it ends every session', async () => {
  const owner = await house.owner()
  const answers = await Promise.all(
    [owner.email, 'nobody@house.test'].map(async (email) => {
      const response = await house.browser().request('POST', '/auth/password/forgot', { email })
      return [response.status, await response.text()]
    }),
  )
  assert.deepEqual(answers[0], answers[1])
  assert.deepEqual(answers[0], [202, ''])
  await house.background.settled()
  assert.ok(!house.mails.some(({ to }) => to === 'nobody@house.test'))
  const mail = house.mails.findLast(({ to }) => to === owner.email)!
  assert.match(mail.text, new RegExp(`${ORIGIN}/reset-password#`))
  const token = mail.text.match(/#(\S+)/)![1]!
  const stored = await house.admin<{ identifier: string }>('select identifier from auth.verification')
  assert.ok(stored.every(({ identifier }) => !identifier.includes(token)))

  const browser = house.browser()
  assert.equal((await owner.request('GET', '/me')).status, 200)
  await browser.json(204, 'POST', '/auth/password/reset', { token, password: 'a whole new password' })
  assert.equal((await owner.request('GET', '/me')).status, 401)
  assert.equal(
    (await browser.request('POST', '/auth/password/reset', { token, password: 'and once more' })).status,
    422,
  )
  assert.equal((await browser.request('POST', '/auth/sign-in', { email: owner.email, password: PASSWORD })).status, 401)
  await browser.json(200, 'POST', '/auth/sign-in', { email: owner.email, password: 'a whole new password' })
})

test('[S62] passwords of 64 letters in any script are taken, beyond 256 they are refused unhashed', async () => {
  const body = { name: 'Ünal', email: 'unal@house.test', tenantName: 'Ü' }
  const long = 'قهوة الصباح في نيروبي، '.repeat(4).slice(0, 64)
  await house.browser().json(201, 'POST', '/auth/sign-up', { ...body, password: long })
  await house.browser().json(200, 'POST', '/auth/sign-in', { email: body.email, password: long })
  for (const password of ['x'.repeat(257), 'x'.repeat(100_000), 'short']) {
    const made = await house.browser().request('POST', '/auth/sign-up', { ...body, email: 'b@house.test', password })
    assert.equal(made.status, 422)
  }
  const tried = await house.browser().request('POST', '/auth/sign-in', { email: body.email, password: 'x'.repeat(257) })
  assert.equal(tried.status, 422)
  const huge = await house
    .browser()
    .request('POST', '/auth/sign-in', { email: body.email, password: 'x'.repeat(1_000_000) })
  assert.equal(huge.status, 413)
})

test('a person sees where they are signed in, and ends one of those sessions but nobody else’s', async () => {
  const owner = await house.owner()
  const second = house.browser()
  await second.json(200, 'POST', '/auth/sign-in', { email: owner.email, password: PASSWORD })
  const { items } = await owner.json<{ items: { id: string; current: boolean }[] }>(200, 'GET', '/auth/sessions')
  assert.equal(items.length, 2)
  const other = items.find(({ current }) => !current)!
  const stranger = await house.owner()
  assert.equal((await stranger.request('DELETE', `/auth/sessions/${other.id}`)).status, 404)
  assert.equal((await second.request('GET', '/me')).status, 200)
  await owner.json(204, 'DELETE', `/auth/sessions/${other.id}`)
  assert.equal((await second.request('GET', '/me')).status, 401)
})

test('[S57] guesses at one account stop after five, also when they all come at once', async () => {
  const strict = await openHouse({ limits: { signInPair: { max: 5, windowSeconds: 900 } } })
  const owner = await strict.owner()
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      strict.browser().request('POST', '/auth/sign-in', { email: owner.email, password: 'guess guess' }),
    ),
  )
  const statuses = answers.map(({ status }) => status)
  assert.equal(statuses.filter((status) => status === 401).length, 5)
  assert.equal(statuses.filter((status) => status === 429).length, 15)
  assert.ok(Number(answers.find(({ status }) => status === 429)!.headers.get('retry-after')) > 0)
  const correct = await strict.browser().request('POST', '/auth/sign-in', { email: owner.email, password: PASSWORD })
  assert.equal(correct.status, 429)
  await strict.admin('delete from auth.attempts')
  await strict.browser().json(200, 'POST', '/auth/sign-in', { email: owner.email, password: PASSWORD })
})

test('[S51] a changed password opens a new session in the same tenant and ends the others; a wrong one changes nothing', async () => {
  const owner = await house.owner()
  const second = house.browser()
  await second.json(200, 'POST', '/auth/sign-in', { email: owner.email, password: PASSWORD })
  const wrong = await owner.request('POST', '/auth/password/change', {
    current: 'not this one',
    password: 'another one 1',
  })
  assert.equal(wrong.status, 422)
  assert.equal(((await wrong.json()) as { errors: { path: string }[] }).errors[0]!.path, '/current')
  const before = [...owner.cookies.values()]
  await owner.json(204, 'POST', '/auth/password/change', { current: PASSWORD, password: 'another one 1' })
  assert.notDeepEqual([...owner.cookies.values()], before)
  assert.equal((await second.request('GET', '/me')).status, 401)
  const me = await owner.json<{ tenant: { id: string } }>(200, 'GET', '/me')
  assert.equal(me.tenant.id, owner.tenantId)
})
