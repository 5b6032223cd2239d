import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { OUTBOUND_STATES } from './schema.ts'
import { advanceState, PROVIDER_STATES, type ProviderState, providerStateOf } from './status-lattice.ts'

const state = fc.constantFrom(...OUTBOUND_STATES)
const report = fc.constantFrom(...PROVIDER_STATES)
const reports = fc.array(report, { maxLength: 12 })
const settle = (start: (typeof OUTBOUND_STATES)[number], seen: readonly ProviderState[]) =>
  seen.reduce(advanceState, start)

test('reports in any order, doubled or not, end in the same state', () => {
  fc.assert(
    fc.property(state, reports, fc.array(fc.nat()), (start, seen, seeds) => {
      const shuffled = seen
        .map((value, index) => ({ value, weight: seeds[index] ?? index }))
        .sort((a, b) => a.weight - b.weight)
        .map(({ value }) => value)
      assert.equal(settle(start, shuffled), settle(start, seen))
      assert.equal(settle(start, [...seen, ...shuffled]), settle(start, seen))
    }),
  )
})

test('read is final, and nothing the provider confirmed is ever taken back', () => {
  fc.assert(
    fc.property(reports, report, (seen, late) => {
      const before = settle('sending', seen)
      const after = advanceState(before, late)
      if (before === 'read') assert.equal(after, 'read')
      if (before === 'delivered') assert.ok(after === 'delivered' || after === 'read')
      if (after !== before) assert.ok(!['queued', 'sending', 'unknown'].includes(after))
    }),
  )
})

test('failed yields only to delivered or read', () => {
  for (const incoming of PROVIDER_STATES) {
    const yields = incoming === 'delivered' || incoming === 'read'
    assert.equal(advanceState('failed', incoming), yields ? incoming : 'failed')
    assert.equal(advanceState('suppressed', incoming), yields ? incoming : 'suppressed')
  }
  assert.equal(advanceState('delivered', 'failed'), 'delivered')
  assert.equal(advanceState('sent', 'failed'), 'failed')
})

test('any report opens what was queued, sending or unknown', () => {
  for (const open of ['queued', 'sending', 'unknown'] as const) {
    for (const incoming of PROVIDER_STATES) assert.equal(advanceState(open, incoming), incoming)
  }
})

test('words that say nothing about delivery move nothing', () => {
  assert.equal(providerStateOf('played'), 'read')
  assert.equal(providerStateOf('delivered'), 'delivered')
  for (const word of ['deleted', 'in_orbit', '', 'queued', 'constructor'])
    assert.equal(providerStateOf(word), undefined)
})
