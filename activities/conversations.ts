import { activityInfo } from '@temporalio/activity'
import type { ConversationOutcome } from '#domain/conversations/turn.ts'
import { conversationTurn } from '#infra/db/stores/mailbox/conversation-turn.ts'
import type { Definitions } from '#infra/db/stores/mailbox/definitions.ts'
import { failRun } from '#infra/db/stores/mailbox/runs.ts'
import { metrics } from '#infra/metrics.ts'
import { inspectRun, type RunInspectionDeps } from './run-inspection.ts'

export type ConversationDeps = RunInspectionDeps & { definitions: Definitions; now: () => number }
export type ConversationActivities = ReturnType<typeof createConversationActivities>

export type ConversationTurnRequest = { tenantId: string; conversationId: string; firstRunId: string; turn: number }

export const createConversationActivities = ({ db, definitions, temporal, links, now }: ConversationDeps) => ({
  /** One turn, one transaction, once: a second call with the same turn answers what the first decided. */
  async conversationTurn(input: ConversationTurnRequest): Promise<ConversationOutcome> {
    const { workflowExecution } = activityInfo()
    const startedAt = performance.now()
    const outcome = await db.tenant(input.tenantId, (tx) =>
      conversationTurn(tx, {
        ...input,
        workflowId: workflowExecution!.workflowId,
        nowMs: now(),
        definitions,
      }),
    )
    metrics.turns.inc({ kind: 'conversation' })
    metrics.turnSeconds.observe((performance.now() - startedAt) / 1_000)
    return outcome
  },

  /**
   * The bell of a run found no run. Taken back is only what is closed, failed or terminated, and only if the owner has
   * not changed since; what never started is started.
   */
  async mendOwner(input: { tenantId: string; conversationId: string; runId: string; epoch: number }): Promise<void> {
    const { tenantId, runId, epoch } = input
    const state = await inspectRun({ db, temporal, links }, tenantId, runId)
    if (state !== 'gone') return
    await db.tenant(tenantId, (tx) => failRun(tx, { tenantId, runId, epoch, code: 'workflow_gone' }))
  },
})
