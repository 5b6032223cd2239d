import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditLeftActs } from '#api/account-audit.ts'
import { signIn, withApp } from '../attacks/house.ts'
import { SoftAuthenticator } from '../support/authenticator.ts'
import { type Browser, ORIGIN, openHouse, PASSWORD } from './house.ts'

const house = await openHouse()

type Line = { action: string; actor: { kind: string; id: string }; subject: { id: string }; detail: object }
const NEW_PASSWORD = 'a whole new password'

/** Lets somebody who has an account into a further tenant. */
async function joins(person: Browser, host: Browser): Promise<void> {
  const { items } = await host.json<{ items: { id: string; key: string }[] }>(200, 'GET', '/roles')
  const roleId = items.find(({ key }) => key === 'agent')!.id
  await host.json(201, 'POST', '/invitations', { email: person.email, roleId })
  await house.background.settled()
  const token = house.mails.findLast(({ to }) => to === person.email)!.text.match(/#(\S+)/)![1]
  await person.json(200, 'POST', '/invitations/accept', { token })
}

async function resetPassword(email: string): Promise<void> {
  await house.browser().json(202, 'POST', '/auth/password/forgot', { email })
  await house.background.settled()
  const token = house.mails.findLast(({ to }) => to === email)!.text.match(/reset-password#(\S+)/)![1]
  await house.browser().json(204, 'POST', '/auth/password/reset', { token, password: NEW_PASSWORD })
}

const aboutAccounts = (lines: Line[]) =>
  lines.filter(({ action }) => /^auth\.(?!sign_in|sign_out|confirm)/.test(action)).reverse()

test('[SEC-09] [SEC-08] what somebody does to their own account stands in the log of each tenant it opens', async () => {
  const [person, host, stranger] = [await house.administrator(), await house.owner(), await house.owner()]
  const home = (await person.json<{ tenant: { id: string } }>(200, 'GET', '/me')).tenant.id
  await joins(person, host)
  await person.json(200, 'PUT', '/me/tenant', { tenantId: home })

  const elsewhere = await signIn(house, person.email)
  await signIn(house, person.email)
  const { items } = await elsewhere.json<{ items: { id: string; current: boolean }[] }>(200, 'GET', '/auth/sessions')
  await person.json(204, 'DELETE', `/auth/sessions/${items.find(({ current }) => current)!.id}`)
  await person.json(200, 'POST', '/auth/sessions/end-others')
  await withApp(person)
  const authenticator = new SoftAuthenticator(ORIGIN)
  const options = await person.json<{ challenge: string }>(200, 'POST', '/auth/second-factors/passkeys/options')
  const body = { name: 'Laptop', passkey: authenticator.make(options) }
  const made = await person.json<{ passkey: { id: string } }>(201, 'POST', '/auth/second-factors/passkeys', body)
  const passkey = `/auth/second-factors/passkeys/${made.passkey.id}`
  await person.json(200, 'PATCH', passkey, { name: 'Old laptop' })
  await person.json(200, 'POST', '/auth/second-factors/recovery-codes')
  await person.json(204, 'DELETE', passkey)
  await person.json(204, 'DELETE', '/auth/second-factors/totp')
  await person.json(204, 'POST', '/auth/password/change', { current: PASSWORD, password: 'quite another password' })
  await resetPassword(person.email)

  const expected = [
    'auth.end_session',
    'auth.end_sessions',
    'auth.totp_on',
    'auth.passkey_on',
    'auth.passkey_rename',
    'auth.recovery_codes',
    'auth.passkey_off',
    'auth.totp_off',
    'auth.password_change',
    'auth.password_reset',
  ]
  const back = await signIn(house, person.email, NEW_PASSWORD)
  for (const reader of [back, host]) {
    const lines = (await reader.json<{ items: Line[] }>(200, 'GET', '/audit?limit=100')).items
    const acts = aboutAccounts(lines)
    assert.deepEqual(
      acts.map(({ action }) => action),
      expected,
    )
    for (const { actor, subject } of acts) {
      assert.deepEqual([actor.kind, actor.id, subject.id], ['person', person.personId, person.personId])
    }
    assert.ok(!JSON.stringify(acts).includes('laptop'), 'what was done, and not with what')
  }
  const ofPlatform = (await back.json<{ items: Line[] }>(200, 'GET', '/platform/audit')).items
  assert.deepEqual(
    aboutAccounts(ofPlatform).map(({ action }) => action),
    expected,
  )
  const theirs = (await stranger.json<{ items: Line[] }>(200, 'GET', '/audit')).items
  assert.deepEqual(aboutAccounts(theirs), [])
})

test('[SEC-09] a session begins and ends in the log of the tenant it is in, and a wrong password writes nothing', async () => {
  const owner = await house.owner()
  const again = await signIn(house, owner.email)
  await again.json(204, 'POST', '/auth/sign-out')
  const wrong = { current: 'not the password', password: 'quite another password' }
  await owner.json(204, 'POST', '/auth/confirm', { password: PASSWORD })
  assert.equal((await owner.request('POST', '/auth/password/change', wrong)).status, 422)
  const lines = (await owner.json<{ items: Line[] }>(200, 'GET', '/audit')).items
  assert.deepEqual(
    lines.filter(({ action }) => action.startsWith('auth.')).map(({ action }) => action),
    ['auth.confirm', 'auth.sign_out', 'auth.sign_in'],
  )
})

test('[SEC-09] an act whose log cannot be written now, or whose process dies over it, is told to the log later, and once', async () => {
  const owner = await house.owner()
  await house.admin('revoke insert on audit_log from holdfast_app')
  try {
    await owner.json(204, 'POST', '/auth/password/change', { current: PASSWORD, password: 'quite another password' })
    await resetPassword(owner.email)
  } finally {
    await house.admin('grant insert on audit_log to holdfast_app')
  }
  // As if the process had died before it could tell anybody.
  await house.deps.auth.factors.newRecoveryCodes(owner.personId, { act: 'own' })
  const back = await signIn(house, owner.email, NEW_PASSWORD)
  const acts = async () => aboutAccounts((await back.json<{ items: Line[] }>(200, 'GET', '/audit')).items)
  await auditLeftActs(house.deps)
  assert.deepEqual(await acts(), [], 'a process may still be at it')
  await house.admin(`update auth.account_acts set at = at - interval '2 minutes'`)
  for (let round = 0; round < 2; round += 1) await auditLeftActs(house.deps)
  assert.deepEqual(
    (await acts()).map(({ action }) => action),
    ['auth.password_change', 'auth.password_reset', 'auth.recovery_codes'],
  )
})
