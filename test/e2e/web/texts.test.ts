import assert from 'node:assert/strict'
import { test } from 'node:test'
import { barriersOf } from '../axe.ts'
import { useStage } from './stage.ts'

const stage = useStage({ size: 10 })

test('[UX-05] what mails say is on the page of texts; without its link a mail is refused, with it it is kept', async () => {
  const page = await stage.open('', { language: 'de' })
  await page.goto('/settings/translations')
  await page.getByText('apiKeys.title').waitFor()
  await page.getByRole('button', { name: /^Mails und Push/ }).press('Enter')
  await page.getByText('Einladung zu {tenant}').waitFor()
  assert.equal(await page.getByText('mails.reset.subject').count(), 0, 'an account belongs to no tenant')
  assert.deepEqual(await barriersOf(page), [])
  const box = page.getByLabel('mails.invitation.text')
  await box.fill('Kommen Sie zu uns.')
  await box.press('Tab')
  await page.getByText('Behalten Sie {link}').waitFor()
  const kept = page.waitForRequest((request) => request.method() === 'PUT')
  await box.fill('Kommen Sie zu uns:\n\n{link}')
  await box.press('Tab')
  assert.deepEqual((await kept).postDataJSON(), {
    texts: { 'mails.invitation.text': 'Kommen Sie zu uns:\n\n{link}' },
  })
  await page.getByText('Behalten Sie {link}').waitFor({ state: 'detached' })
  await page.context().close()
})
