import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { barriersOf } from '../axe.ts'
import { retell, sent, settled, useStage } from './stage.ts'

const stage = useStage({ size: 30 })

/** A run, in a house whose Temporal UI stands on another host. */
async function openRun(): Promise<Page> {
  const page = await stage.open()
  const temporalUiUrl = 'https://temporal.kahawa.example'
  await retell(page, '**/api/v1/config', (config: object) => ({ ...config, temporalUiUrl }))
  await page.goto('/runs')
  await settled(page)
  await page.locator('tbody a').first().press('Enter')
  await page.waitForURL(/\/runs\/./)
  await settled(page)
  return page
}

test('where no cookie reaches the Temporal UI, an engineer makes an address of their own, by keyboard', async () => {
  const page = await openRun()
  await page.getByRole('button', { name: 'How to read the contents there' }).press('Enter')
  const make = page.getByRole('button', { name: 'Make my address' })
  assert.deepEqual(await sent(page, 'POST', () => make.press('Enter')), { path: '/api/v1/decoding-passes', body: {} })
  await page.getByText(/api\/temporal-codec\/WzE3/).waitFor()
  await page
    .getByRole('status')
    .getByText(/^Keep it to yourself/)
    .waitFor()
  const hint = page.getByLabel('How to read the contents there', { exact: true })
  await hint.getByRole('button', { name: 'Copy' }).waitFor()
  assert.deepEqual(await barriersOf(page), [])
  await page.context().close()
})
