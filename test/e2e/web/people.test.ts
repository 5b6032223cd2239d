import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { BUILT_IN_PERMISSIONS, type Permission } from '#domain/permissions/catalogue.ts'
import { settled, tell, useStage } from './stage.ts'

const stage = useStage({ size: 10 })

/** The page of members, as somebody sees it who may do this. A second owner is among them. */
async function openMembers(permissions: readonly Permission[]): Promise<Page> {
  const page = await stage.open()
  await page.goto('/settings/profile')
  const [me, members, roles] = await Promise.all(
    ['/me', '/members', '/roles'].map((path) =>
      page.evaluate((at) => fetch(`/api/v1${at}`).then((one) => one.json()), path),
    ),
  )
  await tell(page, { path: '/me' }, { ...me, permissions })
  const [lena, musa, ...others] = members.items
  await tell(page, { path: '/members' }, { ...members, items: [lena, { ...musa, role: roles.items[0] }, ...others] })
  await page.goto('/settings/members')
  await settled(page)
  return page
}

const actionsFor = (page: Page, name: string) => page.getByRole('button', { name: `Actions for ${name}` })

test('an administrator is offered only roles and people that they may give and change', async () => {
  const page = await openMembers(BUILT_IN_PERMISSIONS.admin)
  await actionsFor(page, 'Aisha Rahman').press('Enter')
  await page.getByRole('menuitem', { name: 'Administrator' }).waitFor()
  assert.equal(await page.getByRole('menuitem', { name: 'Owner' }).count(), 0)
  await page.keyboard.press('Escape')
  assert.equal(await actionsFor(page, 'Musa Kiprono').count(), 0)
  await page.getByRole('button', { name: 'Invite' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Invite' })
  await dialog.getByRole('combobox', { name: 'Role' }).press('Enter')
  await page.getByRole('option', { name: 'Administrator' }).waitFor()
  assert.equal(await page.getByRole('option', { name: 'Owner' }).count(), 0)
  await page.context().close()
})

test('who manages members but sees no roles is offered those that they may give all the same', async () => {
  const page = await openMembers([...BUILT_IN_PERMISSIONS.agent, 'members.manage'])
  assert.equal(await actionsFor(page, 'Aisha Rahman').count(), 0)
  await actionsFor(page, 'Tom Wójcik').press('Enter')
  await page.getByRole('menuitem', { name: 'Viewer' }).waitFor()
  assert.equal(await page.getByRole('menuitem', { name: 'Supervisor' }).count(), 0)
  await page.context().close()
})
