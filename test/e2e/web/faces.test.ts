import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { barriersOf } from '../axe.ts'
import { PAGE_PATHS } from './pages.ts'
import { type Mode, settled, useStage } from './stage.ts'

const MANY = 3_000
const FIRST = '/inbox/01990009-0000-7000-8009-000000000001'
const FLOW = '/flows/01990005-0000-7000-8005-000000000002'
const RUN = '/runs/0199000a-0000-7000-800a-000000000001'
const LISTS = [
  '/inbox',
  '/contacts',
  '/flows',
  '/runs',
  '/settings/channels',
  '/settings/members',
  '/settings/audit',
  '/settings/api-keys',
  '/settings/request-log',
  '/settings/diagnostics',
  '/settings/suppressions',
  '/settings/webhooks',
]
const stage = useStage({ size: MANY })

async function visit(mode: Mode, paths: readonly string[], look: (page: Page, path: string) => Promise<void>) {
  const page = await stage.open(mode)
  for (const path of paths) {
    await page.goto(path)
    await look(page, path)
  }
  await page.context().close()
}

test('full: every page bars nobody, in light and in dark', async () => {
  const barriers: string[] = []
  await visit('', PAGE_PATHS, async (page) => {
    await settled(page)
    barriers.push(...(await barriersOf(page)))
  })
  assert.deepEqual(barriers, [])
})

test('empty: each list says what it is for, and bars nobody', async () => {
  const barriers: string[] = []
  await visit(
    'empty',
    [
      '/inbox',
      '/contacts',
      '/flows',
      '/runs',
      '/settings/channels',
      '/settings/audit',
      '/settings/api-keys',
      '/settings/request-log',
      '/settings/diagnostics',
    ],
    async (page, path) => {
      await settled(page)
      assert.equal(await page.getByRole('alert').filter({ hasText: /./ }).count(), 0, path)
      const said = await page.locator('main p').allInnerTexts()
      assert.ok(
        said.some((text) => text.length > 10),
        `${path} says nothing`,
      )
      barriers.push(...(await barriersOf(page)))
    },
  )
  assert.deepEqual(barriers, [])
})

test('failing: what happened, what is safe, and a way to try again', async () => {
  await visit('fail', [...LISTS, FIRST, FLOW, RUN, '/settings/security'], async (page, path) => {
    const alert = page.getByRole('main').getByRole('alert').filter({ hasText: 'This did not load' }).first()
    await alert.waitFor()
    await alert.getByText('Nothing is lost').waitFor()
    await alert.getByRole('button', { name: 'Try again' }).waitFor()
    await alert.getByText('unavailable · req-').waitFor()
    assert.equal((await page.locator('main .skeleton:visible').count()) > 20, false, `${path} still loads`)
  })
})

test('forbidden: a page that is not open says so, without offering to try again', async () => {
  await visit('forbid', [...LISTS, '/settings/roles'], async (page) => {
    const alert = page.getByRole('alert').filter({ hasText: 'This page is not open to you' }).first()
    await alert.waitFor()
    assert.equal(await alert.getByRole('button', { name: 'Try again' }).count(), 0)
  })
})

test('a conversation that is gone leads back to the list, also on a phone', async () => {
  const page = await stage.open('', { viewport: { width: 390, height: 844 } })
  await page.goto('/inbox/01990009-0000-7000-8009-0000000fffff?unread=1')
  await page.getByText('There is nothing here').waitFor()
  assert.equal(await page.getByText('Your draft is kept').count(), 0)
  await page.getByRole('main').getByText('Back to the list').press('Enter')
  await page.waitForURL(/\/inbox\?unread=1$/)
  await page.locator('[data-conversation]').first().waitFor()
  await page.context().close()
})

test('the code for an authenticator app is dark on white in the dark as well: cameras read nothing else', async () => {
  const page = await stage.open('', { theme: 'dark' })
  await page.goto('/settings/security')
  await page.getByRole('button', { name: 'Set up an app' }).press('Enter')
  const code = page
    .getByRole('dialog')
    .locator('svg[viewBox]')
    .filter({ has: page.locator('path[fill="#000"]') })
  await code.waitFor()
  assert.equal(await code.evaluate((svg) => getComputedStyle(svg).backgroundColor), 'rgb(255, 255, 255)')
  await page.context().close()
})

test('a page that breaks keeps the frame around it: every way out stays where it was', async () => {
  const page = await stage.open()
  await page.route('**/api/v1/auth/second-factors', (route) => route.fulfill({ json: {} }))
  page.removeAllListeners('pageerror')
  await page.goto('/settings/security')
  await page.getByText('This did not load').waitFor()
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Contacts' }).click()
  await page.getByRole('heading', { name: 'Contacts' }).waitFor()
  await page.context().close()
})

