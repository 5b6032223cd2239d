import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { barriersOf } from '../axe.ts'
import { retell, settled, useStage } from './stage.ts'

const stage = useStage({ size: 130 })

const row = (page: Page, nth: number) => page.locator('[data-conversation]').nth(nth)
const box = (page: Page) => page.getByRole('searchbox', { name: 'Search conversations' })
const LISTS = /\/api\/v1\/conversations\?/

async function openInbox(): Promise<Page> {
  const page = await stage.open()
  await page.goto('/inbox')
  await row(page, 3).waitFor()
  return page
}

/** Types into the box of the list and waits until the address says it. */
async function look(page: Page, words: string): Promise<void> {
  if ((await box(page).count()) === 0) await page.getByRole('button', { name: 'Search conversations' }).click()
  await box(page).fill(words)
  await page.waitForURL((url) => url.searchParams.get('q') === words)
}

test('[INB-02] "Show all" empties the box and shuts it, and the way back opens it with its words', async () => {
  const page = await openInbox()
  await look(page, 'zzzz')
  await page.getByRole('button', { name: 'Show all' }).click()
  await box(page).waitFor({ state: 'detached' })
  await row(page, 3).waitFor()
  assert.equal(new URL(page.url()).search, '')
  await page.goBack()
  await box(page).waitFor()
  assert.equal(await box(page).inputValue(), 'zzzz')
  await page.context().close()
})

test('[INB-02] what is typed is no page of its own: the way back leads to where one came from', async () => {
  const page = await stage.open()
  await page.goto('/contacts')
  await settled(page)
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /^Inbox/ })
    .click()
  await row(page, 3).waitFor()
  await look(page, 'am')
  await look(page, 'amara')
  await row(page, 0).getByText('Amara').first().waitFor()
  await page.goBack()
  await page.waitForURL('**/contacts')
  await page.context().close()
})

test('[INB-01] a list that is short although there is more goes on by itself', async () => {
  const page = await stage.open()
  await page.route(LISTS, (route) => {
    const url = new URL(route.request().url())
    url.searchParams.set('limit', '8')
    return route.continue({ url: url.href })
  })
  await page.goto('/inbox')
  await row(page, 12).waitFor()
  await page.context().close()
})

test('[INB-01] where the first rows are gone and more wait, nobody is told that there is nothing', async () => {
  const page = await stage.open()
  let refuses = true
  await page.route(LISTS, async (route) => {
    if (!new URL(route.request().url()).searchParams.has('cursor'))
      return route.fulfill({ json: { items: [], nextCursor: '60' } })
    return refuses
      ? route.fulfill({ status: 409, contentType: 'application/problem+json', body: '{"code":"conflict"}' })
      : route.continue()
  })
  await page.goto('/inbox')
  const again = page.getByRole('region', { name: 'Conversations' }).getByRole('button', { name: 'Try again' })
  await again.waitFor()
  assert.equal(await page.getByText('All conversations land here').count(), 0)
  refuses = false
  await again.click()
  await row(page, 3).waitFor()
  await page.context().close()
})

test('[UX-03] a photo without words has a line of its own, in the language of the reader', async () => {
  const page = await stage.open('', { language: 'de' })
  const lines = ['messages.preview.sticker', 'messages.preview.image: Die Tasse']
  await retell(page, LISTS, ({ items, nextCursor }: { items: object[]; nextCursor: string | null }) => ({
    items: items.map((item, index) => (lines[index] ? { ...item, lastMessagePreview: lines[index] } : item)),
    nextCursor,
  }))
  await page.goto('/inbox')
  await row(page, 0).getByText('Sticker', { exact: true }).waitFor()
  await row(page, 1).getByText('Foto: Die Tasse').waitFor()
  await page.context().close()
})

const bar = (page: Page) => page.getByRole('dialog').filter({ has: page.getByRole('combobox') })
const NOTHING = 'Nothing fits. Try a name, a number or a verb.'

/** Opens the command bar over the inbox and types. */
async function ask(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await bar(page).getByRole('combobox').fill(words)
}

test('the command bar says the last line in words, and somebody without a name by their number', async () => {
  const page = await openInbox()
  await retell(page, /\/conversations\?q=/, ({ items: [first] }: { items: { contact: object }[] }) => ({
    items: [{ ...first, contact: { ...first!.contact, name: '' } }],
    nextCursor: null,
  }))
  await ask(page, 'amara')
  const found = bar(page).getByRole('option').filter({ hasText: 'Photo: The cup' })
  await found.waitFor()
  assert.match((await found.textContent()) ?? '', /\+2547/)
  await page.context().close()
})

test('the command bar says that nothing fits only where nothing was found, and what broke where it broke', async () => {
  const page = await openInbox()
  await ask(page, 'Amara Diallo')
  await bar(page).getByRole('option').filter({ hasText: 'Amara Diallo' }).first().waitFor()
  assert.equal(await bar(page).getByText(NOTHING).count(), 0, 'customers stand there')

  await bar(page).getByRole('combobox').fill('qqzzxx')
  await bar(page).getByText(NOTHING).waitFor()

  let broken = true
  await page.route(/\/(conversations|contacts)\?q=jjzzxx/, (route) =>
    broken
      ? route.fulfill({ status: 409, contentType: 'application/problem+json', body: '{"code":"conflict"}' })
      : route.continue(),
  )
  await bar(page).getByRole('combobox').fill('jjzzxx')
  const again = bar(page).getByRole('alert').getByRole('button', { name: 'Try again' })
  await again.waitFor()
  assert.equal(await bar(page).getByText(NOTHING).count(), 0, 'nobody knows')
  assert.deepEqual(await barriersOf(page), [])
  broken = false
  await again.click()
  await bar(page).getByText(NOTHING).waitFor()
  await page.context().close()
})

test('who may not see contacts finds conversations all the same', async () => {
  const page = await openInbox()
  await page.route(/\/contacts\?q=/, (route) =>
    route.fulfill({ status: 403, contentType: 'application/problem+json', body: '{"code":"forbidden"}' }),
  )
  await ask(page, 'Amara Diallo')
  await bar(page).getByRole('option').filter({ hasText: 'Amara Diallo' }).first().waitFor()
  assert.equal(await bar(page).getByRole('alert').count(), 0)
  await page.context().close()
})
