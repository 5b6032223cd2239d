import { isContactAttribute } from '../facts.ts'
import type { FlowGraph } from '../graph.ts'
import type { FlowDefinition, FlowNode, FlowTrigger } from '../schema.ts'
import { subflowIds } from '../subflows.ts'
import type { FlowProblem, ValidationContext } from './problem.ts'

/** Things outside the flow that it names: other flows, templates, fields, calendars. */
export function checkWorld({ definition }: FlowGraph, context: ValidationContext): FlowProblem[] {
  return definition.nodes.flatMap((node) => worldProblem(node, context).map((found) => ({ ...found, nodeId: node.id })))
}

function worldProblem(node: FlowNode, context: ValidationContext): FlowProblem[] {
  if (node.type === 'subflow') return subflowProblem(node.config.flowId, context)
  if (node.type === 'send_template' && node.config.name !== '' && context.templates !== undefined) {
    const { name, language } = node.config
    if (context.templates.includes(`${name}/${language}`)) return []
    const params = { name, language }
    const message = `${name} is not approved in ${language}.`
    return [{ severity: 'warning', code: 'template_not_approved', path: '/name', message, params }]
  }
  const calendarId = node.type === 'business_hours' ? node.config.calendarId : undefined
  if (calendarId !== undefined && context.calendarIds?.includes(calendarId) === false) {
    const message = 'This calendar is gone.'
    return [{ severity: 'error', code: 'calendar_unknown', path: '/calendarId', message }]
  }
  const field = node.type === 'set_contact_field' ? node.config.field : contactFieldOf(node)
  if (field === undefined || isContactAttribute(field) || context.customFields?.includes(field) !== false) return []
  const message = `There is no custom field ${field}.`
  return [{ severity: 'error', code: 'field_unknown', message, params: { name: field } }]
}

const contactFieldOf = (node: FlowNode): string | undefined =>
  'contactField' in node.config ? node.config.contactField : undefined

function subflowProblem(flowId: string | undefined, context: ValidationContext): FlowProblem[] {
  if (flowId === undefined || context.flows === undefined) return []
  const at = { path: '/flowId' }
  if (flowId === context.flowId) {
    return [{ severity: 'error', code: 'subflow_recursive', ...at, message: 'The flow would run itself.' }]
  }
  const inner = context.flows[flowId]
  if (inner === undefined) {
    return [{ severity: 'error', code: 'subflow_unknown', ...at, message: 'This flow is not published.' }]
  }
  return comesBack(inner, context, new Set([flowId]))
    ? [{ severity: 'error', code: 'subflow_recursive', ...at, message: 'This flow leads back to the one it is in.' }]
    : []
}

/** Whether the sub-flows of a flow lead to the flow that is checked. */
function comesBack(definition: FlowDefinition, context: ValidationContext, seen: Set<string>): boolean {
  return subflowIds(definition).some((id) => {
    if (id === context.flowId) return true
    const inner = context.flows?.[id]
    if (inner === undefined || seen.has(id)) return false
    return comesBack(inner, context, seen.add(id))
  })
}

/** Triggers that could never start the flow, and a flow that nothing starts. */
export function checkTriggers({ definition }: FlowGraph): FlowProblem[] {
  if (definition.triggers.length === 0) {
    const message = 'Nothing starts this flow but other flows that run it.'
    return [{ severity: 'warning', code: 'trigger_missing', message }]
  }
  return definition.triggers.flatMap((trigger, index) =>
    triggerProblem(trigger).map((found) => ({ ...found, path: `/triggers/${index}` })),
  )
}

function triggerProblem(trigger: FlowTrigger): FlowProblem[] {
  if (trigger.kind !== 'keyword') return []
  const keywords = trigger.keywords.filter((keyword) => keyword !== '')
  return keywords.length > 0 ? [] : [{ severity: 'error', code: 'keyword_required', message: 'A keyword is needed.' }]
}
