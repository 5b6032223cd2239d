import assert from 'node:assert/strict'
import type { Browser, Locator, Page } from 'playwright-core'
import { openDesk, tabTo } from './desk.ts'

/** A chat on a phone page, driven by its keys alone. */
export type Phone = {
  page: Page
  /** The messages of the open chat. */
  log: Locator
  write: (text: string) => Promise<void>
  /** Presses the newest button of this name in the chat. */
  press: (name: string) => Promise<void>
  /** Opens the newest list message and chooses a row. */
  choose: (row: string | RegExp) => Promise<void>
}

const ROWS_MAX = 20

/** A customer with a phone in the hand, in a browser of their own, in a chat with one number. */
export async function openPhone(
  browser: Browser,
  where: { simulator: string; number: string; name: string; phoneNumberId: string },
): Promise<Phone> {
  const page = await openDesk(browser, { viewport: { width: 1280, height: 900 } })
  const query = new URLSearchParams({ phone: `+${where.number}`, name: where.name, to: where.phoneNumberId })
  await page.goto(`${where.simulator}/?${query}`)
  const box = page.getByLabel('Message', { exact: true })
  await box.waitFor()
  const log = page.getByRole('log', { name: 'Messages' })
  /** From the box at its foot the newest message is the nearest. */
  const press = async (name: string) => {
    await tabTo(page, box)
    await tabTo(page, log.getByRole('button', { name, exact: true }).last(), 'Shift+Tab')
    await page.keyboard.press('Enter')
  }
  return {
    page,
    log,
    press,
    async write(text) {
      await tabTo(page, box)
      await page.keyboard.type(text)
      await page.keyboard.press('Enter')
    },
    async choose(row) {
      await press('See options')
      await tabTo(page, page.getByRole('radio').first())
      await page.keyboard.press('Space')
      const wanted = page.getByRole('radio', { name: row })
      for (let step = 0; !(await wanted.isChecked()); step += 1) {
        assert.ok(step < ROWS_MAX, `${row} is not reached by the arrows`)
        await page.keyboard.press('ArrowDown')
      }
      await page.keyboard.press('Enter')
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
