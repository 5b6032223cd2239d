import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { type WaitingRequest, waitingRequests } from '#infra/db/stores/data-requests.ts'
import type { Db } from '#infra/db/tx.ts'
import { searchAttributes } from '#temporal/search-attributes.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import { erasureWorkflowId, exportWorkflowId } from '#workflows/privacy/messages.ts'

const KINDS = {
  erasure: { type: 'erasure', workflowId: erasureWorkflowId, staticSummary: 'Erasure of a contact' },
  export: { type: 'contactExport', workflowId: exportWorkflowId, staticSummary: 'Export of a contact' },
} as const

/** Starts what was asked for. The workflow itself marks the request as begun, so a start that was lost is made again. */
export async function startDataRequests({ db, temporal }: { db: Db; temporal: Client }): Promise<void> {
  for (const request of await db.relay((relay) => waitingRequests(relay, 20))) await start(temporal, request)
}

async function start(temporal: Client, { id: requestId, tenantId, kind }: WaitingRequest): Promise<void> {
  const { type, workflowId, staticSummary } = KINDS[kind]
  try {
    await temporal.workflow.start(type, {
      workflowId: workflowId(tenantId, requestId),
      // A request that waits although its workflow has ended comes from an older database: it is carried out once more.
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      taskQueue: TASK_QUEUES.wf,
      args: [{ tenantId, requestId }],
      staticSummary,
      typedSearchAttributes: searchAttributes({ tenantId, kind: type }),
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
}
