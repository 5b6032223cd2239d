import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { type DueReadMark, dueReadMarks, markReadMarksRung } from '#infra/db/stores/mailbox/read-marks.ts'
import type { Db } from '#infra/db/tx.ts'
import type { Logger } from '#infra/log.ts'
import { callWithin } from '#temporal/client.ts'
import { searchAttributes } from '#temporal/search-attributes.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import { readMarkWorkflowId } from '#workflows/conversations/messages.ts'

const AT_ONCE = 50
/** Also how long one waits that finds its predecessor still running. */
const LEASE_MS = 2_000
const CALL_MS = 8_000

/** Starts the telling of read marks and typing signs that are due. @returns how many were started. */
export async function tellReads({ db, temporal, log }: { db: Db; temporal: Client; log: Logger }): Promise<number> {
  const due = await db.relay((relay) => dueReadMarks(relay, { limit: AT_ONCE, leaseMs: LEASE_MS }))
  if (due.length === 0) return 0
  const results = await callWithin(temporal, CALL_MS, () =>
    Promise.allSettled(due.map((mark) => startReadMark(temporal, mark))),
  )
  const started = due.filter((_, index) => results[index]!.status === 'fulfilled')
  if (started.length > 0) await db.relay((relay) => markReadMarksRung(relay, started))
  for (const result of results) {
    if (result.status === 'fulfilled' || result.reason instanceof WorkflowExecutionAlreadyStartedError) continue
    log.warn({ err: result.reason }, 'read marks could not be told; they stay due')
    break
  }
  return started.length
}

const startReadMark = (temporal: Client, { tenantId, conversationId }: DueReadMark) =>
  temporal.workflow.start('readMark', {
    workflowId: readMarkWorkflowId(tenantId, conversationId),
    taskQueue: TASK_QUEUES.wf,
    args: [{ tenantId, conversationId }],
    staticSummary: 'Read mark or typing sign',
    typedSearchAttributes: searchAttributes({ tenantId, kind: 'readMark', conversationId }),
  })
