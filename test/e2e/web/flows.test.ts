import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathOf } from './pages.ts'
import { settled, tell, useStage } from './stage.ts'

const stage = useStage({ size: 10 })

test('by keyboard: a step is opened where one stands, closed with Escape, and opened again', async () => {
  const page = await stage.open()
  await page.goto(pathOf('/flows/[id]').replace(/2$/, '1'))
  await settled(page)
  const step = page.getByRole('group', { name: /^Greeting/ })
  const details = page.getByRole('complementary', { name: 'About this flow' })
  const heading = details.getByRole('heading', { name: 'Greeting' })
  for (const key of ['Enter', 'Space']) {
    await step.press(key)
    await heading.waitFor()
    await page.keyboard.press('Escape')
    await heading.waitFor({ state: 'detached' })
  }
  await step.press('Enter')
  await heading.waitFor()
  await details.getByRole('button', { name: 'Close' }).focus()
  await page.keyboard.press('Escape')
  await heading.waitFor({ state: 'detached' })
  assert.equal(await page.locator('.svelte-flow__node.selected').count(), 0)
  await page.context().close()
})

test('runs are narrowed to any flow, however many there are', async () => {
  const page = await stage.open()
  await page.goto('/flows')
  const { items } = await page.evaluate(() => fetch('/api/v1/flows').then((one) => one.json()))
  const flows = Array.from({ length: 130 }, (_, index) => ({
    ...items[0],
    id: `0199000f-0000-7000-800f-${String(index).padStart(12, '0')}`,
    name: `Flow ${index + 1}`,
  }))
  await tell(page, { path: '/flows' }, (request) => {
    const query = new URL(request.url()).searchParams
    const [from, limit] = [Number(query.get('cursor') ?? 0), Number(query.get('limit'))]
    const next = from + limit
    return { items: flows.slice(from, next), nextCursor: next < flows.length ? String(next) : null }
  })
  await page.goto(`/runs?flowId=${flows[120]!.id}`)
  await page.getByRole('combobox', { name: 'Flow' }).filter({ hasText: 'Flow 121' }).waitFor()
  await page.context().close()
})
