import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { after, test } from 'node:test'
import { activityInfo } from '@temporalio/activity'
import { Worker } from '@temporalio/worker'
import { tryAgainAt } from '#activities/failures.ts'
import type { FlowActivities, FlowTurnRequest } from '#activities/flows.ts'
import type { SendActivities } from '#activities/messages.ts'
import type { FlowOutcome, FlowTurnEvent } from '#domain/conversations/turn.ts'
import { REQUIRED_SEARCH_ATTRIBUTES } from '#temporal/search-attributes.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import { workflowBundle } from '#worker/workflow-bundle.ts'
import { bell, type FlowRunInput, flowRunWorkflowId } from '#workflows/flows/messages.ts'
import { skippingEnv } from '../support/temporal.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const env = await skippingEnv()
const KEYWORD = 2
await env.connection.operatorService.addSearchAttributes({
  namespace: env.namespace ?? 'default',
  searchAttributes: Object.fromEntries(REQUIRED_SEARCH_ATTRIBUTES.map(({ name }) => [name, KEYWORD])),
})
after(() => env.teardown())
const tenantId = 't1'

const LOOK = { kind: 'look' }
const TIMER = { kind: 'timer', waitId: 'w1' }
const standing = {
  posture: 'delaying',
  sends: [],
  waitId: 'w1',
  wakeAtMs: null,
  promptTimeoutMs: null,
  more: false,
  nodeId: 'n1',
  result: null,
} satisfies FlowOutcome
const ended: FlowOutcome = { ...standing, posture: 'ended', waitId: null, nodeId: null, result: 'completed' }

type Taken = Pick<FlowTurnRequest, 'turn' | 'event' | 'firstRunId'> & { workflowRunId: string; atMs: number }

/**
 * Turns that decide what they are told to, and end when the time of their wait is over. As with the real ones, the same
 * turn decides once: a bell while its task ends has it taken again.
 */
function turnsOf(outcome: FlowOutcome) {
  const taken: Taken[] = []
  const turns = new EventEmitter()
  const flowTurn: FlowActivities['flowTurn'] = async ({ turn, event, firstRunId }) => {
    const atMs = await env.currentTimeMs()
    const known = taken.find((one) => one.turn === turn)
    if (known === undefined) {
      const { runId: workflowRunId } = activityInfo().workflowExecution!
      taken.push({ turn, event, firstRunId, workflowRunId, atMs })
      turns.emit('taken')
    }
    return (known?.event ?? event).kind === 'timer' ? ended : outcome
  }
  return { taken, turns, flowTurn }
}

type Handle = Awaited<ReturnType<typeof startRun>>

const startRun = (runId: string) =>
  env.client.workflow.start('flowRun', {
    workflowId: flowRunWorkflowId(tenantId, runId),
    taskQueue: TASK_QUEUES.wf,
    args: [{ tenantId, runId } satisfies FlowRunInput],
  })

async function inHouse(
  activities: Partial<FlowActivities & SendActivities>,
  work: () => Promise<unknown>,
): Promise<void> {
  const common = { connection: env.nativeConnection, workflowBundle: await workflowBundle() }
  const worker = await Worker.create({ ...common, taskQueue: TASK_QUEUES.wf, activities })
  await worker.runUntil(work)
}

const isAt = (atMs: number, wantedMs: number) => {
  const lateMs = atMs - wantedMs
  assert.ok(lateMs >= 0 && lateMs < MINUTE_MS, `late by ${lateMs} ms`)
}

/** How its last run slept and woke. */
async function sleepOf(handle: Handle): Promise<{ timers: number; bells: number }> {
  const { events } = await env.client.workflow.getHandle(handle.workflowId).fetchHistory()
  const count = (key: 'timerFiredEventAttributes' | 'workflowExecutionSignaledEventAttributes') =>
    events?.filter((event) => event[key]).length ?? 0
  return { timers: count('timerFiredEventAttributes'), bells: count('workflowExecutionSignaledEventAttributes') }
}

