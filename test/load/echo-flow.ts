import { FlowDefinition } from '#domain/flows/schema.ts'

/** What every question of the harness carries and every answer must repeat: contact and number of the message. */
export const tokenOf = (contact: number, n: number): string => `k${contact}-${n}`
const TOKEN = /\bk(\d+)-(\d+)\b/

/** The token in a text, wherever it stands. */
export const tokenIn = (text: string): string | undefined => TOKEN.exec(text)?.[0]

const node = (id: string, type: string, config: Record<string, unknown> = {}) => ({ id, type, config })
const edge = (from: string, port: string, to: string) => ({ from: { node: from, port }, to })
const ASK = { text: 'echo:{{vars.heard}}', retryText: 'echo:{{run.last_text}}', retriesMax: 10 }

/**
 * Answers each message exactly once with what it said, for ever. Words come in as answers; a picture is an answer that
 * the question refuses, so its caption is repeated by the retry text.
 */
export const ECHO_FLOW: FlowDefinition = FlowDefinition.parse({
  schemaVersion: 1,
  nodes: [
    node('start', 'start'),
    node('first', 'set_variable', { variable: 'heard', value: { kind: 'template', template: '{{trigger.text}}' } }),
    node('echo', 'ask_text', ASK),
    node('last', 'set_variable', { variable: 'heard', value: { kind: 'template', template: '{{run.last_text}}' } }),
  ],
  edges: [
    edge('start', 'next', 'first'),
    edge('first', 'next', 'echo'),
    edge('echo', 'next', 'last'),
    edge('echo', 'invalid', 'last'),
    edge('last', 'next', 'echo'),
  ],
  triggers: [{ kind: 'any_message' }],
  variables: [{ name: 'heard' }],
})
