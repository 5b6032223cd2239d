export type MediaFetchInput = { tenantId: string; fileId: string }

/** One fetch per file: starting it twice starts it once. */
export const mediaFetchWorkflowId = (tenantId: string, fileId: string): string => `mediaFetch/${tenantId}/${fileId}`
