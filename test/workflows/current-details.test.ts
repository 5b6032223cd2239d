import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Context } from '@temporalio/activity'
import type { WorkflowHandle } from '@temporalio/client'
import { Worker } from '@temporalio/worker'
import type { ConversationOutcome, FlowOutcome } from '#domain/conversations/turn.ts'
import { STATUS } from '#temporal/search-attributes.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import { workflowBundle } from '#worker/workflow-bundle.ts'
import { conversationWorkflowId } from '#workflows/conversations/messages.ts'
import { flowRunWorkflowId } from '#workflows/flows/messages.ts'
import { eventually } from '../support/engine.ts'
import { realEnv } from '../support/temporal.ts'

const env = await realEnv()
after(() => env.teardown())

const tenantId = 't1'
const LATER_MS = Date.UTC(2040, 0, 1)
const SINCE = String.raw`since \d{4}-\d\d-\d\dT[\d:.]+Z until a bell`
const sent = { atMs: 0, refused: false, promptWaitId: null }

/** Activities of which each hangs until it is let go, in the order in which they begin, or until its worker ends. */
function hanging() {
  const waiting: (() => void)[] = []
  return {
    one: () => Promise.race([new Promise<void>((resolve) => void waiting.push(resolve)), Context.current().cancelled]),
    async goOn() {
      await eventually('an activity has begun', async () => waiting.length > 0)
      waiting.shift()!()
    },
  }
}

/** Runs a scene beside workers of the queues that it needs. */
async function beside(activities: object, scene: () => Promise<void>): Promise<void> {
  const common = { connection: env.nativeConnection, namespace: env.namespace, activities }
  const wf = await Worker.create({ ...common, taskQueue: TASK_QUEUES.wf, workflowBundle: await workflowBundle() })
  const http = await Worker.create({ ...common, taskQueue: TASK_QUEUES.http })
  await wf.runUntil(() => http.runUntil(scene))
}

/** Waits until this stands there, as an engineer would read it. */
const says = (handle: WorkflowHandle, wanted: RegExp) => {
  let last = ''
  const look = async () => {
    last = (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails
    return wanted.test(last)
  }
  return eventually(`it says ${wanted}`, look).catch((error: Error) => assert.fail(`${error.message}, not "${last}"`))
}

const summariesOf = async (handle: WorkflowHandle): Promise<unknown[]> => {
  const { events } = await handle.fetchHistory()
  return (events ?? [])
    .filter((event) => event.activityTaskScheduledEventAttributes)
    .map((event) => JSON.parse(Buffer.from(event.userMetadata!.summary!.data!).toString('utf8')))
}

test('what stands in the Temporal UI is true at each wait of a conversation', async () => {
  const activity = hanging()
  const restful: ConversationOutcome = { kind: 'rest', sends: [], wakeAtMs: null, more: false }
  const outcomes: ConversationOutcome[] = [
    restful,
    { ...restful, sends: ['m1', 'm2'], wakeAtMs: LATER_MS },
    { ...restful, kind: 'inspect_owner', runId: 'r1', epoch: 1 },
    { ...restful, kind: 'closed' },
  ]
  const fakes = {
    conversationTurn: async ({ turn }: { turn: number }) => outcomes[turn],
    sendMessage: () => activity.one().then(() => sent),
    mendOwner: () => activity.one(),
  }
  await beside(fakes, async () => {
    const handle = await env.client.workflow.start('conversation', {
      workflowId: conversationWorkflowId(tenantId, 'c1'),
      taskQueue: TASK_QUEUES.wf,
      args: [{ tenantId, conversationId: 'c1' }],
    })
    await says(handle, new RegExp(`^rests ${SINCE}$`))
    await handle.signal('bell')
    await says(handle, /^sends message 1 of 2$/)
    await activity.goOn()
    await says(handle, /^sends message 2 of 2$/)
    await activity.goOn()
    await says(handle, new RegExp(`^rests ${SINCE}, at the latest 2040-01-01T00:00:00.000Z$`))
    await handle.signal('bell')
    await says(handle, /^looks after the run `r1`$/)
    await activity.goOn()
    await says(handle, new RegExp(`^rests ${SINCE}$`))
    await handle.signal('bell')
    await handle.result()
    await says(handle, /^closed$/)
    const message = 'Message of a person or of the house'
    assert.deepEqual(await summariesOf(handle), [message, message, 'Look after the run that has the conversation'])
  })
})

const asking: FlowOutcome = {
  posture: 'asking',
  sends: [],
  waitId: 'w1',
  wakeAtMs: null,
  promptTimeoutMs: null,
  more: false,
  nodeId: 'ask',
  result: null,
}

test('what stands there is true at each wait of a run, and one that broke is found by its status', async () => {
  const activity = hanging()
  const outcomes: FlowOutcome[] = [
    { ...asking, sends: ['m1'] },
    { ...asking, posture: 'calling', waitId: 'w2', nodeId: 'call' },
    { ...asking, posture: 'delaying', waitId: 'w3', nodeId: 'delay', wakeAtMs: LATER_MS },
    { ...asking, posture: 'ended', waitId: null, nodeId: null, result: 'failed' },
  ]
  const fakes = {
    flowTurn: async ({ turn }: { turn: number }) => outcomes[turn],
    sendMessage: () => activity.one().then(() => sent),
    callOut: () => activity.one(),
  }
  await beside(fakes, async () => {
    const handle = await env.client.workflow.start('flowRun', {
      workflowId: flowRunWorkflowId(tenantId, 'r1'),
      taskQueue: TASK_QUEUES.wf,
      args: [{ tenantId, runId: 'r1' }],
    })
    const statusOf = async () => (await handle.describe()).typedSearchAttributes.get(STATUS)
    // In backticks, because it is a word of the language of searches too. The Temporal UI sets them by itself.
    const isFound = async () => (await env.client.workflow.count("`Status` = 'failed'")).count === 1
    await says(handle, /^sends message 1 of 1; then asking at node `ask` \(wait `w1`\)$/)
    await activity.goOn()
    await says(handle, new RegExp(`^asking at node .ask. \\(wait .w1.\\), rests ${SINCE}$`))
    await handle.signal('bell')
    await says(handle, /^calling at node `call` \(wait `w2`\)$/)
    assert.equal(await statusOf(), undefined)
    await activity.goOn()
    await says(handle, /^delaying at node `delay` \(wait `w3`\), rests .* at the latest 2040-01-01/)
    await handle.signal('bell')
    await handle.result()
    await says(handle, /^ended$/)
    assert.equal(await statusOf(), 'failed')
    await eventually('it is found among those that broke', isFound)
    assert.deepEqual(await summariesOf(handle), ['Message of the flow', 'Call of the flow'])
  })
})
