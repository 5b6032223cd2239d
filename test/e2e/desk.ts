import assert from 'node:assert/strict'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'

/** Long enough for a machine that does ten other things; what is quick is measured, never assumed. */
export const PATIENCE_MS = 45_000
const STOPS_MAX = 80

/** A browser of one person. What breaks inside the page breaks the test. */
export async function openDesk(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    reducedMotion: 'reduce',
    ...options,
  })
  context.setDefaultTimeout(PATIENCE_MS)
  await context.addInitScript(() => {
    const seen = globalThis as { presses?: number }
    seen.presses ??= 0
    addEventListener('pointerdown', () => (seen.presses = (seen.presses ?? 0) + 1), { capture: true })
  })
  const page = await context.newPage()
  page.on('pageerror', (error) => assert.fail(error))
  return page
}

/** How often a mouse or a finger pressed anything since the page was loaded. */
export const pressesOf = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as { presses?: number }).presses ?? 0)

/** Walks with Tab until the thing has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await target.waitFor()
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press(key)
  }
  assert.fail(`${target} is not reached within ${STOPS_MAX} stops of ${key}`)
}

/** Fills a form field by field and sends it, by keyboard, once the page is awake. */
export async function fillByKeyboard(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  await page.locator('form button[type="submit"]').waitFor()
  for (const [label, text] of Object.entries(fields)) {
    await tabTo(page, page.getByLabel(label, { exact: true }))
    await page.keyboard.type(text)
  }
  await page.keyboard.press('Enter')
}

/** Types into the command bar and walks to what it offers under this name. */
export async function command(page: Page, typed: string, name: string | RegExp = typed): Promise<void> {
  await page.keyboard.press('Control+k')
  const bar = page.getByRole('dialog').filter({ has: page.getByRole('combobox') })
  await bar.getByRole('combobox').waitFor()
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox')
  await page.keyboard.type(typed)
  const wanted = bar.getByRole('option', { name })
  await wanted.first().waitFor()
  for (let step = 0; (await wanted.first().getAttribute('aria-selected')) !== 'true'; step += 1) {
    assert.ok(step < STOPS_MAX, `${name} is not reached in the command bar`)
    await page.keyboard.press('ArrowDown')
  }
  await page.keyboard.press('Enter')
  await bar.waitFor({ state: 'detached' })
}

/** When a text is first on the screen inside what the selector names, by the clock of this machine. */
export function seenAt(page: Page, selector: string, text: string): Promise<number> {
  return page.evaluate(
    ([where, what]) =>
      new Promise<number>((resolve) => {
        const look = () => {
          const found = [...document.querySelectorAll(where!)].some((element) => element.textContent?.includes(what!))
          if (!found) return
          observer.disconnect()
          resolve(Date.now())
        }
        const observer = new MutationObserver(look)
        observer.observe(document, { subtree: true, childList: true, characterData: true })
        look()
      }),
    [selector, text],
  )
}

/** Lets the Temporal UI of this browser ask the app to open payloads, as its dialog for the codec does. */
export async function letTemporalDecode(
  page: Page,
  { temporalUi, endpoint, byCookie }: { temporalUi: string; endpoint: string; byCookie: boolean },
): Promise<void> {
  await page.goto(`${temporalUi}/namespaces/holdfast/workflows`)
  await page.evaluate(
    ([address, credentials]) => {
      localStorage.setItem('overrideRemoteCodecConfiguration', 'true')
      localStorage.setItem('includeCredentials', credentials!)
      localStorage.setItem('endpoint', JSON.stringify(address))
    },
    [endpoint, String(byCookie)],
  )
}
