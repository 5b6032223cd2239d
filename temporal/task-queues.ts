/**
 * The task queues, by what makes their work slow: nothing (workflows), the provider's rate, a stranger's server in a flow,
 * files, the servers that are told of events, and sheer number. One kind of slowness never holds up another. No imports:
 * this file enters the workflow bundle.
 */
export const TASK_QUEUES = {
  wf: 'wf',
  send: 'send',
  http: 'http',
  media: 'media',
  webhook: 'webhook',
  bulk: 'bulk',
} as const

export type TaskQueue = (typeof TASK_QUEUES)[keyof typeof TASK_QUEUES]
