import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { barriersOf } from '../axe.ts'
import { pressesOf, tabTo } from '../desk.ts'
import { pathOf } from './pages.ts'
import { sent, settled, useStage } from './stage.ts'

const stage = useStage({ size: 30 })

async function visit(path: string): Promise<Page> {
  const page = await stage.open()
  await page.goto(path)
  await settled(page)
  return page
}

async function enter(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target)
  await page.keyboard.press('Enter')
}

/** Ends a walk: nobody was barred by what stands open, and no mouse was needed on the way. */
async function byKeyboardAlone(page: Page): Promise<void> {
  assert.equal(await pressesOf(page), 0)
  await page.context().close()
}

test('by keyboard: all that is known of a contact is packed, and they are erased once the word is typed', async () => {
  const page = await visit(pathOf('/contacts/[id]'))
  const { body } = await sent(page, 'POST', () =>
    page
      .getByRole('button', { name: 'Erase contact' })
      .press('Enter')
      .then(async () => {
        const dialog = page.getByRole('dialog', { name: 'Erase this contact for good' })
        const verb = dialog.getByRole('button', { name: 'Erase for good' })
        await dialog.waitFor()
        assert.equal(await verb.isDisabled(), true, 'before the word is typed')
        assert.deepEqual(await barriersOf(page), [])
        await page.keyboard.type('erase')
        await enter(page, verb)
      }),
  )
  assert.deepEqual(body, { kind: 'erasure' })
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByText('It begins as soon as it can').first().waitFor()
  await byKeyboardAlone(page)
})

test('by keyboard: who is never to be written to is found by reason, and taken off after a question', async () => {
  const page = await visit('/settings/suppressions')
  await tabTo(page, page.getByRole('combobox', { name: 'Why' }))
  await page.keyboard.press('Enter')
  await page.getByRole('option', { name: 'Complained' }).waitFor()
  await page.keyboard.type('Compl')
  await page.keyboard.press('Enter')
  await page.waitForURL(/reason=complaint/)
  await page.locator('table[aria-busy="false"] tbody tr').first().waitFor()
  const { path } = await sent(page, 'DELETE', async () => {
    await enter(page, page.getByRole('button', { name: 'Take off' }).first())
    const question = page.getByRole('alertdialog').or(page.getByRole('dialog'))
    await question.getByText('They may be written to again').waitFor()
    assert.deepEqual(await barriersOf(page), [])
    await enter(page, question.getByRole('button', { name: 'Take off' }))
  })
  assert.match(path, /\/suppressions\/[0-9a-f-]{36}$/)
  await page.getByText('Taken off the list').waitFor()
  await byKeyboardAlone(page)
})

test('by keyboard: keeping longer is done at once, keeping less is asked first and can be let be', async () => {
  const page = await visit('/settings/retention')
  const field = page.getByRole('combobox', { name: 'Conversations, messages and files' })
  const choose = async (key: 'ArrowUp' | 'ArrowDown') => {
    await tabTo(page, field)
    await page.keyboard.press('Enter')
    await page.locator('[role="option"][data-highlighted]').waitFor()
    for (const one of [key, 'Enter']) await page.keyboard.press(one)
  }
  assert.deepEqual((await sent(page, 'PATCH', () => choose('ArrowDown'))).body, { historyMonths: 36 })
  await field.filter({ hasText: '36 months' }).waitFor()
  await choose('ArrowUp')
  const question = page.getByRole('alertdialog').or(page.getByRole('dialog'))
  await question.getByText('deleted tonight').waitFor()
  assert.deepEqual(await barriersOf(page), [])
  await page.keyboard.press('Escape')
  await question.waitFor({ state: 'detached' })
  await field.filter({ hasText: '36 months' }).waitFor()
  await byKeyboardAlone(page)
})

test('by keyboard: a role is named, gets its permissions, and is made', async () => {
  const page = await visit('/settings/roles')
  await enter(page, page.getByRole('button', { name: 'New role' }))
  const make = page.getByRole('button', { name: 'Create role' })
  await make.waitFor()
  assert.equal(await make.isDisabled(), true, 'without a name')
  await tabTo(page, page.getByLabel('Name of the role', { exact: true }))
  await page.keyboard.type('Night desk')
  await tabTo(page, page.getByRole('checkbox', { name: 'See contacts', exact: true }))
  await page.keyboard.press('Space')
  assert.deepEqual(await barriersOf(page), [])
  const { path, body } = await sent(page, 'POST', () => enter(page, make))
  assert.match(path, /\/roles$/)
  assert.deepEqual(body, { key: 'night_desk', name: 'Night desk', permissions: ['contacts.read'] })
  await byKeyboardAlone(page)
})
