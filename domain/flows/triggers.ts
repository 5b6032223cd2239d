import { freshBudget } from '../conditions/budget.ts'
import { holds } from '../conditions/evaluate.ts'
import type { Json } from '../conditions/json.ts'
import { foldText, foldWords } from '../conditions/text.ts'
import { nextWallTimeMs } from '../time.ts'
import { buildScope } from './expressions.ts'
import { type FlowFacts, startState, type TriggerFacts } from './run.ts'
import type { FlowTrigger } from './schema.ts'

/** Something that happened and may start flows. */
export type TriggerEvent =
  /** `isFirst`: the first message this contact ever wrote on the channel. */
  | { kind: 'message'; text: string; seq: number; isFirst: boolean }
  | { kind: 'contact_field_changed'; field: string; from: Json; to: Json }
  | { kind: 'contact_tagged'; tag: string }
  /** A time of one flow has come; only that one is asked. */
  | { kind: 'time'; flowId: string; atMs: number }
  | { kind: 'api'; flowId: string; data?: { [key: string]: Json } }

/** A published, enabled flow as far as triggers need it. A lower `priority` comes first. */
export type TriggerableFlow = {
  id: string
  flowVersionId: string
  priority: number
  createdAtMs: number
  triggers: readonly FlowTrigger[]
}

export type TriggerMatch = { flow: TriggerableFlow; trigger: FlowTrigger; facts: TriggerFacts }

// Scripts that write without spaces, where a keyword is looked for anywhere.
const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

type KeywordTrigger = Extract<FlowTrigger, { kind: 'keyword' }>

/** Whether a message matches one keyword; case and diacritics never matter, punctuation only in a keyword of signs. */
export function matchesKeyword(text: string, keyword: string, match: KeywordTrigger['match']): boolean {
  const wanted = foldWords(keyword).join(' ')
  const written = foldWords(text).join(' ')
  if (wanted === '') {
    const signs = foldText(keyword)
    if (signs === '') return false
    return match === 'exact' ? foldText(text) === signs : foldText(text).includes(signs)
  }
  if (match === 'exact') return written === wanted
  if (match === 'contains' || (match === 'any' && SPACELESS.test(wanted))) return written.includes(wanted)
  if (match === 'starts')
    return written === wanted || written.startsWith(SPACELESS.test(wanted) ? wanted : `${wanted} `)
  return ` ${written} `.includes(` ${wanted} `)
}

/** The first keyword of a trigger that a message matches. */
export const matchedKeyword = (text: string, trigger: KeywordTrigger): string | undefined =>
  trigger.keywords.find((keyword) => matchesKeyword(text, keyword, trigger.match))

function factsOf(event: TriggerEvent, trigger: FlowTrigger): TriggerFacts | undefined {
  switch (event.kind) {
    case 'message': {
      const facts = { kind: trigger.kind, text: event.text, seq: event.seq }
      if (trigger.kind === 'any_message') return facts
      if (trigger.kind === 'first_message') return event.isFirst ? facts : undefined
      const keyword = trigger.kind === 'keyword' ? matchedKeyword(event.text, trigger) : undefined
      return keyword === undefined ? undefined : { ...facts, keyword }
    }
    case 'contact_field_changed': {
      if (trigger.kind !== event.kind || trigger.field !== event.field) return undefined
      return { kind: trigger.kind, data: { field: event.field, from: event.from, to: event.to } }
    }
    case 'contact_tagged':
      if (trigger.kind !== event.kind || trigger.tag !== event.tag) return undefined
      return { kind: trigger.kind, data: { tag: event.tag } }
    case 'time':
      return trigger.kind === event.kind ? { kind: trigger.kind, data: { at_ms: event.atMs } } : undefined
    case 'api':
      if (trigger.kind !== event.kind) return undefined
      return { kind: trigger.kind, ...(event.data === undefined ? {} : { data: event.data }) }
  }
}

/** A condition that cannot be evaluated within its budget does not hold: a broken trigger stays silent. */
function letsIn(trigger: FlowTrigger, match: TriggerFacts, input: { facts: FlowFacts; nowMs: number }): boolean {
  if (trigger.when === undefined) return true
  const { facts, nowMs } = input
  const state = startState({ runId: '', flowVersionId: '', trigger: match, nowMs })
  try {
    return holds(trigger.when as Json, buildScope({ state, facts, contact: facts.contact, nowMs }), freshBudget())
  } catch {
    return false
  }
}

const SPECIFICITY = [
  'keyword',
  'first_message',
  'contact_field_changed',
  'contact_tagged',
  'time',
  'api',
  'any_message',
]
const specificity = ({ trigger }: TriggerMatch): number => SPECIFICITY.indexOf(trigger.kind)

/**
 * The flows that an event starts, in the order in which they may have the floor: by priority, then the more specific
 * trigger (an older catch-all must not hide a keyword), then the older flow. A flow is named once, by its first match.
 *
 * @param flows published and enabled ones; for `time` and `api` only the flow that the event names is asked.
 */
export function matchTriggers(
  event: TriggerEvent,
  flows: readonly TriggerableFlow[],
  input: { facts: FlowFacts; nowMs: number },
): TriggerMatch[] {
  const asked = 'flowId' in event ? flows.filter(({ id }) => id === event.flowId) : flows
  const matches: TriggerMatch[] = []
  for (const flow of asked) {
    const found = flow.triggers
      .map((trigger) => ({ trigger, facts: factsOf(event, trigger) }))
      .find(({ trigger, facts }) => facts !== undefined && letsIn(trigger, facts, input))
    if (found?.facts !== undefined) matches.push({ flow, trigger: found.trigger, facts: found.facts })
  }
  return matches.sort(
    (left, right) =>
      left.flow.priority - right.flow.priority ||
      specificity(left) - specificity(right) ||
      left.flow.createdAtMs - right.flow.createdAtMs ||
      (left.flow.id < right.flow.id ? -1 : 1),
  )
}

/** When a time trigger comes next after an instant. @throws RangeError when it names no valid day or time. */
export const nextFireMs = (trigger: Extract<FlowTrigger, { kind: 'time' }>, afterMs: number): number =>
  nextWallTimeMs(afterMs, trigger)
