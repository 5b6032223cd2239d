import { expect, test } from 'vitest'
import { cardOf, looseFlow } from './card.ts'
import { CARD_WIDTH_PX, layout } from './layout.ts'

const chain = (count: number) => ({
  nodes: Array.from({ length: count }, (_, index) => ({
    id: `n${index}`,
    type: 'send_text',
    config: { text: 'Hello' },
  })),
  edges: Array.from({ length: count - 1 }, (_, index) => ({
    from: { node: `n${index}`, port: 'next' },
    to: `n${index + 1}`,
  })),
})
const placed = (definition: unknown) => {
  const flow = looseFlow(definition)
  return layout(
    flow,
    flow.nodes.map((node) => cardOf(node, flow.edges)),
  )
}

test('each step stands to the right of the one before, without touching it', () => {
  const places = placed(chain(4))
  for (let index = 1; index < 4; index += 1) {
    expect(places.get(`n${index}`)!.x).toBeGreaterThanOrEqual(places.get(`n${index - 1}`)!.x + CARD_WIDTH_PX)
  }
})

test('a cycle, an edge to nowhere and a draft without edges are laid out all the same', () => {
  const cycle = {
    ...chain(2),
    edges: [
      ...chain(2).edges,
      { from: { node: 'n1', port: 'next' }, to: 'n0' },
      { from: { node: 'n1', port: 'x' }, to: 'gone' },
    ],
  }
  expect(placed(cycle).size).toBe(2)
  expect(placed({ nodes: [{ id: 'a' }, 'broken', null] }).size).toBe(1)
})

test('a hundred nodes are laid out in well under a second', () => {
  const startedMs = performance.now()
  expect(placed(chain(100)).size).toBe(100)
  expect(performance.now() - startedMs).toBeLessThan(1_000)
})

test('a port that must lead somewhere is shown also when it does not', () => {
  const [node] = looseFlow({ nodes: [{ id: 'q', type: 'ask_text', config: { text: 'Name?', retriesMax: 2 } }] }).nodes
  expect(cardOf(node!, []).ports).toEqual([{ id: 'next', title: undefined, connected: false }])
})
