import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { Me } from '#domain/people/schema.ts'
import { totpCode, totpStep } from '#infra/auth/totp.ts'
import { openBrowser } from '../support/browser.ts'
import { startHouse, type TestHouse } from '../support/house.ts'
import { barriersOf } from './axe.ts'
import { fillByKeyboard, openDesk } from './desk.ts'

let house: TestHouse
let browser: Browser
/** The pages of the owner, of an agent with a passkey, and of whoever runs the installation. */
let owner: Page
let agent: Page
let platform: Page
let secret = ''
let recoveryCodes: string[] = []

before(async () => {
  house = await startHouse()
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await house?.stop()
})

const app = (path: string) => `${house.endpoints().app}${path}`
const personOf = (role: string) => house.endpoints().demo.find((one) => one.role === role)!
const barriers: string[] = []
const lookForBarriers = async (page: Page) => void barriers.push(...(await barriersOf(page)))
const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 }).waitFor()
const me = async (page: Page): Promise<Me> =>
  (await (await page.request.get(`${house.endpoints().api}/me`)).json()) as Me

async function typePassword(page: Page, role: string): Promise<void> {
  const { email, password } = personOf(role)
  await page.goto(app('/sign-in'))
  await fillByKeyboard(page, { 'Work e-mail': email, Password: password })
}

/** A code one step ahead of now: the one of now may have been used a moment ago. */
const nextCode = () => {
  const bits = [...secret].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  )
  const bytes = bits.join('').match(/.{8}/g) ?? []
  return totpCode(Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2))), totpStep(Date.now()) + 1)
}

/** A device that holds passkeys and whose owner has just touched it. */
async function withAuthenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

test('[SEC-08] an authenticator app is set up by its key, and recovery codes are shown once', async () => {
  owner = await openDesk(browser)
  await typePassword(owner, 'owner')
  await owner.waitForURL(/\/inbox/)
  await owner.goto(app('/settings/security'))
  await heading(owner, 'Sign-in and security')
  await lookForBarriers(owner)
  await owner.getByRole('button', { name: 'Set up an app' }).click()
  await owner.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor()
  secret = (await owner.locator('[data-totp-secret]').getAttribute('data-totp-secret'))!
  await lookForBarriers(owner)
  await owner.getByLabel('Code', { exact: true }).fill('000000')
  await owner.getByRole('button', { name: 'Switch on' }).click()
  await owner.getByText('This code does not fit').waitFor()
  await owner.getByLabel('Code', { exact: true }).fill(nextCode())
  await owner.getByRole('button', { name: 'Switch on' }).click()
  const codes = owner.locator('[data-recovery-codes] code')
  await codes.first().waitFor()
  recoveryCodes = await codes.allTextContents()
  assert.equal(recoveryCodes.length, 10)
  await owner.getByRole('button', { name: 'I have stored them' }).click()
  await owner.getByText('10 codes are left').waitFor()
})

test('[SEC-08] sign-in asks for the second step, and takes a recovery code in place of the app', async () => {
  const other = await openDesk(browser)
  await typePassword(other, 'owner')
  await heading(other, 'One more step')
  await lookForBarriers(other)
  await other.getByRole('button', { name: 'Use a recovery code' }).click()
  await other.getByLabel('Recovery code').fill('aaaa-bbbb-cccc')
  await other.getByRole('button', { name: 'Go on' }).click()
  await other.getByText('This code does not fit, or it has been used.').waitFor()
  await other.getByLabel('Recovery code').fill(recoveryCodes[0]!)
  await other.getByRole('button', { name: 'Go on' }).click()
  await other.waitForURL(/\/inbox/)
  await other.context().close()
})

test('[SEC-08] a passkey is added, and later signs in alone', async () => {
  agent = await openDesk(browser)
  await withAuthenticator(agent)
  await typePassword(agent, 'agent')
  await agent.waitForURL(/\/inbox/)
  await agent.goto(app('/settings/security'))
  await agent.getByRole('button', { name: 'Add a passkey' }).click()
  await agent.getByRole('button', { name: 'I have stored them' }).click()
  await agent.getByText('Passkey on Chrome').waitFor()
  await agent.request.post(`${house.endpoints().api}/auth/sign-out`, {
    headers: { origin: new URL(app('/')).origin },
  })
  await agent.goto(app('/sign-in'))
  await agent.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await agent.waitForURL(/\/inbox/)
  assert.equal((await me(agent)).person.email, personOf('agent').email)
})

