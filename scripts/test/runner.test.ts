import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInLanes } from './lanes.ts'
import { createReport } from './report.ts'

const soon = () => new Promise<void>((resolve) => void setImmediate(resolve))

/** Jobs that can be watched: which run now, and what ran beside each. */
function watched() {
  const running = new Set<string>()
  const beside = new Map<string, string[]>()
  const job = (name: string, alone = false) => ({
    alone,
    async run() {
      running.add(name)
      await soon()
      beside.set(name, [...running].filter((other) => other !== name).sort())
      await soon()
      running.delete(name)
    },
  })
  return { job, beside }
}

test('two run side by side, in order, and whoever is alone runs with nobody', async () => {
  const { job, beside } = watched()
  await runInLanes([job('a'), job('b'), job('c'), job('alone', true), job('d'), job('e')], 2)
  assert.deepEqual([...beside.keys()], ['a', 'b', 'c', 'alone', 'd', 'e'])
  assert.deepEqual(beside.get('alone'), [])
  assert.deepEqual(beside.get('d'), ['e'])
  assert.ok([...beside.values()].every((others) => others.length < 2))
})

test('what runs side by side is counted whole, and a runner that breaks is a failure', async () => {
  let told = ''
  const report = createReport({ name: 'some', about: 'of them', pieces: 3 }, (text) => {
    told += text
  })
  const passed = async (count: number) => {
    await soon()
    return { passed: count, failed: 0, skipped: 1 }
  }
  const broken = () => Promise.reject(new Error('no such file'))
  await Promise.all([report.piece(() => passed(2)), report.piece(() => passed(3)), report.piece(broken)])
  assert.deepEqual(report.counts(), { passed: 5, failed: 1, skipped: 2 })
  assert.match(
    told,
    /^ {2}some +of them\n {4}✗ Error: no such file[^✓]* {2}✗ some +5 passed, 1 failed, 2 skipped in [\d.]+ s\n$/,
  )
})
