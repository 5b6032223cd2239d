import { defineQuery, defineSignal } from '@temporalio/workflow'

/** "Look at your rows." Carries nothing: a bell may be lost, doubled or late, and nothing happens. */
export const bell = defineSignal('bell')

export type ConversationProgress = { turn: number; resting: boolean; wakeAtMs: number | null }
export const progress = defineQuery<ConversationProgress>('progress')

export type ConversationInput = { tenantId: string; conversationId: string; turn?: number }

/** One running workflow per conversation: the server refuses a second. */
export const conversationWorkflowId = (tenantId: string, conversationId: string): string =>
  `conversation/${tenantId}/${conversationId}`

export type ReadMarkInput = { tenantId: string; conversationId: string }

/** One at a time per conversation: what comes meanwhile waits for the next. */
export const readMarkWorkflowId = (tenantId: string, conversationId: string): string =>
  `readMark/${tenantId}/${conversationId}`