test('[SEC-08] a passkey gets another name by keyboard, and is removed only after a question', async () => {
  await agent.goto(app('/settings/security'))
  await agent.getByRole('button', { name: /^Rename Passkey on Chrome/ }).press('Enter')
  const renaming = agent.getByRole('dialog', { name: 'Rename the passkey' })
  await renaming.getByLabel('Name').fill('')
  await renaming.getByLabel('Name').press('Enter')
  await renaming.getByText('This is needed.').waitFor()
  await lookForBarriers(agent)
  await renaming.getByLabel('Name').fill('Office laptop')
  await renaming.getByLabel('Name').press('Enter')
  await renaming.waitFor({ state: 'detached' })
  await agent.getByText('Office laptop', { exact: true }).waitFor()
  const remove = agent.getByRole('button', { name: 'Remove Office laptop' })
  const asked = agent.getByRole('dialog', { name: 'Remove Office laptop?' })
  await remove.press('Enter')
  await asked.getByRole('button', { name: 'Cancel' }).press('Enter')
  await asked.waitFor({ state: 'detached' })
  await remove.press('Enter')
  await asked.getByRole('button', { name: 'Remove' }).press('Enter')
  await agent.getByText('Office laptop', { exact: true }).waitFor({ state: 'detached' })
  // The workspace will ask everybody for a second step.
  await agent.getByRole('button', { name: 'Add a passkey' }).click()
  await agent.getByRole('button', { name: 'I have stored them' }).click()
  await agent.getByText('Passkey on Chrome').waitFor()
})

test('[SEC-08] where all need a second step, who has none is led to it before anything else', async () => {
  await owner.getByRole('combobox', { name: 'Second step in this workspace' }).click()
  await owner.getByRole('option', { name: 'Required for all' }).click()
  await owner.getByText('Saved', { exact: true }).waitFor()
  const viewer = await openDesk(browser)
  await withAuthenticator(viewer)
  await typePassword(viewer, 'viewer')
  await viewer.waitForURL(/\/secure-account/)
  await heading(viewer, 'One thing before you start')
  await lookForBarriers(viewer)
  await viewer.getByRole('button', { name: 'Add a passkey' }).click()
  await viewer.getByRole('button', { name: 'I have stored them' }).click()
  await viewer.getByRole('button', { name: 'Go on to your work' }).click()
  await viewer.waitForURL(/\/inbox/)
  await viewer.context().close()
})

test('[UX-20] whoever runs the installation has pages of their own, and no tenant', async () => {
  platform = await openDesk(browser)
  await typePassword(platform, 'platform')
  await platform.waitForURL(/\/platform$/)
  await platform.getByRole('link', { name: 'Amani Coffee' }).waitFor()
  for (const [place, title] of [
    ['Health', 'Health'],
    ['Texts', 'Texts'],
    ['Administrators', 'Administrators'],
    ['Audit log', 'Audit log'],
    ['Sign-in and security', 'Sign-in and security'],
    ['Tenants', 'Tenants'],
  ] as const) {
    await platform.getByRole('navigation').getByRole('link', { name: place }).click()
    await heading(platform, title)
    await platform.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
    // The rows of a long list come a moment after the list.
    if (place === 'Texts') await platform.getByRole('textbox').first().waitFor()
    await lookForBarriers(platform)
  }
  assert.equal((await me(platform)).tenant, null)
  await agent.goto(app('/platform'))
  await agent.getByText('This page is not open to you').waitFor()
})