test('loading: the first paint is the frame of the real page, without a script', async () => {
  const page = await stage.open('', { javaScriptEnabled: false })
  for (const path of [FIRST, '/contacts', FLOW]) {
    await page.goto(path)
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
    assert.ok((await page.locator('.skeleton').count()) > 4, path)
  }
  await page.context().close()
})

test('[UX-04] the first paint is already mirrored and in the chosen language and theme', async () => {
  const page = await stage.open('', { javaScriptEnabled: false, language: 'ar', theme: 'dark' })
  await page.goto('/sign-in')
  const html = page.locator('html')
  const said = await Promise.all(['lang', 'dir', 'data-theme'].map((name) => html.getAttribute(name)))
  assert.deepEqual(said, ['ar', 'rtl', 'dark'])
  await page.getByRole('heading', { name: 'مرحبًا بعودتك' }).waitFor()
  await page.context().close()
})

test('[UX-04] the hint of an empty reply box reads from the right in a mirrored page, and words in their own direction', async () => {
  const page = await stage.open('', { language: 'ar' })
  await page.goto(FIRST)
  const box = page.locator('textarea')
  const direction = () => box.evaluate((area) => getComputedStyle(area).direction)
  assert.equal(await direction(), 'rtl')
  await box.fill('Hello')
  assert.equal(await direction(), 'ltr')
  await page.context().close()
})

test(`${MANY} conversations: a handful of rows is drawn, and the next ones come while one scrolls`, async () => {
  const page = await stage.open()
  await page.goto('/inbox')
  const rows = page.locator('[data-conversation]')
  await rows.first().waitFor()
  const drawn = await rows.count()
  assert.ok(drawn < 60, `${drawn} rows are drawn`)
  const first = await rows.first().getAttribute('data-conversation')
  await rows.first().hover()
  await page.mouse.wheel(0, 9_000)
  await page.waitForFunction((gone) => document.querySelector(`[data-conversation="${gone}"]`) === null, first)
  await rows.first().waitFor()
  assert.ok((await rows.count()) < 60)
  await page.context().close()
})

test('[INB-02] a view lives in the address: filtered, reloaded, and cleared again', async () => {
  const page = await stage.open()
  await page.goto('/inbox')
  await page.locator('[data-conversation]').first().waitFor()
  await page.getByRole('button', { name: /^Mine/ }).click()
  await page.waitForURL(/mine=1/)
  await page.reload()
  await page.getByRole('button', { name: /^Mine/, pressed: true }).waitFor()
  await page.locator('[data-conversation]').first().waitFor()
  await page.keyboard.press('m')
  await page.waitForURL((url) => !url.searchParams.has('mine'))
  await page.context().close()
})

test('[UX-11] without a network the words wait in sight, and leave by themselves when it is back', async () => {
  const page = await stage.open()
  await page.goto(FIRST)
  const box = page.getByLabel('Write to Amara Diallo')
  await box.waitFor()
  await page.context().setOffline(true)
  await page.getByText('You are offline').waitFor()
  await box.fill('Written on the train')
  await page.keyboard.press('Control+Enter')
  await page.getByText('Sent as soon as the connection is back').waitFor()
  await page.getByText('1 message waits').waitFor()
  await page.context().setOffline(false)
  const bubble = page.locator('[data-message]').filter({ hasText: 'Written on the train' })
  await bubble.waitFor()
  assert.equal(await bubble.count(), 1)
  await page.context().close()
})

test('a refused message keeps its words: sent again, edited or thrown away by their writer only', async () => {
  const page = await stage.open()
  await page.goto(FIRST)
  const box = page.getByLabel('Write to Amara Diallo')
  await box.fill('fail')
  await page.keyboard.press('Control+Enter')
  await page.getByText('Your text is kept.').waitFor()
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.waitForFunction(() => document.querySelector('textarea')?.value === 'fail')
  await page.getByText('Your text is kept.').waitFor({ state: 'detached' })
  await page.context().close()
})

test('a draft stays with its conversation', async () => {
  const page = await stage.open()
  await page.goto(FIRST)
  await page.getByLabel('Write to Amara Diallo').fill('Half a sent')
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  await page.waitForURL((url) => !url.pathname.endsWith('000000000001'))
  await page.locator('[data-conversation]').filter({ hasText: 'Draft' }).filter({ hasText: 'Half a sent' }).waitFor()
  await page.keyboard.press('k')
  await page.waitForFunction(() => document.querySelector('textarea')?.value === 'Half a sent')
  await page.context().close()
})
