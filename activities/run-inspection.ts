import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { searchAttributes } from '#temporal/search-attributes.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import { bell, flowRunWorkflowId } from '#workflows/flows/messages.ts'

/**
 * Looks whether the workflow of a run is alive. One that was never started is started under its own id, because its rows
 * hold everything; one that was terminated, or ended otherwise, is gone for good.
 */
export async function inspectRun(
  temporal: Client,
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
    await startFlowRun(temporal, { tenantId, runId })
    return 'started'
  }
}

export type FlowRunStart = {
  tenantId: string
  runId: string
  flowId?: string
  flowVersionId?: string
  conversationId?: string
}

/** Starts the workflow of a run, or rings it when it runs already: doing it twice does it once. */
export async function startFlowRun(temporal: Client, run: FlowRunStart): Promise<void> {
  const { tenantId, runId } = run
  await temporal.workflow.signalWithStart('flowRun', {
    workflowId: flowRunWorkflowId(tenantId, runId),
    taskQueue: TASK_QUEUES.wf,
    args: [{ tenantId, runId }],
    signal: bell,
    signalArgs: [],
    staticSummary: 'Run of a flow',
    typedSearchAttributes: searchAttributes({
      tenantId,
      kind: 'flowRun',
      ...(run.flowId === undefined ? {} : { flowId: run.flowId }),
      ...(run.flowVersionId === undefined ? {} : { flowVersion: run.flowVersionId }),
      ...(run.conversationId === undefined ? {} : { conversationId: run.conversationId }),
    }),
  })
}
