import type { RunPlace } from '#infra/db/stores/mailbox/runs.ts'
import { searchAttributes } from '#temporal/search-attributes.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import * as conversation from '#workflows/conversations/messages.ts'
import * as flow from '#workflows/flows/messages.ts'

/** Where people look at what a workflow is about; absent where the house does not know its own address. */
export type Links = { publicUrl: string | undefined }

const details = (publicUrl: string | undefined, words: string, path: string) =>
  publicUrl === undefined ? {} : { staticDetails: `[${words}](${publicUrl}${path})` }

/** How the workflow of a conversation is started together with its first bell. */
export const conversationStart = ({ publicUrl }: Links, tenantId: string, conversationId: string) => ({
  workflowId: conversation.conversationWorkflowId(tenantId, conversationId),
  taskQueue: TASK_QUEUES.wf,
  args: [{ tenantId, conversationId }],
  signal: conversation.bell,
  signalArgs: [] as [],
  staticSummary: 'Conversation',
  ...details(publicUrl, 'Open in the inbox', `/inbox/${conversationId}`),
  typedSearchAttributes: searchAttributes({ tenantId, kind: 'conversation', conversationId }),
})

/** How the workflow of a run is started, or rung when it is there already. */
export const flowRunStart = ({ publicUrl }: Links, run: RunPlace) => ({
  workflowId: flow.flowRunWorkflowId(run.tenantId, run.id),
  taskQueue: TASK_QUEUES.wf,
  args: [{ tenantId: run.tenantId, runId: run.id }],
  signal: flow.bell,
  signalArgs: [] as [],
  staticSummary: 'Run of a flow',
  ...details(publicUrl, 'Open the run', `/runs/${run.id}`),
  typedSearchAttributes: searchAttributes({
    tenantId: run.tenantId,
    kind: 'flowRun',
    flowId: run.flowId,
    flowVersion: run.flowVersionId,
    conversationId: run.conversationId,
  }),
})
