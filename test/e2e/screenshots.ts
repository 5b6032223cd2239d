import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../support/browser.ts'
import { startHouse, type TestHouse } from '../support/house.ts'
import { fillByKeyboard, letTemporalDecode, openDesk } from './desk.ts'
import { openPhone, type Phone } from './phone.ts'

/** Takes the pictures of the README from a house with demo data: `node test/e2e/screenshots.ts`. */

const FOLDER = join(import.meta.dirname, '../../docs')
const SIZE_BYTES_MAX = 200_000
const CUSTOMER = { number: '254722300777', name: 'Achieng Otieno' }
const QUESTION = 'Do you deliver to Kisumu? I need 5 kg of the peaberry by Thursday.'
const ANSWER = 'Hi Achieng! We do: it leaves today and is with you on Wednesday before noon. Shall I reserve it?'

const DESK = { width: 1200, height: 720 }
const WIDE = { width: 1640, height: 740 }

type Set = { house: TestHouse; browser: Browser; theme: 'light' | 'dark' }

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true })
  const house = await startHouse()
  const browser = await openBrowser()
  try {
    const phone = await play(house, browser)
    await phone.page.setViewportSize({ width: 1366, height: 860 })
    // The glow behind the phone doubles the size of the picture.
    await phone.page.addStyleTag({ content: '.desk { background: var(--paper) !important }' })
    for (const theme of ['light', 'dark'] as const) {
      const set = { house, browser, theme }
      await phone.page.emulateMedia({ colorScheme: theme })
      await shoot(phone.page, set, 'phone')
      const runPath = await takeInbox(set)
      await takeCanvases(set, runPath)
      if (theme === 'light') await takeTemporal(set, runPath)
    }
  } finally {
    await browser.close()
    await house.stop()
  }
}

/** A customer is served by the bot, asks for a person, and gets an answer. */
async function play(house: TestHouse, browser: Browser): Promise<Phone> {
  const { simulators, channels } = house.endpoints()
  const phone = await openPhone(browser, {
    simulator: simulators.whatsapp!,
    ...CUSTOMER,
    phoneNumberId: channels[0]!.phoneNumberId,
  })
  await phone.write('Habari! Are you open on Saturday?')
  await phone.log.getByText(/How can we help you/).waitFor()
  await phone.choose(/Opening hours/)
  await phone.log.getByRole('button', { name: 'Yes, please' }).click()
  await phone.log
    .getByText(/How can we help you/)
    .nth(1)
    .waitFor()
  await phone.choose(/Talk to a person/)
  await phone.log.getByText(/I am calling a colleague/).waitFor()
  await phone.write(QUESTION)
  const agent = await signIn({ house, browser, theme: 'light' }, 'agent')
  await agent.locator('[data-conversation]').filter({ hasText: CUSTOMER.name }).click()
  await agent.getByRole('log').getByText(QUESTION).waitFor()
  await agent.keyboard.press('Alt+t')
  await agent.getByText('You have it').waitFor()
  await agent.keyboard.press('r')
  await agent.keyboard.type(ANSWER)
  await agent.keyboard.press('Control+Enter')
  await phone.log.getByText(ANSWER).waitFor()
  await agent.getByRole('img', { name: 'Read' }).last().waitFor()
  await agent.context().close()
  return phone
}

async function signIn({ house, browser, theme }: Set, role: string, viewport = DESK): Promise<Page> {
  const page = await openDesk(browser, { viewport, colorScheme: theme })
  const person = house.endpoints().demo.find((one) => one.role === role)!
  await page.goto(`${house.endpoints().app}/sign-in`)
  await fillByKeyboard(page, { 'Work e-mail': person.email, Password: person.password })
  await page.waitForURL(/\/inbox/)
  await page.locator('[data-conversation]').first().waitFor()
  return page
}

/** The list, a thread and its contact. Gives the path of the run behind a bubble. */
async function takeInbox(set: Set): Promise<string> {
  const page = await signIn(set, 'agent')
  await page.locator('[data-conversation]').filter({ hasText: CUSTOMER.name }).click()
  await page.getByRole('log').getByText(ANSWER).waitFor()
  await shoot(page, set, 'inbox')
  const runPath = await page
    .getByRole('link', { name: 'Open the run behind this message' })
    .first()
    .getAttribute('href')
  await page.context().close()
  return runPath!
}

async function takeCanvases(set: Set, runPath: string): Promise<void> {
  const page = await signIn(set, 'agent', WIDE)
  const { app } = set.house.endpoints()
  await page.goto(`${app}/flows`)
  await page.getByRole('link', { name: 'Welcome menu' }).click()
  await page.getByText('Ask with a list').first().waitFor()
  await page.keyboard.press('1')
  await shoot(page, set, 'flow')
  await page.goto(`${app}${runPath}`)
  await page.getByText('Call people').first().waitFor()
  await page.keyboard.press('1')
  await shoot(page, set, 'run')
  await page.context().close()
}

async function takeTemporal(set: Set, runPath: string): Promise<void> {
  const { app, temporalUi } = set.house.endpoints()
  const page = await signIn(set, 'owner', { width: 1280, height: 1_000 })
  await page.goto(`${app}${runPath}`)
  const href = await page.getByRole('link', { name: 'Open in Temporal' }).getAttribute('href')
  await letTemporalDecode(page, { temporalUi: temporalUi!, endpoint: `${app}/api/temporal-codec`, byCookie: true })
  await page.goto(href!)
  await page.getByRole('heading', { name: 'Event History' }).waitFor()
  await page.getByText('"tenantId"').first().waitFor()
  await shoot(page, set, 'temporal')
  await page.context().close()
}

/** The phone is all shades of its glass and its wallpaper, which only a photograph keeps small. */
const PHOTOGRAPHED = new Set(['phone'])

async function shoot(page: Page, { theme }: Set, name: string): Promise<void> {
  await page.waitForFunction(() => document.querySelector('.skeleton') === null && document.fonts.status === 'loaded')
  await page.waitForLoadState('load')
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 2_000 })))
  const photo = PHOTOGRAPHED.has(name)
  const file = `${name}-${theme}.${photo ? 'jpg' : 'png'}`
  const path = join(FOLDER, file)
  await page.mouse.move(0, 0)
  await page.screenshot({
    ...{ path, animations: 'disabled', caret: 'hide' },
    ...(photo ? { type: 'jpeg', quality: 82 } : {}),
  })
  const sizeBytes = statSync(path).size
  console.log(`${file} ${Math.round(sizeBytes / 1_000)} KB${sizeBytes > SIZE_BYTES_MAX ? ', too large' : ''}`)
}

await main()
