import { expect, test } from 'vitest'
import { ConversationTimes } from '#domain/tenants/conversation-times.ts'
import { Hours, hoursOf, msOf } from './hours.ts'

test('what is written in hours is a time that the API takes', () => {
  for (const text of ['0', '24', '1.5', '1,5', '0.01', '0,02', '720']) {
    const idleCloseMs = msOf(Hours.parse(text))
    expect(ConversationTimes.partial().safeParse({ idleCloseMs }).success, text).toBe(true)
    expect(idleCloseMs === 0, text).toBe(text === '0')
  }
  expect(msOf(Hours.parse('1,5'))).toBe(90 * 60_000)
})

test('what is no such number is refused, and nothing is not never', () => {
  for (const text of ['', ' ', '-1', '1e3', '721', '0.001', 'never', '1.', 'Infinity']) {
    expect(Hours.safeParse(text).success, text).toBe(false)
  }
})

test('a time is shown as it would be written', () => {
  expect([0, 86_400_000, 5_400_000, 600_000].map(hoursOf)).toEqual(['0', '24', '1.5', '0.17'])
})
