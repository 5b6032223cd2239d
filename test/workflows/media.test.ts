import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Worker } from '@temporalio/worker'
import type { MediaActivities, MediaFetched } from '#activities/media.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import { workflowBundle } from '#worker/workflow-bundle.ts'
import { bell, mediaFetchWorkflowId } from '#workflows/media/messages.ts'
import { realEnv, skippingEnv } from '../support/temporal.ts'

const [env, real] = [await skippingEnv(), await realEnv()]
after(() => Promise.all([env.teardown(), real.teardown()]))
const HOUR_MS = 3_600_000
const tenantId = 't1'

/** Both queues of a house whose activities are made up. */
async function inHouse<T>(
  { nativeConnection: connection, namespace = 'default' }: Pick<typeof env, 'nativeConnection' | 'namespace'>,
  activities: MediaActivities,
  work: () => Promise<T>,
): Promise<T> {
  const common = { connection, namespace, activities }
  const wf = await Worker.create({ ...common, taskQueue: TASK_QUEUES.wf, workflowBundle: await workflowBundle() })
  const media = await Worker.create({ ...common, taskQueue: TASK_QUEUES.media })
  return media.runUntil(() => wf.runUntil(work))
}

const start = ({ client }: Pick<typeof env, 'client'>, fileId: string) =>
  client.workflow.start('mediaFetch', {
    workflowId: mediaFetchWorkflowId(tenantId, fileId),
    taskQueue: TASK_QUEUES.wf,
    args: [{ tenantId, fileId }],
  })

test('a file is fetched after an outage of a day, and after a token that was refused for days', async () => {
  const startMs = await env.currentTimeMs()
  const pauses: number[] = []
  let lastMs = startMs
  const fetchMedia = async (): Promise<MediaFetched> => {
    const nowMs = await env.currentTimeMs()
    const ageMs = nowMs - startMs
    if (ageMs < 24 * HOUR_MS) throw new Error('the provider is away')
    pauses.push(nowMs - lastMs)
    lastMs = nowMs
    return { state: ageMs < 100 * HOUR_MS ? 'waiting' : 'stored' }
  }
  await inHouse(env, { fetchMedia }, async () => (await start(env, 'f1')).result())
  assert.ok(pauses.length < 24, `it was asked for ${pauses.length} times in four days`)
  assert.ok(Math.max(...pauses.slice(1)) <= 6 * HOUR_MS + 60_000)
})

test('a bell ends the wait for a token, also one that comes while the old token is still tried', async () => {
  const [trying, rung] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let tried = 0
  const fetchMedia = async (): Promise<MediaFetched> => {
    tried += 1
    if (tried === 1) {
      trying.resolve()
      await rung.promise
    }
    return { state: tried === 3 ? 'stored' : 'waiting' }
  }
  await inHouse(real, { fetchMedia }, async () => {
    const handle = await start(real, 'f2')
    await trying.promise
    await handle.signal(bell)
    rung.resolve()
    for (;;) if ((await handle.fetchHistory()).events?.some((event) => event.timerStartedEventAttributes)) break
    assert.equal(tried, 2)
    await handle.signal(bell)
    await handle.result()
  })
})
