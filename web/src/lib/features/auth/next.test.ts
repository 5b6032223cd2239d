import { expect, test } from 'vitest'
import { safeNext } from './next.ts'

test('a page of the app is kept with its search', () => {
  expect(safeNext('/inbox/1?view=bot')).toBe('/inbox/1?view=bot')
})

test('an address of somebody else is never followed', () => {
  for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', null]) {
    expect(safeNext(next)).toBe('/inbox')
  }
})

test('signing in does not lead back to signing in', () => {
  expect(safeNext('/sign-in?next=%2F')).toBe('/inbox')
})
