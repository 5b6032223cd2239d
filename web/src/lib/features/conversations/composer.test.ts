import { expect, test } from 'vitest'
import { chunks } from './composer.svelte.ts'

test('a text over the limit leaves in parts, cut between words', () => {
  expect(chunks('one two three', 8)).toEqual(['one two', 'three'])
  expect(chunks('short', 8)).toEqual(['short'])
})

test('an emoji at the limit is not cut in half', () => {
  const parts = chunks(`${'a'.repeat(7)}😀bc`, 8)
  expect(parts.join('')).toBe(`${'a'.repeat(7)}😀bc`)
  expect(parts.every((part) => part.isWellFormed())).toBe(true)
})
