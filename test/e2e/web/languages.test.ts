import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { LANGUAGES, type Language } from '#domain/languages.ts'
import { loadBundle } from '../../../web/src/lib/i18n/load.ts'
import { LOCALES } from '../../../web/src/lib/i18n/locales.ts'
import { messageOf } from '../../../web/src/lib/i18n/messages.ts'
import { englishOn, overflowsOn } from '../languages.ts'
import { PAGE_PATHS, pathOf } from './pages.ts'
import { settled, useStage } from './stage.ts'

const WIDE = { width: 1_440, height: 900 }
const PHONE = { width: 390, height: 844 }
/** Where people spend their day. */
const MAIN_PATHS = [
  ...['/inbox/[id]', '/contacts', '/flows/[id]', '/runs', '/settings/channels', '/settings/notifications'].map(pathOf),
  '/sign-in',
]
/** The longest words, and the other direction with another script: what every page is looked at in. */
const THOROUGH: readonly Language[] = ['de', 'ar']

/** What the people of the fixtures have written. */
const QUOTED = [
  'I am sorry to hear that. A new one is on its way.',
  'I am so sorry, Amara. A new one is on its way, no need to send anything back.',
  'Yes, please',
  'Asked for a person in the welcome menu.',
  'I will leave it here for now.',
  'Web shop',
]

const stage = useStage({ size: 30 })
/** One page for all languages: what changes between them is the cookie. The second walks beside it. */
let page: Page
let second: Page

before(async () => {
  page = await stage.open()
  second = await stage.open()
})

/** Changes the size of the window, and waits until the page is laid out and drawn for it. */
async function resize(page: Page, size: { width: number; height: number }): Promise<void> {
  await page.setViewportSize(size)
  await page.waitForFunction((width) => innerWidth === width, size.width)
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
}

async function prefer(page: Page, preferences: { locale: Language }): Promise<void> {
  await page.goto('about:blank') // A page that is just waking up writes down what it was rendered with.
  const value = encodeURIComponent(JSON.stringify(preferences))
  await page.context().addCookies([{ name: 'holdfast_prefs', value, url: stage.at }])
}

/** What is wrong with one page in one language: English on it, what does not fit, or that it did not load. */
async function faultsOf(page: Page, path: string, locale: Language): Promise<string[]> {
  await resize(page, WIDE)
  await page.goto(path)
  await settled(page)
  const failed = await page.getByText(/\breq-[0-9a-f]/).allInnerTexts()
  const english = locale === 'en' ? [] : await englishOn(page, locale, QUOTED)
  const wide = await overflowsOn(page, locale)
  await resize(page, PHONE)
  const narrow = await overflowsOn(page, locale)
  const html = page.locator('html')
  const says = [await html.getAttribute('lang'), await html.getAttribute('dir')].join(' ')
  const other = says === `${locale} ${LOCALES[locale].dir}` ? [] : [`the page says ${says}`]
  return [failed, english, wide, narrow.map((found) => `phone: ${found}`), other].flat()
}

/** Picks from a list of the settings; a page that is awake has written down all it remembers, also the panels. */
async function pick(label: string, option: string): Promise<void> {
  await page.waitForFunction(() => document.cookie.includes('panelLocales'))
  await page.getByRole('combobox', { name: label, exact: true }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

for (const locale of LANGUAGES) {
  const isThorough = THOROUGH.includes(locale)
  const which = isThorough ? 'all pages' : 'the main pages'
  test(`[UX-01] [UX-03] [UX-04] in ${LOCALES[locale].name} ${which} speak nothing else, and all of it fits, wide and on a phone`, async () => {
    const wrong: Record<string, string[]> = {}
    const paths = [...(isThorough ? PAGE_PATHS : MAIN_PATHS)]
    const walk = async (page: Page) => {
      await prefer(page, { locale })
      for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
        const faults = await faultsOf(page, path, locale)
        if (faults.length > 0) wrong[path] = faults
      }
    }
    await Promise.all([page, second].map(walk))
    assert.deepEqual(wrong, {})
  })
}

test('[UX-02] a person picks any of the languages in the settings, and the page and the account follow', async () => {
  await prefer(page, { locale: 'en' })
  await resize(page, WIDE)
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
    await prefer(page, { locale: workspace })
    await page.goto('/settings/appearance')
    const label = messageOf(await loadBundle(workspace), 'settings.panel_agent')!
    await pick(label, LOCALES[inbox].name)
    await page.waitForFunction((picked) => decodeURIComponent(document.cookie).includes(picked), `"agent":"${inbox}"`)
    await page.locator(`html[lang="${workspace}"][dir="${LOCALES[workspace].dir}"]`).waitFor()
    await page.goto('/inbox')
    await page.locator(`html[lang="${inbox}"][dir="${LOCALES[inbox].dir}"]`).waitFor()
  }
})
