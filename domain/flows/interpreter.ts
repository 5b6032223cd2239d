import { isSafeKey } from '../conditions/paths.ts'
import { foldText } from '../conditions/text.ts'
import { DomainError } from '../errors.ts'
import { messageText } from './answers.ts'
import { answerAsk, askNow, beginAsk, repeatPrompt } from './asking.ts'
import { FlowFault, type FlowFaultCode } from './fault.ts'
import { portKey } from './graph.ts'
import { finish, handOver, settle } from './leaving.ts'
import { PAUSE_KEEPS_FLOOR_MS_MAX } from './limits.ts'
import type { StepResult } from './nodes/contract.ts'
import type { FlowCommand } from './run.ts'
import { type FlowEvent, type InterpreterState, needsMessage } from './run.ts'
import { type InterpretInput, Walk } from './walk.ts'

export type { InterpretInput } from './walk.ts'

export type InterpretResult = {
  state: InterpreterState
  commands: FlowCommand[]
  /** Whether the event meant anything here. False: state is the one given, nothing is to be done, the event is stale. */
  consumed: boolean
}

/**
 * Takes one event to a run. Pure: the same input gives the same output, in the worker, in the browser and in tests.
 * It never throws for what a definition, an event or data may hold; whatever goes wrong ends the run in `failed` and
 * calls people, so that no contact is left alone.
 *
 * The caller feeds events one by one, messages only while {@link needsMessage}, and carries out the commands in order.
 *
 * @param input.facts loaded for this turn; after commands that change the contact, pass them through `applyToFacts`.
 */
export function interpret(input: InterpretInput): InterpretResult {
  const walk = new Walk(input)
  let consumed: boolean
  try {
    consumed = take(walk, input.event)
  } catch (error) {
    fail(walk, error)
    consumed = true
  }
  return consumed
    ? { state: walk.state, commands: walk.commands, consumed }
    : { state: input.state, commands: [], consumed }
}

/** Steps from a result on until the run waits or ends. */
function proceed(walk: Walk, first: StepResult): void {
  for (let result: StepResult = first; ; ) {
    const nodeId = settle(walk, result)
    if (nodeId === undefined) return
    walk.enter(nodeId)
    const { node, type } = walk.current()
    result = type.enter(node.config, walk)
    if (result.kind === 'ask') {
      beginAsk(walk)
      return
    }
  }
}

function take(walk: Walk, event: FlowEvent): boolean {
  const { posture } = walk.state
  switch (event.kind) {
    case 'started':
      return start(walk, event.hasFloor)
    case 'message':
      return needsMessage(walk.state) && takeMessage(walk, event)
    case 'timer':
      return 'waitId' in posture && posture.waitId === event.waitId && takeTimer(walk)
    case 'callResult':
      if (posture.kind !== 'calling' || posture.waitId !== event.waitId) return false
      if (event.tookMs !== undefined) walk.note('called', { tookMs: event.tookMs })
      return goOn(walk, event.outcome)
    case 'promptAccepted':
      return promptAccepted(walk, event.waitId, event.atMs)
    case 'promptFailed':
      if (posture.kind !== 'asking' || posture.waitId !== event.waitId) return false
      walk.note('problem', { code: 'prompt_failed', detail: event.code })
      return goBy(walk, 'failed')
    case 'floorGranted':
    case 'floorBusy':
    case 'floorLost':
    case 'resumed':
      return takeFloor(walk, event.kind)
    case 'set':
    case 'skip':
    case 'jump':
    case 'stop':
      return fix(walk, event)
  }
}

function start(walk: Walk, hasFloor: boolean): boolean {
  const { state } = walk
  if (state.posture.kind !== 'working' || walk.frame.nodeId !== null) return false
  state.hasFloor = hasFloor
  for (const declared of walk.graph.definition.variables) {
    const given = Object.hasOwn(state.variables, declared.name)
    if (!given && declared.initial !== undefined) walk.setVariable(declared.name, declared.initial)
  }
  const { startId } = walk.graph
  if (startId === undefined) throw new FlowFault('start_missing', 'the definition has no start')
  walk.note('started', { detail: state.trigger.kind })
  proceed(walk, { kind: 'jump', nodeId: startId })
  return true
}

function takeMessage(walk: Walk, event: Extract<FlowEvent, { kind: 'message' }>): boolean {
  const text = messageText(event.content)
  const wantsPeople =
    text !== '' &&
    walk
      .graphFor(walk.state.frames[0]!.flowVersionId)
      .definition.settings.handOverWords.some((word) => foldText(word) === foldText(text))
  if (wantsPeople) {
    walk.state.lastMessage = { seq: event.seq, kind: event.content.kind, text }
    handOver(walk, { reason: 'requested' })
    finish(walk, 'handed_over')
    return true
  }
  const port = answerAsk(walk, event)
  if (port !== undefined) proceed(walk, { kind: 'go', port })
  return true
}

function takeTimer(walk: Walk): boolean {
  const { posture } = walk.state
  if (posture.kind === 'asking') {
    if (posture.deadlineMs === undefined || walk.nowMs < posture.deadlineMs) return false
    return goBy(walk, 'timeout')
  }
  if (posture.kind === 'calling') return walk.nowMs >= posture.untilMs && goOn(walk, { kind: 'timeout' })
  return posture.kind === 'delaying' && walk.nowMs >= posture.untilMs && goOn(walk, undefined)
}

