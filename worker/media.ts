import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { type Db, sql } from '#infra/db/tx.ts'
import { searchAttributes } from '#temporal/search-attributes.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import { mediaFetchWorkflowId } from '#workflows/media/messages.ts'

type Waiting = { id: string; tenantId: string }

/** Starts the fetch of files that came in. A start is marked in the row, so that each is asked for once. */
export async function startMediaFetches({ db, temporal }: { db: Db; temporal: Client }): Promise<number> {
  const files = await db.relay((tx) =>
    tx.rows<Waiting>(sql`
      select id, tenant_id as "tenantId" from media_files where state = 'pending' and attempts = 0
      order by created_at limit 50`),
  )
  for (const { id: fileId, tenantId } of files) {
    try {
      await temporal.workflow.start('mediaFetch', {
        workflowId: mediaFetchWorkflowId(tenantId, fileId),
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        taskQueue: TASK_QUEUES.wf,
        args: [{ tenantId, fileId }],
        staticSummary: 'Fetch of a file',
        typedSearchAttributes: searchAttributes({ tenantId, kind: 'mediaFetch' }),
      })
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    }
    await db.tenant(tenantId, (tx) =>
      tx.run(sql`update media_files set attempts = 1 where id = ${fileId} and attempts = 0`),
    )
  }
  return files.length
}
