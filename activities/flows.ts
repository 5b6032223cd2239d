import { activityInfo } from '@temporalio/activity'
import type { FlowOutcome, FlowTurnEvent } from '#domain/conversations/turn.ts'
import type { Definitions } from '#infra/db/stores/mailbox/definitions.ts'
import { flowTurn } from '#infra/db/stores/mailbox/flow-turn.ts'
import type { Db } from '#infra/db/tx.ts'
import { metrics } from '#infra/metrics.ts'

export type FlowDeps = { db: Db; definitions: Definitions; now: () => number }
export type FlowActivities = ReturnType<typeof createFlowActivities>
export type FlowTurnRequest = {
  tenantId: string
  runId: string
  firstRunId: string
  turn: number
  event: FlowTurnEvent
}

export const createFlowActivities = ({ db, definitions, now }: FlowDeps) => ({
  /** One turn of a run, one transaction, once. It never sends: what it wrote is sent by the workflow, where it is seen. */
  async flowTurn(request: FlowTurnRequest): Promise<FlowOutcome> {
    const { workflowExecution } = activityInfo()
    const startedAt = performance.now()
    const outcome = await db.tenant(request.tenantId, (tx) =>
      flowTurn(tx, {
        ...request,
        workflowId: workflowExecution!.workflowId,
        nowMs: now(),
        definitions,
      }),
    )
    metrics.turns.inc({ kind: 'flow' })
    metrics.turnSeconds.observe((performance.now() - startedAt) / 1_000)
    return outcome
  },
})
