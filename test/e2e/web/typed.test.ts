import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { pathOf } from './pages.ts'
import { comeBack, settled, tell, useStage } from './stage.ts'

const stage = useStage({ size: 10 })
const CONTACT = pathOf('/contacts/[id]')
const WEBHOOK = pathOf('/settings/webhooks/[id]')

/** The link of an invitation, opened by somebody who has no account. */
async function openInvitation(page: Page): Promise<void> {
  await tell(page, { path: '/me' }, 'unauthenticated')
  await page.goto('/invitation#inv_of_peter')
}

/** Resolves once the page shows what came last. */
const drawn = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))

test('who was invited keeps what they typed on coming back to the tab, whatever is answered then', async () => {
  const page = await stage.open()
  await openInvitation(page)
  const name = page.getByLabel('Your name', { exact: true })
  await name.fill('Peter')
  const asked = { me: 0, open: 0 }
  await tell(page, { path: '/me' }, () => {
    asked.me += 1
    return 'unauthenticated'
  })
  const failed = new Promise<void>((done) => {
    void tell(page, { path: '/invitations/open', method: 'POST' }, () => {
      asked.open += 1
      // It is asked three times before it is given up.
      if (asked.open === 3) done()
      return 'unavailable'
    })
  })
  await comeBack(page)
  await failed
  await drawn(page)
  assert.equal(asked.me, 1)
  assert.equal(await name.inputValue(), 'Peter')
  await page.context().close()
})

test('a form that is under way stands still while it is asked anew who is there', async () => {
  const page = await stage.open()
  await openInvitation(page)
  const name = page.getByLabel('Your name', { exact: true })
  await name.fill('Peter')
  const asked = new Promise<void>((done) => {
    void tell(page, { path: '/me' }, () => {
      done()
      return new Promise<never>(() => {})
    })
  })
  await comeBack(page)
  await asked
  await drawn(page)
  assert.equal(await name.inputValue(), 'Peter')
  await page.context().close()
})

test('an invitation is called dead only where it is; else it is asked for again with the link that came', async () => {
  const page = await stage.open()
  let answer: 'unavailable' | 'not_found' | undefined = 'unavailable'
  const tokens: string[] = []
  await tell(page, { path: '/invitations/open', method: 'POST' }, (request) => {
    tokens.push(request.postDataJSON().token)
    return answer ?? { tenantName: 'Kahawa Roasters', email: 'peter@kahawa.example', hasAccount: false }
  })
  await openInvitation(page)
  const again = page.getByRole('button', { name: 'Try again' })
  await again.waitFor()
  assert.equal(await page.getByText('This invitation has been used').count(), 0)
  answer = undefined
  await again.press('Enter')
  await page.getByLabel('Your name', { exact: true }).waitFor()
  assert.deepEqual([...new Set(tokens)], ['inv_of_peter'])
  answer = 'not_found'
  await comeBack(page)
  await page.getByText('This invitation has been used').waitFor()
  await page.context().close()
})

test('a refused password says what was wrong: the link, or what stood in the way', async () => {
  const page = await stage.open()
  const path = { path: '/auth/password/reset', method: 'POST' }
  await page.goto('/reset-password#rst_of_lena')
  await page.getByLabel('New password', { exact: true }).fill('a long enough sentence')
  const alert = page.getByRole('alert')
  const set = page.getByRole('button', { name: 'Set password' })
  for (const [code, text] of [
    ['too_many_requests', 'That was a lot at once'],
    ['unavailable', 'The server does not answer'],
    ['invalid_input', 'This link has been used'],
  ] as const) {
    await tell(page, path, code)
    await set.press('Enter')
    await alert.getByText(text).waitFor()
  }
  await page.context().close()
})

test('a proof that could not be looked at is not called wrong', async () => {
  const page = await stage.open()
  await tell(
    page,
    { path: '/auth/second-factors' },
    { totp: true, passkeys: [], recoveryCodesLeft: 8, required: false },
  )
  await tell(page, { path: '/tenant/security', method: 'PUT' }, 'confirmation_required')
  await page.goto('/settings/security')
  await settled(page)
  const policy = page.getByRole('combobox', { name: 'Second step in this workspace' })
  await policy.press('Enter')
  await page.getByRole('option', { name: 'Required for all' }).waitFor()
  await page.keyboard.type('Required for all')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Is it you?' })
  await dialog.getByLabel('Code').fill('123456')
  for (const [code, text] of [
    ['unavailable', 'The server does not answer'],
    ['unauthenticated', 'This does not fit'],
  ] as const) {
    await tell(page, { path: '/auth/confirm', method: 'POST' }, code)
    await dialog.getByRole('button', { name: 'Confirm' }).press('Enter')
    await dialog.getByText(text).waitFor()
  }
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await policy.filter({ hasText: 'Everyone decides' }).waitFor()
  await page.context().close()
})

