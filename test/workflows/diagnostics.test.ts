import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { CancelledFailure } from '@temporalio/common'
import { Worker } from '@temporalio/worker'
import type { DiagnosticsActivities } from '#activities/diagnostics.ts'
import { CHECKS, type CheckKey } from '#domain/diagnostics/checks.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import { workflowBundle } from '#worker/workflow-bundle.ts'
import { type DiagnosticsProgress, diagnosticsWorkflowId, type FailedCheck } from '#workflows/diagnostics/messages.ts'
import { skippingEnv } from '../support/temporal.ts'

const env = await skippingEnv()
after(() => env.teardown())
const tenantId = 't1'

type Fakes = Partial<DiagnosticsActivities>
type Written = { failed: FailedCheck[]; ended: string[] }

const planned = (...keys: CheckKey[]) => keys.map((key) => ({ id: `${key}-check`, key, channelId: null }))

/** A house that writes down what it is told, around the activities that a test is about. */
function house(keys: CheckKey[], fakes: Fakes): { activities: Fakes; written: Written } {
  const written: Written = { failed: [], ended: [] }
  const activities: Fakes = {
    beginDiagnostics: async () => planned(...keys),
    failCheck: async (failed) => void written.failed.push(failed),
    endDiagnostics: async ({ diagnosticId }) => void written.ended.push(diagnosticId),
    ...fakes,
  }
  return { activities, written }
}

async function inHouse<T>(activities: Fakes, work: () => Promise<T>): Promise<T> {
  const common = { connection: env.nativeConnection, activities }
  const wf = await Worker.create({ ...common, taskQueue: TASK_QUEUES.wf, workflowBundle: await workflowBundle() })
  const http = await Worker.create({ ...common, taskQueue: TASK_QUEUES.http })
  return http.runUntil(() => wf.runUntil(work))
}

const start = (diagnosticId: string) =>
  env.client.workflow.start('diagnostics', {
    workflowId: diagnosticsWorkflowId(tenantId, diagnosticId),
    taskQueue: TASK_QUEUES.wf,
    args: [{ tenantId, diagnosticId }],
  })

test('[ANLY-27] a check that throws and one that hangs have failed, and the run comes to its end with the others', async () => {
  const made: string[] = []
  const hanging = Promise.withResolvers<never>()
  const { activities, written } = house(['database', 'mail', 'queues', 'storage', 'errors'], {
    checkDatabase: () => Promise.reject(new Error('no connection')),
    checkMail: () => hanging.promise,
    checkQueues: () => Promise.reject(new Error('a fault of ours')),
    checkStorage: async () => {
      made.push('storage')
      return 'passed'
    },
    checkErrors: async () => {
      made.push('errors')
      return 'warning'
    },
  })
  await inHouse(activities, async () => {
    const handle = await start('d1')
    await handle.result()
    hanging.reject(new CancelledFailure('the test is over'))
  })
  assert.deepEqual(made, ['storage', 'errors'])
  const codes = Object.fromEntries(written.failed.map(({ checkId, code }) => [checkId, code]))
  assert.deepEqual(codes, {
    'database-check': 'database_unreachable',
    'mail-check': 'check_timed_out',
    'queues-check': 'check_broke',
  })
  assert.equal(written.failed.find(({ code }) => code === 'check_timed_out')?.seconds, CHECKS.mail.timeLimitMs / 1_000)
  assert.deepEqual(written.ended, ['d1'])
})

test('[ANLY-27] at most four checks run at once, and the progress says which', async () => {
  const keys: CheckKey[] = ['clock', 'storage', 'mail', 'queues', 'webhooks', 'errors']
  const going = Promise.withResolvers<void>()
  const waits = async () => {
    await going.promise
    return 'passed' as const
  }
  const { activities, written } = house(keys, {
    checkClock: waits,
    checkStorage: waits,
    checkMail: waits,
    checkQueues: waits,
    checkWebhooks: waits,
    checkErrors: waits,
  })
  await inHouse(activities, async () => {
    const handle = await start('d2')
    let seen: DiagnosticsProgress
    do seen = await handle.query<DiagnosticsProgress>('progress')
    while (seen.running.length < 4)
    assert.deepEqual(seen, { total: 6, ended: 0, running: ['clock', 'storage', 'mail', 'queues'] })
    going.resolve()
    await handle.result()
    assert.deepEqual(await handle.query('progress'), { total: 6, ended: 6, running: [] })
  })
  assert.deepEqual([written.failed, written.ended], [[], ['d2']])
})

test('[ANLY-27] a run that was cancelled in its rows is neither begun nor ended by its workflow', async () => {
  const { activities, written } = house([], { beginDiagnostics: async () => null })
  await inHouse(activities, async () => (await start('d3')).result())
  assert.deepEqual(written, { failed: [], ended: [] })
})

test('[ANLY-27] cancelled in the middle, the workflow ends at once and writes nothing more', async () => {
  const asked = Promise.withResolvers<void>()
  const hanging = Promise.withResolvers<never>()
  const { activities, written } = house(['mail', 'errors'], {
    checkMail: () => {
      asked.resolve()
      return hanging.promise
    },
    checkErrors: async () => 'passed',
  })
  await inHouse(activities, async () => {
    const handle = await start('d4')
    await asked.promise
    await handle.cancel()
    await assert.rejects(handle.result(), /cancelled/i)
    hanging.reject(new CancelledFailure('the test is over'))
  })
  assert.deepEqual(written, { failed: [], ended: [] })
})
