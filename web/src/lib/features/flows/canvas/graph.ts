import type { Edge, Node } from '@xyflow/svelte'
import { cardOf, looseFlow } from './card.ts'
import { CARD_WIDTH_PX, layout } from './layout.ts'
import type { CardData, Trace } from './node-card.svelte'

export type Travelled = { nodes: ReadonlySet<string>; edges: ReadonlySet<string>; currentId: string | null }
type Input = {
  definition: unknown
  counts?: ReadonlyMap<string, number>
  problems?: ReadonlyMap<string, number>
  travelled?: Travelled | undefined
  labelOf: (type: string, label: string, text: string) => string
}

export const edgeKey = (node: string, port: string): string => `${node}/${port}`

/** A flow as the canvas draws it: cards at their places, and the path that somebody travelled in the brand's colour. */
export function graphOf(input: Input): { nodes: Node<CardData>[]; edges: Edge[] } {
  const flow = looseFlow(input.definition)
  const cards = flow.nodes.map((node) => cardOf(node, flow.edges))
  const { places, corners } = layout(flow, cards)
  const { travelled } = input
  const nodes = cards.map((card): Node<CardData> => {
    const { x, y, heightPx } = places.get(card.id)!
    return {
      id: card.id,
      type: 'card',
      position: { x, y },
      width: CARD_WIDTH_PX,
      height: heightPx,
      draggable: false,
      connectable: false,
      deletable: false,
      ariaLabel: input.labelOf(card.type, card.label, card.text),
      data: {
        card,
        heightPx,
        count: input.counts?.get(card.id) ?? 0,
        errors: input.problems?.get(card.id) ?? 0,
        trace: traceOf(card.id, travelled),
      },
    }
  })
  const known = new Set(cards.map((card) => card.id))
  const edges = flow.edges.flatMap(({ from, to }, index): Edge | [] => {
    if (!known.has(from.node) || !known.has(to)) return []
    const gone = travelled?.edges.has(edgeKey(from.node, from.port)) ?? false
    return {
      id: `${edgeKey(from.node, from.port)}>${to}#${index}`,
      source: from.node,
      sourceHandle: from.port,
      target: to,
      selectable: false,
      focusable: false,
      deletable: false,
      class: travelled ? (gone ? 'travelled' : 'dim') : '',
      zIndex: gone ? 1 : 0,
      type: 'routed',
      data: { corners: corners.get(index) ?? [] },
    }
  })
  return { nodes, edges }
}

function traceOf(id: string, travelled: Travelled | undefined): Trace {
  if (!travelled) return 'none'
  if (travelled.currentId === id) return 'current'
  return travelled.nodes.has(id) ? 'travelled' : 'dim'
}
