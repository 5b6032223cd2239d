import * as wf from '@temporalio/workflow'
import type { ReadMarkActivities } from '#activities/read-marks.ts'
import { READ_MARK } from '../proxies.ts'
import type { ReadMarkInput } from './messages.ts'

/** Tells a provider that people have read, or are typing. Apart from the conversation, so that it never holds it up. */
export async function readMark({ tenantId, conversationId }: ReadMarkInput): Promise<void> {
  const { tellRead } = wf.proxyActivities<ReadMarkActivities>({
    ...READ_MARK,
    priority: { priorityKey: 3, fairnessKey: tenantId },
  })
  await tellRead({ tenantId, conversationId })
}
