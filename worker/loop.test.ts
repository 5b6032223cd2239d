import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Logger } from '#infra/log.ts'
import { startLoop } from './loop.ts'

const log = { error: () => undefined } as unknown as Logger
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** A loop at a clock that the test turns. */
function loopAt(work: () => Promise<number>, idleMs = 1_000) {
  const clock = { ms: 0 }
  const loop = startLoop(log, { name: 'bells', idleMs, errorMs: 1, work, now: () => clock.ms })
  return { clock, loop }
}

test('a loop stands still when a round of it hangs for minutes', async () => {
  const { promise, resolve } = Promise.withResolvers<number>()
  const { clock, loop } = loopAt(() => promise)
  clock.ms = MINUTE_MS
  assert.equal(loop.isStalled(), false, 'a round may take its time')
  clock.ms = 3 * MINUTE_MS
  assert.equal(loop.isStalled(), true)
  resolve(0)
  await loop.stop()
  assert.equal(loop.isStalled(), false)
})

test('a loop stands still when none of its rounds comes to a good end, and no longer once one does', async () => {
  let fails = true
  const round = Promise.withResolvers<void>()
  const { clock, loop } = loopAt(async () => {
    if (fails) throw new Error('refused')
    round.resolve()
    return 0
  })
  clock.ms = 3 * MINUTE_MS
  assert.equal(loop.isStalled(), true)
  fails = false
  await round.promise
  await loop.stop()
  assert.equal(loop.isStalled(), false)
})

test('what is done once a day may take hours, and does not stand still in its pause', async () => {
  const { clock, loop } = loopAt(async () => 0, DAY_MS)
  await loop.stop()
  clock.ms = DAY_MS + 60 * MINUTE_MS
  assert.equal(loop.isStalled(), false)
  clock.ms = 3 * DAY_MS
  assert.equal(loop.isStalled(), true)
})
