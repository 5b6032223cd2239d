import type { Page } from 'playwright-core'
import { ar } from '../../web/src/lib/i18n/ar/index.ts'
import { en } from '../../web/src/lib/i18n/en/index.ts'

type Bundle = { readonly [key: string]: string | Bundle }
const LETTERS_MIN = 4

function textsOf(bundle: Bundle): string[] {
  return Object.values(bundle).flatMap((value) => (typeof value === 'string' ? [value] : textsOf(value)))
}

/** The words around what is filled in: `Go to {place}` gives `Go to`. */
const wordsOf = (text: string) =>
  text
    .replaceAll(/\{[^{}]*\{[^{}]*\}[^{}]*\}/g, '\n')
    .split(/\{[^{}]*\}|[{}\n]/)
    .map((part) => part.trim())
    .filter((part) => /[A-Za-z]{2}/.test(part) && part.length >= LETTERS_MIN)

const ARABIC = textsOf(ar).join('\n')
const WHOLE = new Set(textsOf(en).filter((text) => /[A-Za-z]{2}/.test(text) && !ARABIC.includes(text)))
const PARTS = textsOf(en)
  .filter((text) => text.includes('{'))
  .flatMap(wordsOf)
  .filter((part) => part.includes(' ') && !ARABIC.includes(part))

/** Everything this page says, seen or read out, that stands in the English texts and not in the Arabic ones. */
export async function englishOn(page: Page): Promise<string[]> {
  const said = await page.evaluate(() => {
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
  // Where Arabic frames English, a person or a flow is quoted.
  const ours = said.filter((text) => !/\p{Script=Arabic}/u.test(text))
  return ours.filter((text) => WHOLE.has(text) || PARTS.some((part) => text.includes(part)))
}
