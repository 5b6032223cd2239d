import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse, PASSWORD } from './house.ts'

const house = await openHouse()
const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36'
type Sessions = { items: { id: string; current: boolean; userAgent: string; address: string; lastUsedAt: string }[] }

const signIn = (browser: ReturnType<typeof house.browser>, email: string) =>
  browser.request('POST', '/auth/sign-in', { email, password: PASSWORD }, { 'user-agent': CHROME })

test('[S51] somebody sees where they are signed in and when it was last used, and ends one or all others at once', async () => {
  const owner = await house.owner()
  const [phone, laptop, stranger] = [house.browser(), house.browser(), await house.owner()]
  for (const browser of [phone, laptop]) assert.equal((await signIn(browser, owner.email)).status, 200)
  const list = async () => (await owner.json<Sessions>(200, 'GET', '/auth/sessions')).items
  const seen = await list()
  assert.equal(seen.length, 3)
  assert.equal(seen.filter(({ current }) => current).length, 1)
  assert.ok(seen.some(({ userAgent }) => userAgent === CHROME))
  const earlier = `update auth.session set "createdAt" = now() - interval '1 day' where "userId" = $1`
  await house.admin(earlier, [owner.personId])
  const before = (await list()).find(({ current }) => !current)!
  assert.ok(Date.parse(before.lastUsedAt) < Date.now() - 3_600_000, 'not used since')
  assert.equal((await phone.request('GET', '/me')).status, 200)
  const one = seen.find(({ current }) => !current)!
  assert.equal((await stranger.request('DELETE', `/auth/sessions/${one.id}`)).status, 404)
  await owner.json(204, 'DELETE', `/auth/sessions/${one.id}`)
  const statuses = await Promise.all(
    [phone, laptop].map(async (browser) => (await browser.request('GET', '/me')).status),
  )
  assert.deepEqual(statuses.sort(), [200, 401])
  assert.deepEqual(await owner.json(200, 'POST', '/auth/sessions/end-others'), { ended: 1 })
  for (const browser of [phone, laptop]) assert.equal((await browser.request('GET', '/me')).status, 401)
  assert.equal((await owner.request('GET', '/me')).status, 200)
  assert.equal((await stranger.request('GET', '/me')).status, 200)
})

test('a sign-in with a device that was never seen is told by mail, one with a known device is not', async () => {
  const owner = await house.owner()
  const alerts = () => house.mails.filter(({ to, subject }) => to === owner.email && /sign-in/.test(subject))
  const other = house.browser()
  assert.equal((await signIn(other, owner.email)).status, 200)
  await house.background.settled()
  assert.equal(alerts().length, 1)
  assert.match(alerts()[0]!.text, /Chrome, Windows/)
  assert.ok(!alerts()[0]!.text.includes(PASSWORD))
  for (const browser of [other, owner]) {
    await browser.json(204, 'POST', '/auth/sign-out')
    assert.equal((await signIn(browser, owner.email)).status, 200)
  }
  await house.background.settled()
  assert.equal(alerts().length, 1, 'both have been seen')
  const forged = house.browser()
  forged.cookies.set('holdfast.device', 'x'.repeat(43))
  assert.equal((await signIn(forged, owner.email)).status, 200)
  await house.background.settled()
  assert.equal(alerts().length, 2)
})

test('[S62] passwords that thieves try first, or that say who one is, are refused wherever one is chosen', async () => {
  const codeOf = async (response: Response) =>
    ((await response.json()) as { errors: { path: string; code: string }[] }).errors[0]
  const account = { name: 'Amara Okafor', email: 'amara@sessions.test', tenantName: 'Kahawa' }
  for (const [password, code] of [
    ['Password12345', 'password_common'],
    ['amara.okafor1', 'password_personal'],
  ]) {
    const response = await house.browser().request('POST', '/auth/sign-up', { ...account, password })
    assert.equal(response.status, 422)
    assert.deepEqual((await codeOf(response))?.code, code)
  }
  const owner = await house.owner()
  const changed = await owner.request('POST', '/auth/password/change', { current: PASSWORD, password: 'Qwertyuiop1' })
  assert.equal((await codeOf(changed))?.path, '/password')
  assert.equal((await signIn(house.browser(), owner.email)).status, 200, 'the old one still holds')
})
