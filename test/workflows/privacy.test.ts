import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/common'
import { Worker } from '@temporalio/worker'
import type { ContactExportActivities } from '#activities/contact-exports.ts'
import type { ErasureActivities } from '#activities/erasure.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import { workflowBundle } from '#worker/workflow-bundle.ts'
import { discard, erasureWorkflowId, exportWorkflowId } from '#workflows/privacy/messages.ts'
import { skippingEnv } from '../support/temporal.ts'

const env = await skippingEnv()
after(() => env.teardown())
const DAY_MS = 86_400_000
const tenantId = 't1'

type Fakes = Partial<ErasureActivities & ContactExportActivities>

/** Both queues of a house whose activities are made up. */
async function inHouse<T>(activities: Fakes, work: () => Promise<T>): Promise<T> {
  const common = { connection: env.nativeConnection, activities }
  const wf = await Worker.create({ ...common, taskQueue: TASK_QUEUES.wf, workflowBundle: await workflowBundle() })
  const bulk = await Worker.create({ ...common, taskQueue: TASK_QUEUES.bulk })
  return bulk.runUntil(() => wf.runUntil(work))
}

test('[SEC-10] an erasure goes its steps in order, and is carried through a day without a database', async () => {
  const steps: string[] = []
  let refusals = 0
  const step = (name: string) => async () => void steps.push(name)
  const startMs = await env.currentTimeMs()
  await inHouse(
    {
      async beginContactErasure() {
        steps.push('begin')
        return true
      },
      endContactWorkflows: step('workflows'),
      destroyContactKey: step('key'),
      eraseContactFiles: step('files'),
      async eraseContactRows() {
        if ((await env.currentTimeMs()) - startMs < DAY_MS) {
          refusals += 1
          throw ApplicationFailure.retryable('Postgres is away')
        }
        steps.push('rows')
      },
      settleErasure: step('settle'),
    },
    () =>
      env.client.workflow.execute('erasure', {
        workflowId: erasureWorkflowId(tenantId, 'r1'),
        taskQueue: TASK_QUEUES.wf,
        args: [{ tenantId, requestId: 'r1' }],
      }),
  )
  assert.deepEqual(steps, ['begin', 'workflows', 'key', 'files', 'rows', 'settle'])
  assert.ok(refusals > 100)
})

test('[SEC-10] an erasure that has begun is not stopped by a cancellation; one that is not wanted does nothing', async () => {
  const steps: string[] = []
  const step = (name: string) => async () => void steps.push(name)
  const fakes: Fakes = {
    async beginContactErasure({ requestId }) {
      if (requestId === 'unwanted') return false
      await env.client.workflow.getHandle(erasureWorkflowId(tenantId, requestId)).cancel()
      return true
    },
    endContactWorkflows: step('workflows'),
    destroyContactKey: step('key'),
    eraseContactFiles: step('files'),
    eraseContactRows: step('rows'),
    settleErasure: step('settle'),
  }
  await inHouse(fakes, async () => {
    for (const requestId of ['r2', 'unwanted']) {
      const workflowId = erasureWorkflowId(tenantId, requestId)
      await env.client.workflow.execute('erasure', {
        workflowId,
        taskQueue: TASK_QUEUES.wf,
        args: [{ tenantId, requestId }],
      })
    }
  })
  assert.deepEqual(steps, ['workflows', 'key', 'files', 'rows', 'settle'])
})

const exporting = (requestId: string) => ({
  workflowId: exportWorkflowId(tenantId, requestId),
  taskQueue: TASK_QUEUES.wf,
  args: [{ tenantId, requestId }] as [{ tenantId: string; requestId: string }],
})

test('[SEC-10] the file of an export is kept for its seven days and taken away then', async () => {
  let packedMs = 0
  let discardedMs = 0
  await inHouse(
    {
      async packContactExport() {
        packedMs = await env.currentTimeMs()
        return { expiresAtMs: packedMs + 7 * DAY_MS }
      },
      async discardContactExport() {
        discardedMs = await env.currentTimeMs()
      },
    },
    () => env.client.workflow.execute('contactExport', exporting('e1')),
  )
  assert.ok(Math.abs(discardedMs - packedMs - 7 * DAY_MS) < 60_000)
})

test('[SEC-10] the file of an export that is discarded is taken away at once', async () => {
  let discardedMs = 0
  const expiresAtMs = (await env.currentTimeMs()) + 7 * DAY_MS
  await inHouse(
    {
      packContactExport: async () => ({ expiresAtMs }),
      async discardContactExport() {
        discardedMs = await env.currentTimeMs()
      },
    },
    async () => {
      const handle = await env.client.workflow.start('contactExport', exporting('e2'))
      for (;;) {
        const { events } = await handle.fetchHistory()
        if (events?.some((event) => event.timerStartedEventAttributes)) break
      }
      await handle.signal(discard)
      await handle.result()
    },
  )
  assert.ok(expiresAtMs - discardedMs > 6 * DAY_MS)
})
