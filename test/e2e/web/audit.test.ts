import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { barriersOf } from '../axe.ts'
import { type StageOptions, useStage } from './stage.ts'

const stage = useStage({ size: 30 })

async function openLog(search = '', options: StageOptions = {}): Promise<Page> {
  const page = await stage.open('', options)
  await page.goto(`/settings/audit${search}`)
  await settled(page)
  return page
}

const settled = (page: Page) => page.locator('table[aria-busy="false"] tbody tr').first().waitFor()
const column = (page: Page, nth: number) => page.locator(`tbody tr td:nth-child(${nth})`).allInnerTexts()
const same = (texts: readonly string[]) => [...new Set(texts)]

async function pick(page: Page, filter: Locator, label: string, option: string): Promise<void> {
  await filter.getByRole('combobox', { name: label }).press('Enter')
  await page.getByRole('option', { name: option, exact: true }).click()
}

test('[SEC-09] the log is narrowed by who, by what and by days; the address keeps it, and one press shows all again', async () => {
  const page = await openLog()
  assert.ok(same(await column(page, 2)).length > 1)
  await page.getByRole('button', { name: 'Filter' }).press('Enter')
  const filter = page.getByRole('region', { name: 'Filter' })
  await pick(page, filter, 'Who', 'Tom Wójcik')
  await page.waitForURL(/[?&]who=[0-9a-f-]{36}/)
  await page.getByRole('cell', { name: 'Lena Brandt' }).first().waitFor({ state: 'detached' })
  await settled(page)
  assert.deepEqual(same(await column(page, 2)), ['Tom Wójcik'])
  await pick(page, filter, 'On what', 'Number')
  await page.waitForURL(/[?&]subject=channel/)
  await page.getByRole('cell', { name: 'Conversation', exact: true }).first().waitFor({ state: 'detached' })
  await settled(page)
  assert.deepEqual(same(await column(page, 4)), ['Number'])
  assert.deepEqual(await barriersOf(page), [])

  await page.reload()
  await settled(page)
  assert.deepEqual([same(await column(page, 2)), same(await column(page, 4))], [['Tom Wójcik'], ['Number']])
  await page.getByRole('button', { name: 'Filter (2)' }).press('Enter')
  await filter.getByLabel('From', { exact: true }).fill('2001-01-01')
  await filter.getByLabel('To', { exact: true }).fill('2001-01-02')
  await filter.getByLabel('To', { exact: true }).press('Tab')
  await page.getByText('Nothing matches').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Show all' }).press('Enter')
  await page.waitForURL((url) => url.search === '')
  await settled(page)
  assert.ok(same(await column(page, 2)).length > 1)
  await page.context().close()
})

test('[SEC-09] a name in the log leads to what that one did, and a line opens beneath itself', async () => {
  const page = await openLog('', { viewport: { width: 390, height: 844 } })
  await page.getByRole('link', { name: 'Musa Kiprono' }).first().press('Enter')
  await page.waitForURL(/[?&]who=/)
  await page.getByRole('link', { name: 'Lena Brandt' }).first().waitFor({ state: 'detached' })
  await settled(page)
  const before = await page.locator('tbody tr').nth(1).boundingBox()
  await page.locator('td button[aria-expanded="false"]').first().press('Enter')
  await page.getByText('req-71').waitFor()
  const after = await page.locator('tbody tr').nth(2).boundingBox()
  assert.equal(after?.width, before?.width, 'the details push no column')
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  assert.equal(wide, false)
  await page.context().close()
})

test('[SEC-09] the log of the platform is narrowed by what was done and by days, and exported as it is narrowed', async () => {
  const page = await stage.open('', { viewport: { width: 390, height: 844 } })
  await page.goto('/platform/audit')
  await settled(page)
  assert.ok(same(await column(page, 3)).length > 1)
  await page.getByRole('button', { name: 'Filter' }).press('Enter')
  const filter = page.getByRole('region', { name: 'Filter' })
  await pick(page, filter, 'What', 'Went into a tenant')
  await page.waitForURL(/[?&]action=support.enter/)
  await page.getByRole('cell', { name: 'Made a tenant' }).first().waitFor({ state: 'detached' })
  await settled(page)
  assert.deepEqual(same(await column(page, 3)), ['Went into a tenant'])
  await filter.getByLabel('From', { exact: true }).fill('2001-01-01')
  await filter.getByLabel('From', { exact: true }).press('Tab')
  await page.waitForURL(/[?&]from=2001-01-01/)
  assert.deepEqual(await barriersOf(page), [])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Export' }).press('Enter')
  const address = await page.getByRole('dialog').getByRole('link', { name: 'Export' }).getAttribute('href')
  assert.match(address!, /\/platform\/audit\/export\?.*action=support\.enter.*from=/)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  assert.equal(wide, false)
  await page.context().close()
})
