import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import type { ProgressWatch } from '#domain/conversations/progress.ts'
import {
  parkStuckRun,
  queueStuckConversation,
  type StandingWork,
  standingWork,
} from '#infra/db/stores/mailbox/standing.ts'
import { ringStranded } from '#infra/db/stores/mailbox/sweep.ts'
import type { Db } from '#infra/db/tx.ts'
import type { Logger } from '#infra/log.ts'
import { metrics } from '#infra/metrics.ts'
import { conversationWorkflowId } from '#workflows/conversations/messages.ts'
import { flowRunWorkflowId } from '#workflows/flows/messages.ts'

export type ProgressDeps = {
  db: Db
  temporal: Client
  /** Whether workers ask for work and keep up with it. One that has stopped is noticed within less than the patience of the watch. */
  isWell: () => Promise<boolean>
  log: Logger
  now: () => number
}

/** How long something may stand still in a house that is well. */
export const STUCK_MS = 300_000

const LOOKED_AT = 1_000
const TASK_WAITS_TO_BEGIN = 1

/**
 * One look at what waits. Whatever has stood still for long while Postgres, Temporal and workers were well is helped: a
 * run is parked and people are called, and a conversation's own workflow is started again from its rows, which hold all
 * that it knows.
 *
 * @returns how many were helped.
 */
export async function watchProgress(deps: ProgressDeps, watch: ProgressWatch<StandingWork>): Promise<number> {
  try {
    const standing = await deps.db.relayOnce((tx) => standingWork(tx, LOOKED_AT))
    const well = standing.length === 0 || (await deps.isWell())
    if (!well) watch.forget()
    let helped = 0
    for (const work of well ? watch.look(standing, deps.now()) : []) {
      if (await help(deps, work)) helped += 1
      watch.excuse(work.key)
    }
    return helped
  } catch (error) {
    watch.forget()
    throw error
  }
}

async function help(deps: ProgressDeps, work: StandingWork): Promise<boolean> {
  const { db, log } = deps
  const { tenantId, conversationId, runId } = work
  const workflowId =
    runId === null ? conversationWorkflowId(tenantId, conversationId) : flowRunWorkflowId(tenantId, runId)
  const executionId = await standingExecution(deps.temporal, workflowId)
  if (executionId === undefined) return false
  if (runId !== null) {
    const parked = await db.tenant(tenantId, (tx) => parkStuckRun(tx, { tenantId, runId, turn: work.turn ?? 0 }))
    if (!parked) return false
  } else {
    await db.tenant(tenantId, (tx) => queueStuckConversation(tx, { tenantId, conversationId }))
    await deps.temporal.workflow
      .getHandle(workflowId, executionId)
      .terminate('made no progress; its rows begin it anew')
    await db.tenant(tenantId, (tx) => ringStranded(tx, { tenantId, conversationId }))
  }
  log.error({ tenantId, workflowId, mark: work.mark }, 'a workflow runs and makes no progress; people are called')
  metrics.sweeps.inc({ found: 'stuck' })
  return true
}

/**
 * The execution that runs and has no excuse: an activity is its work, which may take long (a provider that is away, say),
 * and a task that no worker has begun yet is not its fault. One that is not there is mended by its bell.
 */
async function standingExecution(temporal: Client, workflowId: string): Promise<string | undefined> {
  try {
    const { status, runId, raw } = await temporal.workflow.getHandle(workflowId).describe()
    if (status.name !== 'RUNNING' || (raw.pendingActivities ?? []).length > 0) return undefined
    const task = raw.pendingWorkflowTask
    const waitsToBegin = task?.state === TASK_WAITS_TO_BEGIN && (task.attempt ?? 1) <= 1
    return waitsToBegin ? undefined : runId
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}
