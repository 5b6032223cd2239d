import type { Json } from '../../conditions/json.ts'
import type { InboundContent } from '../../messages/schema.ts'
import { answersNothing } from '../answers.ts'
import {
  type Answer,
  type AnswerMessage,
  ASK_PORTS,
  type AskPart,
  NEXT,
  type NodeFinding,
  type Port,
  type StepContext,
} from './contract.ts'
import { lengthFinding } from './findings.ts'
import type { AskFields } from './parts.ts'

export const TEXT_CHARS_MAX = 4_096
/** WhatsApp refuses an empty text; a question whose values are all missing still has to be put. */
export const EMPTY_TEXT = '…'

/** Text for a message, within a limit and never empty. */
export const promptText = (step: StepContext, template: string, charsMax: number): string =>
  step.render(template, charsMax) || EMPTY_TEXT

/** Ports of a question with one good answer. */
export const askPorts = (): Port[] => [NEXT, ...ASK_PORTS]

/** Understands one kind of answer: the value to keep, or why it is refused (a code). */
export type Reading = { value: Json } | { refused: string }

/** The asking part of a node whose question is plain text and whose answer leads to `next`. */
export function plainAsk<C extends AskFields>(
  read: (config: C, message: AnswerMessage, step: StepContext) => Reading,
): AskPart<C> {
  return {
    settings: (config) => config,
    prompt: (_config, step, text) => ({ kind: 'text', text: promptText(step, text, TEXT_CHARS_MAX) }),
    answer: (config, step, message) => answerOf(message.content, () => read(config, message, step)),
  }
}

/** Sets aside what answers nothing, and makes an answer of a reading. */
export function answerOf(content: InboundContent, read: () => Reading): Answer {
  if (answersNothing(content)) return { kind: 'ignored' }
  const reading = read()
  return 'refused' in reading
    ? { kind: 'rejected', code: reading.refused }
    : { kind: 'accepted', port: 'next', value: reading.value }
}

/** What every question is checked for. */
export function askFindings(config: AskFields, charsMax: number = TEXT_CHARS_MAX): NodeFinding[] {
  const findings = [lengthFinding({ path: '/text', text: config.text, charsMax })]
  if (config.retryText !== undefined) {
    findings.push(lengthFinding({ path: '/retryText', text: config.retryText, charsMax, optional: true }))
  }
  return findings.filter((finding) => finding !== undefined)
}

/** Templates and variables of a question. */
export const askReads = (config: AskFields): { templates: string[]; conditions: Json[] } => ({
  templates: [config.text, config.retryText ?? ''],
  conditions: [],
})

export const askWrites = (config: AskFields): string[] => (config.variable === undefined ? [] : [config.variable])

/** The parts of a node type that all plain questions share. */
export const plainQuestion = {
  ports: askPorts,
  enter: () => ({ kind: 'ask' as const }),
  lint: (config: AskFields) => askFindings(config),
  reads: askReads,
  writes: askWrites,
}
