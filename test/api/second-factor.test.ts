import assert from 'node:assert/strict'
import { test } from 'node:test'
import { totpCode, totpStep } from '#infra/auth/totp.ts'
import { SoftAuthenticator } from '../support/authenticator.ts'
import { type Browser, ORIGIN, openHouse, PASSWORD } from './house.ts'

const clock = { aheadMs: 0, nowMs: () => Date.now() + clock.aheadMs }
const house = await openHouse({ deps: { clock }, limits: { secondFactor: { max: 5, windowSeconds: 900 } } })

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
function bytesOf(secret: string): Buffer {
  const bits = [...secret].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

/** An authenticator app: each code it shows is one step later than the last, so none is shown twice. */
class App {
  readonly #secret: Buffer
  constructor(secret: string) {
    this.#secret = bytesOf(secret)
  }
  next(): string {
    clock.aheadMs += 30_000
    return this.now()
  }
  now(offset = 0): string {
    return totpCode(this.#secret, totpStep(clock.nowMs()) + offset)
  }
}

async function enrol(browser: Browser): Promise<{ app: App; codes: string[] }> {
  await browser.json(204, 'POST', '/auth/confirm', { password: PASSWORD })
  const { secret } = await browser.json<{ secret: string }>(200, 'POST', '/auth/second-factors/totp')
  const app = new App(secret)
  const on = await browser.json<{ recoveryCodes: string[] }>(200, 'POST', '/auth/second-factors/totp/confirm', {
    code: app.now(),
  })
  return { app, codes: on.recoveryCodes }
}

async function passwordOnly(email: string): Promise<Browser> {
  const browser = house.browser()
  const answer = await browser.json<{ state: string }>(200, 'POST', '/auth/sign-in', { email, password: PASSWORD })
  assert.equal(answer.state, 'second_factor_required')
  return browser
}

const statusOf = async (browser: Browser, body: unknown) =>
  (await browser.request('POST', '/auth/second-factor', body)).status

test('[SEC-08] with an authenticator app, a password alone signs nobody in, and a code does', async () => {
  const owner = await house.owner()
  const { app, codes } = await enrol(owner)
  assert.equal(new Set(codes).size, 10)
  const browser = house.browser()
  const answer = await browser.json(200, 'POST', '/auth/sign-in', { email: owner.email, password: PASSWORD })
  assert.deepEqual(answer, { state: 'second_factor_required', methods: ['totp', 'recovery'] })
  assert.ok(![...browser.cookies.keys()].some((name) => name.includes('session')))
  assert.equal((await browser.request('GET', '/me')).status, 401)
  assert.equal(await statusOf(browser, { code: '000000' }), 401)
  await browser.json(200, 'POST', '/auth/second-factor', { code: app.next() })
  const me = await browser.json<{ secondFactor: object; tenant: { id: string } }>(200, 'GET', '/me')
  assert.deepEqual(me.secondFactor, { on: true, required: false })
  assert.equal(me.tenant.id, owner.tenantId)
})

test('[S52] a code is good once: the same code, and an older one, are refused, at once and side by side', async () => {
  const owner = await house.owner()
  const { app } = await enrol(owner)
  const seen = app.now()
  assert.equal(await statusOf(await passwordOnly(owner.email), { code: seen }), 401, 'the code that switched it on')
  const code = app.next()
  const browsers = [await passwordOnly(owner.email), await passwordOnly(owner.email), await passwordOnly(owner.email)]
  const answers = await Promise.all(browsers.map((browser) => statusOf(browser, { code })))
  assert.deepEqual(answers.sort(), [200, 401, 401])
  assert.equal(await statusOf(await passwordOnly(owner.email), { code: app.now(-1) }), 401, 'the one before')
})

test('[S52] five guesses a quarter of an hour are judged, however many come at once and over how many sign-ins', async () => {
  const owner = await house.owner()
  const { app, codes } = await enrol(owner)
  const waits = [await passwordOnly(owner.email), await passwordOnly(owner.email), await passwordOnly(owner.email)]
  const guess = (_: unknown, index: number) => statusOf(waits[index % 3]!, { code: String(index).padStart(6, '0') })
  const guesses = await Promise.all(Array.from({ length: 25 }, guess))
  assert.equal(guesses.filter((status) => status === 401).length, 5)
  assert.equal(guesses.filter((status) => status === 429).length, 20)
  const browser = await passwordOnly(owner.email)
  assert.equal(await statusOf(browser, { code: app.next() }), 429, 'the right code comes too late as well')
  assert.equal(await statusOf(browser, { recoveryCode: codes[0] }), 429)
  assert.equal(await statusOf(browser, {}), 422)
  assert.equal(await statusOf(browser, { code: '123456', recoveryCode: codes[0] }), 422)
})

test('[SEC-08] a recovery code opens once, however it is typed; new ones end the old; the table holds hashes', async () => {
  const owner = await house.owner()
  const { codes } = await enrol(owner)
  const browser = await passwordOnly(owner.email)
  await browser.json(200, 'POST', '/auth/second-factor', { recoveryCode: codes[0]!.toUpperCase().replaceAll('-', ' ') })
  assert.equal(await statusOf(await passwordOnly(owner.email), { recoveryCode: codes[0] }), 401)
  const { recoveryCodesLeft } = await browser.json<{ recoveryCodesLeft: number }>(200, 'GET', '/auth/second-factors')
  assert.equal(recoveryCodesLeft, 9)
  const fresh = await browser.json<{ recoveryCodes: string[] }>(200, 'POST', '/auth/second-factors/recovery-codes')
  assert.equal(await statusOf(await passwordOnly(owner.email), { recoveryCode: codes[1] }), 401)
  assert.equal(await statusOf(await passwordOnly(owner.email), { recoveryCode: fresh.recoveryCodes[1] }), 200)
  const stored = JSON.stringify(await house.admin('select * from auth.recovery_codes'))
  assert.ok(!fresh.recoveryCodes.some((code) => stored.includes(code) || stored.includes(code.replaceAll('-', ''))))
})

test('[S51] switching a second factor on or off ends every other session and gives this one a new token', async () => {
  const owner = await house.owner()
  const elsewhere = house.browser()
  await elsewhere.json(200, 'POST', '/auth/sign-in', { email: owner.email, password: PASSWORD })
  const before = new Map(owner.cookies)
  const { app } = await enrol(owner)
  assert.equal((await elsewhere.request('GET', '/me')).status, 401)
  const stolen = Object.assign(house.browser(), { cookies: before })
  assert.equal((await stolen.request('GET', '/me')).status, 401)
  const second = await passwordOnly(owner.email)
  await second.json(200, 'POST', '/auth/second-factor', { code: app.next() })
  await owner.json(204, 'DELETE', '/auth/second-factors/totp')
  assert.equal((await second.request('GET', '/me')).status, 401)
  assert.equal((await owner.request('GET', '/me')).status, 200)
  const browser = house.browser()
  const answer = await browser.json(200, 'POST', '/auth/sign-in', { email: owner.email, password: PASSWORD })
  assert.deepEqual(answer, { state: 'signed_in' })
})

test('[S53] neither a new password nor a waiting cookie of somebody else gets past the second factor', async () => {
  const [owner, other] = [await house.owner(), await house.owner()]
  const { app } = await enrol(owner)
  const theirs = await enrol(other)
  const waiting = await passwordOnly(owner.email)
  assert.equal(await statusOf(waiting, { code: theirs.app.next() }), 401, "another person's code")
  assert.equal(await statusOf(house.browser(), { code: app.next() }), 401, 'nothing waits')
  await house.browser().json(202, 'POST', '/auth/password/forgot', { email: owner.email })
  await house.background.settled()
  const token = house.mails.findLast(({ to }) => to === owner.email)!.text.match(/#(\S+)/)![1]
  await house.browser().json(204, 'POST', '/auth/password/reset', { token, password: 'an entirely new one' })
  assert.equal(await statusOf(waiting, { code: app.next() }), 401, 'what waited by the old password is over')
  const browser = house.browser()
  const answer = await browser.json<{ state: string }>(200, 'POST', '/auth/sign-in', {
    email: owner.email,
    password: 'an entirely new one',
  })
  assert.equal(answer.state, 'second_factor_required')
})

test('[SEC-08] a sensitive change needs proof of the last minutes, and from who has a second factor that one', async () => {
  const owner = await house.owner()
  const elevenMinutesPass = () =>
    house.admin(
      `update auth.session set "createdAt" = now() - interval '11 minutes', "confirmedAt" = now() - interval '11 minutes'
       where "userId" = $1`,
      [owner.personId],
    )
  await elevenMinutesPass()
  const stale = await owner.request('POST', '/auth/second-factors/totp')
  assert.equal(stale.status, 403)
  assert.equal(((await stale.json()) as { code: string }).code, 'confirmation_required')
  assert.equal((await owner.request('POST', '/auth/confirm', { password: 'not this one' })).status, 401)
  const { app } = await enrol(owner)
  await elevenMinutesPass()
  assert.equal((await owner.request('DELETE', '/auth/second-factors/totp')).status, 403)
  assert.equal((await owner.request('POST', '/auth/confirm', { password: PASSWORD })).status, 401, 'not by password')
  await owner.json(204, 'POST', '/auth/confirm', { code: app.next() })
  await owner.json(204, 'DELETE', '/auth/second-factors/totp')
})

async function addPasskey(browser: Browser, authenticator = new SoftAuthenticator(ORIGIN)) {
  await browser.json(204, 'POST', '/auth/confirm', { password: PASSWORD })
  const options = await browser.json<{ challenge: string }>(200, 'POST', '/auth/second-factors/passkeys/options')
  const body = { name: 'Laptop', passkey: authenticator.make(options) }
  const made = await browser.json<{ passkey: { id: string }; recoveryCodes: string[] | null }>(
    201,
    'POST',
    '/auth/second-factors/passkeys',
    body,
  )
  return { authenticator, ...made, body }
}

test('[SEC-08] a passkey is a second factor, and signs in alone; each challenge is answered once', async () => {
  const owner = await house.owner()
  const { authenticator, recoveryCodes } = await addPasskey(owner)
  assert.equal(recoveryCodes?.length, 10)
  const browser = house.browser()
  const answer = await browser.json(200, 'POST', '/auth/sign-in', { email: owner.email, password: PASSWORD })
  assert.deepEqual(answer, { state: 'second_factor_required', methods: ['passkey', 'recovery'] })
  const asked = await browser.json<{ challenge: string }>(200, 'POST', '/auth/second-factor/passkey-options')
  await browser.json(200, 'POST', '/auth/second-factor', { passkey: authenticator.prove(asked) })
  assert.equal((await browser.request('GET', '/me')).status, 200)

  const alone = house.browser()
  const options = await alone.json<{ challenge: string }>(200, 'POST', '/auth/passkey/options')
  const proof = authenticator.prove(options)
  await alone.json(200, 'POST', '/auth/passkey', proof)
  const me = await alone.json<{ person: { id: string } }>(200, 'GET', '/me')
  assert.equal(me.person.id, owner.personId)
  const again = Object.assign(house.browser(), { cookies: new Map(alone.cookies) })
  assert.equal((await again.request('POST', '/auth/passkey', proof)).status, 401, 'the same answer again')
})

test('[S52] a passkey of another site, of another person, without its owner, or with an older counter opens nothing', async () => {
  const [owner, other] = [await house.owner(), await house.owner()]
  const { authenticator, body } = await addPasskey(owner)
  const theirs = await addPasskey(other)
  const attempt = async (change: (key: SoftAuthenticator) => SoftAuthenticator) => {
    const browser = house.browser()
    const options = await browser.json<{ challenge: string }>(200, 'POST', '/auth/passkey/options')
    const key = change(authenticator)
    const answer = await browser.request('POST', '/auth/passkey', key.prove(options))
    return answer.status
  }
  const like = (change: Partial<SoftAuthenticator>) => (key: SoftAuthenticator) =>
    Object.defineProperties(
      key,
      Object.fromEntries(
        Object.entries(change).map(([name, value]) => [name, { value, writable: true, configurable: true }]),
      ),
    )
  assert.equal(await attempt(like({})), 200)
  assert.equal(await attempt(like({ origin: 'http://evil.test' })), 401)
  assert.equal(await attempt(like({ origin: ORIGIN, flags: 0x01 })), 401, 'nobody touched or unlocked it')
  assert.equal(await attempt(like({ flags: 0x05, counter: 0 })), 401, 'a copy that counts from the start')
  assert.equal(await attempt(like({ counter: 50 })), 200)
  const waiting = await passwordOnly(owner.email)
  const options = await waiting.json<{ challenge: string }>(200, 'POST', '/auth/second-factor/passkey-options')
  assert.equal(await statusOf(waiting, { passkey: theirs.authenticator.prove(options) }), 401)
  const twice = await owner.request('POST', '/auth/second-factors/passkeys', body)
  assert.equal(twice.status, 422, 'a challenge that was answered')
  assert.equal(
    (await other.request('DELETE', `/auth/second-factors/passkeys/${(await listOf(owner))[0]!.id}`)).status,
    404,
  )
})

const listOf = async (browser: Browser) =>
  (await browser.json<{ passkeys: { id: string; name: string }[] }>(200, 'GET', '/auth/second-factors')).passkeys

test('[SEC-08] a tenant asks a second factor of all or of administrators, and nothing else comes before it', async () => {
  const owner = await house.owner()
  const agent = await house.member(owner, 'agent')
  const admin = await house.member(owner, 'admin')
  const demand = (secondFactor: string) => owner.request('PUT', '/tenant/security', { secondFactor })
  assert.equal((await demand('all')).status, 409, 'first for oneself')
  await enrol(owner)
  assert.equal((await demand('admins')).status, 200)
  const refused = await admin.request('GET', '/members')
  assert.equal(refused.status, 403)
  assert.equal(((await refused.json()) as { code: string }).code, 'second_factor_missing')
  assert.equal((await agent.request('GET', '/members')).status, 200)
  assert.equal((await demand('all')).status, 200)
  assert.equal((await agent.request('GET', '/members')).status, 403)
  const me = await agent.json<{ secondFactor: object }>(200, 'GET', '/me')
  assert.deepEqual(me.secondFactor, { on: false, required: true })
  await enrol(agent)
  assert.equal((await agent.request('GET', '/members')).status, 200)
  assert.equal((await agent.request('PUT', '/tenant/security', { secondFactor: 'optional' })).status, 403)
})

test('[SEC-08] a tenant that asks a second factor asks it of administrators of the platform too, whom its owner lets in', async () => {
  const owner = await house.owner()
  const inside = await house.administrator()
  await owner.json(200, 'PUT', '/support-access', { scope: 'read', reason: 'A look', hours: 1 })
  const enter = () => inside.json(204, 'POST', `/platform/tenants/${owner.tenantId}/enter`)
  await enter()
  assert.equal((await inside.request('GET', '/members')).status, 200, 'where nobody is asked, they are not either')
  await enrol(owner)
  for (const secondFactor of ['admins', 'all']) {
    await owner.json(200, 'PUT', '/tenant/security', { secondFactor })
    const refused = await inside.request('GET', '/members')
    assert.equal(refused.status, 403, secondFactor)
    assert.equal(((await refused.json()) as { code: string }).code, 'second_factor_missing')
  }
  const me = await inside.json<{ secondFactor: object }>(200, 'GET', '/me')
  assert.deepEqual(me.secondFactor, { on: false, required: true })
  await enrol(inside)
  // Their session is a new one, and in no tenant.
  await enter()
  assert.equal((await inside.request('GET', '/members')).status, 200)
})

test('[SEC-06] the secret of an authenticator app lies sealed, and for its person only', async () => {
  const owner = await house.owner()
  await owner.json(204, 'POST', '/auth/confirm', { password: PASSWORD })
  const { secret, uri } = await owner.json<{ secret: string; uri: string }>(200, 'POST', '/auth/second-factors/totp')
  assert.ok(uri.includes(secret) && uri.startsWith('otpauth://totp/Holdfast:'))
  const [row] = await house.admin<{ secret: Buffer }>('select secret from auth.totp_secrets where person_id = $1', [
    owner.personId,
  ])
  const raw = bytesOf(secret)
  assert.ok(!row!.secret.includes(raw) && !row!.secret.includes(Buffer.from(raw.toString('base64'))))
})
