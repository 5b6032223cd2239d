import { describe, expect, test } from 'vitest'
import { FLOW_FAULTS } from '#domain/flows/fault.ts'
import { NODE_TYPE_NAMES } from '#domain/flows/nodes/index.ts'
import { LANGUAGES } from '#domain/languages.ts'
import { PREVIEW_LABELS } from '#domain/messages/preview.ts'
import { LINE_CODES } from '#domain/messages/schema.ts'
import { PERMISSIONS } from '#domain/permissions/catalogue.ts'
import { FALLBACK, loadBundle } from './load.ts'
import { LOCALES } from './locales.ts'
import { longestOf, partsOf, pluralsOf, valuesOf } from './message-parts.ts'
import { keysOf, messageOf } from './messages.ts'
import { SAID_ALIKE } from './said-alike.ts'

const KEYS = keysOf(FALLBACK)
const english = (key: string) => messageOf(FALLBACK, key)!

// Enough to show every category that a count of things in a workspace can fall into.
const COUNTS = Array.from({ length: 2_001 }, (_, count) => count)
const characters = new Intl.Segmenter()
const lengthOf = (text: string, locale: string) => [...characters.segment(longestOf(partsOf(text, locale)))].length
/** What fits in English has room for this much elsewhere; short labels may grow most. */
const roomFor = (text: string) => lengthOf(text, 'en') * 1.7 + 12

/** The categories of a language, each with the counts that fall into it. */
function categoriesOf(locale: string): Map<string, number[]> {
  const rules = new Intl.PluralRules(locale)
  return Map.groupBy(COUNTS, (count) => rules.select(count))
}

/** The categories that a message does not tell apart, though some count falls into them. */
const lackingPlurals = (text: string, locale: string, categories: Map<string, number[]>): string[] =>
  pluralsOf(partsOf(text, locale)).flatMap((told) =>
    [...categories]
      .filter(([category, counts]) => !told.includes(category) && counts.some((count) => !told.includes(`=${count}`)))
      .map(([category]) => category),
  )

test('[UX-01] the product speaks ten languages, and each is named in itself', () => {
  expect(Object.keys(LOCALES)).toEqual([...LANGUAGES])
  expect(new Set(Object.values(LOCALES).map(({ name }) => name)).size).toBe(10)
})

const others = LANGUAGES.filter((locale) => locale !== 'en')
describe.each(others)('%s', async (locale) => {
  const bundle = await loadBundle(locale)
  const said = (key: string) => messageOf(bundle, key) ?? ''

  test('[UX-03] says everything that English says, and nothing else', () => {
    expect(keysOf(bundle).sort()).toEqual([...KEYS].sort())
  })

  test('[UX-03] fills in the same values, and inflects for every number its language tells apart', () => {
    const named = (text: string) => [...valuesOf(partsOf(text, locale))].sort().join(', ')
    const broken = KEYS.filter((key) => named(said(key)) !== named(english(key)))
    expect(broken.map((key) => `${key}: {${named(said(key))}} in place of {${named(english(key))}}`)).toEqual([])
    const categories = categoriesOf(locale)
    const lacking = KEYS.map((key) => ({ key, lacks: lackingPlurals(said(key), locale, categories) }))
    expect(lacking.filter(({ lacks }) => lacks.length > 0)).toEqual([])
  })

  test('[UX-03] leaves nothing in English but names and words that are its own as well', () => {
    const alike = new Set([...SAID_ALIKE.all, ...SAID_ALIKE[locale]])
    const speaks = (text: string) => /\p{L}{2}/u.test(text.replaceAll(/\{\w+\}/g, ''))
    const left = KEYS.filter((key) => said(key) === english(key) && speaks(said(key)) && !alike.has(english(key)))
    expect(left.map((key) => `${key}: ${english(key)}`)).toEqual([])
  })

  test('keeps the tone: nearly as short as English, nothing shouted, no blanks around', () => {
    const long = KEYS.filter((key) => lengthOf(said(key), locale) > roomFor(english(key)))
    expect(long.map((key) => `${key}: ${said(key)}`)).toEqual([])
    expect(KEYS.filter((key) => said(key) !== said(key).trim() || said(key) === '')).toEqual([])
    // People in the sample thread may be glad; the product itself does not shout.
    expect(KEYS.filter((key) => !key.startsWith('auth.sample_') && /[!¡]/.test(said(key)))).toEqual([])
  })
})

test('[UX-03] what may read as in English does so somewhere: the list of exceptions does not grow old', async () => {
  const bundles = await Promise.all(others.map(async (locale) => ({ locale, bundle: await loadBundle(locale) })))
  const alike = (bundle: (typeof bundles)[number]['bundle'], text: string) =>
    KEYS.some((key) => english(key) === text && messageOf(bundle, key) === text)
  const old = bundles.flatMap(({ locale, bundle }) => SAID_ALIKE[locale].filter((text) => !alike(bundle, text)))
  expect(old).toEqual([])
  expect(SAID_ALIKE.all.filter((text) => !bundles.some(({ bundle }) => alike(bundle, text)))).toEqual([])
})

test('[UX-03] every English text is a message that can be shown', () => {
  for (const key of KEYS) {
    expect(() => partsOf(english(key), 'en'), key).not.toThrow()
    if (!key.startsWith('auth.sample_')) expect(english(key), key).not.toMatch(/!/)
  }
})

test('[UX-03] what the domain names by a key has words', () => {
  const wanted = [
    ...PREVIEW_LABELS,
    ...LINE_CODES,
    ...NODE_TYPE_NAMES.map((type) => `flows.node_${type}`),
    ...FLOW_FAULTS.map((code) => `flows.faults.${code}`),
    ...PERMISSIONS.map((permission) => `people.may.${permission}`),
  ]
  expect(wanted.filter((key) => messageOf(FALLBACK, key) === undefined)).toEqual([])
})
