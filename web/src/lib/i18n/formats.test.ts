import { expect, test } from 'vitest'
import { LANGUAGES } from '#domain/languages.ts'
import { createFormats } from './formats.ts'

const SPACE = /[\u00a0\u202f]/g
const AT_MS = new Date(2026, 2, 2, 15, 4).getTime()
const LATER_MS = new Date(2026, 3, 20).getTime()
const SEASON_MS = 90 * 86_400_000

test.each([
  ['en', '1,234,567', 'Monday, March 2', 'A, B, and C', '$12.50'],
  ['es', '1.234.567', 'lunes, 2 de marzo', 'A, B y C', '12,50 US$'],
  ['pt', '1.234.567', 'segunda-feira, 2 de março', 'A, B e C', 'US$ 12,50'],
  ['fr', '1 234 567', 'lundi 2 mars', 'A, B et C', '12,50 $US'],
  ['de', '1.234.567', 'Montag, 2. März', 'A, B und C', '12,50 $'],
  ['sw', '1,234,567', 'Jumatatu, 2 Machi', 'A, B na C', 'US$ 12.50'],
  ['hi', '12,34,567', 'सोमवार, 2 मार्च', 'A, B, और C', '$12.50'],
  ['id', '1.234.567', 'Senin, 2 Maret', 'A, B, dan C', 'US$12,50'],
  ['ar', '1,234,567', 'الاثنين، 2 مارس', 'A وB وC', '12.50 US$'],
  ['he', '1,234,567', 'יום שני, 2 במרץ', 'A, B ו-C', '12.50 $'],
] as const)('[UX-03] numbers, days, lists and money are written as in %s', (locale, number, day, list, money) => {
  const fmt = createFormats(locale, (key) => key)
  const plain = (text: string) => text.replace(SPACE, ' ').replace(/[\u200e\u200f]/g, '')
  expect(plain(fmt.number(1_234_567))).toBe(number)
  expect(fmt.day(AT_MS, LATER_MS)).toBe(day)
  expect(fmt.list(['A', 'B', 'C'])).toBe(list)
  expect(plain(fmt.money(1_250, 'USD'))).toBe(money)
})

test('[UX-03] the time of day is told by twelve or by twenty-four hours, as the language does', () => {
  const twelve = LANGUAGES.filter((locale) => !/15/.test(createFormats(locale, (key) => key).time(AT_MS)))
  expect(twelve).toEqual(['en', 'hi', 'ar'])
  expect(createFormats('de', (key) => key).age(AT_MS, AT_MS + SEASON_MS)).toBe('2. März')
})
