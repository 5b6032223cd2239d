import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOUR_MS, MINUTE_MS } from '../time.ts'
import { closesAtMs, isOpen, nextOpeningMs, openMsBetween } from './hours.ts'
import { Calendar, type OpenSpan } from './schema.ts'

const everyDay = (timeZone: string, ...spans: OpenSpan[]): Calendar =>
  Calendar.parse({ timeZone, week: [0, 1, 2, 3, 4, 5, 6].map((day) => ({ day, spans })) })
const at = (iso: string): number => Date.parse(iso)

const office = Calendar.parse({
  timeZone: 'America/Mexico_City',
  week: [0, 1, 2, 3, 4].map((day) => ({
    day,
    spans: [
      { opens: '09:00', closes: '14:00' },
      { opens: '15:30', closes: '18:00' },
    ],
  })),
  holidays: [
    { date: '2026-12-25', yearly: true, name: 'Navidad' },
    { date: '2026-12-24', spans: [{ opens: '09:00', closes: '12:00' }] },
  ],
})

test('[ROUTE-29] the instant of opening is open, the instant of closing is not; several spans a day', () => {
  const table: [string, boolean][] = [
    ['2026-06-01T14:59:59.999Z', false],
    ['2026-06-01T15:00:00Z', true],
    ['2026-06-01T19:59:59.999Z', true],
    ['2026-06-01T20:00:00Z', false],
    ['2026-06-01T21:30:00Z', true],
    ['2026-06-02T00:00:00Z', false],
    ['2026-06-06T16:00:00Z', false],
    ['2026-12-25T16:00:00Z', false],
    ['2028-12-25T16:00:00Z', false],
    ['2026-12-24T17:59:00Z', true],
    ['2026-12-24T18:00:00Z', false],
  ]
  for (const [iso, open] of table) assert.equal(isOpen(office, at(iso)), open, iso)
})

test('[ROUTE-29] no row for a day means closed, and a calendar without any hours never opens', () => {
  const never = Calendar.parse({ timeZone: 'UTC', week: [] })
  assert.equal(isOpen(never, at('2026-01-01T00:00:00Z')), false)
  assert.equal(nextOpeningMs(never, at('2026-01-01T00:00:00Z')), undefined)
  assert.equal(nextOpeningMs(office, at('2026-12-24T18:00:00Z')), at('2026-12-28T15:00:00Z'))
})

test('[F42] Berlin 2026: hours shift with the clocks, a skipped opening is the first instant after the gap', () => {
  const day = everyDay('Europe/Berlin', { opens: '09:00', closes: '17:00' })
  assert.equal(isOpen(day, at('2026-03-28T08:00:00Z')), true)
  assert.equal(isOpen(day, at('2026-03-29T07:00:00Z')), true)
  assert.equal(isOpen(day, at('2026-03-29T06:59:59Z')), false)
  assert.equal(isOpen(day, at('2026-10-25T07:59:59Z')), false)
  assert.equal(isOpen(day, at('2026-10-25T08:00:00Z')), true)

  const gap = everyDay('Europe/Berlin', { opens: '02:30', closes: '04:00' })
  assert.equal(nextOpeningMs(gap, at('2026-03-29T00:00:00Z')), at('2026-03-29T01:00:00Z'))
  assert.equal(closesAtMs(gap, at('2026-03-29T01:30:00Z')), at('2026-03-29T02:00:00Z'))

  const twice = everyDay('Europe/Berlin', { opens: '02:30', closes: '02:45' })
  assert.equal(isOpen(twice, at('2026-10-25T00:30:00Z')), true)
  assert.equal(isOpen(twice, at('2026-10-25T01:30:00Z')), false)
  const within = everyDay('Europe/Berlin', { opens: '01:00', closes: '03:00' })
  assert.equal(openMsBetween(within, at('2026-10-24T12:00:00Z'), at('2026-10-25T12:00:00Z')), 3 * HOUR_MS)
  const vanished = everyDay('Europe/Berlin', { opens: '02:10', closes: '02:50' })
  assert.equal(nextOpeningMs(vanished, at('2026-03-29T00:00:00Z')), at('2026-03-30T00:10:00Z'))
})

