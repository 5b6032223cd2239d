import type { Priority } from '@temporalio/common'

/** Who goes first when a queue is full: a person who waits for an answer, then everything nobody is watching. */
export const PRIORITY_KEYS = { reply: 1, flow: 2, webhook: 3, bulk: 5 } as const

export type WorkKind = keyof typeof PRIORITY_KEYS

/** Within one kind the server shares the workers fairly between tenants. */
export const priorityFor = (kind: WorkKind, tenantId: string): Priority => ({
  priorityKey: PRIORITY_KEYS[kind],
  fairnessKey: tenantId,
})
