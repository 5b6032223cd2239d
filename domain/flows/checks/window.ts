import { DAY_MS, spanMs } from '../../time.ts'
import { type FlowGraph, portKey } from '../graph.ts'
import { nodeTypeOf } from '../nodes/index.ts'
import type { FlowNode } from '../schema.ts'
import type { FlowProblem } from './problem.ts'

const UPDATES_MAX = 30
const MESSAGE_TRIGGERS = new Set(['first_message', 'any_message', 'keyword'])

/** Whether a node sends something that WhatsApp takes only within 24 hours of the contact's last message. */
const isFreeForm = (node: FlowNode): boolean =>
  (node.type.startsWith('send_') && node.type !== 'send_template') || nodeTypeOf(node.type).ask !== undefined

/** How long a delay may last; without bound when it hangs on data or on a calendar. */
function delayMs(node: Extract<FlowNode, { type: 'delay' }>): number {
  const { until } = node.config
  if (until.kind === 'span') return spanMs(until.span)
  return until.kind === 'time' && until.days.length === 0 ? DAY_MS : Number.POSITIVE_INFINITY
}

/** How long the contact may have been silent when the run leaves a node by a port. */
function silenceAfter(node: FlowNode, port: string, silenceMs: number): number {
  if (node.type === 'delay') return port === 'next' ? silenceMs + delayMs(node) : silenceMs
  if (nodeTypeOf(node.type).ask === undefined || port === 'busy' || port === 'failed') return silenceMs
  if (port !== 'timeout') return 0
  const { timeout } = node.config as { timeout?: { value: number; unit: 'hours' } }
  return silenceMs + (timeout === undefined ? 0 : spanMs(timeout))
}

/** The longest silence with which each node may be entered. Cycles that only grow are taken as without bound. */
function silences({ definition, nodes, startId, next }: FlowGraph): Map<string, number> {
  const silence = new Map<string, number>()
  const updates = new Map<string, number>()
  if (startId === undefined) return silence
  const spoken = definition.triggers.every(({ kind }) => MESSAGE_TRIGGERS.has(kind))
  silence.set(startId, spoken ? 0 : Number.POSITIVE_INFINITY)
  const queue = [startId]
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const node = nodes.get(id)
    const own = silence.get(id) ?? 0
    if (node === undefined) continue
    const ways = nodeTypeOf(node.type)
      .ports(node.config)
      .map((port) => ({ to: next.get(portKey(node.id, port.id)), ms: silenceAfter(node, port.id, own) }))
    if (node.type === 'jump') ways.push({ to: node.config.nodeId, ms: own })
    for (const { to, ms } of ways) {
      if (to === undefined || ms <= (silence.get(to) ?? -1)) continue
      const count = (updates.get(to) ?? 0) + 1
      updates.set(to, count)
      silence.set(to, count > UPDATES_MAX ? Number.POSITIVE_INFINITY : ms)
      queue.push(to)
    }
  }
  return silence
}

/** Messages that may be due when the service window is closed: only an approved template would get through then. */
export function checkWindow(graph: FlowGraph): FlowProblem[] {
  const silence = silences(graph)
  return graph.definition.nodes
    .filter((node) => isFreeForm(node) && (silence.get(node.id) ?? 0) >= DAY_MS)
    .map(({ id }) => ({
      severity: 'warning' as const,
      code: 'outside_window',
      nodeId: id,
      message: 'The contact may have been silent for 24 hours by then; only a template can be sent.',
    }))
}
