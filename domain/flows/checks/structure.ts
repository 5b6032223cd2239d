import type { FlowGraph } from '../graph.ts'
import { nodeTypeOf } from '../nodes/index.ts'
import type { FlowNode } from '../schema.ts'
import type { FlowProblem } from './problem.ts'

const portsOf = (node: FlowNode) => nodeTypeOf(node.type).ports(node.config)

/** Ids that name two things, a start that is missing or there twice, and variables declared twice. */
export function checkNames({ definition }: FlowGraph): FlowProblem[] {
  const problems: FlowProblem[] = []
  const ids = new Set<string>()
  for (const { id } of definition.nodes) {
    if (ids.has(id)) problems.push(error('duplicate_node', `Two nodes have the id ${id}.`, { nodeId: id }))
    ids.add(id)
  }
  const starts = definition.nodes.filter(({ type }) => type === 'start')
  if (starts.length === 0) problems.push(error('start_missing', 'The flow has no start.'))
  for (const extra of starts.slice(1)) {
    problems.push(error('start_twice', 'The flow has more than one start.', { nodeId: extra.id }))
  }
  const names = new Set<string>()
  definition.variables.forEach(({ name }, index) => {
    if (names.has(name)) {
      problems.push(error('duplicate_variable', `Two variables are named ${name}.`, { path: `/variables/${index}` }))
    }
    names.add(name)
  })
  return problems
}

/** Edges that begin or end nowhere, and two edges on one port, of which only the first would count. */
export function checkEdges({ definition, nodes }: FlowGraph): FlowProblem[] {
  const problems: FlowProblem[] = []
  const taken = new Set<string>()
  definition.edges.forEach(({ from, to }, index) => {
    const path = `/edges/${index}`
    const source = nodes.get(from.node)
    const target = nodes.get(to)
    if (source === undefined) problems.push(error('edge_from_nowhere', `No node ${from.node}.`, { path }))
    else if (!portsOf(source).some(({ id }) => id === from.port)) {
      const at = { path, nodeId: from.node, port: from.port }
      problems.push(error('edge_from_unknown_port', `${from.node} has no way out named ${from.port}.`, at))
    }
    if (target === undefined) {
      problems.push(error('edge_to_nowhere', `No node ${to}.`, { path, nodeId: from.node, port: from.port }))
    } else if (target.type === 'note' || target.type === 'start') {
      problems.push(error('edge_to_no_step', `Nothing can lead to a ${target.type}.`, { path, nodeId: to }))
    }
    const key = `${from.node}/${from.port}`
    if (taken.has(key)) {
      const at = { path, nodeId: from.node, port: from.port }
      problems.push(error('port_twice', 'Two edges leave by the same way; only the first counts.', at))
    }
    taken.add(key)
  })
  return problems
}

/** Ways out that should lead somewhere. Where the run would fail it is an error, where it would just end a warning. */
export function checkOpenPorts({ definition, next }: FlowGraph): FlowProblem[] {
  return definition.nodes.flatMap((node) =>
    portsOf(node)
      .filter(({ id, required }) => required && !next.has(`${node.id}/${id}`))
      .map(({ id, whenOpen }) => ({
        severity: whenOpen === 'fault' ? ('error' as const) : ('warning' as const),
        code: 'port_open',
        nodeId: node.id,
        port: id,
        message: whenOpen === 'fault' ? `Nothing follows ${id}; the run would fail.` : `The flow ends after ${id}.`,
      })),
  )
}

/** The nodes that a node can lead to: by its edges, or by its own decision. */
export function followersOf({ definition, next }: FlowGraph, node: FlowNode): string[] {
  const jumps = node.type === 'jump' && node.config.nodeId !== undefined ? [node.config.nodeId] : []
  const known = new Set(definition.nodes.map(({ id }) => id))
  const byPorts = portsOf(node).map(({ id }) => next.get(`${node.id}/${id}`))
  return [...byPorts, ...jumps].filter((id): id is string => id !== undefined && known.has(id))
}

/** Nodes that no run can come to. */
export function checkReach(graph: FlowGraph): FlowProblem[] {
  const { definition, nodes, startId } = graph
  if (startId === undefined) return []
  const reached = new Set<string>([startId])
  const queue = [startId]
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const node = nodes.get(id)
    if (node === undefined) continue
    for (const follower of followersOf(graph, node)) {
      if (!reached.has(follower)) queue.push(follower)
      reached.add(follower)
    }
  }
  return definition.nodes
    .filter(({ id, type }) => !reached.has(id) && type !== 'note' && type !== 'start')
    .map(({ id }) => ({
      severity: 'warning' as const,
      code: 'unreachable',
      nodeId: id,
      message: 'Nothing leads here from the start.',
    }))
}

/** Jumps to nodes that are not there. */
export function checkJumps({ definition, nodes }: FlowGraph): FlowProblem[] {
  return definition.nodes.flatMap((node) => {
    if (node.type !== 'jump' || node.config.nodeId === undefined) return []
    const target = nodes.get(node.config.nodeId)
    if (target !== undefined && target.type !== 'note') return []
    return [error('jump_to_nowhere', `No node ${node.config.nodeId}.`, { nodeId: node.id, path: '/nodeId' })]
  })
}

function error(code: string, message: string, at: { nodeId?: string; port?: string; path?: string } = {}): FlowProblem {
  return { severity: 'error', code, ...at, message }
}
