import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { pathOf } from './pages.ts'
import { settled, tell, useStage } from './stage.ts'

const stage = useStage({ size: 10 })
const RUN = pathOf('/runs/[id]')

const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

test('an access that is given to support is not hidden behind a form while it is not known', async () => {
  const page = await stage.open()
  let isThere = false
  const grant = { scope: 'read', reason: 'Broken import', grantedBy: null, grantedAt: new Date().toISOString() }
  await tell(page, { path: '/support-access' }, () =>
    isThere ? { grant: { ...grant, expiresAt: new Date(Date.now() + 3_600_000).toISOString() } } : 'unavailable',
  )
  await page.goto('/settings/security')
  const section = region(page, 'Help from the platform')
  const again = section.getByRole('button', { name: 'Try again' })
  await again.waitFor()
  assert.equal(await section.getByRole('button', { name: 'Let them in' }).count(), 0)
  isThere = true
  await again.press('Enter')
  await section.getByRole('button', { name: 'End it now' }).waitFor()
  await page.context().close()
})

test('a policy that could not be asked for says so', async () => {
  const page = await stage.open()
  await tell(page, { path: '/tenant' }, 'unavailable')
  await page.goto('/settings/security')
  await region(page, 'Second step in this workspace').getByRole('button', { name: 'Try again' }).waitFor()
  await page.context().close()
})

test('the log of a run that did not come is not an empty one, and where it broke off it goes on', async () => {
  const page = await stage.open()
  const events = await firstPages(page)
  let broken = true
  await tell(page, { path: `${RUN}/events` }, 'unavailable')
  await page.goto(RUN)
  const log = region(page, 'What happened')
  await log.getByRole('button', { name: 'Try again' }).waitFor()
  assert.equal(await page.getByText('Nothing happened yet').count(), 0)
  assert.equal(await page.getByText('It did not have to wait').count(), 0)
  await tell(page, { path: `${RUN}/events` }, (request) => {
    const isSecond = new URL(request.url()).searchParams.has('cursor')
    if (isSecond && broken) return 'unavailable'
    return isSecond ? events[1]! : events[0]!
  })
  await log.getByRole('button', { name: 'Try again' }).press('Enter')
  await log.getByRole('listitem').nth(1).waitFor()
  await log.getByRole('button', { name: 'Try again' }).waitFor()
  broken = false
  await log.getByRole('button', { name: 'Try again' }).press('Enter')
  await log.getByRole('listitem').nth(3).waitFor()
  await log.getByRole('button', { name: 'Try again' }).waitFor({ state: 'detached' })
  await page.context().close()
})

/** The log of the run in two pages. */
async function firstPages(page: Page): Promise<{ items: unknown[]; nextCursor: string | null }[]> {
  await page.goto('/runs')
  const { items } = await page.evaluate((path) => fetch(`/api/v1${path}/events`).then((one) => one.json()), RUN)
  return [
    { items: items.slice(0, 2), nextCursor: '2' },
    { items: items.slice(2), nextCursor: null },
  ]
}

test('open invitations that did not come are not told to be none', async () => {
  const page = await stage.open()
  await tell(page, { path: '/invitations' }, 'unavailable')
  await page.goto('/settings/members')
  await region(page, 'Open invitations').getByRole('button', { name: 'Try again' }).waitFor()
  await page.context().close()
})

test('nobody is asked for a role where the roles did not come', async () => {
  const page = await stage.open()
  await tell(page, { path: '/roles' }, 'unavailable')
  await page.goto('/settings/members')
  await settled(page)
  await page.getByRole('button', { name: 'Invite' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Invite' })
  await dialog.getByRole('button', { name: 'Try again' }).waitFor()
  assert.equal(await dialog.getByRole('combobox').count(), 0)
  await page.context().close()
})

test('exports and erasures that could not be asked for are not told to be none', async () => {
  const page = await stage.open()
  await tell(page, { path: `${pathOf('/contacts/[id]')}/data-requests` }, 'unavailable')
  await page.goto(pathOf('/contacts/[id]'))
  await region(page, 'Their data').getByRole('button', { name: 'Try again' }).waitFor()
  await page.context().close()
})

test('an availability that is refused is not shown as if it held', async () => {
  const page = await stage.open()
  await tell(page, { path: '/me', method: 'PATCH' }, 'unavailable')
  await page.goto('/settings/profile')
  await settled(page)
  const choice = page.getByRole('radiogroup', { name: 'Availability' })
  await choice.getByRole('radio', { name: 'Busy' }).press('Space')
  await page.getByText('The server does not answer').first().waitFor()
  assert.equal(await choice.getByRole('radio', { name: 'Online' }).isChecked(), true)
  assert.equal(await choice.getByRole('radio', { name: 'Busy' }).isChecked(), false)
  await page.context().close()
})

test('a plan that is refused is not shown as if it held', async () => {
  const page = await stage.open()
  const tenant = pathOf('/platform/tenants/[id]')
  await tell(page, { path: tenant, method: 'PATCH' }, 'forbidden')
  await page.goto(tenant)
  await settled(page)
  const plan = page.getByRole('combobox', { name: 'Plan' })
  await plan.filter({ hasText: 'Standard' }).press('Enter')
  await page.getByRole('option', { name: 'Large' }).waitFor()
  await page.keyboard.type('Large')
  await page.keyboard.press('Enter')
  await page.getByText('Your role does not allow this').first().waitFor()
  await plan.filter({ hasText: 'Standard' }).waitFor()
  await page.context().close()
})
