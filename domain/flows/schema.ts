import { z } from 'zod'
import { TimeZone } from '../calendars/schema.ts'
import { Condition } from '../conditions/schema.ts'
import { EDGES_MAX, FLOW_SCHEMA_VERSION, NODES_MAX, TRIGGERS_MAX, VARIABLES_DECLARED_MAX } from './limits.ts'
import { FlowNode } from './nodes/index.ts'
import { ContactFieldKey, NodeId, PortId, ScalarValue, VariableName } from './nodes/parts.ts'

export const FlowEdge = z.strictObject({ from: z.strictObject({ node: NodeId, port: PortId }), to: NodeId })
export type FlowEdge = z.infer<typeof FlowEdge>

export const VARIABLE_TYPES = ['text', 'number', 'boolean', 'date', 'list', 'object'] as const
export const FlowVariable = z.strictObject({
  name: VariableName,
  type: z.enum(VARIABLE_TYPES).default('text'),
  initial: ScalarValue.optional(),
  description: z.string().max(200).optional(),
})
export type FlowVariable = z.infer<typeof FlowVariable>

export const KEYWORD_MATCHES = ['any', 'exact', 'contains', 'starts'] as const
/** `any`: the keyword is one of the words of the message; `contains`: it stands anywhere, also inside a word. */
export const KeywordMatch = z.enum(KEYWORD_MATCHES)

const when = { when: Condition.optional() }
const WallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)

/** What starts a flow. `when` is a condition over the same data that the flow's own conditions read. */
export const FlowTrigger = z
  .discriminatedUnion('kind', [
    /** The first message that a contact ever writes on the channel. */
    z.strictObject({ kind: z.literal('first_message'), ...when }),
    z.strictObject({ kind: z.literal('any_message'), ...when }),
    z.strictObject({
      kind: z.literal('keyword'),
      keywords: z.array(z.string().trim().max(80)).max(50),
      match: KeywordMatch.default('any'),
      ...when,
    }),
    z.strictObject({ kind: z.literal('contact_field_changed'), field: ContactFieldKey, ...when }),
    z.strictObject({ kind: z.literal('contact_tagged'), tag: z.string().trim().min(1).max(60), ...when }),
    /** At given times of given days (0 = Monday; none means every day) for every contact whom `when` lets in. */
    z.strictObject({
      kind: z.literal('time'),
      timeZone: TimeZone,
      days: z.array(z.int().min(0).max(6)).max(7).default([]),
      times: z.array(WallTime).min(1).max(24),
      ...when,
    }),
    /** Started from outside: the API, a person in the inbox, another system. */
    z.strictObject({ kind: z.literal('api'), ...when }),
  ])
  .meta({ id: 'FlowTrigger' })
export type FlowTrigger = z.infer<typeof FlowTrigger>
export type FlowTriggerKind = FlowTrigger['kind']

export const FlowSettings = z.strictObject({
  /** Words with which a contact leaves any question of the flow for a person: `agent`, `asesor`. */
  handOverWords: z.array(z.string().trim().min(1).max(40)).max(20).default([]),
})
export type FlowSettings = z.infer<typeof FlowSettings>

/**
 * A flow as data. Strict in shape, patient in content: a draft with an empty text parses, and validation says what is
 * wrong with it; what parses can be walked without harm.
 */
export const FlowDefinition = z
  .strictObject({
    schemaVersion: z.literal(FLOW_SCHEMA_VERSION),
    nodes: z.array(FlowNode).max(NODES_MAX),
    edges: z.array(FlowEdge).max(EDGES_MAX),
    triggers: z.array(FlowTrigger).max(TRIGGERS_MAX).default([]),
    variables: z.array(FlowVariable).max(VARIABLES_DECLARED_MAX).default([]),
    settings: FlowSettings.default({ handOverWords: [] }),
  })
  .meta({ id: 'FlowDefinition' })
export type FlowDefinition = z.infer<typeof FlowDefinition>

export type { FlowNode } from './nodes/index.ts'
