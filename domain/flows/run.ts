import type { Calendar } from '../calendars/schema.ts'
import type { Json } from '../conditions/json.ts'
import type { InboundContent, OutboundContent } from '../messages/schema.ts'
import type { FlowFaultCode } from './fault.ts'

/** What the run stands at. A wait is named by `waitId`; events that name another one change nothing. */
export type Posture =
  | { kind: 'working' }
  | {
      kind: 'asking'
      waitId: string
      /** Key of the send that asks; the time-out begins when that one is accepted. */
      promptKey: string
      retries: number
      timeoutMs?: number
      deadlineMs?: number
    }
  | { kind: 'calling'; waitId: string; untilMs: number }
  | { kind: 'delaying'; waitId: string; untilMs: number }
  | { kind: 'waiting_floor'; waitId: string }
  | { kind: 'ended'; outcome: RunOutcome; code?: FlowFaultCode }

export type PostureKind = Posture['kind']

export const RUN_OUTCOMES = ['completed', 'expired', 'handed_over', 'busy', 'stopped', 'failed'] as const
export type RunOutcome = (typeof RUN_OUTCOMES)[number]

/** One level of sub-flow. The last frame is the one at work; the others stand at their sub-flow node. */
export type Frame = { flowVersionId: string; nodeId: string | null }

/** What started the run: facts for conditions and templates. At most 4,096 characters of JSON; longer is cut to `kind`. */
export type TriggerFacts = {
  kind: string
  text?: string
  seq?: number
  keyword?: string
  data?: { [key: string]: Json }
}

/** The whole of a run between two events. JSON only, so that it can be stored, shown, edited and compared. */
export type InterpreterState = {
  stateVersion: 1
  runId: string
  startedAtMs: number
  frames: Frame[]
  posture: Posture
  hasFloor: boolean
  variables: { [name: string]: Json }
  trigger: TriggerFacts
  /** The last message consumed, for conditions and templates; text cut at 1,024 characters. */
  lastMessage?: { seq: number; kind: string; text: string }
  counters: {
    /** Waits and effects so far: the sources of `waitId` and of the keys of effects. */
    waits: number
    effects: number
    /** Node steps since a person answered or a real delay passed. */
    stepsSinceWait: number
    /** Pauses in a row through which the floor was kept. */
    pausedMs: number
    sendWindowStartMs: number
    sendsInWindow: number
  }
}

/** What the run may read of the world. Loaded afresh for every turn, so that a run of months never reads old facts. */
export type FlowFacts = {
  contact: ContactFacts
  business: { name?: string; timeZone: string; fields?: { [key: string]: Json } }
  /** Calendars by id; `default` is the one of the business. */
  calendars: { [id: string]: Calendar }
}

export type ContactFacts = {
  id: string
  name: string | null
  phone: string | null
  email: string | null
  locale: string | null
  timeZone?: string | null
  birthday?: string | null
  /** Names, not ids: people write names in conditions. */
  tags: string[]
  fields: { [key: string]: Json }
}

/** The answer of a REST step as the caller saw it. `body` is parsed JSON, or text. */
export type CallOutcome =
  | { kind: 'response'; status: number; body: Json }
  | { kind: 'failed'; code: string }
  | { kind: 'timeout' }

/** What may happen to a run. The caller feeds one at a time, in the order of its mailbox: messages before timers. */
export type FlowEvent =
  /** `hasFloor` says whether the conversation gave the run the floor. */
  | { kind: 'started'; hasFloor: boolean }
  | { kind: 'message'; seq: number; content: InboundContent; externalId?: string; atMs: number }
  | { kind: 'timer'; waitId: string }
  /** `tookMs`: how long the other system took, which is not the engine's own time. */
  | { kind: 'callResult'; waitId: string; outcome: CallOutcome; tookMs?: number }
  /** The prompt of an ask left the house: its time-out begins. */
  | { kind: 'promptAccepted'; waitId: string; atMs: number }
  /** The prompt of an ask was refused for good; without this a run would wait for an answer to a question never put. */
  | { kind: 'promptFailed'; waitId: string; code: string }
  | { kind: 'floorGranted' }
  /** The floor was asked for with `leaveIfBusy`, and somebody else has it. */
  | { kind: 'floorBusy' }
  /** A person took the conversation: waits for answers stand still. */
  | { kind: 'floorLost' }
  /** A person handed back: the run has the floor again and repeats its prompt. */
  | { kind: 'resumed' }
  /** Fix-and-resume, by people: set a variable; leave the current wait by a port; go to a node (also to the same one). */
  | { kind: 'set'; name: string; value: Json }
  | { kind: 'skip'; port?: string }
  | { kind: 'jump'; nodeId: string }
  | { kind: 'stop' }

export type CallRequest = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  headers: { [name: string]: string }
  /** Absent: no body. A string goes out as text, anything else as JSON. */
  body?: Json
  /** Names a stored secret that the caller adds; the secret itself never enters a run. */
  credentialId?: string
}

export type LogEvent =
  | 'started'
  | 'entered'
  | 'left'
  | 'called'
  | 'answered'
  | 'rejected'
  | 'ignored'
  | 'problem'
  | 'fault'
  | 'floor'
  | 'resumed'
  | 'fixed'
  | 'ended'

