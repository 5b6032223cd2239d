import { spanMs } from '../time.ts'
import { messageText } from './answers.ts'
import { FlowFault } from './fault.ts'
import { portKey } from './graph.ts'
import { ASK_TIMEOUT_MS_MAX } from './limits.ts'
import type { AskPart } from './nodes/contract.ts'
import type { FlowEvent } from './run.ts'
import type { Walk } from './walk.ts'

function currentAsk(walk: Walk): { ask: AskPart<unknown>; config: unknown } {
  const { node, type } = walk.current()
  if (type.ask === undefined) throw new FlowFault('internal', `${node.type} does not ask`)
  return { ask: type.ask, config: node.config }
}

/** Asks at once with the floor; without it, asks for the floor first. */
export function beginAsk(walk: Walk): void {
  if (walk.state.hasFloor) {
    askNow(walk)
    return
  }
  const waitId = walk.nextWaitId()
  const { nodeId } = walk
  walk.setPosture({ kind: 'waiting_floor', waitId })
  const leaveIfBusy = walk.graph.next.has(portKey(nodeId, 'busy'))
  walk.commands.push({ kind: 'wantFloor', waitId, nodeId, leaveIfBusy })
  walk.note('floor', { code: 'wanted' })
}

/** Puts the question of the current node for the first time. */
export function askNow(walk: Walk): void {
  const { ask, config } = currentAsk(walk)
  put(walk, ask.settings(config).text, 0)
}

/** Puts the question again after a person handed back; answers refused before still count. */
export function repeatPrompt(walk: Walk): void {
  const { ask, config } = currentAsk(walk)
  const { posture } = walk.state
  put(walk, ask.settings(config).text, posture.kind === 'asking' ? posture.retries : 0)
}

/** Every prompt is a wait of its own, so that news about an earlier prompt means nothing to a later one. */
function put(walk: Walk, text: string, retries: number): void {
  const { ask, config } = currentAsk(walk)
  const { timeout } = ask.settings(config)
  const promptKey = walk.sendKeyed(ask.prompt(config, walk, text))
  const waitId = walk.nextWaitId()
  const bounded = timeout === undefined ? {} : { timeoutMs: Math.min(spanMs(timeout), ASK_TIMEOUT_MS_MAX) }
  walk.setPosture({ kind: 'asking', waitId, promptKey, retries, ...bounded })
  walk.commands.push({ kind: 'ask', waitId, promptKey, nodeId: walk.nodeId, ...bounded })
}

/**
 * Takes a message as the answer.
 * @returns the port to leave by, or undefined when the run still asks.
 */
export function answerAsk(walk: Walk, event: Extract<FlowEvent, { kind: 'message' }>): string | undefined {
  const { posture } = walk.state
  if (posture.kind !== 'asking') throw new FlowFault('internal', 'a message without a question')
  const { ask, config } = currentAsk(walk)
  const answer = ask.answer(config, walk, { seq: event.seq, content: event.content })
  if (answer.kind === 'ignored') {
    walk.note('ignored', { code: event.content.kind })
    return undefined
  }
  walk.state.lastMessage = { seq: event.seq, kind: event.content.kind, text: messageText(event.content) }
  walk.state.counters.pausedMs = 0
  walk.outsideWait()
  walk.refresh()
  const settings = ask.settings(config)
  if (answer.kind === 'accepted') {
    const value = answer.value ?? null
    if (settings.variable !== undefined) walk.setVariable(settings.variable, value)
    if (settings.contactField !== undefined) walk.setContactField(settings.contactField, value)
    walk.note('answered', { port: answer.port })
    walk.setPosture({ kind: 'working' })
    return answer.port
  }
  walk.note('rejected', { code: answer.code })
  if (posture.retries >= settings.retriesMax) {
    walk.setPosture({ kind: 'working' })
    return 'invalid'
  }
  put(walk, settings.retryText || settings.text, posture.retries + 1)
  return undefined
}
