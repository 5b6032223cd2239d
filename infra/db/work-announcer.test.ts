import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWorkAnnouncer, workIn } from './work-announcer.ts'

test('the first hint goes out at once, those of the next moment together, each kind once', async () => {
  const told: string[] = []
  const second = Promise.withResolvers<void>()
  const announce = createWorkAnnouncer(async (payload) => {
    told.push(payload)
    if (told.length === 2) second.resolve()
  })
  announce(new Set(['messages']))
  assert.deepEqual(told, ['messages'])
  announce(new Set(['bells', 'events']))
  announce(new Set(['events']))
  await second.promise
  assert.deepEqual(told, ['messages', 'bells,events'])
})

test('a hint that cannot be passed on is dropped, and the next one goes out', async () => {
  const second = Promise.withResolvers<string>()
  let calls = 0
  const announce = createWorkAnnouncer(async (payload) => {
    calls += 1
    if (calls === 1) throw new Error('no connection')
    second.resolve(payload)
  })
  announce(new Set(['runs']))
  announce(new Set(['bells']))
  assert.equal(await second.promise, 'bells')
})

test('a payload names kinds of work; a word of a newer house is passed over', () => {
  assert.deepEqual(workIn('events,teleport,bells'), ['bells', 'events'])
  assert.deepEqual(workIn(''), [])
})
