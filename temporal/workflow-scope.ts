import type { SerializationContext } from '@temporalio/common'
import { DomainError } from '#domain/errors.ts'

/** The tenant of payloads that belong to the house itself: those the SDK hands over without naming a workflow. */
export const PLATFORM_TENANT = 'platform'

/** Where a payload belongs: what the codec binds it to. */
export type PayloadScope = { namespace: string; tenantId: string; workflowId: string }

// A Schedule starts `<id>-<instant>`, seals its action under `<id>`, and hands the last result from one run to the next.
const SCHEDULED_AT = /-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const WORKFLOW_ID = /^[A-Za-z]+\/([^/]+)(?:\/.+)?$/

/** The id that all runs of one Schedule share; any other workflow id is returned as it is. */
export const lastingWorkflowId = (workflowId: string): string => workflowId.replace(SCHEDULED_AT, '')

/** The tenant in `{type}/{tenant}/{id}`. Throws `invalid_input` for an id of another form: nobody could read its payloads. */
export function tenantOfWorkflowId(workflowId: string): string {
  const tenantId = WORKFLOW_ID.exec(workflowId)?.[1]
  if (tenantId === undefined) {
    throw new DomainError('invalid_input', `Workflow id "${workflowId}" is not of the form {type}/{tenant}/{id}.`)
  }
  return tenantId
}

/** What the SDK says about the place of a payload, or `undefined` where it says nothing. */
export function scopeOfContext(context: SerializationContext | undefined): PayloadScope | undefined {
  if (context?.workflowId === undefined) return undefined
  const workflowId = lastingWorkflowId(context.workflowId)
  return { namespace: context.namespace, workflowId, tenantId: tenantOfWorkflowId(workflowId) }
}

export const platformScope = (namespace: string): PayloadScope => ({
  namespace,
  tenantId: PLATFORM_TENANT,
  workflowId: '',
})

export const sameScope = (left: PayloadScope, right: PayloadScope): boolean =>
  left.namespace === right.namespace && left.tenantId === right.tenantId && left.workflowId === right.workflowId

export const bindingOfScope = (scope: PayloadScope): string =>
  JSON.stringify(['temporal', scope.namespace, scope.workflowId])

/** Reads a binding back. Not to be believed before the envelope that carries it has opened. */
export function scopeOfBinding(binding: string | undefined, tenantId: string): PayloadScope | undefined {
  if (binding === undefined) return undefined
  try {
    const [mark, namespace, workflowId] = JSON.parse(binding) as unknown[]
    if (mark !== 'temporal' || typeof namespace !== 'string' || typeof workflowId !== 'string') return undefined
    return { namespace, workflowId, tenantId }
  } catch {
    return undefined
  }
}
