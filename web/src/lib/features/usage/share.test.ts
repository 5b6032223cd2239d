import { expect, test } from 'vitest'
import { shareOf } from './share.ts'

test('[BILL-03] the meter says nearly at 80 percent and used up at the limit', () => {
  expect(shareOf({ used: 0, limit: 10 })).toEqual({ percent: 0, level: 'fine' })
  expect(shareOf({ used: 79, limit: 100 }).level).toBe('fine')
  expect(shareOf({ used: 80, limit: 100 })).toEqual({ percent: 80, level: 'nearly' })
  expect(shareOf({ used: 100, limit: 100 })).toEqual({ percent: 100, level: 'full' })
  expect(shareOf({ used: 120, limit: 100 })).toEqual({ percent: 100, level: 'full' })
})

test('a little of much is still seen, and nothing of nothing is full', () => {
  expect(shareOf({ used: 1, limit: 1_000_000 }).percent).toBe(1)
  expect(shareOf({ used: 0, limit: 0 })).toEqual({ percent: 100, level: 'full' })
})
