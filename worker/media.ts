import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { DomainError } from '#domain/errors.ts'
import { type DueFetch, dueFetches, noteFetchAsked, settleFetch } from '#infra/db/stores/media-fetches.ts'
import type { Db } from '#infra/db/tx.ts'
import { searchAttributes } from '#temporal/search-attributes.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import { bell, mediaFetchWorkflowId } from '#workflows/media/messages.ts'

const AT_ONCE = 50

/** Has files fetched that came in, and looks after those that are still not there. */
export async function startMediaFetches({ db, temporal }: { db: Db; temporal: Client }): Promise<number> {
  const files = await db.relay((relay) => dueFetches(relay, AT_ONCE))
  for (const file of files) {
    const { id: fileId, tenantId, isOver } = file
    if (isOver) {
      // No provider remembers it, and whatever fetched it has left it behind.
      const end = { state: 'failed', error: 'It could not be fetched in time.' } as const
      await db.tenant(tenantId, (tx) => settleFetch(tx, { tenantId, fileId }, end))
      continue
    }
    await startOrRing(temporal, file)
    await db.tenant(tenantId, (tx) => noteFetchAsked(tx, file))
  }
  return files.length
}

async function startOrRing(temporal: Client, { id: fileId, tenantId, attempts }: DueFetch): Promise<void> {
  const workflowId = mediaFetchWorkflowId(tenantId, fileId)
  try {
    await temporal.workflow.start('mediaFetch', {
      workflowId,
      // One that has ended, and has not settled its file, is followed by another.
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      taskQueue: TASK_QUEUES.wf,
      args: [{ tenantId, fileId }],
      staticSummary: 'Fetch of a file',
      typedSearchAttributes: searchAttributes({ tenantId, kind: 'mediaFetch' }),
    })
  } catch (error) {
    // Whoever sent it is being erased: others do not wait for that.
    if (error instanceof DomainError && error.code === 'key_shredded') return
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    if (attempts === 0) await temporal.workflow.getHandle(workflowId).signal(bell)
  }
}
