import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { barriersOf } from '../axe.ts'
import { retell, type StageOptions, useStage } from './stage.ts'

const stage = useStage({ size: 60 })

async function openInbox(options: StageOptions = {}): Promise<Page> {
  const page = await stage.open('', options)
  await page.goto('/inbox')
  await row(page, 5).waitFor()
  return page
}

const row = (page: Page, nth: number) => page.locator('[data-conversation]').nth(nth)
const idOf = (page: Page, nth: number) => row(page, nth).getAttribute('data-conversation')
const idsOf = (page: Page, from: number, to: number) =>
  Promise.all(Array.from({ length: to - from + 1 }, (_, index) => idOf(page, from + index)))
const bar = (page: Page) => page.getByRole('toolbar', { name: 'With the selected conversations' })

test('[CONV-19] several are chosen by mouse and Shift, tagged in one act, and the way back takes the tag off those only', async () => {
  const page = await openInbox()
  const ids = await idsOf(page, 1, 4)
  await row(page, 1).hover()
  await page.getByRole('checkbox').nth(1).click()
  await bar(page).getByText('1 selected').waitFor()
  await row(page, 4).click({ modifiers: ['Shift'] })
  await bar(page).getByText('4 selected').waitFor()
  assert.match(page.url(), /\/inbox$/, 'Shift opens nothing')
  assert.deepEqual(await barriersOf(page), [])

  const tagged = page.waitForRequest((request) => request.url().endsWith('/conversations/tags'))
  await bar(page).getByRole('button', { name: 'Tag' }).click()
  await page.getByRole('option', { name: 'VIP' }).click()
  const sent = (await tagged).postDataJSON() as { conversationIds: string[]; add: string[]; remove: string[] }
  assert.deepEqual([sent.add.length, sent.remove], [1, []])
  assert.ok(sent.conversationIds.every((id) => ids.includes(id)))
  // A row shows two tags; the one of the middle has three already.
  for (const nth of [1, 2]) await row(page, nth).getByText('VIP').waitFor()

  const undone = page.waitForRequest((request) => request.url().endsWith('/conversations/tags'))
  await page.getByRole('button', { name: 'Undo' }).click()
  assert.deepEqual((await undone).postDataJSON(), { ...sent, add: [], remove: sent.add })
  await page.context().close()
})

test('[CONV-19] by keyboard: x chooses, Shift reaches further, the keys of one conversation mean them all, Escape lets go', async () => {
  const page = await openInbox()
  const ids = await idsOf(page, 0, 2)
  await page.keyboard.press('x')
  await bar(page).getByText('1 selected').waitFor()
  await row(page, 2).focus()
  await page.keyboard.press('Shift+x')
  await bar(page).getByText('3 selected').waitFor()
  await page.keyboard.press('Escape')
  await bar(page).waitFor({ state: 'detached' })

  await row(page, 0).focus()
  await page.keyboard.press('x')
  await row(page, 2).focus()
  await page.keyboard.press('Shift+x')
  const closed: string[] = []
  page.on('request', (request) => {
    const id = /\/conversations\/([^/]+)\/close$/.exec(request.url())?.[1]
    if (id !== undefined) closed.push(id)
  })
  await page.keyboard.press('Alt+e')
  await page.getByText('Closed: 3').waitFor()
  assert.deepEqual(closed.sort(), ids.sort())
  await bar(page).waitFor({ state: 'detached' })
  for (const id of ids) await page.locator(`[data-conversation="${id}"]`).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.locator(`[data-conversation="${ids[0]}"]`).waitFor()
  await page.context().close()
})

test('[CONV-19] what could not be changed is counted, with its reason, and the rest is done', async () => {
  const page = await openInbox()
  const [refused] = await idsOf(page, 1, 1)
  await page.route(`**/conversations/${refused}/read`, (route) =>
    route.fulfill({ status: 409, contentType: 'application/problem+json', body: '{"code":"conflict"}' }),
  )
  await row(page, 0).focus()
  await page.keyboard.press('x')
  await row(page, 2).focus()
  await page.keyboard.press('Shift+x')
  await bar(page).getByRole('button', { name: 'Mark as read' }).click()
  await page.getByText(/^1 of 3 stay as they were\. ./).waitFor()
  await page.getByText('Marked as read: 2').waitFor()
  await page.context().close()
})

test('[CONV-19] on a phone the picture of a contact chooses the row, and another view begins with nothing chosen', async () => {
  const page = await openInbox({ viewport: { width: 390, height: 844 }, hasTouch: true })
  await page.getByRole('checkbox').nth(2).tap()
  await bar(page).getByText('1 selected').waitFor()
  assert.deepEqual(await barriersOf(page), [])
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  assert.equal(wide, false)
  await page.getByRole('button', { name: /^Unread/ }).tap()
  await bar(page).waitFor({ state: 'detached' })
  await page.context().close()
})

test('[CONV-19] who may only read has nothing to choose', async () => {
  const page = await stage.open()
  await retell(page, '**/api/v1/me', (me: object) => ({ ...me, permissions: ['conversations.read'] }))
  await page.goto('/inbox')
  await row(page, 2).waitFor()
  assert.equal(await page.getByRole('checkbox').count(), 0)
  await page.keyboard.press('x')
  assert.equal(await bar(page).count(), 0)
  await page.context().close()
})
