import { expect, test } from 'vitest'
import type { RunEvent } from '#domain/runs/schema.ts'
import { travelledUntil, waitsOf } from './travel.ts'

let second = 0
const event = (kind: string, nodeId: string | null, detail: RunEvent['detail'] = {}, afterS = 0): RunEvent => {
  second += afterS
  return {
    id: `e${second}${kind}${nodeId}`,
    turn: 0,
    at: new Date(second * 1_000).toISOString(),
    kind,
    nodeId,
    detail: { flowVersionId: 'v1', ...detail },
  }
}
const run = () => {
  second = 0
  return [
    event('entered', 'start'),
    event('left', 'start', { port: 'next' }),
    event('entered', 'ask'),
    event('answered', 'ask', {}, 90),
    event('left', 'ask', { port: 'next' }),
    event('entered', 'inner', { flowVersionId: 'v2' }),
    event('entered', 'end'),
    event('ended', null),
  ]
}

test('the path grows event by event, and time can be turned back', () => {
  expect(travelledUntil(run(), 2, 'v1')).toEqual({
    nodes: new Set(['start', 'ask']),
    edges: new Set(['start/next']),
    currentId: 'ask',
  })
  expect([...travelledUntil(run(), 4, 'v1').edges]).toEqual(['start/next', 'ask/next'])
})

test('steps of a sub-flow are not drawn on the flow that calls it', () => {
  expect(travelledUntil(run(), 5, 'v1').nodes.has('inner')).toBe(false)
})

test('a run that is over stands nowhere', () => {
  expect(travelledUntil(run(), 7, 'v1').currentId).toBeNull()
})

test('waits are the steps where time passed, the last one open while the run is', () => {
  expect(waitsOf(run(), false)).toEqual([{ nodeId: 'ask', fromMs: 0, untilMs: 90_000 }])
  expect(waitsOf(run().slice(0, 3), true)).toEqual([{ nodeId: 'ask', fromMs: 0, untilMs: null }])
})
