import { expect, test } from 'vitest'
import { marksIn } from './marks.ts'

const hits = (text: string, q: string) => marksIn(text, q).flatMap(({ text: piece, hit }) => (hit ? [piece] : []))

test('words are marked where they begin, in any case and any script, and nothing is a pattern', () => {
  expect(hits('Ana Torres wrote: anana?', 'ana tor')).toEqual(['Ana', 'Tor', 'ana'])
  expect(hits('ليلى الخطيب', 'الخط')).toEqual(['الخط'])
  expect(hits('a (b) c', '(b')).toEqual(['(b'])
  expect(marksIn('whole', '')).toEqual([{ text: 'whole', hit: false }])
  expect(
    marksIn('whole text', 'x')
      .map(({ text }) => text)
      .join(''),
  ).toBe('whole text')
})