test('[F42] Lord Howe moves by half an hour', () => {
  const early = everyDay('Australia/Lord_Howe', { opens: '02:00', closes: '06:00' })
  // 4 October 2026: 02:00 (+10:30) becomes 02:30 (+11).
  assert.equal(nextOpeningMs(early, at('2026-10-03T12:00:00Z')), at('2026-10-03T15:30:00Z'))
  assert.equal(closesAtMs(early, at('2026-10-03T16:00:00Z')), at('2026-10-03T19:00:00Z'))
  assert.equal(openMsBetween(early, at('2026-10-03T12:00:00Z'), at('2026-10-04T12:00:00Z')), 3.5 * HOUR_MS)
})

test('[F42] over midnight: the span belongs to the day on which it opens, and runs into the next', () => {
  const bar = Calendar.parse({
    timeZone: 'Asia/Kolkata',
    week: [{ day: 4, spans: [{ opens: '18:00', closes: '02:00' }] }],
  })
  // Friday 5 June 2026, 18:00 in Kolkata is 12:30 UTC; Saturday 02:00 is 20:30 UTC.
  assert.equal(isOpen(bar, at('2026-06-05T12:30:00Z')), true)
  assert.equal(isOpen(bar, at('2026-06-05T20:29:59Z')), true)
  assert.equal(isOpen(bar, at('2026-06-05T20:30:00Z')), false)
  assert.equal(isOpen(bar, at('2026-06-04T20:00:00Z')), false)
  assert.equal(openMsBetween(bar, at('2026-06-05T00:00:00Z'), at('2026-06-07T00:00:00Z')), 8 * HOUR_MS)
})

test('round the clock never closes, and touching spans are one', () => {
  const always = everyDay('Europe/Berlin', { opens: '00:00', closes: '24:00' })
  for (const iso of ['2026-03-29T01:00:00Z', '2026-10-25T00:30:00Z', '2026-01-01T00:00:00Z']) {
    assert.equal(isOpen(always, at(iso)), true, iso)
  }
  assert.ok((closesAtMs(always, at('2026-01-01T00:00:00Z')) ?? 0) >= at('2026-01-14T00:00:00Z'))
  const touching = everyDay('UTC', { opens: '08:00', closes: '12:00' }, { opens: '12:00', closes: '16:00' })
  assert.equal(closesAtMs(touching, at('2026-01-01T09:00:00Z')), at('2026-01-01T16:00:00Z'))
})

/** The oracle knows nothing of instants: it asks Intl what the clock on the wall shows, and reads the hours off it. */
function openByTheWall(spans: OpenSpan[], timeZone: string, atMs: number): boolean {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const time = format.format(atMs)
  return spans.some(({ opens, closes }) =>
    closes > opens ? opens <= time && time < closes : time >= opens || time < closes,
  )
}

test('[G23] 200 instants in eight zones agree with the clock on the wall', () => {
  const zones = [
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
    'America/Mexico_City',
    'America/New_York',
    'Africa/Nairobi',
    'Asia/Kathmandu',
    'Pacific/Chatham',
  ]
  const spans = [
    { opens: '09:00', closes: '17:30' },
    { opens: '22:15', closes: '01:45' },
  ]
  let count = 0
  for (const timeZone of zones) {
    const calendar = everyDay(timeZone, ...spans)
    for (const day of ['2026-03-29', '2026-06-15', '2026-10-25', '2026-10-04', '2026-11-01']) {
      for (const minute of [0, 29, 450, 871, 1_299]) {
        const atMs = at(`${day}T00:00:00Z`) + minute * MINUTE_MS
        assert.equal(
          isOpen(calendar, atMs),
          openByTheWall(spans, timeZone, atMs),
          `${timeZone} ${new Date(atMs).toISOString()}`,
        )
        count += 1
      }
    }
  }
  assert.equal(count, 200)
})
