import dagre from '@dagrejs/dagre'
import type { Card, LooseFlow } from './card.ts'

export const CARD_WIDTH_PX = 220
const HEAD_PX = 38
const LINE_PX = 17
const LINES_MAX = 3
const CHARS_PER_LINE = 31
const PORT_PX = 24
const PAD_PX = 10

export type Point = { x: number; y: number }
export type Placed = Point & { heightPx: number }
/** Where cards stand, and the corners that an edge takes on its way past other cards (by its index). */
export type Layout = { places: Map<string, Placed>; corners: Map<number, Point[]> }

/** How tall a card will be. Known before it is drawn, so that the layout is right at the first paint. */
export function cardHeightPx(card: Pick<Card, 'text' | 'ports'>): number {
  const lines = card.text
    ? Math.min(
        LINES_MAX,
        card.text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / CHARS_PER_LINE)), 0),
      )
    : 0
  return (
    HEAD_PX + (lines > 0 ? lines * LINE_PX + PAD_PX : 0) + card.ports.length * PORT_PX + (card.ports.length > 0 ? 6 : 0)
  )
}

/** Places the cards of a flow from left to right, the ways out of a card from top to bottom as they are listed on it. */
export function layout(flow: LooseFlow, cards: readonly Card[]): Layout {
  const graph = new dagre.graphlib.Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'LR', nodesep: 36, ranksep: 72, edgesep: 26, marginx: 24, marginy: 24 })
  graph.setDefaultEdgeLabel(() => ({}))
  const heights = new Map(cards.map((card) => [card.id, cardHeightPx(card)]))
  for (const [id, height] of heights) graph.setNode(id, { width: CARD_WIDTH_PX, height })
  for (const [index, { from, to }] of flow.edges.entries()) {
    if (heights.has(from.node) && heights.has(to)) graph.setEdge(from.node, to, {}, String(index))
  }
  dagre.layout(graph, { constraints: orderOfWays(flow, cards) })
  const places = new Map(
    [...heights].map(([id, heightPx]) => {
      const { x = 0, y = 0 } = graph.node(id) as Partial<Point>
      return [id, { x: Math.round(x - CARD_WIDTH_PX / 2), y: Math.round(y - heightPx / 2), heightPx }]
    }),
  )
  const corners = new Map<number, Point[]>()
  for (const edge of graph.edges()) {
    const { points = [] } = graph.edge(edge) as { points?: Point[] }
    // The first and the last touch the cards themselves; of the others only those beside a column of cards matter.
    const passed = points.slice(1, -1).filter((point) => isBeside(point, places))
    if (passed.length > 0) corners.set(Number(edge.name), passed)
  }
  return { places, corners }
}

const isBeside = ({ x }: Point, places: Layout['places']): boolean =>
  [...places.values()].some((place) => x > place.x && x < place.x + CARD_WIDTH_PX)

type Order = { left: string; right: string }

/** Targets of one card in the order of its ports, as far as cards do not contradict each other. */
function orderOfWays(flow: LooseFlow, cards: readonly Card[]): Order[] {
  const after = new Map<string, Set<string>>()
  const leads = (from: string, to: string, seen = new Set<string>()): boolean => {
    if (from === to) return true
    if (seen.has(from)) return false
    seen.add(from)
    return [...(after.get(from) ?? [])].some((next) => leads(next, to, seen))
  }
  const orders: Order[] = []
  for (const card of cards) {
    const targets = card.ports.flatMap(
      ({ id }) => flow.edges.find((edge) => edge.from.node === card.id && edge.from.port === id)?.to ?? [],
    )
    for (const [at, left] of targets.entries()) {
      const right = targets[at + 1]
      if (right === undefined || leads(right, left)) continue
      after.set(left, (after.get(left) ?? new Set()).add(right))
      orders.push({ left, right })
    }
  }
  return orders
}
