import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seeded } from '../load/random.ts'
import { planKills } from './killer.ts'
import { TARGETS } from './options.ts'

const GAP = { min: 1_000, max: 2_000 }

test('each process is killed as often as wished, and sometimes two at once', () => {
  const plan = planKills(seeded(1), { kills: 20, gapMs: GAP })
  for (const target of TARGETS) {
    assert.equal(plan.filter(({ targets }) => targets.includes(target)).length, 20)
  }
  assert.ok(plan.some(({ targets }) => targets.length === 2))
  assert.ok(plan.every(({ gapMs }) => gapMs >= GAP.min && gapMs <= GAP.max))
})

test('the same seed makes the same plan, another one another', () => {
  const plan = (seed: number) => planKills(seeded(seed), { kills: 5, gapMs: GAP })
  assert.deepEqual(plan(7), plan(7))
  assert.notDeepEqual(plan(7), plan(8))
})
