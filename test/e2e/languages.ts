import type { Page } from 'playwright-core'
import { FALLBACK, loadBundle } from '../../web/src/lib/i18n/load.ts'
import { LOCALES, type Locale } from '../../web/src/lib/i18n/locales.ts'
import type { Bundle } from '../../web/src/lib/i18n/messages.ts'

const LETTERS_MIN = 4
const SCRIPTS = { arabic: /\p{Script=Arabic}/u, devanagari: /\p{Script=Devanagari}/u, hebrew: /\p{Script=Hebrew}/u }

const textsOf = (bundle: Bundle): string[] => Object.values(bundle).flatMap((texts) => Object.values(texts ?? {}))

/** The words around what is filled in: `Go to {place}` gives `Go to`. */
const wordsOf = (text: string) =>
  text
    .replaceAll(/\{[^{}]*\{[^{}]*\}[^{}]*\}/g, '\n')
    .split(/\{[^{}]*\}|[{}\n]/)
    .map((part) => part.trim())
    .filter((part) => /[A-Za-z]{2}/.test(part) && part.length >= LETTERS_MIN)

const saidOn = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement
      if (parent?.closest('script, style, [data-message]') === null) found.push(walker.currentNode.textContent ?? '')
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) found.push(element.getAttribute(name) ?? '')
    }
    return [...new Set(found.map((text) => text.trim()).filter((text) => text !== ''))]
  })

type English = { whole: ReadonlySet<string>; parts: readonly string[] }
const englishBeside = new Map<Locale, Promise<English>>()

/** The English texts that the texts of a language nowhere hold, whole and around what is filled in. */
async function readEnglish(locale: Locale): Promise<English> {
  const own = textsOf(await loadBundle(locale)).join('\n')
  const english = textsOf(FALLBACK)
  return {
    whole: new Set(english.filter((text) => /[A-Za-z]{2}/.test(text) && !own.includes(text))),
    parts: english
      .filter((text) => text.includes('{'))
      .flatMap(wordsOf)
      .filter((part) => part.includes(' ') && !own.includes(part)),
  }
}

/**
 * Everything this page says, seen or read out, that stands in the English texts and not in those of the language.
 *
 * @param quoted what people have written in English, whatever the language of the page.
 */
export async function englishOn(page: Page, locale: Locale, quoted: readonly string[] = []): Promise<string[]> {
  const known = englishBeside.get(locale) ?? readEnglish(locale)
  englishBeside.set(locale, known)
  const { whole, parts } = await known
  // Where another script frames English, a person or a flow is quoted.
  const { script } = LOCALES[locale]
  const ours = (await saidOn(page)).filter((text) => script === undefined || !SCRIPTS[script].test(text))
  const said = ours.filter((text) => !quoted.some((words) => text.includes(words)))
  return said.filter((text) => whole.has(text) || parts.some((part) => text.includes(part)))
}

/** What does not fit on this page: a page that can be pushed aside, words that leave their box, labels that are cut. */
export async function overflowsOn(page: Page, locale: Locale): Promise<string[]> {
  const labels = textsOf(await loadBundle(locale)).filter((text) => !text.includes('{'))
  return page.evaluate((ours: string[]) => {
    const labelSet = new Set(ours)
    const told = (element: Element) =>
      `${element.tagName.toLowerCase()} “${(element.textContent ?? '').trim().slice(0, 60)}”`
    const found: string[] = []
    const root = document.documentElement
    if (root.scrollWidth > root.clientWidth + 1) found.push(`the page is ${root.scrollWidth} wide`)
    for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
      if (element.closest('svg, [data-message], .sr-only, [aria-hidden="true"]') !== null) continue
      const text = [...element.childNodes].map((node) => (node.nodeType === 3 ? node.textContent : '')).join('')
      const box = element.getBoundingClientRect()
      if (text.trim() === '' || box.width <= 1 || box.height <= 1 || !element.checkVisibility()) continue
      const style = getComputedStyle(element)
      const over = element.scrollWidth - element.clientWidth
      if (style.display === 'inline' || over <= 1 || style.overflowX === 'auto' || style.overflowX === 'scroll')
        continue
      // What people have written may be cut with dots; words of ours may not.
      if (style.overflowX === 'visible' || labelSet.has(text.trim())) found.push(`${told(element)} by ${over}px`)
    }
    return found
  }, labels)
}
