import type { Calendar } from '../calendars/schema.ts'
import { type Budget, freshBudget } from '../conditions/budget.ts'
import { evaluate, holds } from '../conditions/evaluate.ts'
import type { Json } from '../conditions/json.ts'
import type { OutboundContent } from '../messages/schema.ts'
import { buildScope, type ScopeRoot } from './expressions.ts'
import { withField, withTag } from './facts.ts'
import { FlowFault, type FlowFaultCode } from './fault.ts'
import { type FlowGraph, graphOf } from './graph.ts'
import {
  NODES_PER_EVENT_MAX,
  SEND_WINDOW_MS,
  SENDS_PER_WINDOW_MAX,
  STEPS_WITHOUT_WAIT_MAX,
  VALUE_CHARS_MAX,
  VARIABLES_CHARS_MAX,
} from './limits.ts'
import type { StepContext } from './nodes/contract.ts'
import { nodeTypeOf } from './nodes/index.ts'
import type {
  ContactFacts,
  FlowCommand,
  FlowEvent,
  FlowFacts,
  Frame,
  InterpreterState,
  LogEvent,
  Posture,
} from './run.ts'
import type { FlowDefinition, FlowNode } from './schema.ts'
import { renderJson, renderTemplate, renderValue } from './templates.ts'

export type InterpretInput = {
  /** Every definition the run may need, by flow version id: its own and those of its sub-flows. */
  definitions: { readonly [flowVersionId: string]: FlowDefinition }
  state: InterpreterState
  event: FlowEvent
  facts: FlowFacts
  nowMs: number
}

const URL_CHARS_MAX = 2_000

/** The work on one event: a copy of the state that may change, the commands so far, and what is left of the budgets. */
export class Walk implements StepContext {
  readonly nowMs: number
  readonly facts: FlowFacts
  readonly commands: FlowCommand[] = []
  state: InterpreterState
  readonly #definitions: InterpretInput['definitions']
  readonly #budget: Budget = freshBudget()
  #contact: ContactFacts
  #scope: { [root in ScopeRoot]: Json } | undefined
  #nodesEntered = 0

  constructor(input: InterpretInput) {
    this.nowMs = input.nowMs
    this.facts = input.facts
    this.#definitions = input.definitions
    this.#contact = input.facts.contact
    const { state } = input
    this.state = {
      ...state,
      frames: state.frames.map((frame) => ({ ...frame })),
      variables: { ...state.variables },
      counters: { ...state.counters },
    }
  }

  get runId(): string {
    return this.state.runId
  }

  get frame(): Frame {
    const frame = this.state.frames.at(-1)
    if (frame === undefined) throw new FlowFault('internal', 'a run without a frame')
    return frame
  }

  get nodeId(): string {
    return this.frame.nodeId ?? ''
  }

  get graph(): FlowGraph {
    return this.graphFor(this.frame.flowVersionId)
  }

  get scope(): Json {
    this.#scope ??= buildScope({ state: this.state, facts: this.facts, contact: this.#contact, nowMs: this.nowMs })
    return this.#scope
  }

