import type { FlowDefinition, FlowEdge, FlowNode } from '../schema.ts'

const COLUMN_PX = 340
const ROW_PX = 190

/** A node at a place of the grid, so that a sample looks drawn by hand and not poured out. */
export function place(node: FlowNode, column: number, row: number): FlowNode {
  return { ...node, position: { x: column * COLUMN_PX, y: row * ROW_PX } }
}

/** An edge as `node.port` to a node. */
export function edge(from: string, to: string): FlowEdge {
  const [node = '', port = 'next'] = from.split('.')
  return { from: { node, port }, to }
}

export const SAMPLE_LANGUAGES = ['en', 'es', 'ar'] as const
export type SampleLanguage = (typeof SAMPLE_LANGUAGES)[number]

/** A flow to begin with, in several languages; only its texts differ. */
export type Sample = {
  id: string
  icon: string
  name: Record<SampleLanguage, string>
  description: Record<SampleLanguage, string>
  definition: Record<SampleLanguage, FlowDefinition>
}
