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
  const cards = flow.nodes.map((node) => cardOf(node, flow.edges))
  return layout(flow, cards)
}

test('each step stands to the right of the one before, without touching it', () => {
  const { places } = placed(chain(4))
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
  expect(placed(cycle).places.size).toBe(2)
  expect(placed({ nodes: [{ id: 'a' }, 'broken', null] }).places.size).toBe(1)
})

test('a hundred nodes are laid out in well under a second', () => {
  const startedMs = performance.now()
  expect(placed(chain(100)).places.size).toBe(100)
  expect(performance.now() - startedMs).toBeLessThan(1_000)
})

test('a port that must lead somewhere is shown also when it does not', () => {
  const [node] = looseFlow({ nodes: [{ id: 'q', type: 'ask_text', config: { text: 'Name?', retriesMax: 2 } }] }).nodes
  expect(cardOf(node!, []).ports).toEqual([{ id: 'next', title: undefined, connected: false }])
})

test('ways out lead away in the order in which the card lists them', () => {
  const branches = ['a', 'b', 'c', 'd'].map((id) => ({ id, label: id, when: true }))
  const menu = {
    nodes: [
      { id: 'menu', type: 'condition', config: { branches } },
      ...['z', 'y', 'x', 'w'].map((id) => ({ id, type: 'end', config: {} })),
    ],
    edges: branches.map(({ id }, at) => ({ from: { node: 'menu', port: id }, to: ['z', 'y', 'x', 'w'][at]! })),
  }
  const { places } = placed(menu)
  const tops = ['z', 'y', 'x', 'w'].map((id) => places.get(id)!.y)
  expect(tops).toEqual([...tops].sort((a, b) => a - b))
})

test('an edge that passes a column has a corner beside its cards', () => {
  const past = chain(3)
  const { corners, places } = placed({
    ...past,
    edges: [...past.edges, { from: { node: 'n0', port: 'skip' }, to: 'n2' }],
  })
  const [corner] = corners.get(2)!
  const between = places.get('n1')!
  expect(corner!.y < between.y || corner!.y > between.y + between.heightPx).toBe(true)
})

test('whatever leads wherever, a layout comes out of it', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const count = 3 + (seed % 9)
    const edges = Array.from({ length: count * 2 }, (_, at) => ({
      from: { node: `n${(at * seed) % count}`, port: `p${at % 4}` },
      to: `n${(at * at + seed) % count}`,
    }))
    expect(placed({ nodes: chain(count).nodes, edges }).places.size).toBe(count)
  }
})