type Patch = { version: number; name?: string; email?: string }

test('two fields of a contact that are typed at one go are both kept, the second with the version of the first', async () => {
  const page = await stage.open()
  await page.goto(CONTACT)
  await settled(page)
  const shown = await page.evaluate((path) => fetch(`/api/v1${path}`).then((one) => one.json()), CONTACT)
  const sent: Patch[] = []
  let answerFirst = () => {}
  const held = new Promise<void>((done) => {
    answerFirst = done
  })
  let stored = shown
  await tell(page, { path: CONTACT }, () => stored)
  await tell(page, { path: CONTACT, method: 'PATCH' }, async (request) => {
    const change: Patch = request.postDataJSON()
    sent.push(change)
    if (sent.length === 1) await held
    if (change.version !== stored.version) return 'conflict'
    stored = { ...stored, ...change, version: stored.version + 1 }
    return stored
  })
  const field = (label: string) => page.getByRole('main').getByLabel(label, { exact: true })
  await field('Name').fill('Amara Two')
  await field('E-mail').fill('amara@two.example')
  await field('Number').focus()
  await drawn(page)
  assert.deepEqual(sent, [{ name: 'Amara Two', version: shown.version }])
  answerFirst()
  await page.waitForResponse((response) => response.request().method() === 'PATCH' && sent.length === 2)
  await drawn(page)
  assert.deepEqual(sent[1], { email: 'amara@two.example', version: shown.version + 1 })
  assert.equal(await field('Name').inputValue(), 'Amara Two')
  assert.equal(await field('E-mail').inputValue(), 'amara@two.example')
  await page.context().close()
})

test('what a contact is not given stays in its field, marked, and can be sent again', async () => {
  const page = await stage.open()
  await page.goto(CONTACT)
  await settled(page)
  const email = page.getByRole('main').getByLabel('E-mail', { exact: true })
  const before = await email.inputValue()
  await tell(page, { path: CONTACT, method: 'PATCH' }, 'conflict')
  await email.fill('amara@two.example')
  await email.press('Enter')
  await page.locator('input[aria-invalid="true"]').waitFor()
  assert.equal(await email.inputValue(), 'amara@two.example')
  const again = page.waitForRequest((request) => request.method() === 'PATCH')
  await email.press('Enter')
  assert.equal((await again).postDataJSON().email, 'amara@two.example')
  await email.fill(before)
  await email.blur()
  await page.locator('input[aria-invalid="true"]').waitFor({ state: 'detached' })
  await page.context().close()
})

test('what is no number empties no field of numbers', async () => {
  const page = await stage.open()
  await page.goto(CONTACT)
  await settled(page)
  let sent = 0
  await tell(page, { path: CONTACT, method: 'PATCH' }, () => {
    sent += 1
    return 'conflict'
  })
  const points = page.getByLabel('Loyalty points', { exact: true })
  await points.fill('')
  await points.pressSequentially('12e')
  await points.press('Enter')
  await page.locator('input[aria-invalid="true"]').waitFor()
  assert.equal(sent, 0)
  await page.context().close()
})

test('what is typed into the settings of a webhook stays when it is changed otherwise, and the rest follows', async () => {
  const page = await stage.open()
  await page.goto(`${WEBHOOK}?tab=settings`)
  await settled(page)
  const path = WEBHOOK.replace('/settings/webhooks', '/webhook-subscriptions')
  const shown = await page.evaluate((at) => fetch(`/api/v1${at}`).then((one) => one.json()), path)
  const changed = { ...shown, url: 'https://elsewhere.example/hook', updatedAt: new Date().toISOString() }
  const name = page.getByLabel('Name', { exact: true })
  await name.fill('Desk of the night')
  await tell(page, { path }, changed)
  await comeBack(page)
  await page.waitForFunction(
    (url) => [...document.querySelectorAll('input')].some(({ value }) => value === url),
    changed.url,
  )
  assert.equal(await name.inputValue(), 'Desk of the night')
  await page.context().close()
})
