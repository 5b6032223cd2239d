import { spanMs } from '../../time.ts'
import type { FlowGraph } from '../graph.ts'
import { WAIT_COUNTS_FROM_MS } from '../limits.ts'
import { nodeTypeOf } from '../nodes/index.ts'
import type { FlowNode } from '../schema.ts'
import type { FlowProblem } from './problem.ts'
import { followersOf } from './structure.ts'

/** Whether a run surely stops here for a person or for time; a short pause does not count. */
function waits(node: FlowNode): boolean {
  if (node.type === 'delay') {
    const { until } = node.config
    return until.kind !== 'span'
      ? until.kind !== 'date' && until.kind !== 'open'
      : spanMs(until.span) >= WAIT_COUNTS_FROM_MS
  }
  return nodeTypeOf(node.type).ask !== undefined
}

/**
 * Cycles in which nobody answers and no time passes. One without a branch can only end in the budget, which is an error;
 * one with a branch may count and stop, which is a warning.
 */
export function checkCycles(graph: FlowGraph): FlowProblem[] {
  const running = graph.definition.nodes.filter((node) => !waits(node) && node.type !== 'note')
  const ids = new Set(running.map(({ id }) => id))
  const followers = new Map(running.map((node) => [node.id, followersOf(graph, node).filter((id) => ids.has(id))]))
  return componentsOf(followers).flatMap((members) => {
    const [only] = members
    if (members.length === 1 && only !== undefined && !followers.get(only)?.includes(only)) return []
    const branches = members.some((id) =>
      ['condition', 'rest_request', 'subflow'].includes(graph.nodes.get(id)?.type ?? ''),
    )
    return members.map((nodeId) => ({
      severity: branches ? ('warning' as const) : ('error' as const),
      code: 'cycle_without_wait',
      nodeId,
      message: branches
        ? 'This circle goes round without waiting; it must end by itself within 50 steps.'
        : 'This circle goes round without waiting; every run would fail here.',
    }))
  })
}

type Visit = { id: string; followers: string[]; at: number }

/** Strongly connected components, by Tarjan, without the call stack. */
function componentsOf(followers: ReadonlyMap<string, string[]>): string[][] {
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const open: string[] = []
  const isOpen = new Set<string>()
  const components: string[][] = []
  const enter = (id: string): Visit => {
    order.set(id, order.size)
    low.set(id, order.get(id)!)
    open.push(id)
    isOpen.add(id)
    return { id, followers: followers.get(id) ?? [], at: 0 }
  }
  const close = (id: string): void => {
    if (low.get(id) !== order.get(id)) return
    const members = open.splice(open.indexOf(id))
    for (const member of members) isOpen.delete(member)
    components.push(members)
  }
  for (const root of followers.keys()) {
    if (order.has(root)) continue
    const stack = [enter(root)]
    for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
      const follower = visit.followers[visit.at]
      visit.at += 1
      if (follower === undefined) {
        close(visit.id)
        stack.pop()
        const parent = stack.at(-1)
        if (parent !== undefined) low.set(parent.id, Math.min(low.get(parent.id)!, low.get(visit.id)!))
      } else if (!order.has(follower)) stack.push(enter(follower))
      else if (isOpen.has(follower)) low.set(visit.id, Math.min(low.get(visit.id)!, order.get(follower)!))
    }
  }
  return components
}
