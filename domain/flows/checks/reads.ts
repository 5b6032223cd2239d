import { checkCondition } from '../../conditions/check.ts'
import type { Json } from '../../conditions/json.ts'
import { isScopePath } from '../expressions.ts'
import type { FlowGraph } from '../graph.ts'
import { nodeTypeOf } from '../nodes/index.ts'
import type { FlowDefinition } from '../schema.ts'
import { parseTemplate } from '../templates.ts'
import type { FlowProblem, ValidationContext } from './problem.ts'

/** Names of all variables that a flow or one of its sub-flows may set. */
function writtenBy(
  definition: FlowDefinition,
  context: ValidationContext,
  seen = new Set<FlowDefinition>(),
): Set<string> {
  const names = new Set(definition.variables.map(({ name }) => name))
  seen.add(definition)
  for (const node of definition.nodes) {
    for (const name of nodeTypeOf(node.type).writes?.(node.config) ?? []) names.add(name)
    const inner =
      node.type === 'subflow' && node.config.flowId !== undefined ? context.flows?.[node.config.flowId] : undefined
    if (inner !== undefined && !seen.has(inner)) for (const name of writtenBy(inner, context, seen)) names.add(name)
  }
  return names
}

/** The paths of a template, and what looks like a slot and is none. */
function readTemplate(template: string): { paths: string[]; broken: string[] } {
  const parts = parseTemplate(template)
  const paths = parts.flatMap((part) => (part.kind === 'slot' ? [part.path] : []))
  const broken = parts.flatMap((part) =>
    part.kind === 'text' ? (part.text.match(/\{\{[^{}]{0,40}\}?\}?/gu) ?? []) : [],
  )
  return { paths, broken }
}

function pathProblem(
  path: string,
  known: Set<string>,
  context: ValidationContext,
): Omit<FlowProblem, 'nodeId'> | undefined {
  const params = { path }
  if (!isScopePath(path)) {
    return { severity: 'warning', code: 'path_unknown', message: `Nothing is named ${path}.`, params }
  }
  const [root, name = '', key = ''] = path.split('.')
  if (root === 'vars' && !known.has(name)) {
    const message = `No step sets the variable ${name}.`
    return { severity: 'warning', code: 'variable_unknown', message, params: { name } }
  }
  if (root === 'contact' && name === 'fields' && context.customFields?.includes(key) === false) {
    const message = `There is no custom field ${key}.`
    return { severity: 'warning', code: 'field_unknown', message, params: { name: key } }
  }
  return undefined
}

/** What texts and conditions read: paths that name nothing, variables that no step sets, slots that are misspelt. */
export function checkReads({ definition }: FlowGraph, context: ValidationContext): FlowProblem[] {
  const known = writtenBy(definition, context)
  const problems = definition.nodes.flatMap((node) => {
    const reads = nodeTypeOf(node.type).reads?.(node.config) ?? { templates: [], conditions: [] }
    return readProblems(reads, known, context).map((problem) => ({ ...problem, nodeId: node.id }))
  })
  const triggers = definition.triggers.flatMap(({ when }, index) => {
    const reads = { templates: [], conditions: when === undefined ? [] : [when as Json] }
    return readProblems(reads, known, context).map((problem) => ({ ...problem, path: `/triggers/${index}/when` }))
  })
  return [...problems, ...triggers]
}

function readProblems(
  reads: { templates: string[]; conditions: Json[] },
  known: Set<string>,
  context: ValidationContext,
): FlowProblem[] {
  const templates = reads.templates.map(readTemplate)
  const inRules = reads.conditions.flatMap((rule) => checkCondition(rule).paths)
  const paths = new Set([...templates.flatMap((template) => template.paths), ...inRules])
  const broken = templates
    .flatMap((template) => template.broken)
    .map((source) => ({
      severity: 'warning' as const,
      code: 'slot_not_understood',
      message: `${source} will be sent as it is written.`,
      params: { source },
    }))
  const unknown = [...paths].map((path) => pathProblem(path, known, context)).filter((problem) => problem !== undefined)
  return [...unknown, ...broken]
}
