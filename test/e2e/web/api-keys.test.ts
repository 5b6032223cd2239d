import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { barriersOf } from '../axe.ts'
import { type StageOptions, useStage } from './stage.ts'

const stage = useStage({ size: 30 })

async function openKeys(options: StageOptions = {}): Promise<Page> {
  const page = await stage.open('', options)
  await page.goto('/settings/api-keys')
  await page.locator('table[aria-busy="false"]').waitFor()
  return page
}

test('[INT-24] a key is made by keyboard, after the form has said what is missing, and is shown once', async () => {
  const page = await openKeys()
  await page.getByRole('button', { name: 'New key' }).press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'New key' }).press('Enter')
  await dialog.getByText('This is needed.').waitFor()
  await dialog.getByText('Choose at least one.').waitFor()
  assert.deepEqual(await barriersOf(page), [])
  await dialog.getByLabel('Name').fill('Web shop')
  await dialog.getByRole('button', { name: 'Only reading' }).press('Enter')
  const reading = dialog.getByRole('checkbox', { name: 'See contacts' })
  assert.equal(await reading.getAttribute('aria-checked'), 'true')
  const writing = dialog.getByRole('checkbox', { name: 'Add and change contacts' })
  assert.equal(await writing.getAttribute('aria-checked'), 'false')
  const addresses = dialog.getByLabel('Only from these addresses')
  await addresses.fill('203.0.113.0/24\nnonsense')
  await dialog.getByRole('button', { name: 'New key' }).press('Enter')
  await dialog.getByText('“nonsense” is neither an address nor a range.').waitFor()
  await addresses.fill('203.0.113.0/24')
  await dialog.getByRole('button', { name: 'New key' }).press('Enter')
  const shown = page.getByRole('dialog', { name: 'Keep this key now' })
  const secret = await shown.locator('[data-secret]').innerText()
  assert.match(secret, /^hf_[\w-]{43}$/)
  assert.ok((await shown.locator('pre').innerText()).includes(secret))
  assert.deepEqual(await barriersOf(page), [])
  await shown.getByRole('button', { name: 'I have kept it' }).press('Enter')
  await shown.waitFor({ state: 'detached' })
  assert.ok(!(await page.content()).includes(secret), 'what was shown is gone from the page')
  await page.context().close()
})

test('[INT-24] revoking asks first, and what a key may do is read before', async () => {
  const page = await openKeys()
  await page.getByRole('button', { name: 'Details: Web shop' }).press('Enter')
  await page.getByText('Start flows for contacts').waitFor()
  await page.getByText('2001:db8::/48').waitFor()
  await page.getByRole('button', { name: 'Revoke' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Revoke “Web shop”?' })
  await dialog.getByRole('button', { name: 'Cancel' }).press('Enter')
  await dialog.waitFor({ state: 'detached' })
  const asked = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/revoke'))
  await page.getByRole('button', { name: 'Revoke' }).press('Enter')
  await dialog.getByRole('button', { name: 'Revoke' }).press('Enter')
  await asked
  await page.context().close()
})

test('[BILL-03] what is nearly and what is wholly used is said in words, in both languages and on a phone', async () => {
  for (const [language, nearly, full] of [
    ['en', 'nearly used up', 'used up'],
    ['ar', 'أوشك على النفاد', 'نفد'],
  ] as const) {
    const page = await stage.open('', { language, viewport: { width: 390, height: 844 } })
    await page.goto('/settings/usage')
    await page.getByText(nearly, { exact: true }).waitFor()
    await page.getByText(full, { exact: true }).waitFor()
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
    assert.equal(wide, false, `${language} overflows`)
    await page.context().close()
  }
})

const logSettled = (page: Page) => page.locator('table[aria-busy="false"] tbody tr').first().waitFor()
const column = (page: Page, nth: number) => page.locator(`tbody tr td:nth-child(${nth})`).allInnerTexts()

test('[INT-27] the log of requests is narrowed by its address, and rows open on a phone without pushing the table apart', async () => {
  const page = await stage.open('', { viewport: { width: 390, height: 844 } })
  await page.goto('/settings/request-log?outcome=refused')
  await logSettled(page)
  await page.getByRole('button', { name: 'Filter (1)' }).waitFor()
  for (const status of await column(page, 3)) assert.match(status, /^4\d\d$/)
  const before = await page.locator('tbody tr').nth(1).boundingBox()
  await page.locator('td button[aria-expanded]').first().press('Enter')
  await page.getByText('203.0.113.7').first().waitFor()
  const after = await page.locator('tbody tr').nth(2).boundingBox()
  assert.equal(after?.width, before?.width)
  await page.context().close()
})

test('[INT-27] one request is found by its id, requests by their days; the address keeps both, and all are shown again', async () => {
  const page = await stage.open()
  await page.goto('/settings/request-log')
  await logSettled(page)
  const rows = page.locator('tbody tr')
  const all = await rows.count()
  assert.ok(all > 10)
  const box = page.getByRole('searchbox', { name: 'Search a request id' })
  await box.fill('req-1007')
  await page.waitForURL(/[?&]request=req-1007$/)
  await rows.nth(1).waitFor({ state: 'detached' })
  await page.locator('td button[aria-expanded]').first().press('Enter')
  await page.getByText('req-1007').first().waitFor()
  await page.reload()
  await logSettled(page)
  assert.equal(await rows.count(), 1)

  await page.getByRole('button', { name: 'Filter' }).press('Enter')
  const filter = page.getByRole('region', { name: 'Filter' })
  await filter.getByLabel('To', { exact: true }).fill('2001-01-02')
  await filter.getByLabel('To', { exact: true }).press('Tab')
  await page.waitForURL(/[?&]request=req-1007&to=2001-01-02$/)
  await page.getByText('Nothing matches').waitFor()
  assert.deepEqual(await barriersOf(page), [])
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Show all' }).press('Enter')
  await page.waitForURL((url) => url.search === '')
  await rows.nth(all - 1).waitFor()
  assert.equal(await box.inputValue(), '', 'or the box would search for it again')
  await page.context().close()
})
