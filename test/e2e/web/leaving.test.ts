import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { pathOf } from './pages.ts'
import { retell, useStage } from './stage.ts'

const stage = useStage({ size: 10 })
const FIRST = pathOf('/inbox/[id]')
const refuse = { status: 503, contentType: 'application/problem+json', body: '{"code":"unavailable"}' }

async function openInbox(page: Page): Promise<void> {
  await page.goto(FIRST)
  await page.locator('[data-message]').first().waitFor()
}
async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /account and preferences$/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
}
const me = (page: Page, change: (me: { person: object; permissions: string[] }) => object) =>
  retell(page, '**/api/v1/me', change)

test('whoever could not be signed out is told so and stays where they are', async () => {
  const page = await stage.open()
  await page.route('**/auth/sign-out', (route) => route.fulfill(refuse))
  await openInbox(page)
  await signOut(page)
  await page.getByText('The server does not answer at the moment').first().waitFor()
  assert.equal(new URL(page.url()).pathname, FIRST)
  await page.unroute('**/auth/sign-out')
  await signOut(page)
  await page.waitForURL('**/sign-in')
  await page.context().close()
})

test('an administrator who could not leave a workspace is told so, and the banner stands', async () => {
  const page = await stage.open()
  await me(page, (known) => ({ ...known, support: { scope: 'read', expiresAt: '2099-01-01T00:00:00.000Z' } }))
  await page.route('**/platform/leave', (route) => route.fulfill(refuse))
  await openInbox(page)
  const leave = page.getByRole('button', { name: 'Leave', exact: true })
  await leave.click()
  await page.getByText('The server does not answer at the moment').first().waitFor()
  assert.equal(new URL(page.url()).pathname, FIRST)
  assert.equal(await leave.count(), 1)
  await page.context().close()
})

test('[UX-11] what waits of one person is not sent by the next at the same browser, but by its writer', async () => {
  const page = await stage.open()
  const posted: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/messages') && request.method() === 'POST') posted.push(request.postData() ?? '')
  })
  await page.route('**/messages', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()))
  await openInbox(page)
  await page.getByLabel('Write to Amara Diallo').fill('From Lena alone')
  await page.keyboard.press('Control+Enter')
  await page.getByText('Sent as soon as the connection is back').waitFor()
  await signOut(page)
  await page.waitForURL('**/sign-in')
  await page.unroute('**/messages')
  posted.length = 0

  await me(page, (known) => ({ ...known, person: { ...known.person, id: '01990001-0000-7000-8001-000000000002' } }))
  await openInbox(page)
  await page
    .getByLabel(/has this|Write to/)
    .first()
    .waitFor()
  assert.equal(await page.getByText('From Lena alone').count(), 0)
  assert.deepEqual(posted, [])

  await page.unroute('**/api/v1/me')
  await openInbox(page)
  await page.locator('[data-message]').filter({ hasText: 'From Lena alone' }).waitFor()
  assert.equal(posted.length, 1)
  await page.context().close()
})

test('before somebody signs out this browser stops showing what they are told', async () => {
  const page = await stage.open()
  await page.addInitScript(() => {
    const seen = globalThis as { unsubscribed?: boolean }
    const subscription = {
      endpoint: 'https://push.example/1',
      toJSON: () => ({ endpoint: 'https://push.example/1', keys: { p256dh: 'p', auth: 'a' } }),
      unsubscribe: async () => (seen.unsubscribed = true),
    }
    const registration = { pushManager: { getSubscription: async () => subscription } }
    Object.defineProperty(navigator.serviceWorker, 'getRegistration', { value: async () => registration })
  })
  const told: string[] = []
  page.on('request', (request) => {
    const path = new URL(request.url()).pathname.replace('/api/v1', '')
    if (/push-subscriptions|sign-out/.test(path)) told.push(`${request.method()} ${path}`)
  })
  await openInbox(page)
  await signOut(page)
  await page.waitForURL('**/sign-in')
  assert.deepEqual(told, ['DELETE /notifications/push-subscriptions', 'POST /auth/sign-out'])
  assert.equal(await page.evaluate(() => (globalThis as { unsubscribed?: boolean }).unsubscribed), true)
  await page.context().close()
})

test('where it cannot be told who one is, the page says so and offers to try again', async () => {
  const page = await stage.open()
  let broken = true
  await page.route('**/api/v1/me', (route) => (broken ? route.fulfill(refuse) : route.continue()))
  await page.goto('/inbox')
  const again = page.getByRole('main').getByRole('alert').getByRole('button', { name: 'Try again' })
  await again.waitFor()
  broken = false
  await again.click()
  await page.locator('[data-conversation]').first().waitFor()
  await page.getByRole('button', { name: /account and preferences$/ }).waitFor()
  await page.context().close()
})