test('[FLOW-15] a delay of sixty days is one timer, which wakes the run at its instant and nothing else does', async () => {
  const wakeAtMs = (await env.currentTimeMs()) + 60 * DAY_MS
  const { taken, flowTurn } = turnsOf({ ...standing, wakeAtMs })
  await inHouse({ flowTurn }, async () => {
    const handle = await startRun('r1')
    await handle.result()
    assert.deepEqual(await sleepOf(handle), { timers: 1, bells: 0 })
  })
  assert.deepEqual(
    taken.map(({ event }) => event),
    [LOOK, TIMER],
  )
  isAt(taken[1]!.atMs, wakeAtMs)
})

test('[FLOW-15] the time for an answer begins when its question was accepted, hours after it was written', async () => {
  const outageEndMs = (await env.currentTimeMs()) + 5 * HOUR_MS
  const { taken, flowTurn } = turnsOf({
    ...standing,
    posture: 'asking',
    sends: ['m1'],
    promptTimeoutMs: 30 * MINUTE_MS,
  })
  let acceptedMs = 0
  const sendMessage: SendActivities['sendMessage'] = async () => {
    const nowMs = await env.currentTimeMs()
    if (nowMs < outageEndMs) throw tryAgainAt('provider_unavailable', HOUR_MS)
    acceptedMs = nowMs
    return { atMs: acceptedMs, refused: false, promptWaitId: 'w1' }
  }
  await inHouse({ flowTurn, sendMessage }, async () => (await startRun('r2')).result())
  assert.ok(acceptedMs >= outageEndMs)
  assert.deepEqual(
    taken.map(({ event }) => event),
    [LOOK, TIMER],
  )
  isAt(taken[1]!.atMs, acceptedMs + 30 * MINUTE_MS)
})

test('a question that will never leave is not waited for', async () => {
  const writtenMs = await env.currentTimeMs()
  const events: FlowTurnEvent[] = []
  const asking: FlowOutcome = { ...standing, posture: 'asking', sends: ['m1'], promptTimeoutMs: HOUR_MS }
  await inHouse(
    {
      async flowTurn({ event }) {
        events.push(event)
        return event.kind === 'prompt' ? ended : asking
      },
      sendMessage: async () => ({ atMs: writtenMs, refused: true, promptWaitId: 'w1' }),
    },
    async () => (await startRun('r3')).result(),
  )
  assert.deepEqual(events, [LOOK, { kind: 'prompt', waitId: 'w1' }])
})

test('[FLOW-15] a wait that is continued as new on its way still ends at its instant, and its turns go on counting', async () => {
  const wakeAtMs = (await env.currentTimeMs()) + 60 * DAY_MS
  const { taken, turns, flowTurn } = turnsOf({ ...standing, wakeAtMs })
  const runs = () => new Set(taken.map(({ workflowRunId }) => workflowRunId))
  await inHouse({ flowTurn }, async () => {
    const begun = once(turns, 'taken')
    const handle = await startRun('r4')
    await begun
    await env.sleep(20 * DAY_MS)
    // Bells that bring nothing, until its history is long.
    while (runs().size < 2) {
      const looked = once(turns, 'taken')
      await handle.signal(bell)
      await looked
    }
    await handle.result()
    assert.equal((await sleepOf(handle)).timers, 1)
  })
  assert.deepEqual(
    taken.map(({ turn }) => turn),
    taken.map((_, index) => index),
  )
  assert.equal(new Set(taken.map(({ firstRunId }) => firstRunId)).size, 1)
  assert.ok(taken.slice(0, -1).every(({ event, atMs }) => event.kind === 'look' && atMs < wakeAtMs))
  assert.deepEqual(taken.at(-1)!.event, TIMER)
  isAt(taken.at(-1)!.atMs, wakeAtMs)
})