  graphFor(flowVersionId: string): FlowGraph {
    const definition = Object.hasOwn(this.#definitions, flowVersionId) ? this.#definitions[flowVersionId] : undefined
    if (definition === undefined) throw new FlowFault('definition_missing', `no definition ${flowVersionId}`)
    return graphOf(definition)
  }

  /** The node the run stands at, with its type. @throws FlowFault `node_missing`. */
  current(): { node: FlowNode; type: ReturnType<typeof nodeTypeOf> } {
    const node = this.graph.nodes.get(this.nodeId)
    if (node === undefined) throw new FlowFault('node_missing', `no node ${this.nodeId}`)
    return { node, type: nodeTypeOf(node.type) }
  }

  /** Moves to a node, within both budgets of steps. */
  enter(nodeId: string): void {
    this.#nodesEntered += 1
    this.state.counters.stepsSinceWait += 1
    this.frame.nodeId = nodeId
    if (this.#nodesEntered > NODES_PER_EVENT_MAX) {
      throw new FlowFault('nodes_budget', `more than ${NODES_PER_EVENT_MAX} nodes for one event`)
    }
    if (this.state.counters.stepsSinceWait > STEPS_WITHOUT_WAIT_MAX) {
      throw new FlowFault('steps_budget', `more than ${STEPS_WITHOUT_WAIT_MAX} steps without a wait`)
    }
    this.note('entered')
  }

  setPosture(posture: Posture): void {
    this.state.posture = posture
  }

  /** A person answered or time passed: what bounds loops begins anew. */
  outsideWait(): void {
    this.state.counters.stepsSinceWait = 0
  }

  /** What conditions and templates read has changed. */
  refresh(): void {
    this.#scope = undefined
  }

  nextWaitId(): string {
    this.state.counters.waits += 1
    return `w${this.state.counters.waits}`
  }

  nextKey(): string {
    this.state.counters.effects += 1
    return `e${this.state.counters.effects}`
  }

  note(event: LogEvent, extra: { port?: string; code?: string; detail?: string; tookMs?: number } = {}): void {
    const { flowVersionId, nodeId } = this.frame
    this.commands.push({ kind: 'log', event, flowVersionId, nodeId, ...extra })
  }

  log(entry: { event: 'problem'; code: string; detail?: string }): void {
    const { event, ...extra } = entry
    this.note(event, extra)
  }

  send(content: OutboundContent): void {
    this.sendKeyed(content)
  }

  /** Sends and tells the key, for prompts. @throws FlowFault `sends_budget` when two machines talk to each other. */
  sendKeyed(content: OutboundContent): string {
    const { counters } = this.state
    if (this.nowMs >= counters.sendWindowStartMs + SEND_WINDOW_MS) {
      counters.sendWindowStartMs = this.nowMs
      counters.sendsInWindow = 0
    }
    counters.sendsInWindow += 1
    if (counters.sendsInWindow > SENDS_PER_WINDOW_MAX) {
      throw new FlowFault('sends_budget', `more than ${SENDS_PER_WINDOW_MAX} messages in ${SEND_WINDOW_MS} ms`)
    }
    const key = this.nextKey()
    this.commands.push({ kind: 'send', key, nodeId: this.nodeId, content })
    return key
  }

  render(template: string, charsMax: number): string {
    const { text, cut, missing } = renderTemplate(template, this.scope, { charsMax, budget: this.#budget })
    if (cut) this.log({ event: 'problem', code: 'text_cut', detail: String(charsMax) })
    for (const path of missing) this.log({ event: 'problem', code: 'value_missing', detail: path })
    return text.trim()
  }

  renderUrl(template: string): string {
    return renderTemplate(template, this.scope, {
      charsMax: URL_CHARS_MAX,
      budget: this.#budget,
      escape: (value) => encodeURIComponent(value.toWellFormed()),
    }).text.trim()
  }

  renderValue(template: string, charsMax: number): Json {
    return renderValue(template, this.scope, { charsMax, budget: this.#budget })
  }

  renderJson(value: Json): Json {
    return renderJson(value, this.scope, { charsMax: VALUE_CHARS_MAX, budget: this.#budget })
  }

  holds(rule: Json): boolean {
    return holds(rule, this.scope, this.#budget)
  }

  evaluate(rule: Json): Json {
    return evaluate(rule, this.scope, this.#budget)
  }

  setVariable(name: string, value: Json): void {
    const sizeChars = JSON.stringify(value).length
    if (sizeChars > VALUE_CHARS_MAX) throw new FlowFault('variables_too_large', `${name} has ${sizeChars} characters`)
    const variables = { ...this.state.variables, [name]: value }
    const totalChars = JSON.stringify(variables).length
    if (totalChars > VARIABLES_CHARS_MAX) {
      throw new FlowFault('variables_too_large', `the variables have ${totalChars} characters`)
    }
    this.state.variables = variables
    this.#scope = undefined
  }

  setContactField(field: string, value: Json): void {
    const scalar = typeof value === 'object' ? null : value
    this.commands.push({ kind: 'setContactField', key: this.nextKey(), nodeId: this.nodeId, field, value: scalar })
    this.#contact = withField(this.#contact, field, scalar)
    this.#scope = undefined
  }

  changeTag(kind: 'addTag' | 'removeTag', tag: string): void {
    this.commands.push({ kind, key: this.nextKey(), nodeId: this.nodeId, tag })
    this.#contact = withTag(this.#contact, kind, tag)
    this.#scope = undefined
  }

  calendar(id: string | undefined): Calendar {
    const { calendars } = this.facts
    const key = id ?? 'default'
    const calendar = Object.hasOwn(calendars, key) ? calendars[key] : undefined
    return calendar ?? this.fault('calendar_missing', `no calendar ${key}`)
  }

  fault(code: FlowFaultCode, message: string): never {
    throw new FlowFault(code, message)
  }
}
