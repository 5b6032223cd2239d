import { type Connection, isGrpcServiceError } from '@temporalio/client'
import type { temporal } from '@temporalio/proto'
import { REQUIRED_SEARCH_ATTRIBUTES } from './search-attributes.ts'
import { isServerTooOld } from './server/dev-server.ts'
import { TASK_QUEUES, type TaskQueue } from './task-queues.ts'

const NOT_FOUND = 5

export type ServerCheck = { version: string } & (
  | { kind: 'well' }
  | { kind: 'outdated' }
  | { kind: 'no_namespace' }
  | { kind: 'no_search_attribute'; name: string }
)

/** The server is recent and has our namespace with everything in it that a start needs. The doctor asks the same. */
export async function checkServer(connection: Connection, namespace: string): Promise<ServerCheck> {
  const { serverVersion } = await connection.workflowService.getSystemInfo({})
  const version = serverVersion ?? ''
  if (version !== '' && isServerTooOld(version)) return { kind: 'outdated', version }
  try {
    await connection.workflowService.describeNamespace({ namespace })
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== NOT_FOUND) throw error
    return { kind: 'no_namespace', version }
  }
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  const missing = REQUIRED_SEARCH_ATTRIBUTES.find(({ name }) => customAttributes[name] === undefined)
  if (missing !== undefined) return { kind: 'no_search_attribute', name: missing.name, version }
  return { kind: 'well', version }
}

const WORKFLOW_TASKS: temporal.api.enums.v1.TaskQueueType = 1
const ACTIVITY_TASKS: temporal.api.enums.v1.TaskQueueType = 2
/** A worker asks at least once a minute; one that has not for longer is gone. */
const POLLED_WITHIN_MS = 120_000

type Asked = Pick<Connection, 'workflowService'>

const describe = (connection: Asked, namespace: string, name: TaskQueue) =>
  connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name },
    taskQueueType: name === TASK_QUEUES.wf ? WORKFLOW_TASKS : ACTIVITY_TASKS,
    reportStats: true,
  })
type Described = Pick<Awaited<ReturnType<typeof describe>>, 'pollers'>

const isPolled = ({ pollers }: Described, nowMs: number): boolean =>
  (pollers ?? []).some(({ lastAccessTime }) => {
    const seconds = lastAccessTime?.seconds
    return seconds !== undefined && seconds !== null && nowMs - Number(seconds) * 1_000 < POLLED_WITHIN_MS
  })

/** Seconds that a task may wait for somebody who begins it, before those who work on the queue are behind. */
const BEHIND_S = 30

/** Whether somebody works on the workflows and keeps up: where they are behind, what stands still waits for its turn. */
export async function keepsUp(connection: Asked, namespace: string, nowMs: number): Promise<boolean> {
  const queue = await describe(connection, namespace, TASK_QUEUES.wf)
  return isPolled(queue, nowMs) && Number(queue.stats?.approximateBacklogAge?.seconds ?? 0) < BEHIND_S
}

/** The queues that nobody works on, the one of workflows first. */
export async function unattendedQueues(connection: Asked, namespace: string, nowMs: number): Promise<TaskQueue[]> {
  const names = Object.values(TASK_QUEUES)
  const queues = await Promise.all(names.map((name) => describe(connection, namespace, name)))
  return names.filter((_, index) => !isPolled(queues[index]!, nowMs))
}
