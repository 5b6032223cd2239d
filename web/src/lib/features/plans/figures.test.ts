import { expect, test } from 'vitest'
import { ChangedFigures } from '#domain/platform/plans.ts'
import { QUOTAS, RATES } from '#domain/quotas/plans.ts'
import { FIGURE_GROUPS, WrittenFigures, writtenAll, writtenFigure, writtenOf } from './figures.ts'

test('every figure of a plan has a place on the page', () => {
  expect(FIGURE_GROUPS.flatMap(({ figures }) => figures).sort()).toEqual([...QUOTAS, ...RATES].sort())
})

test('what is written becomes the figure that is sent: nothing is that of the house, files are in gigabytes', () => {
  expect(writtenFigure('tags').parse(' 12 ')).toBe(12)
  expect(writtenFigure('tags').parse('')).toBe(null)
  expect(writtenFigure('storageBytes').parse('2,5')).toBe(2_500_000_000)
  expect(writtenOf('storageBytes', 2_500_000_000)).toBe('2.5')
  const written = writtenAll({ tags: 3, requestsPerMinute: 120 })
  expect(ChangedFigures.parse(WrittenFigures.parse(written))).toMatchObject({ tags: 3, members: null })
})

test('[PERF-16] less than a hundred requests a minute is refused where it is written', () => {
  expect(writtenFigure('requestsPerMinute').safeParse('99').success).toBe(false)
  expect(writtenFigure('requestsPerMinute').safeParse('100').success).toBe(true)
  for (const text of ['-1', 'many', '1e3', '1.'])
    expect(writtenFigure('tags').safeParse(text).success, text).toBe(false)
})