/**
 * What the caller carries out, in this order. `key` is the same whenever the same event meets the same state, and unique
 * in the run: idempotency keys are made of the run id and it.
 */
export type FlowCommand =
  | { kind: 'send'; key: string; nodeId: string; content: OutboundContent }
  /** An answer is expected now. `promptKey` is the key of the send that asks. */
  | { kind: 'ask'; waitId: string; promptKey: string; nodeId: string; timeoutMs?: number }
  /** The time-out of the ask now stands at an instant. */
  | { kind: 'arm'; waitId: string; untilMs: number }
  /** A delay. Without `keepsFloor` the run gives the floor back. */
  | { kind: 'wait'; waitId: string; nodeId: string; untilMs: number; keepsFloor: boolean }
  | { kind: 'call'; key: string; waitId: string; nodeId: string; request: CallRequest; timeoutMs: number }
  /** The run wants to ask and has no floor. With `leaveIfBusy` the caller answers floorGranted or floorBusy at once. */
  | { kind: 'wantFloor'; waitId: string; nodeId: string; leaveIfBusy: boolean }
  | { kind: 'setContactField'; key: string; nodeId: string; field: string; value: string | number | boolean | null }
  | { kind: 'addTag'; key: string; nodeId: string; tag: string }
  | { kind: 'removeTag'; key: string; nodeId: string; tag: string }
  | {
      kind: 'handOver'
      key: string
      nodeId: string | null
      reason: HandOverReason
      teamId?: string
      userId?: string
      priority?: HandOverPriority
      note?: string
    }
  /** The run is over; the floor is free. Always the last command but for log entries. */
  | { kind: 'end'; outcome: RunOutcome; code?: FlowFaultCode }
  | {
      kind: 'log'
      event: LogEvent
      flowVersionId: string
      nodeId: string | null
      port?: string
      code?: string
      detail?: string
      tookMs?: number
    }

export type FlowCommandKind = FlowCommand['kind']

export const HAND_OVER_REASONS = ['requested', 'answer_not_understood', 'fault'] as const
export type HandOverReason = (typeof HAND_OVER_REASONS)[number]
export const HAND_OVER_PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const
export type HandOverPriority = (typeof HAND_OVER_PRIORITIES)[number]

const TRIGGER_CHARS_MAX = 4_096
const TRIGGER_TEXT_CHARS_MAX = 1_024

/**
 * The state of a run before its first event. Feed `started` next.
 *
 * @param input.flowVersionId the key of the definition under which {@link interpret} will find it.
 * @param input.variables values given from outside (API, trigger); declared initial values yield to them.
 */
export function startState(input: {
  runId: string
  flowVersionId: string
  trigger: TriggerFacts
  nowMs: number
  variables?: { [name: string]: Json }
}): InterpreterState {
  const { runId, flowVersionId, nowMs } = input
  const trigger =
    input.trigger.text === undefined
      ? input.trigger
      : { ...input.trigger, text: input.trigger.text.slice(0, TRIGGER_TEXT_CHARS_MAX) }
  return {
    stateVersion: 1,
    runId,
    startedAtMs: nowMs,
    frames: [{ flowVersionId, nodeId: null }],
    posture: { kind: 'working' },
    hasFloor: false,
    variables: { ...input.variables },
    trigger: JSON.stringify(trigger).length <= TRIGGER_CHARS_MAX ? trigger : { kind: trigger.kind },
    counters: {
      waits: 0,
      effects: 0,
      stepsSinceWait: 0,
      pausedMs: 0,
      sendWindowStartMs: nowMs,
      sendsInWindow: 0,
    },
  }
}

/** Whether the next message of the contact is for this run. Feed `message` only then; it consumes exactly that one. */
export const needsMessage = (state: InterpreterState): boolean => state.posture.kind === 'asking' && state.hasFloor

/** Whether the run waits in line for the floor. */
export const wantsFloor = (state: InterpreterState): boolean => state.posture.kind === 'waiting_floor'

/** The wait that timers and results must name, if there is one. */
export function openWaitId(state: InterpreterState): string | undefined {
  return 'waitId' in state.posture ? state.posture.waitId : undefined
}

/** The instant at which a `timer` event is due: end of a delay, of a call, or of an ask whose prompt was accepted. */
export function wakeAtMs(state: InterpreterState): number | undefined {
  const { posture } = state
  if (posture.kind === 'asking') return posture.deadlineMs
  return posture.kind === 'delaying' || posture.kind === 'calling' ? posture.untilMs : undefined
}

/** The node the run stands at, innermost sub-flow first. */
export const currentNodeId = (state: InterpreterState): string | null => state.frames.at(-1)?.nodeId ?? null

/** Where it stands in the flow that it is a run of: while it is inside a sub-flow, at the node of that. */
export const standingNodeId = (state: InterpreterState): string | null => state.frames[0]?.nodeId ?? null

/** Where it stands in the flows inside that one, the innermost last. */
export const innerFrames = (state: InterpreterState): readonly Frame[] => state.frames.slice(1)
