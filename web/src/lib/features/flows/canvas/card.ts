import type { NodeCategory } from '#domain/flows/nodes/contract.ts'
import { NODE_TYPES, type NodeTypeName, nodeTypeOf } from '#domain/flows/nodes/index.ts'

/** What a card of the canvas shows of one node. Read from data that may be newer or more broken than this page. */
export type Card = {
  id: string
  type: string
  label: string
  icon: string
  category: NodeCategory
  text: string
  ports: { id: string; title: string | undefined; connected: boolean }[]
}

type LooseNode = { id: string; type?: unknown; label?: unknown; config?: unknown }
type LooseEdge = { from: { node: string; port: string }; to: string }
export type LooseFlow = { nodes: readonly LooseNode[]; edges: readonly LooseEdge[] }

const isKnown = (type: unknown): type is NodeTypeName => typeof type === 'string' && Object.hasOwn(NODE_TYPES, type)
const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Any draft as nodes and edges; what is not drawable is left out. */
export function looseFlow(definition: unknown): LooseFlow {
  const { nodes, edges } = record(definition)
  return {
    nodes: (Array.isArray(nodes) ? nodes : []).filter((node) => typeof record(node)['id'] === 'string') as LooseNode[],
    edges: (Array.isArray(edges) ? edges : []).filter((edge) => {
      const { from, to } = record(edge)
      return (
        typeof to === 'string' && typeof record(from)['node'] === 'string' && typeof record(from)['port'] === 'string'
      )
    }) as LooseEdge[],
  }
}

export function cardOf(node: LooseNode, edges: readonly LooseEdge[]): Card {
  const used = edges.filter((edge) => edge.from.node === node.id).map((edge) => edge.from.port)
  const known = isKnown(node.type) ? nodeTypeOf(node.type) : undefined
  const declared = portsOf(node, known)
  const unknown = used.filter((port) => !declared.some(({ id }) => id === port))
  // Ways out that nobody took care of are shown only where they must lead somewhere.
  const shown = declared.filter(({ id, required }) => required || used.includes(id))
  return {
    id: node.id,
    type: text(node.type),
    label: text(node.label),
    icon: known?.meta.icon ?? '',
    category: known?.meta.category ?? 'logic',
    text: previewOf(text(node.type), record(node.config)),
    ports: [...shown, ...unknown.map((id) => ({ id, title: undefined }))].map(({ id, title }) => ({
      id,
      title,
      connected: used.includes(id),
    })),
  }
}

type Known = ReturnType<typeof nodeTypeOf> | undefined
type DeclaredPort = { id: string; title?: string | undefined; required: boolean }

function portsOf(node: LooseNode, known: Known): DeclaredPort[] {
  if (!known) return []
  try {
    return known.ports(node.config)
  } catch {
    return []
  }
}

/** The words of a node as the contact or the reader meets them; empty where a type says everything by its name. */
function previewOf(type: string, config: Record<string, unknown>): string {
  const until = record(config['until'])
  const span = record(until['span'])
  switch (type) {
    case 'delay':
      return until['kind'] === 'span'
        ? `${text(String(span['value'] ?? ''))} ${text(span['unit'])}`
        : text(until['time'])
    case 'rest_request':
      return `${text(config['method'])} ${text(config['url'])}`
    case 'send_template':
      return text(config['preview']) || text(config['name'])
    case 'set_variable':
      return `${text(config['variable'])} = ${text(record(config['value'])['template'])}`
    case 'add_tag':
    case 'remove_tag':
      return text(config['tag'])
    case 'set_contact_field':
      return text(config['field'])
    default:
      return text(config['text']) || text(config['caption']) || text(config['note'])
  }
}
