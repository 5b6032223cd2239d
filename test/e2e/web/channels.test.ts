import assert from 'node:assert/strict'
import { test } from 'node:test'
import { barriersOf } from '../axe.ts'
import { useStage } from './stage.ts'

const stage = useStage({ size: 10 })

test('[F33] an owner finds what a number could not take from the page of numbers, reads why, and has it taken once more', async () => {
  const page = await stage.open()
  await page.goto('/settings/channels')
  const aside = page.getByRole('region', { name: 'Set aside: Kahawa Mombasa' })
  await aside.getByText('A message', { exact: true }).waitFor()
  assert.equal(await page.getByRole('region', { name: 'Set aside: Kahawa Nairobi' }).count(), 0)
  assert.deepEqual(await barriersOf(page), [])
  await page.getByRole('link', { name: 'Kahawa Mombasa' }).press('Enter')
  const own = page.getByRole('region', { name: 'Set aside', exact: true })
  await own.getByText('A message', { exact: true }).click()
  await own.getByText('Token "NaN" is invalid').waitFor()
  await own.getByRole('button', { name: 'Take once more' }).first().press('Enter')
  await page.getByText('It is taken once more').waitFor()
  await own.getByText('A message', { exact: true }).waitFor({ state: 'detached' })
  await own.getByText('A receipt for a message').waitFor()
  await page.goto('/settings/channels')
  await page.getByRole('link', { name: 'Kahawa Nairobi' }).press('Enter')
  await own.getByText('Nothing is set aside').waitFor()
  await page.context().close()
})

test('what Meta told about a number reads as words, with what became of it', async () => {
  const page = await stage.open()
  await page.goto('/settings/channels')
  await page.getByRole('link', { name: 'Kahawa Nairobi' }).press('Enter')
  const told = page.getByRole('region', { name: 'What Meta told about this number' })
  await told.getByText('Quality changed: Raised').waitFor()
  await told.getByText('A template was reviewed: Approved').waitFor()
  await told.getByText('Account changed: A rule was broken').waitFor()
  await told.getByText('A contact chose what to receive').waitFor()
  assert.deepEqual(
    (await told.locator('summary').allInnerTexts()).filter((text) => /_|\w\.\w/.test(text)),
    [],
  )
  await page.context().close()
})
