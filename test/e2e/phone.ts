import assert from 'node:assert/strict'
import type { Browser, Locator, Page } from 'playwright-core'
import { PATIENCE_MS } from './desk.ts'

export type Phone = {
  page: Page
  /** The messages of the open chat. */
  log: Locator
  write: (text: string) => Promise<void>
  /** Opens the newest list message and chooses a row. */
  choose: (row: string | RegExp) => Promise<void>
}

/** A customer with a phone in the hand, in a browser of their own, in a chat with one number. */
export async function openPhone(
  browser: Browser,
  where: { simulator: string; number: string; name: string; phoneNumberId: string },
): Promise<Phone> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US' })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  page.on('pageerror', (error) => assert.fail(error))
  const query = new URLSearchParams({ phone: `+${where.number}`, name: where.name, to: where.phoneNumberId })
  await page.goto(`${where.simulator}/?${query}`)
  const box = page.getByLabel('Message', { exact: true })
  await box.waitFor()
  const log = page.getByRole('log', { name: 'Messages' })
  return {
    page,
    log,
    async write(text) {
      await box.fill(text)
      await page.getByRole('button', { name: 'Send', exact: true }).click()
    },
    async choose(row) {
      await log.getByRole('button', { name: 'See options' }).last().click()
      await page.getByRole('radio', { name: row }).check()
      await page.getByRole('button', { name: 'Send choice' }).click()
    },
  }
}

/** A message through the simulator's door for scripts, when no page is needed. */
export async function say(
  simulator: string,
  message: { from: string; name: string; to: string; text: string },
): Promise<void> {
  const answer = await fetch(`${simulator}/control/phones/${message.from}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      to: message.to,
      message: { type: 'text', text: { body: message.text } },
      profile: { name: message.name },
    }),
  })
  assert.equal(answer.status, 200, await answer.text())
}
