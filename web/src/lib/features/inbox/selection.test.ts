import { expect, test } from 'vitest'
import { SELECTED_MAX, Selection } from './selection.svelte.ts'

const ORDER = ['a', 'b', 'c', 'd', 'e']
const chosen = (selection: Selection, order = ORDER) => order.filter((id) => selection.has(id)).join('')

test('[CONV-19] Shift chooses from the last choice up to the row, in both directions, and keeps what was chosen', () => {
  const selection = new Selection()
  selection.toggle('b')
  selection.extendTo('d', ORDER)
  expect(chosen(selection)).toBe('bcd')
  selection.extendTo('a', ORDER)
  expect(chosen(selection)).toBe('abcd')
  selection.toggle('c')
  expect(chosen(selection)).toBe('abd')
})

test('a range that begins nowhere, or in a row that has left the list, is one row', () => {
  const selection = new Selection()
  selection.extendTo('c', ORDER)
  expect(chosen(selection)).toBe('c')
  selection.extendTo('e', ['d', 'e'])
  expect(chosen(selection)).toBe('ce')
  selection.extendTo('gone', ORDER)
  expect(chosen(selection)).toBe('ce')
})

test('no more are chosen than can be changed at once; cleared, the next range begins anew', () => {
  const many = Array.from({ length: SELECTED_MAX + 20 }, (_, index) => `c${index}`)
  const selection = new Selection()
  selection.all(many)
  expect(selection.size).toBe(SELECTED_MAX)
  selection.toggle('one more')
  expect(selection.has('one more')).toBe(false)
  selection.clear()
  expect(selection.size).toBe(0)
  selection.extendTo('c', ORDER)
  expect(chosen(selection)).toBe('c')
})
