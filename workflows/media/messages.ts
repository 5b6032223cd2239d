import { defineSignal } from '@temporalio/workflow'

/** "Look at your row": the number has got a new token. */
export const bell = defineSignal('bell')

export type MediaFetchInput = { tenantId: string; fileId: string }

/** One fetch per file: starting it twice starts it once. */
export const mediaFetchWorkflowId = (tenantId: string, fileId: string): string => `mediaFetch/${tenantId}/${fileId}`
