import { checkCycles } from './checks/cycles.ts'
import type { Check, FlowProblem, ValidationContext } from './checks/problem.ts'
import { checkReads } from './checks/reads.ts'
import { checkEdges, checkJumps, checkNames, checkOpenPorts, checkReach } from './checks/structure.ts'
import { checkWindow } from './checks/window.ts'
import { checkTriggers, checkWorld } from './checks/world.ts'
import { graphOf } from './graph.ts'
import { DEFINITION_CHARS_MAX } from './limits.ts'
import { nodeTypeOf } from './nodes/index.ts'
import { FlowDefinition } from './schema.ts'

export type { FlowProblem, ValidationContext } from './checks/problem.ts'

/** What each node finds wrong with itself: empty texts, limits of WhatsApp, options that read alike. */
const checkNodes: Check = ({ definition }) =>
  definition.nodes.flatMap((node) =>
    (nodeTypeOf(node.type).lint?.(node.config) ?? []).map((finding) => ({ ...finding, nodeId: node.id })),
  )

const CHECKS: readonly Check[] = [
  checkNames,
  checkEdges,
  checkNodes,
  checkJumps,
  checkCycles,
  checkWorld,
  checkTriggers,
  checkOpenPorts,
  checkReach,
  checkWindow,
  checkReads,
]

/**
 * Checks a definition as it comes from a draft. Never throws. Errors come first; within each severity the order follows
 * the checks and the nodes, so that the same flow always gives the same list.
 *
 * @returns `definition` when the shape is right, whatever the problems; a flow may be published without errors only.
 */
export function validateFlow(
  given: unknown,
  context: ValidationContext = {},
): { ok: boolean; definition?: FlowDefinition; problems: FlowProblem[] } {
  const sizeChars = sizeOf(given)
  if (sizeChars > DEFINITION_CHARS_MAX) {
    const params = { charsMax: DEFINITION_CHARS_MAX, chars: sizeChars }
    const message = `A flow has at most ${DEFINITION_CHARS_MAX} characters of JSON.`
    return { ok: false, problems: [{ severity: 'error', code: 'definition_too_large', message, params }] }
  }
  const parsed = FlowDefinition.safeParse(given)
  if (!parsed.success) return { ok: false, problems: shapeProblems(given, parsed.error.issues) }
  const definition = parsed.data
  const graph = graphOf(definition)
  const problems = CHECKS.flatMap((check) => check(graph, context))
  const errors = problems.filter(({ severity }) => severity === 'error')
  const warnings = problems.filter(({ severity }) => severity === 'warning')
  return { ok: errors.length === 0, definition, problems: [...errors, ...warnings] }
}

/** Characters of JSON; without bound when it nests so deep that it cannot even be written. */
function sizeOf(given: unknown): number {
  try {
    return JSON.stringify(given)?.length ?? 0
  } catch {
    return Number.MAX_SAFE_INTEGER
  }
}

type Issue = { path: PropertyKey[]; message: string; code?: string | undefined; params?: Record<string, unknown> }

/** What does not even have the shape of a flow, each pinned to its node where there is one. */
function shapeProblems(given: unknown, issues: readonly Issue[]): FlowProblem[] {
  return issues.slice(0, 100).map(({ path, message, params }) => {
    const code = typeof params?.['code'] === 'string' ? `condition_${params['code']}` : 'shape_invalid'
    const nodeId = path[0] === 'nodes' ? nodeIdAt(given, path[1]) : undefined
    const rest = nodeId === undefined ? path : path.slice(path[2] === 'config' ? 3 : 2)
    const pointer = rest.map((part) => `/${String(part)}`).join('')
    return { severity: 'error', code, ...(nodeId === undefined ? {} : { nodeId }), path: pointer, message }
  })
}

function nodeIdAt(given: unknown, index: PropertyKey | undefined): string | undefined {
  const nodes = (given as { nodes?: unknown }).nodes
  const node: unknown = Array.isArray(nodes) && typeof index === 'number' ? nodes[index] : undefined
  const id = (node as { id?: unknown } | undefined)?.id
  return typeof id === 'string' ? id : undefined
}
