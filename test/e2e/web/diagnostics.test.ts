import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { barriersOf } from '../axe.ts'
import { type StageOptions, useStage } from './stage.ts'

const stage = useStage({ size: 30 })

async function openDiagnostics(options: StageOptions = {}): Promise<Page> {
  const page = await stage.open('', options)
  await page.goto('/settings/diagnostics')
  await page.locator('[data-check="errors"]').waitFor()
  return page
}

test('[ANLY-30] what was found stands with its way out, and a link leads to the number that it is about', async () => {
  const page = await openDiagnostics()
  const failed = page.locator('[data-check="credentials"][data-status="failed"]')
  await failed.getByText('The app secret is not that of the app').waitFor()
  await failed.getByText('Copy the app secret from the basic settings').waitFor()
  assert.deepEqual(await barriersOf(page), [])
  await failed.getByRole('link').first().press('Enter')
  await page.waitForURL(/\/settings\/channels\/[0-9a-f-]{36}$/)
  await page.getByRole('button', { name: 'Test now' }).waitFor()
  await page.context().close()
})

test('[ANLY-27] one click runs everything, check by check, and the rest can be left out by keyboard', async () => {
  const page = await openDiagnostics()
  await page.getByRole('button', { name: 'Run diagnostics' }).press('Enter')
  await page.getByText(/\d+ of 16 checks are made/).waitFor()
  await page.locator('[data-status="running"]').first().waitFor()
  assert.deepEqual(await barriersOf(page), [])
  await page.getByRole('button', { name: 'Cancel the run' }).press('Enter')
  await page.getByText('Cancelled').first().waitFor()
  await page.getByRole('button', { name: 'Run diagnostics' }).press('Enter')
  await page.getByRole('button', { name: 'Cancel the run' }).waitFor()
  await page.getByRole('button', { name: 'Copy transcript' }).waitFor()
  assert.equal(await page.locator('[data-status="running"]').count(), 0)
  await page.context().close()
})

test('[ANLY-30] the transcript is copied as text that support can read without the page', async () => {
  const page = await openDiagnostics({ permissions: ['clipboard-read', 'clipboard-write'] })
  await page.getByRole('button', { name: 'Copy transcript' }).press('Enter')
  await page.getByText('The transcript is copied').waitFor()
  const text = await page.evaluate(() => navigator.clipboard.readText())
  assert.match(
    text,
    /^Diagnostics - Holdfast 0\.1\.0 - http:\/\/127\.0\.0\.1:\d+\nrun [0-9a-f-]{36} - person - done - failed\n/,
  )
  assert.match(text, /\n\[ ok \] Database \(database\) \d+ ms version=18\.1 latencyMs=1\.4\n/)
  assert.match(text, /\n\[FAIL\] Credentials · Kahawa Mombasa \(credentials\/[0-9a-f-]{36}\)/)
  assert.match(text, /\(app_secret_wrong\)\n {7}-> Copy the app secret/)
  await page.context().close()
})

test('[ANLY-31] [ANLY-32] earlier runs are a timeline to open, and the daily run is switched where one reads of it', async () => {
  const page = await openDiagnostics()
  const earlier = page.getByRole('table', { name: 'Earlier runs' }).getByRole('link')
  assert.ok((await earlier.count()) >= 7)
  await earlier.nth(3).press('Enter')
  await page.waitForURL(/\/settings\/diagnostics\/[0-9a-f-]{36}$/)
  await page.getByText('All is well').first().waitFor()
  const daily = page.getByRole('switch', { name: 'Every day' })
  await page.getByText(/^Next run: /).waitFor()
  await daily.press('Space')
  await page.getByText(/^Next run: /).waitFor({ state: 'detached' })
  await daily.press('Space')
  await page.getByText(/^Next run: /).waitFor()
  await page.context().close()
})

test('[ANLY-30] on a phone, in Arabic and in the dark nothing is cut off and nobody is barred', async () => {
  for (const language of ['en', 'ar'] as const) {
    const page = await openDiagnostics({ language, theme: 'dark', viewport: { width: 390, height: 844 } })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
    assert.equal(wide, false, `${language} overflows`)
    assert.deepEqual(await barriersOf(page), [])
    await page.context().close()
  }
})