/** The wait of the current node is over; the node says which way. */
function goOn(walk: Walk, outcome: Parameters<NonNullable<ReturnType<Walk['current']>['type']['resume']>>[2]): boolean {
  const { node, type } = walk.current()
  walk.setPosture({ kind: 'working' })
  proceed(walk, type.resume?.(node.config, walk, outcome) ?? { kind: 'go', port: 'next' })
  return true
}

function goBy(walk: Walk, port: string): boolean {
  walk.setPosture({ kind: 'working' })
  proceed(walk, { kind: 'go', port })
  return true
}

function promptAccepted(walk: Walk, waitId: string, atMs: number): boolean {
  const { posture, hasFloor } = walk.state
  if (posture.kind !== 'asking' || posture.waitId !== waitId || !hasFloor) return false
  if (posture.timeoutMs === undefined || posture.deadlineMs !== undefined) return false
  const untilMs = atMs + posture.timeoutMs
  walk.setPosture({ ...posture, deadlineMs: untilMs })
  walk.commands.push({ kind: 'arm', waitId, untilMs })
  return true
}

function takeFloor(walk: Walk, kind: 'floorGranted' | 'floorBusy' | 'floorLost' | 'resumed'): boolean {
  const { state } = walk
  const { posture } = state
  if (kind === 'floorLost') {
    if (!state.hasFloor) return false
    state.hasFloor = false
    if (posture.kind === 'asking') {
      const { deadlineMs: _, ...standing } = posture
      walk.setPosture(standing)
    }
    walk.note('floor', { code: 'lost' })
    return true
  }
  if (kind === 'floorBusy') {
    const leaves = posture.kind === 'waiting_floor' && walk.graph.next.has(portKey(walk.nodeId, 'busy'))
    return leaves && goBy(walk, 'busy')
  }
  if (posture.kind === 'waiting_floor') {
    state.hasFloor = true
    walk.note('floor', { code: 'granted' })
    askNow(walk)
    return true
  }
  return (kind === 'resumed' || !state.hasFloor) && resume(walk)
}

/** A run that stood still goes on with the floor. A long delay has no use for it, and gives it back at once. */
function resume(walk: Walk): boolean {
  const { posture } = walk.state
  if (posture.kind === 'ended' || posture.kind === 'working') return false
  if (posture.kind === 'delaying' && posture.untilMs - walk.nowMs > PAUSE_KEEPS_FLOOR_MS_MAX) {
    const { waitId, untilMs } = posture
    walk.commands.push({ kind: 'wait', waitId, nodeId: walk.nodeId, untilMs, keepsFloor: false })
    return true
  }
  walk.state.hasFloor = true
  walk.note('resumed')
  if (posture.kind === 'asking') repeatPrompt(walk)
  return true
}

function fix(walk: Walk, event: Extract<FlowEvent, { kind: 'set' | 'skip' | 'jump' | 'stop' }>): boolean {
  const { state } = walk
  if (event.kind === 'jump') return jump(walk, event.nodeId)
  if (state.posture.kind === 'ended') return false
  if (event.kind === 'set') {
    if (!isSafeKey(event.name)) return false
    walk.setVariable(event.name, event.value)
    walk.note('fixed', { code: 'set', detail: event.name })
    return true
  }
  if (event.kind === 'stop') {
    walk.note('fixed', { code: 'stop' })
    finish(walk, 'stopped')
    return true
  }
  if (state.posture.kind === 'working') return false
  const { node, type } = walk.current()
  const ports = type.ports(node.config)
  const port = event.port === undefined ? ports[0] : ports.find((candidate) => candidate.id === event.port)
  if (port === undefined) return false
  walk.note('fixed', { code: 'skip', port: port.id })
  return goBy(walk, port.id)
}

/** Goes to a node of the innermost frame that has it; frames inside that one are left. */
function jump(walk: Walk, nodeId: string): boolean {
  const { frames } = walk.state
  const depth = frames.findLastIndex((frame) => walk.graphFor(frame.flowVersionId).nodes.has(nodeId))
  if (depth === -1) return false
  walk.state.frames = frames.slice(0, depth + 1)
  walk.setPosture({ kind: 'working' })
  walk.outsideWait()
  walk.note('fixed', { code: 'jump', detail: nodeId })
  proceed(walk, { kind: 'jump', nodeId })
  return true
}

function faultOf(error: unknown): { code: FlowFaultCode; message: string } {
  if (error instanceof FlowFault) return { code: error.code, message: error.message }
  if (error instanceof DomainError) {
    const code = error.code === 'flow_budget_exceeded' ? 'operations_budget' : 'condition_invalid'
    return { code, message: error.message }
  }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) }
}

/** The end of a run that cannot go on: logged, people called, the run over. What was said before stays said. */
function fail(walk: Walk, error: unknown): void {
  const { code, message } = faultOf(error)
  walk.note('fault', { code, detail: message.slice(0, 500) })
  handOver(walk, { reason: 'fault', note: code })
  finish(walk, 'failed', code)
}
