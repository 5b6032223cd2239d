import type { ActivityOptions, LocalActivityOptions } from '@temporalio/workflow'
import { CALL_TIMEOUT_MS_MAX } from '#domain/flows/limits.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'

/**
 * A turn is one transaction and idempotent by (run, turn), so it may run again after a crash. It never sends. Postgres
 * may be away for longer than a local retry lasts; the retries then go on as timers of the workflow.
 */
export const TURN: LocalActivityOptions = {
  startToCloseTimeout: '10 seconds',
  localRetryThreshold: '20 seconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' },
}

/**
 * One message. The time is that of a single attempt: the provider's own time-out plus two commits; a worker that is gone
 * is noticed by its silence. Attempts have no number: the row's own cut and window end a message that waits too long.
 */
export const SEND: ActivityOptions = {
  // The queue of the workflow itself, so that its worker may begin at once instead of asking the server for the task.
  taskQueue: TASK_QUEUES.wf,
  startToCloseTimeout: '40 seconds',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
}

/**
 * A REST step of a flow, at a stranger's server. The time is that of the longest step and two transactions: whatever the
 * other side does ends the step within its own time-out, by a port of the flow, and is not tried again. An attempt
 * follows only where the outcome could not be written down: the worker is gone or left, or Temporal or Postgres was
 * away. It uses the same idempotency key.
 */
export const CALL: ActivityOptions = {
  taskQueue: TASK_QUEUES.http,
  startToCloseTimeout: CALL_TIMEOUT_MS_MAX + 15_000,
  heartbeatTimeout: '15 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '10 seconds' },
}

/** Looks at other workflows and mends what they left. */
export const MEND: ActivityOptions = {
  taskQueue: TASK_QUEUES.wf,
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
}

/**
 * Fetches one file of a provider, whose address dies within minutes. Attempts have no number: the file itself lives there for
 * seven days, and the activity gives it up when they are over.
 */
export const FETCH_MEDIA: ActivityOptions = {
  taskQueue: TASK_QUEUES.media,
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '10 minutes' },
}

/**
 * Work on all that is known of one contact. A step may take long; it says that it is alive, and is tried until it is done:
 * nobody who asked to be forgotten is told that it failed.
 */
export const PRIVACY: ActivityOptions = {
  taskQueue: TASK_QUEUES.bulk,
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '60 seconds',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '5 minutes' },
}

/** What a provider is told for courtesy: soon or not at all. The activity itself gives up at its last attempt. */
export const READ_MARK: ActivityOptions = {
  taskQueue: TASK_QUEUES.send,
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 3, maximumAttempts: 6 },
}

/**
 * One attempt to tell somebody of an event: at most half a minute at the other side, and two transactions. An address
 * that rests or is busy asks to be tried again at an instant, for as long as the row allows.
 */
export const WEBHOOK: ActivityOptions = {
  taskQueue: TASK_QUEUES.webhook,
  startToCloseTimeout: '45 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
}

/** One look at one part of the house. It has failed when it breaks or takes too long; whoever wants to know looks again. */
export const DIAGNOSTIC_CHECK: ActivityOptions = {
  taskQueue: TASK_QUEUES.http,
  retry: { maximumAttempts: 1 },
}

/** Rows of a diagnosis: written as soon as Postgres is there. */
export const DIAGNOSTIC_RECORD: ActivityOptions = {
  taskQueue: TASK_QUEUES.http,
  startToCloseTimeout: '15 seconds',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
}
