import type { FlowGraph } from '../graph.ts'
import type { FlowDefinition } from '../schema.ts'

/** One thing wrong with a flow. `code` is the translation key `flows.problems.<code>`; errors forbid publishing. */
export type FlowProblem = {
  severity: 'error' | 'warning'
  code: string
  nodeId?: string
  port?: string
  /** A JSON pointer: into the config of the node when there is one, else into the definition. */
  path?: string
  message: string
  params?: Record<string, string | number>
}

/** What is known of the world around a flow. What is left out is not checked. */
export type ValidationContext = {
  flowId?: string
  /** Published definitions of other flows, by flow id. */
  flows?: { readonly [flowId: string]: FlowDefinition }
  /** Keys of the tenant's custom fields. */
  customFields?: readonly string[]
  /** Approved templates, as `name/language`. */
  templates?: readonly string[]
  calendarIds?: readonly string[]
}

export type Check = (graph: FlowGraph, context: ValidationContext) => FlowProblem[]
