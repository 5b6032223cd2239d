import { FlowDefinition } from '#domain/flows/schema.ts'

type Nodes = Record<string, { type: string; config?: Record<string, unknown> }>

/** A definition from nodes by id and edges as `from.port > to`; checked like one that a person publishes. */
export function flow(
  nodes: Nodes,
  edges: readonly string[],
  triggers: readonly Record<string, unknown>[],
): FlowDefinition {
  return FlowDefinition.parse({
    schemaVersion: 1,
    nodes: Object.entries(nodes).map(([id, node]) => ({ id, type: node.type, config: node.config ?? {} })),
    edges: edges.map((edge) => {
      const [, from, port, to] = /^([\w-]+)\.([\w-]+) > ([\w-]+)$/.exec(edge) ?? []
      return { from: { node: from, port }, to }
    }),
    triggers,
  })
}

/** Answers every message with "echo: …", for ever. */
export const ECHO = flow(
  {
    start: { type: 'start' },
    ask: { type: 'ask_text', config: { text: 'Say something', variable: 'said' } },
    echo: { type: 'ask_text', config: { text: 'echo: {{vars.said}}', variable: 'said' } },
  },
  ['start.next > ask', 'ask.next > echo', 'echo.next > echo'],
  [{ kind: 'any_message' }],
)
