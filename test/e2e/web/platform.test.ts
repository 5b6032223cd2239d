import assert from 'node:assert/strict'
import { test } from 'node:test'
import { barriersOf } from '../axe.ts'
import { overflowsOn } from '../languages.ts'
import { useStage } from './stage.ts'

const TENANT = '01990032-0000-7000-8032-000000000003'
const PLACES = [
  '/platform',
  `/platform/tenants/${TENANT}`,
  '/platform/diagnostics',
  `/platform/diagnostics/${TENANT}`,
  '/platform/audit',
  '/platform/administrators',
]

const stage = useStage({ size: 10 })

test('[ANLY-31] an administrator sees which workspace is unwell first, why, and how it was before', async () => {
  const page = await stage.open()
  await page.goto('/platform/diagnostics')
  const rows = page.locator('table[aria-busy="false"] tbody tr')
  await rows.first().waitFor()
  assert.match(await rows.first().innerText(), /Kahawa Roasters\s+Something is wrong/)
  await page.getByRole('button', { name: 'Never looked at' }).press('Enter')
  await page.waitForURL(/[?&]result=none$/)
  await page.getByText('Kahawa Roasters').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Never looked at' }).press('Enter')
  await page.getByRole('link', { name: 'Kahawa Roasters' }).press('Enter')
  await page.getByText('The app secret is not that of the app').waitFor()
  assert.equal(
    await page.getByRole('link', { name: 'Open the page that mends it' }).count(),
    0,
    'it is not theirs to open',
  )
  const earlier = page.getByRole('table', { name: 'Earlier runs' }).getByRole('link')
  await earlier.nth(3).press('Enter')
  await page.waitForURL(/[?&]run=/)
  await page.getByText('All is well').first().waitFor()
  await page.context().close()
})

for (const language of ['de', 'ar'] as const) {
  test(`[UX-04] in ${language} the pages of the platform fit on a phone and bar nobody, and where one stands is in sight`, async () => {
    const page = await stage.open('', { language, viewport: { width: 390, height: 844 } })
    const wrong: Record<string, string[]> = {}
    for (const path of PLACES) {
      await page.goto(path)
      await page.locator('main h1').waitFor()
      await page.waitForFunction(() => document.querySelector('main .skeleton') === null)
      const found = [...(await overflowsOn(page, language)), ...(await barriersOf(page))]
      if (found.length > 0) wrong[path] = found
      const here = (await page.locator('nav a[aria-current="page"]').boundingBox())!
      assert.ok(here.x >= 0 && here.x + here.width <= 390, `${path} stands outside`)
    }
    assert.deepEqual(wrong, {})
    await page.context().close()
  })
}
