import { expect, test } from 'vitest'
import { inTurns } from './in-turns.ts'

test('everything is done once, a few at a time, whatever fails', async () => {
  const done: number[] = []
  let atOnce = 0
  let most = 0
  const thrown = await inTurns([1, 2, 3, 4, 5, 6, 7, 8, 9], async (item) => {
    atOnce += 1
    most = Math.max(most, atOnce)
    await Promise.resolve()
    atOnce -= 1
    if (item % 4 === 0) throw new RangeError(`${item}`)
    done.push(item)
  })
  expect(done.sort()).toEqual([1, 2, 3, 5, 6, 7, 9])
  expect(thrown.map(String).sort()).toEqual(['RangeError: 4', 'RangeError: 8'])
  expect(most).toBe(4)
})
