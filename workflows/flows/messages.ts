import { defineQuery, defineSignal } from '@temporalio/workflow'
import type { RunPosture } from '#domain/conversations/turn.ts'

/** "Look at your rows", as for a conversation. */
export const bell = defineSignal('bell')

export type RunProgress = {
  turn: number
  posture: RunPosture | 'working'
  nodeId: string | null
  wakeAtMs: number | null
}
export const progress = defineQuery<RunProgress>('progress')

export type FlowRunInput = { tenantId: string; runId: string; turn?: number }

/** The run id is a hash of its cause, so the same cause cannot start two workflows. */
export const flowRunWorkflowId = (tenantId: string, runId: string): string => `flow/${tenantId}/${runId}`
