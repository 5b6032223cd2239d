import { expect, test } from 'vitest'
import { keyCaps } from './key-caps.ts'
import { matchKeys, strokeName } from './match.ts'

const stroke = (key: string, code: string, over = {}) =>
  strokeName({ key, code, metaKey: false, ctrlKey: false, altKey: false, shiftKey: false, ...over }, false)

test('keys are found where the hand expects them, on any layout', () => {
  expect(stroke('ت', 'KeyJ')).toBe('j')
  expect(stroke('о', 'KeyJ', { altKey: true })).toBe('Alt+j')
  expect(stroke('∆', 'KeyJ', { altKey: true })).toBe('Alt+j')
  expect(stroke('k', 'KeyK', { ctrlKey: true })).toBe('Mod+k')
  expect(stroke('?', 'Slash', { shiftKey: true })).toBe('?')
  expect(stroke('a', 'KeyQ')).toBe('a')
})

test('a sequence waits for its end, and the page on top wins', () => {
  const commands = [
    { id: 1, keys: 'g i' },
    { id: 2, keys: 'j' },
    { id: 3, keys: 'j' },
  ]
  expect(matchKeys(commands, ['g'])).toEqual({ kind: 'wait' })
  expect(matchKeys(commands, ['g', 'i'])).toMatchObject({ command: { id: 1 } })
  expect(matchKeys(commands, ['j'])).toMatchObject({ command: { id: 3 } })
  expect(matchKeys(commands, ['x'])).toEqual({ kind: 'none' })
})

test('caps are those of the machine', () => {
  expect(keyCaps('Mod+Enter', true)).toEqual(['⌘', '↵'])
  expect(keyCaps('Mod+k', false)).toEqual(['Ctrl', 'K'])
  expect(keyCaps('g i', false)).toEqual(['G', 'I'])
})
