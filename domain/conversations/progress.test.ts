import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createProgressWatch } from './progress.ts'

const watch = () => createProgressWatch<{ key: string; mark: string }>({ patienceMs: 300 })
const still = [{ key: 'run/1', mark: 'turn/4' }]

test('what stands still through all looks is told once its time is over', () => {
  const { look } = watch()
  assert.deepEqual(
    [0, 100, 299].map((atMs) => look(still, atMs).length),
    [0, 0, 0],
  )
  assert.deepEqual(look(still, 300), still)
})

test('what moved, was away, or was excused gets its time anew', () => {
  const { look, excuse } = watch()
  look(still, 0)
  look([{ key: 'run/1', mark: 'turn/5' }], 200)
  assert.deepEqual(look([{ key: 'run/1', mark: 'turn/5' }], 400), [])
  look([], 450)
  assert.deepEqual(look([{ key: 'run/1', mark: 'turn/5' }], 600), [])
  excuse('run/1')
  assert.deepEqual(look([{ key: 'run/1', mark: 'turn/5' }], 900), [])
  assert.equal(look([{ key: 'run/1', mark: 'turn/5' }], 1_200).length, 1)
})

test('after a time in which the house was not well nothing is condemned for it', () => {
  const { look, forget } = watch()
  look(still, 0)
  forget()
  assert.deepEqual(look(still, 10_000), [])
  assert.deepEqual(look(still, 10_300), still)
})
