import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathOf } from './pages.ts'
import { comeBack, settled, tell, useStage } from './stage.ts'

const stage = useStage({ size: 10 })
const CONTACT = pathOf('/contacts/[id]')

test('whoever is erased is gone from the page that shows them', async () => {
  const page = await stage.open()
  await page.goto(CONTACT)
  await settled(page)
  const main = page.getByRole('main')
  const name = await main.getByLabel('Name', { exact: true }).inputValue()
  const { items } = await page.evaluate(
    (at) => fetch(`/api/v1/contacts/0/data-requests${at}`).then((one) => one.json()),
    '?limit=20',
  )
  await tell(page, { path: CONTACT }, 'not_found')
  await tell(page, { path: `${CONTACT}/data-requests` }, { items, nextCursor: null })
  await comeBack(page)
  await page.getByText('This contact was erased').waitFor()
  assert.ok(name)
  assert.equal(await page.getByText(name).count(), 0)
  await page.context().close()
})

test('whoever is erased is gone from the panel beside their conversation', async () => {
  const page = await stage.open()
  await page.goto(pathOf('/inbox/[id]'))
  await settled(page)
  const panel = page.getByRole('complementary', { name: 'Contact' })
  await panel.getByRole('heading', { level: 2 }).waitFor()
  const { contact } = await page.evaluate(
    (path) => fetch(`/api/v1${path}`).then((one) => one.json()),
    pathOf('/inbox/[id]').replace('/inbox', '/conversations'),
  )
  await tell(page, { path: `/contacts/${contact.id}` }, 'not_found')
  await comeBack(page)
  await panel.getByRole('heading', { level: 2 }).waitFor({ state: 'detached' })
  await panel.getByText('There is nothing here').first().waitFor()
  await page.context().close()
})
