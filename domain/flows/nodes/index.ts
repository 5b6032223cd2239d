import { z } from 'zod'
import { askText } from './ask-text.ts'
import { condition } from './condition.ts'
import type { NodeType } from './contract.ts'
import { end } from './end.ts'
import { handOver } from './hand-over.ts'
import { NodeId } from './parts.ts'
import { sendText } from './send-text.ts'
import { start } from './start.ts'

const outline = {
  id: NodeId,
  /** What people call it; the name of its type when empty. */
  label: z.string().max(120).optional(),
  position: z.strictObject({ x: z.number().min(-1e6).max(1e6), y: z.number().min(-1e6).max(1e6) }).optional(),
}

const nodeOf = <const T extends string, S extends z.ZodType>({ type, schema }: { type: T; schema: S }) =>
  z.strictObject({ ...outline, type: z.literal(type), config: schema })

/** One node of a definition. Its config is strict: a misspelt setting is refused, not silently ignored. */
export const FlowNode = z.discriminatedUnion('type', [
  nodeOf(start),
  nodeOf(sendText),
  nodeOf(askText),
  nodeOf(condition),
  nodeOf(handOver),
  nodeOf(end),
])
export type FlowNode = z.infer<typeof FlowNode>
export type NodeTypeName = FlowNode['type']

/** Every node type, in the order of the builder's palette. */
export const NODE_TYPES = {
  start,
  send_text: sendText,
  ask_text: askText,
  condition,
  hand_over: handOver,
  end,
} as const satisfies Record<NodeTypeName, { type: NodeTypeName }>

/** The type of a node, with its config as unknown: it goes together with the config of a node of that type only. */
export const nodeTypeOf = (type: NodeTypeName): NodeType<NodeTypeName, unknown> => NODE_TYPES[type]
