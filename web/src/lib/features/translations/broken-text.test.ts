import { expect, test } from 'vitest'
import { brokenText } from './broken-text.ts'

test('[UX-05] a text may say the same with the same values, in any order', () => {
  expect(brokenText('Hallo {name}', 'Hi {name}, {count} left', 'en')).toBe(false)
  expect(brokenText('{count, plural, one {# Tag} other {# Tage}}', '{count} days', 'en')).toBe(false)
  expect(brokenText('No values at all', '{count} days', 'en')).toBe(false)
})

test('[UX-05] a text that cannot be shown is refused before it is saved', () => {
  expect(brokenText('Hallo {name', 'Hi {name}', 'en')).toBe(true)
  expect(brokenText('Hallo {vorname}', 'Hi {name}', 'en')).toBe(true)
  expect(brokenText('{count, plural, one {#}}', '{count} days', 'en')).toBe(true)
})
