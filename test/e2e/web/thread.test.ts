import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { pathOf } from './pages.ts'
import { retell, sent, settled, useStage } from './stage.ts'

const stage = useStage({ size: 30 })
const FIRST = pathOf('/inbox/[id]')
const FIRST_ID = FIRST.split('/').at(-1)!
const reads = (page: Page): string[] => {
  const found: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/read') && request.method() === 'POST') found.push(request.url())
  })
  return found
}
/** Who looks at the page may read and do nothing else. */
const asViewer = (page: Page) =>
  retell(page, '**/api/v1/me', (me: object) => ({ ...me, permissions: ['conversations.read', 'contacts.read'] }))
async function openThread(page: Page): Promise<void> {
  await page.goto(FIRST)
  await page.locator('[data-message]').first().waitFor()
  await settled(page)
}
/** Turns to the tab or away from it, as the browser tells a page. */
const turn = (page: Page, state: 'visible' | 'hidden') =>
  page.evaluate((now) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => now })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)
const row = (page: Page, nth: number) => page.locator('[data-conversation]').nth(nth)
const bubble = (page: Page, text: string) => page.locator('[data-message]').filter({ hasText: text })

test('who may only read marks nothing as read, and is offered no second try of what others sent', async () => {
  const page = await stage.open()
  await asViewer(page)
  const posted = reads(page)
  await openThread(page)
  await bubble(page, 'Thank you, the courier knows the place.').getByText('Meta 131047').waitFor()
  assert.equal(await page.getByRole('log').getByRole('button', { name: 'Try again' }).count(), 0)
  assert.deepEqual(posted, [])
  await page.context().close()
})

test('what cannot be marked as read is asked for once, and again when the agent comes back to the tab', async () => {
  const page = await stage.open()
  await page.route('**/read', (route) =>
    route.fulfill({ status: 429, contentType: 'application/problem+json', body: '{"code":"too_many_requests"}' }),
  )
  const posted = reads(page)
  const refused = page.waitForResponse((response) => response.url().endsWith('/read'))
  await page.goto(FIRST)
  await refused
  // The row is put back, and the truth is asked for after it.
  await page.waitForResponse((response) => response.url().endsWith(`/conversations/${FIRST_ID}`))
  await settled(page)
  assert.equal(posted.length, 1)
  await page.unroute('**/read')
  await turn(page, 'hidden')
  await sent(page, 'POST', () => turn(page, 'visible'))
  assert.equal(posted.length, 2)
  await page.context().close()
})

test('a conversation that was opened in a tab nobody looked at is read when somebody does', async () => {
  const page = await stage.open()
  await page.addInitScript(() => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' })
  })
  // The fixtures remember what was read, so another one than above.
  await page.goto('/inbox?unread=1')
  await row(page, 1).waitFor()
  const posted = reads(page)
  await row(page, 1).click()
  await page.locator('[data-message]').first().waitFor()
  await settled(page)
  assert.deepEqual(posted, [])
  const { path } = await sent(page, 'POST', () => turn(page, 'visible'))
  assert.match(path, /\/read$/)
  await page.context().close()
})

test('[CONV-12] held messages are released together, and the button under one of them says and does that', async () => {
  const page = await stage.open()
  await retell(page, `**/api/v1/conversations/${FIRST_ID}`, (row: object) => ({ ...row, heldCount: 2 }))
  await openThread(page)
  const held = bubble(page, 'Hello? hello? hello?')
  const { path, body } = await sent(page, 'POST', () => held.getByRole('button', { name: 'Release all' }).click())
  assert.match(path, /\/release-held$/)
  assert.deepEqual(body, {})
  await held.getByText('Held: too many messages at once').waitFor({ state: 'detached' })
  await page.context().close()
})

test('a large picture goes with its thread', async () => {
  const page = await stage.open()
  await page.goto('/inbox')
  await row(page, 1).click()
  await page.locator('[data-message]').first().waitFor()
  await row(page, 0).click()
  await page
    .getByRole('button', { name: /^Enlarge/ })
    .first()
    .click()
  const large = page.getByRole('dialog').filter({ has: page.locator('img') })
  await large.waitFor()
  await page.goBack()
  await page.waitForURL((url) => !url.pathname.endsWith(FIRST_ID))
  await page.locator('[data-message]').first().waitFor()
  await large.waitFor({ state: 'detached' })
  await page.context().close()
})

const picture = (name: string) => ({ name, mimeType: 'image/png', buffer: Buffer.from('not much of a picture') })

test('files and the quote of a reply wait while the agent looks at another conversation', async () => {
  const page = await stage.open('', { language: 'de' })
  await openThread(page)
  await page.locator('input[type="file"]').setInputFiles([picture('one.png'), picture('two.png')])
  const quoted = bubble(page, 'The cup, as it came out of the box').first()
  await quoted.hover()
  await quoted.getByRole('button', { name: 'Auf diese Nachricht antworten' }).click()
  const box = page.getByRole('group', { name: 'Antwort' })
  // What the quote is stands in the language of the reader, not in ours.
  await box.getByText('Foto: The cup').waitFor()
  await row(page, 1).click()
  await page.waitForURL((url) => !url.pathname.endsWith(FIRST_ID))
  await page.locator('[data-message]').first().waitFor()
  assert.equal(await page.getByText('one.png').count(), 0)
  await row(page, 0).click()
  await box.getByText('one.png').waitFor()
  await box.getByText('two.png').waitFor()
  await box.getByText('Foto: The cup').waitFor()
  await page.context().close()
})

test('a file for which there is no room is told of', async () => {
  const page = await stage.open()
  await openThread(page)
  const files = Array.from({ length: 12 }, (_, index) => picture(`${index + 1}.png`))
  await page.locator('input[type="file"]').setInputFiles(files)
  await page.getByText('At most 10 files at once. Left out: 2').waitFor()
  assert.equal(await page.getByRole('button', { name: /^Remove \d+\.png/ }).count(), 10)
  await page.context().close()
})
