import type { Language } from '../../languages.ts'
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

/** Every sample speaks these; the one that each tenant begins with speaks all. */
export type SampleLanguage = 'en' | 'es' | 'ar'

/** A flow to begin with, in several languages; only its texts differ. */
export type Sample<L extends Language = SampleLanguage> = {
  id: string
  icon: string
  name: Record<L, string>
  description: Record<L, string>
  definition: Record<L, FlowDefinition>
}
