import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addSpan, isIsoDate, nextWallTimeMs, wallClock, wallInstantMs } from './time.ts'

const at = (iso: string): number => Date.parse(iso)

test('days are days of the calendar, hours are hours, and a month after the 31st is the last of the next', () => {
  const zone = 'Europe/Berlin'
  assert.equal(addSpan(at('2026-03-28T11:00:00Z'), { value: 1, unit: 'days' }, zone), at('2026-03-29T10:00:00Z'))
  assert.equal(addSpan(at('2026-03-28T11:00:00Z'), { value: 24, unit: 'hours' }, zone), at('2026-03-29T11:00:00Z'))
  assert.equal(addSpan(at('2026-01-31T11:00:00Z'), { value: 1, unit: 'months' }, zone), at('2026-02-28T11:00:00Z'))
})

test('[F42] a wall time in the gap is the first instant after it, one that comes twice is the earlier', () => {
  const berlin = { timeZone: 'Europe/Berlin' }
  assert.equal(wallInstantMs({ date: '2026-03-29', time: '02:30', ...berlin }), at('2026-03-29T01:00:00Z'))
  assert.equal(wallInstantMs({ date: '2026-10-25', time: '02:30', ...berlin }), at('2026-10-25T00:30:00Z'))
  assert.equal(wallInstantMs({ date: '2026-03-29', time: '24:00', ...berlin }), at('2026-03-29T22:00:00Z'))
  assert.deepEqual(wallClock(at('2026-03-29T22:30:00Z'), 'Asia/Kolkata'), {
    date: '2026-03-30',
    time: '04:00',
    weekday: 0,
  })
})

test('[FLOW-11] the next of given days and times, in the zone, never the same instant twice', () => {
  const when = { days: [0, 2], times: ['18:00', '09:00'], timeZone: 'Africa/Nairobi' }
  const monday = nextWallTimeMs(at('2026-06-01T00:00:00Z'), when)
  assert.equal(monday, at('2026-06-01T06:00:00Z'))
  assert.equal(nextWallTimeMs(monday, when), at('2026-06-01T15:00:00Z'))
  assert.equal(nextWallTimeMs(at('2026-06-01T15:00:00Z'), when), at('2026-06-03T06:00:00Z'))
  const daily = { days: [], times: ['02:30'], timeZone: 'Europe/Berlin' }
  assert.equal(nextWallTimeMs(at('2026-03-28T12:00:00Z'), daily), at('2026-03-29T01:00:00Z'))
  assert.equal(nextWallTimeMs(at('2026-10-25T00:30:00Z'), daily), at('2026-10-26T01:30:00Z'))
})

test('only days of the calendar are dates', () => {
  for (const text of ['2026-02-29', '2026-13-01', '26-01-01', '2026-1-1', '', '2026-01-01T00:00']) {
    assert.equal(isIsoDate(text), false, text)
  }
  assert.equal(isIsoDate('2028-02-29'), true)
})
