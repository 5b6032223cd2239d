import dagre from '@dagrejs/dagre'
import type { Card, LooseFlow } from './card.ts'

export const CARD_WIDTH_PX = 220
const HEAD_PX = 38
const LINE_PX = 17
const LINES_MAX = 3
const CHARS_PER_LINE = 31
const PORT_PX = 24
const PAD_PX = 10

export type Placed = { x: number; y: number; heightPx: number }

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

/** Places the cards of a flow from left to right, so that edges cross as little as dagre can manage. */
export function layout(flow: LooseFlow, cards: readonly Card[]): Map<string, Placed> {
  const graph = new dagre.graphlib.Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'LR', nodesep: 36, ranksep: 72, edgesep: 18, marginx: 24, marginy: 24 })
  graph.setDefaultEdgeLabel(() => ({}))
  const heights = new Map(cards.map((card) => [card.id, cardHeightPx(card)]))
  for (const [id, height] of heights) graph.setNode(id, { width: CARD_WIDTH_PX, height })
  for (const { from, to } of flow.edges) {
    if (heights.has(from.node) && heights.has(to)) graph.setEdge(from.node, to, {}, from.port)
  }
  dagre.layout(graph)
  return new Map(
    [...heights].map(([id, heightPx]) => {
      const { x = 0, y = 0 } = graph.node(id) as { x?: number; y?: number }
      return [id, { x: Math.round(x - CARD_WIDTH_PX / 2), y: Math.round(y - heightPx / 2), heightPx }]
    }),
  )
}
