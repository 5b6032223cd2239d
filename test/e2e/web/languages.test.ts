import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { LANGUAGES, type Language } from '#domain/languages.ts'
import { loadBundle } from '../../../web/src/lib/i18n/load.ts'
import { LOCALES } from '../../../web/src/lib/i18n/locales.ts'
import { messageOf } from '../../../web/src/lib/i18n/messages.ts'
import { openBrowser } from '../../support/browser.ts'
import { englishOn, overflowsOn } from '../languages.ts'
import { openStage, type Stage } from './stage.ts'

const WIDE = { width: 1_440, height: 900 }
const PHONE = { width: 390, height: 844 }
const PAGES = [
  '/inbox/01990009-0000-7000-8009-000000000001',
  '/contacts',
  '/flows',
  '/flows/01990005-0000-7000-8005-000000000002',
  '/runs',
  '/runs/0199000a-0000-7000-800a-000000000001',
  '/settings/appearance',
  '/settings/channels',
  '/settings/members',
  '/settings/webhooks',
  '/settings/webhooks/01990033-0000-7000-8033-000000000002',
  '/settings/api-keys',
  '/settings/request-log',
  '/settings/notifications',
  '/settings/suppressions',
  '/settings/audit',
  '/settings/security',
  '/settings/channels/01990006-0000-7000-8006-000000000002',
  '/sign-in',
]

/** What the people of the fixtures have written. */
const QUOTED = [
  'I am sorry to hear that. A new one is on its way.',
  'Yes, please',
  'Asked for a person in the welcome menu.',
  'I will leave it here for now.',
  'Web shop',
]

let stage: Stage
let browser: Browser
/** One page for all languages: what changes between them is the cookie. */
let page: Page

before(async () => {
  stage = await openStage({ size: 30 })
  browser = await openBrowser()
  page = await stage.open(browser)
})
after(async () => {
  await browser?.close()
  stage?.stop()
})

const settled = () => page.waitForFunction(() => document.querySelector('.skeleton') === null)

/** Changes the size of the window, and waits until the page is laid out and drawn for it. */
async function resize(size: { width: number; height: number }): Promise<void> {
  await page.setViewportSize(size)
  await page.waitForFunction((width) => innerWidth === width, size.width)
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
}

async function prefer(preferences: { locale: Language }): Promise<void> {
  const value = encodeURIComponent(JSON.stringify(preferences))
  await page.context().addCookies([{ name: 'holdfast_prefs', value, url: stage.at }])
}

/** Picks from a list of the settings; a page that is awake has written down all it remembers, also the panels. */
async function pick(label: string, option: string): Promise<void> {
  await page.waitForFunction(() => document.cookie.includes('panelLocales'))
  await page.getByRole('combobox', { name: label, exact: true }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

for (const locale of LANGUAGES) {
  const { name, dir } = LOCALES[locale]
  test(`[UX-01] [UX-03] [UX-04] in ${name} the main pages speak nothing else, and all of it fits, wide and on a phone`, async () => {
    await prefer({ locale })
    const wrong: Record<string, string[]> = {}
    for (const path of PAGES) {
      await resize(WIDE)
      await page.goto(path)
      await settled()
      const english = locale === 'en' ? [] : await englishOn(page, locale, QUOTED)
      const wide = await overflowsOn(page, locale)
      await resize(PHONE)
      const narrow = await overflowsOn(page, locale)
      const all = [english, wide, narrow.map((found) => `phone: ${found}`)].flat()
      if (all.length > 0) wrong[path] = all
    }
    assert.deepEqual(wrong, {})
    const html = page.locator('html')
    assert.deepEqual([await html.getAttribute('lang'), await html.getAttribute('dir')], [locale, dir])
  })
}

test('[UX-02] a person picks any of the languages in the settings, and the page and the account follow', async () => {
  await prefer({ locale: 'en' })
  await resize(WIDE)
  await page.goto('/settings/appearance')
  let label = 'Language'
  for (const locale of [...LANGUAGES.slice(1), LANGUAGES[0]]) {
    const kept = page.waitForRequest((request) => request.method() === 'PATCH' && request.url().endsWith('/me'))
    await pick(label, LOCALES[locale].name)
    await page.locator(`html[lang="${locale}"][dir="${LOCALES[locale].dir}"]`).waitFor()
    assert.deepEqual((await kept).postDataJSON(), { locale })
    label = messageOf(await loadBundle(locale), 'settings.language')!
  }
})

test('[UX-06] each panel speaks the language that was picked for it, whichever of the ten that is', async () => {
  const pairs = LANGUAGES.flatMap((locale, place) =>
    place % 2 === 0 ? [[locale, LANGUAGES[place + 1]!] as const] : [],
  )
  for (const [inbox, workspace] of pairs) {
    await prefer({ locale: workspace })
    await page.goto('/settings/appearance')
    const label = messageOf(await loadBundle(workspace), 'settings.panel_agent')!
    await pick(label, LOCALES[inbox].name)
    await page.waitForFunction((picked) => decodeURIComponent(document.cookie).includes(picked), `"agent":"${inbox}"`)
    await page.locator(`html[lang="${workspace}"][dir="${LOCALES[workspace].dir}"]`).waitFor()
    await page.goto('/inbox')
    await page.locator(`html[lang="${inbox}"][dir="${LOCALES[inbox].dir}"]`).waitFor()
  }
})
