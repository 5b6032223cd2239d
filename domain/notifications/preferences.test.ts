import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quietUntilMs, usualWays, waysOf } from './preferences.ts'
import { NOTIFICATION_KINDS } from './schema.ts'

const at = (text: string) => Date.parse(text)
const NIGHT = { from: '22:00', until: '07:30', timeZone: 'Africa/Nairobi' }

test('quiet hours over midnight end in the morning of the right day', () => {
  assert.equal(quietUntilMs(NIGHT, at('2026-11-21T20:00:00Z')), at('2026-11-22T04:30:00Z'))
  assert.equal(quietUntilMs(NIGHT, at('2026-11-22T01:00:00Z')), at('2026-11-22T04:30:00Z'))
  assert.equal(quietUntilMs(NIGHT, at('2026-11-22T04:30:00Z')), undefined)
  assert.equal(quietUntilMs(NIGHT, at('2026-11-22T18:59:00Z')), undefined)
  assert.equal(quietUntilMs(null, at('2026-11-22T01:00:00Z')), undefined)
  assert.equal(quietUntilMs({ ...NIGHT, until: '22:00' }, at('2026-11-21T20:00:00Z')), undefined)
})

test('quiet hours within a day end on it, and through the night of the clock change at the same wall time', () => {
  const noon = { from: '12:00', until: '13:00', timeZone: 'Europe/Berlin' }
  assert.equal(quietUntilMs(noon, at('2026-07-01T10:30:00Z')), at('2026-07-01T11:00:00Z'))
  const night = { from: '23:00', until: '08:00', timeZone: 'Europe/Berlin' }
  assert.equal(quietUntilMs(night, at('2026-03-28T22:30:00Z')), at('2026-03-29T06:00:00Z'))
})

test('what nobody chose is told in the app, and only what waits for the person by push', () => {
  assert.ok(NOTIFICATION_KINDS.every((kind) => usualWays(kind).app))
  assert.deepEqual(
    NOTIFICATION_KINDS.filter((kind) => usualWays(kind).push),
    ['conversation_assigned', 'conversation_waiting'],
  )
  const chosen = { run_failed: { app: false, mail: false, push: true } }
  assert.deepEqual(waysOf(chosen, 'run_failed'), chosen.run_failed)
})
