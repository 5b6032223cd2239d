import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asciiDigits, foldText, foldWords } from './text.ts'

test('case, diacritics and forms fold away in every script that people write', () => {
  const same: [string, string][] = [
    ['Menú', 'MENU'],
    ['straße', 'STRASSE'],
    ['ﬁn', 'fin'],
    ['مَرْحَبًا', 'مرحبا'],
    ['مـــرحبا', 'مرحبا'],
    ['أهلا', 'اهلا'],
    ['שָׁלוֹם', 'שלום'],
    ['ＭＥＮＵ', 'menu'],
    ['ΓΕΙΆ', 'γεια'],
    ['  a\u00a0 b ', 'a b'],
    ['한국어', '한국어'.normalize('NFD')],
  ]
  for (const [left, right] of same) assert.equal(foldText(left), foldText(right), `${left} ${right}`)
})

test('marks that are vowels stay: Hindi and Thai words do not run together', () => {
  assert.notEqual(foldText('कुल'), foldText('कल'))
  assert.notEqual(foldText('กี่'), foldText('ก'))
})

test('words are split at punctuation and emoji, and digits of any script become ASCII', () => {
  assert.deepEqual(foldWords('¡Hola, quiero MENÚ!👍'), ['hola', 'quiero', 'menu'])
  assert.equal(asciiDigits('٤٢ ४२ ４２ 42'), '42 42 42 42')
})
