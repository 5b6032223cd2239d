import assert from 'node:assert/strict'
import { test } from 'node:test'
import { barriersOf } from '../axe.ts'
import { sent, settled, useStage } from './stage.ts'

const stage = useStage({ size: 30 })

const NEW = ['/platform/plans', '/platform/plans/default', '/platform/health', '/settings/workspace'] as const

test('the pages of plans, of health and of a workspace bar nobody, in light, in dark and mirrored', async () => {
  const barriers: string[] = []
  for (const [theme, language] of [
    ['light', 'en'],
    ['dark', 'ar'],
  ] as const) {
    const page = await stage.open('', { theme, language })
    for (const path of NEW) {
      await page.goto(path)
      await settled(page)
      await page.getByRole('main').waitFor()
      barriers.push(...(await barriersOf(page)))
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      assert.ok(wide <= 0, `${path} scrolls sideways`)
    }
    await page.context().close()
  }
  assert.deepEqual(barriers, [])
})

test('on a phone none of these pages scrolls sideways', async () => {
  const page = await stage.open('', { viewport: { width: 390, height: 844 }, language: 'de' })
  for (const path of NEW) {
    await page.goto(path)
    await settled(page)
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    assert.ok(wide <= 0, `${path} scrolls sideways by ${wide}`)
  }
  await page.context().close()
})

test('[PERF-16] a plan is not saved with less than a hundred requests a minute, and an empty figure is that of the house', async () => {
  const page = await stage.open()
  await page.goto('/platform/plans/default')
  const field = page.getByRole('textbox', { name: 'All keys together' })
  await field.fill('99')
  await page.getByRole('textbox', { name: 'Storage for files' }).fill('2.5')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('At least 100.', { exact: true }).waitFor()
  assert.equal(await field.getAttribute('aria-invalid'), 'true')
  await field.fill('120')
  const { path, body } = await sent(page, 'PATCH', () => page.getByRole('button', { name: 'Save' }).click())
  assert.equal(path, '/api/v1/platform/plans/default')
  const touched = { requestsPerMinute: 120, storageBytes: 2_500_000_000 }
  assert.deepEqual(body, { name: 'Standard', limits: touched }, 'what nobody touched is not sent')
  await page.getByText('Saved').first().waitFor()
  await field.fill('')
  const emptied = await sent(page, 'PATCH', () => page.getByRole('button', { name: 'Save' }).click())
  assert.deepEqual(emptied.body, { name: 'Standard', limits: { requestsPerMinute: null } })
  await page.context().close()
})

test('a plan is retired only after a question, and the default one not at all', async () => {
  const page = await stage.open()
  await page.goto('/platform/plans/default')
  await page.getByText('Default', { exact: true }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Retire' }).count(), 0)
  await page.goto('/platform/plans/large')
  await page.getByRole('button', { name: 'Retire' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Who has it keeps it.').waitFor()
  const { path } = await sent(page, 'POST', () => dialog.getByRole('button', { name: 'Retire' }).click())
  assert.equal(path, '/api/v1/platform/plans/large/retire')
  await page.context().close()
})

test('health says which process is gone, and what was given up is tried again from its line', async () => {
  const page = await stage.open()
  await page.goto('/platform/health')
  await page.getByRole('status').filter({ hasText: 'Worker' }).waitFor()
  const worker = page.getByRole('listitem').filter({ hasText: 'Runs conversations and flows' })
  await worker.getByText('Down', { exact: true }).waitFor()
  const dead = page.getByRole('region', { name: 'Events that were given up' })
  const again = () => dead.getByRole('button', { name: 'Try again' }).first().click()
  assert.match((await sent(page, 'POST', again)).path, /\/platform\/dead-events\/[^/]+\/notifications\/[^/]+\/retry$/)
  const failed = page.getByRole('region', { name: 'Webhooks that were given up' })
  await failed.getByRole('button', { name: 'Send again' }).first().click()
  await page.getByText('Sent again: 500. Left: 704.').waitFor()
  const parked = page.getByRole('region', { name: 'Parked items' })
  assert.equal(await parked.getByRole('listitem').count(), 20)
  await parked.getByRole('button', { name: 'Load more' }).click()
  await parked.getByRole('listitem').nth(22).waitFor()
  await page.context().close()
})

test('a workspace says in hours when conversations end; what nobody touched is not sent', async () => {
  const page = await stage.open()
  await page.goto('/settings/workspace')
  const idle = page.getByRole('textbox', { name: 'Hours of silence until the bot ends it' })
  await idle.fill('721')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('At most 720.', { exact: true }).waitFor()
  await idle.fill('0')
  const { path, body } = await sent(page, 'PATCH', () => page.getByRole('button', { name: 'Save' }).click())
  assert.equal(path, '/api/v1/tenant')
  assert.partialDeepStrictEqual(body, { idleCloseMs: 0 })
  assert.ok(!Object.hasOwn(body as object, 'reopenWindowMs'))
  await page.context().close()
})
