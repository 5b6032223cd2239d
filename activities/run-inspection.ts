import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { runPlace } from '#infra/db/stores/mailbox/runs.ts'
import type { Db } from '#infra/db/tx.ts'
import { bell, flowRunWorkflowId } from '#workflows/flows/messages.ts'
import { flowRunStart, type Links } from './starts.ts'

export type RunInspectionDeps = { db: Db; temporal: Client; links: Links }

/**
 * Looks whether the workflow of a run is alive. One that was never started is started under its own id, because its rows
 * hold everything; one that was terminated, or ended otherwise, is gone for good.
 */
export async function inspectRun(
  { db, temporal, links }: RunInspectionDeps,
  tenantId: string,
  runId: string,
): Promise<'alive' | 'started' | 'gone'> {
  const handle = temporal.workflow.getHandle(flowRunWorkflowId(tenantId, runId))
  try {
    const { status } = await handle.describe()
    if (status.name !== 'RUNNING') return 'gone'
    await handle.signal(bell)
    return 'alive'
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
    const run = await db.tenant(tenantId, (tx) => runPlace(tx, runId))
    if (run === undefined) return 'gone'
    // Doing it twice does it once: whoever has started it meanwhile is only rung.
    await temporal.workflow.signalWithStart('flowRun', flowRunStart(links, run))
    return 'started'
  }
}
