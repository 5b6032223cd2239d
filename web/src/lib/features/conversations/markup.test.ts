import { expect, test } from 'vitest'
import { isOnlyEmoji, parseMarkup } from './markup.ts'

test('marks nest and keep their words', () => {
  expect(parseMarkup('a *b _c_* d')).toEqual([
    { kind: 'text', text: 'a ' },
    {
      kind: 'bold',
      tokens: [
        { kind: 'text', text: 'b ' },
        { kind: 'italic', tokens: [{ kind: 'text', text: 'c' }] },
      ],
    },
    { kind: 'text', text: ' d' },
  ])
})

test('a sign inside a word, before a space or without an end is only a sign', () => {
  for (const text of ['2*3*4', '* one', '*open', 'snake_case_name', '5 * 3 = *15', 'a ~ b ~ c']) {
    expect(parseMarkup(text)).toEqual([{ kind: 'text', text }])
  }
})

test('nothing is marked inside code', () => {
  expect(parseMarkup('`*a*`')).toEqual([{ kind: 'code', tokens: [{ kind: 'text', text: '*a*' }] }])
})

test('links end before the full stop, and scripts are not links', () => {
  expect(parseMarkup('see https://a.example/x?y=1.')).toEqual([
    { kind: 'text', text: 'see ' },
    { kind: 'link', href: 'https://a.example/x?y=1', text: 'https://a.example/x?y=1' },
    { kind: 'text', text: '.' },
  ])
  expect(parseMarkup('javascript:alert(1)')).toEqual([{ kind: 'text', text: 'javascript:alert(1)' }])
})

test('a long text of signs is parsed in no time', () => {
  const startedMs = performance.now()
  parseMarkup('*_~`'.repeat(1_000))
  expect(performance.now() - startedMs).toBeLessThan(500)
})

test('families and flags are one emoji each', () => {
  expect(isOnlyEmoji('👨‍👩‍👧 🇰🇪')).toBe(true)
  expect(isOnlyEmoji('👍 ok')).toBe(false)
  expect(isOnlyEmoji('12')).toBe(false)
  expect(isOnlyEmoji('😀😀😀😀')).toBe(false)
})
