import { defineSignal } from '@temporalio/workflow'

export type DataRequestInput = { tenantId: string; requestId: string }

/** The file of an export is not needed any more, or the export as a whole is not. */
export const discard = defineSignal('discard')

/** One workflow per request: starting it twice starts it once. */
export const erasureWorkflowId = (tenantId: string, requestId: string): string => `erasure/${tenantId}/${requestId}`
export const exportWorkflowId = (tenantId: string, requestId: string): string => `export/${tenantId}/${requestId}`