test('a suspended tenant is shut for its people, and opens again as it was', async () => {
  await platform.getByRole('link', { name: 'Amani Coffee' }).click()
  await heading(platform, 'Amani Coffee')
  await lookForBarriers(platform)
  await platform.getByRole('button', { name: 'Suspend' }).click()
  await platform.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
  await platform.getByRole('button', { name: 'Lift the suspension' }).waitFor()
  const tags = `${house.endpoints().api}/tags`
  assert.equal((await agent.request.get(tags)).status(), 403)
  await platform.getByRole('button', { name: 'Lift the suspension' }).click()
  await platform.getByRole('button', { name: 'Suspend' }).waitFor()
  assert.equal((await agent.request.get(tags)).status(), 200)
})

test('an administrator goes in while the owner lets them, sees on every page that they are inside, and leaves', async () => {
  await platform.getByText('The owner has not let anybody in.').waitFor()
  await owner.goto(app('/settings/security'))
  await owner.getByLabel('Why').fill('The inbox stands still')
  await owner.getByRole('button', { name: 'Let them in' }).click()
  await owner.getByText(/^Let in until .*, to read\.$/).waitFor()
  await platform.reload()
  await platform.getByRole('button', { name: 'Go in' }).click()
  // A workspace that asks everybody for a second step asks them too.
  await platform.waitForURL(/\/secure-account/)
  await heading(platform, 'One thing before you start')
  await owner.getByRole('combobox', { name: 'Second step in this workspace' }).click()
  await owner.getByRole('option', { name: 'Everyone decides' }).click()
  await owner.getByText('Saved', { exact: true }).waitFor()
  await platform.goto(app('/inbox'))
  const banner = platform.getByText(/^You are in Amani Coffee as an administrator of the platform, to read, until/)
  await banner.waitFor()
  await platform.goto(app('/settings/members'))
  await banner.waitFor()
  await platform.getByText(personOf('owner').email).first().waitFor()
  await lookForBarriers(platform)
  await platform.getByRole('button', { name: 'Leave' }).click()
  await platform.waitForURL(/\/platform$/)
  await owner.goto(app('/settings/audit'))
  await owner.getByText('Came in to help').waitFor()
})

test('[UX-05] a text of the installation is said otherwise on the pages of every tenant', async () => {
  await platform.goto(app('/platform/texts'))
  await platform.getByRole('searchbox').fill('settings.appearance')
  await platform.getByRole('textbox', { name: /settings\.appearance/ }).fill('Words and colours')
  await platform.getByRole('textbox', { name: /settings\.appearance/ }).press('Tab')
  await platform
    .getByRole('button', { name: /Reset|Go back|original/i })
    .first()
    .waitFor()
  await agent.goto(app('/settings/profile'))
  await agent.getByRole('link', { name: 'Words and colours' }).waitFor()
})

test('[UX-02] [UX-06] the inbox speaks one language and the settings another', async () => {
  await owner.goto(app('/settings/appearance'))
  await owner.getByRole('combobox', { name: 'Inbox and contacts' }).click()
  await owner.getByRole('option', { name: 'العربية' }).click()
  await owner.waitForFunction(() => document.cookie.includes('agent'))
  assert.equal(await owner.locator('html').getAttribute('dir'), 'ltr')
  await owner.goto(app('/inbox'))
  await owner.waitForFunction(() => document.documentElement.dir === 'rtl')
  await owner.goto(app('/settings/security'))
  await heading(owner, 'Sign-in and security')
  const fresh = await openDesk(browser)
  await fresh.context().addCookies((await owner.context().cookies()).filter(({ name }) => name.includes('session')))
  await fresh.goto(app('/inbox'))
  await fresh.waitForFunction(() => document.documentElement.dir === 'rtl')
  await fresh.context().close()
})

test('no page of these is wider than a phone, or bars anybody', async () => {
  for (const [page, path] of [
    [owner, '/settings/security'],
    [platform, '/platform'],
    [platform, '/platform/health'],
    [platform, '/platform/administrators'],
  ] as const) {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(app(path))
    await page.getByRole('heading', { level: 1 }).last().waitFor()
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    assert.ok(wide <= 390, `${path} is ${wide} wide`)
  }
  assert.deepEqual(barriers, [])
})
