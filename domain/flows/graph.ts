import type { FlowDefinition, FlowNode } from './schema.ts'

/** A definition made ready for walking. */
export type FlowGraph = {
  definition: FlowDefinition
  nodes: ReadonlyMap<string, FlowNode>
  startId: string | undefined
  /** Where a port leads, by `node/port`; with two edges on one port the first counts, and validation says so. */
  next: ReadonlyMap<string, string>
}

const known = new WeakMap<FlowDefinition, FlowGraph>()

/** The graph of a definition, made once for each definition object. The object must not be changed afterwards. */
export function graphOf(definition: FlowDefinition): FlowGraph {
  const cached = known.get(definition)
  if (cached !== undefined) return cached
  const next = new Map<string, string>()
  for (const edge of definition.edges) {
    const from = portKey(edge.from.node, edge.from.port)
    if (!next.has(from)) next.set(from, edge.to)
  }
  const graph: FlowGraph = {
    definition,
    nodes: new Map(definition.nodes.map((node) => [node.id, node])),
    startId: definition.nodes.find((node) => node.type === 'start')?.id,
    next,
  }
  known.set(definition, graph)
  return graph
}

/** The key of a port in {@link FlowGraph.next}. */
export const portKey = (nodeId: string, port: string): string => `${nodeId}/${port}`
