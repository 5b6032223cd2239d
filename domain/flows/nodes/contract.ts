import type { z } from 'zod'
import type { Calendar } from '../../calendars/schema.ts'
import type { Json } from '../../conditions/json.ts'
import type { InboundContent, OutboundContent } from '../../messages/schema.ts'
import type { FlowFaultCode } from '../fault.ts'
import type { CallOutcome, CallRequest, FlowFacts, HandOverPriority, RunOutcome } from '../run.ts'
import type { AskFields } from './parts.ts'

export const NODE_CATEGORIES = ['message', 'question', 'logic', 'contact', 'integration', 'end'] as const
export type NodeCategory = (typeof NODE_CATEGORIES)[number]

/**
 * A way out of a node. `title` is the tenant's own word (a button); without it the label is the translation key
 * `flows.ports.<id>`. `whenOpen` says what happens when nothing is connected; `required` ports should be connected.
 */
export type Port = {
  id: string
  title?: string
  required: boolean
  whenOpen: 'complete' | 'expire' | 'hand_over' | 'busy' | 'fault'
  /** The port that stands in when nothing is connected to this one. */
  orElse?: string
}

/** What a node decides when the run enters it, or when its wait is over. */
export type StepResult =
  | { kind: 'go'; port: string }
  | { kind: 'jump'; nodeId: string }
  /** Puts the question of the node; only nodes with `ask` may say so. */
  | { kind: 'ask' }
  | { kind: 'wait'; untilMs: number }
  | { kind: 'call'; request: CallRequest; timeoutMs: number }
  | { kind: 'subflow'; flowVersionId: string }
  | { kind: 'hand_over'; teamId?: string; userId?: string; priority?: HandOverPriority; note?: string }
  | { kind: 'end'; outcome: Extract<RunOutcome, 'completed' | 'stopped'> }

/** A message as an answer. */
export type AnswerMessage = { seq: number; content: InboundContent }

/** How an answer was taken. `ignored` messages are consumed without a reply: reactions, edits, lines of the system. */
export type Answer =
  | { kind: 'accepted'; port: string; value?: Json }
  | { kind: 'rejected'; code: string }
  | { kind: 'ignored' }

/** What a node may do while it is stepped. Everything it does becomes a command or a change of variables. */
export type StepContext = {
  readonly nowMs: number
  readonly runId: string
  readonly nodeId: string
  readonly facts: FlowFacts
  /** The data of conditions and templates: contact, vars, run, trigger, business. */
  readonly scope: Json
  render(template: string, charsMax: number): string
  /** Renders with values escaped for the place they go to. */
  renderUrl(template: string): string
  /** The value of a template that is exactly one slot keeps its type. */
  renderValue(template: string, charsMax: number): Json
  renderJson(value: Json): Json
  holds(rule: Json): boolean
  evaluate(rule: Json): Json
  setVariable(name: string, value: Json): void
  setContactField(field: string, value: Json): void
  changeTag(kind: 'addTag' | 'removeTag', tag: string): void
  send(content: OutboundContent): void
  log(entry: { event: 'problem'; code: string; detail?: string }): void
  calendar(id: string | undefined): Calendar
  fault(code: FlowFaultCode, message: string): never
}

/** The part of a node that asks. */
export type AskPart<C> = {
  settings(config: C): AskFields
  /** The message that asks. `text` replaces the question when it is put again. */
  prompt(config: C, step: StepContext, text: string): OutboundContent
  answer(config: C, step: StepContext, message: AnswerMessage): Answer
}

/** One finding of a node about itself. `path` points into its config; `params` fill the translation of the code. */
export type NodeFinding = {
  severity: 'error' | 'warning'
  code: string
  path?: string
  port?: string
  message: string
  params?: Record<string, string | number>
}

export type NodeMeta = { category: NodeCategory /** A Lucide icon. */; icon: string }

/** A kind of node: its data, how it looks in the builder, what it does, and what it finds wrong with itself. */
export type NodeType<T extends string, C, S = z.ZodType<C>> = {
  readonly type: T
  readonly schema: S
  readonly meta: NodeMeta
  /** The config of a node just dropped on the canvas. */
  readonly initial: C
  ports(config: C): Port[]
  enter(config: C, step: StepContext): StepResult
  readonly ask?: AskPart<C>
  /** How to go on when the wait of this node is over: the end of a delay, the result of a call. */
  resume?(config: C, step: StepContext, outcome: CallOutcome | undefined): StepResult
  lint?(config: C): NodeFinding[]
  /** Templates and conditions of the config, for the check of variables. */
  reads?(config: C): { templates: string[]; conditions: Json[] }
  writes?(config: C): string[]
}

/** Gives a node type its types, from its schema alone. */
export const defineNode = <const T extends string, S extends z.ZodType>(
  node: NodeType<T, z.output<S>, S>,
): NodeType<T, z.output<S>, S> => node

/** Ways out that many nodes have. */
export const NEXT: Port = { id: 'next', required: true, whenOpen: 'complete' }
export const ASK_PORTS: readonly Port[] = [
  { id: 'invalid', required: false, whenOpen: 'hand_over' },
  { id: 'timeout', required: false, whenOpen: 'expire' },
  { id: 'busy', required: false, whenOpen: 'busy' },
  { id: 'failed', required: false, whenOpen: 'fault' },
]
