import { FlowFault, type FlowFaultCode } from './fault.ts'
import { portKey } from './graph.ts'
import { DELAY_MS_MAX, PAUSE_KEEPS_FLOOR_MS_MAX, SUBFLOW_DEPTH_MAX, WAIT_COUNTS_FROM_MS } from './limits.ts'
import type { StepResult } from './nodes/contract.ts'
import type { HandOverPriority, HandOverReason, RunOutcome } from './run.ts'
import type { Walk } from './walk.ts'

/**
 * Does what a node decided.
 * @returns the node to enter next, or undefined when the run now waits or is over.
 */
export function settle(walk: Walk, result: StepResult): string | undefined {
  switch (result.kind) {
    case 'go':
      return leave(walk, result.port)
    case 'jump':
      return result.nodeId
    case 'wait':
      return wait(walk, result.untilMs)
    case 'call':
      return call(walk, result)
    case 'subflow':
      return enterSubflow(walk, result.flowVersionId)
    case 'hand_over': {
      const { kind: _, ...wanted } = result
      handOver(walk, { ...wanted, reason: 'requested' })
      return finish(walk, 'handed_over')
    }
    case 'end':
      return endFrame(walk, result.outcome)
    case 'ask':
      throw new FlowFault('internal', 'an ask is put by the interpreter itself')
  }
}

/** Leaves the current node by a port. A port that leads nowhere means what its node type says. */
export function leave(walk: Walk, port: string): string | undefined {
  const { node, type } = walk.current()
  walk.note('left', { port })
  const target = walk.graph.next.get(portKey(node.id, port))
  if (target !== undefined) return target
  const open = type.ports(node.config).find((candidate) => candidate.id === port)
  if (open?.orElse !== undefined) return leave(walk, open.orElse)
  switch (open?.whenOpen) {
    case 'complete':
      return endFrame(walk, 'completed')
    case 'expire':
      return finish(walk, 'expired')
    case 'busy':
      return finish(walk, 'busy')
    case 'hand_over':
      handOver(walk, { reason: 'answer_not_understood' })
      return finish(walk, 'handed_over')
    default:
      throw new FlowFault(
        port === 'failed' ? 'prompt_failed' : 'port_unconnected',
        `nothing follows ${node.id}/${port}`,
      )
  }
}

/** Ends the innermost flow: the run itself, or a sub-flow whose node is then left by the port of the outcome. */
function endFrame(walk: Walk, outcome: 'completed' | 'stopped'): string | undefined {
  if (walk.state.frames.length === 1) return finish(walk, outcome)
  walk.state.frames.pop()
  return leave(walk, outcome)
}

/** The run is over. Its floor is free, and the last node stays in the state, for the count of where people drop off. */
export function finish(walk: Walk, outcome: RunOutcome, code?: FlowFaultCode): undefined {
  const why = code === undefined ? { outcome } : { outcome, code }
  walk.state.hasFloor = false
  walk.setPosture({ kind: 'ended', ...why })
  walk.commands.push({ kind: 'end', ...why })
  walk.note('ended', { code: outcome })
}

export function handOver(
  walk: Walk,
  wanted: { reason: HandOverReason; teamId?: string; userId?: string; priority?: HandOverPriority; note?: string },
): void {
  walk.commands.push({ kind: 'handOver', key: walk.nextKey(), nodeId: walk.frame.nodeId, ...wanted })
}

function wait(walk: Walk, until: number): string | undefined {
  const untilMs = Math.min(until, walk.nowMs + DELAY_MS_MAX)
  const lengthMs = untilMs - walk.nowMs
  if (lengthMs <= 0) return leave(walk, 'next')
  const { state } = walk
  const keepsFloor = state.hasFloor && state.counters.pausedMs + lengthMs <= PAUSE_KEEPS_FLOOR_MS_MAX
  state.hasFloor = keepsFloor
  state.counters.pausedMs = keepsFloor ? state.counters.pausedMs + lengthMs : 0
  if (lengthMs >= WAIT_COUNTS_FROM_MS) walk.outsideWait()
  const waitId = walk.nextWaitId()
  walk.setPosture({ kind: 'delaying', waitId, untilMs })
  walk.commands.push({ kind: 'wait', waitId, nodeId: walk.nodeId, untilMs, keepsFloor })
  return undefined
}

function call(walk: Walk, { request, timeoutMs }: Extract<StepResult, { kind: 'call' }>): undefined {
  const waitId = walk.nextWaitId()
  walk.setPosture({ kind: 'calling', waitId, untilMs: walk.nowMs + timeoutMs })
  walk.commands.push({ kind: 'call', key: walk.nextKey(), waitId, nodeId: walk.nodeId, request, timeoutMs })
}

function enterSubflow(walk: Walk, flowVersionId: string): string {
  const { frames } = walk.state
  if (frames.length >= SUBFLOW_DEPTH_MAX) {
    throw new FlowFault('subflow_too_deep', `more than ${SUBFLOW_DEPTH_MAX} flows within each other`)
  }
  const { startId } = walk.graphFor(flowVersionId)
  if (startId === undefined) throw new FlowFault('start_missing', `sub-flow ${flowVersionId} has no start`)
  frames.push({ flowVersionId, nodeId: null })
  return startId
}
