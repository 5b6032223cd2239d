import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  type Client,
  ScheduleOverlapPolicy,
  WithStartWorkflowOperation,
  type WorkflowFailedError,
} from '@temporalio/client'
import type { ApplicationFailure } from '@temporalio/common'
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { DomainError } from '#domain/errors.ts'
import { generateRootKey, KeyRing } from '#infra/crypto/keyring.ts'
import { createTemporalClient } from '#temporal/client.ts'
import { createConnection } from '#temporal/connection.ts'
import { createDataConverter } from '#temporal/data-converter.ts'
import { priorityFor } from '#temporal/priorities.ts'
import { searchAttributes } from '#temporal/search-attributes.ts'
import { workflowBundle } from '#worker/workflow-bundle.ts'
import { createProbeActivities } from './probe-activities.ts'
import { type StoredServer, startStoredServer } from './stored-server.ts'
import type * as probes from './workflows/probe.ts'

// Every secret below begins with this word; nothing that is stored may hold it.
const CANARY = 'canary-7f3e91'
const LIMIT = { timeout: 60_000 }
const taskQueue = 'probe'
const namespace = 'codec'
const keyRing = new KeyRing([generateRootKey('k1')])
const heartbeats: unknown[] = []
const largePayloads: string[] = []
let server: StoredServer
let client: Client
let worker: Worker
let running: Promise<void>

before(async () => {
  // Payloads that must be refused would fill the page with what is expected of them.
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' })
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), telemetryOptions: { logging: { filter } } })
  server = await startStoredServer(namespace)
  const codec = { keyRing, onLargePayload: (fact: { workflowId: string }) => void largePayloads.push(fact.workflowId) }
  const connection = await NativeConnection.connect({ address: server.address })
  client = createTemporalClient({ namespace }, { connection: createConnection({ ...server, namespace }), ...codec })
  worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    // No cache: every task replays its history, so what was sealed is opened from the server's copy again and again.
    maxCachedWorkflows: 0,
    workflowBundle: await workflowBundle(join(import.meta.dirname, 'workflows', 'probe.ts')),
    activities: createProbeActivities((details) => heartbeats.push(details)),
    dataConverter: createDataConverter({ ...codec, namespace }),
  })
  running = worker.run()
})

async function stopEverything(): Promise<void> {
  if (worker.getState() === 'RUNNING') worker.shutdown()
  await running
  await client.connection.close()
  await server.stop()
}

after(async () => {
  await stopEverything()
  await server.discard()
})

test('start, signal, update, activities, children, continue-as-new and failures pass the codec', LIMIT, async () => {
  const secret = `${CANARY} main`
  const handle = await client.workflow.start<typeof probes.probe>('probe', {
    workflowId: 'probe/t1/main',
    taskQueue,
    args: [{ secret, round: 0 }],
    memo: { first: `${secret} start memo` },
    staticSummary: `${secret} summary`,
    staticDetails: `${secret} details`,
    typedSearchAttributes: searchAttributes({ tenantId: 't1', kind: 'probe' }),
    priority: priorityFor('reply', 't1'),
  })
  const described = await handle.describe()
  assert.equal(await described.staticSummary(), `${secret} summary`)
  assert.equal(await described.staticDetails(), `${secret} details`)
  assert.deepEqual(described.memo?.['first'], `${secret} start memo`)

  await handle.signal('note', `${secret} signal`)
  const changed = await handle.executeUpdate<string, [string]>('change', { args: [`${secret} update`] })
  assert.equal(changed, `changed ${secret} update`)
  await assert.rejects(
    handle.executeUpdate<string, [string]>('change', { args: [`${secret} refuse`] }),
    (error: Error) => (error.cause as Error).message === `refused ${secret} refuse`,
  )
  await handle.signal('release')
  await assert.rejects(handle.result(), (error: WorkflowFailedError) => {
    const cause = error.cause as ApplicationFailure
    assert.equal(cause.message, `${secret} workflow failure`)
    assert.equal(cause.type, 'flow_error')
    assert.deepEqual(cause.details, [`${secret} failure details`])
    assert.equal(cause.cause?.message, `${secret} cause of failure`)
    assert.match(cause.stack ?? '', /probe/)
    return true
  })
  const heard = await handle.query<string[], [string]>('notes', `${secret} asked`)
  for (const expected of [
    'local activity',
    'activity',
    'activity failure',
    'local failure',
    'child failure',
    'asked',
  ]) {
    assert.ok(heard.includes(`${secret} ${expected}`), `${expected} is missing in ${JSON.stringify(heard)}`)
  }
  assert.ok(heard.includes(`${secret} child input and ${secret} external signal`))
  assert.equal(heartbeats[0], `${secret} activity heartbeat`)
  assert.equal((await handle.describe()).memo?.['later'], `${secret} upserted memo`)
})

test('signal-with-start and a query of it pass the codec', LIMIT, async () => {
  const handle = await client.workflow.signalWithStart<typeof probes.probeWaiting, [string]>('probeWaiting', {
    workflowId: 'probe/t1/waiting',
    taskQueue,
    args: [`${CANARY} waiting`],
    signal: 'note',
    signalArgs: [`${CANARY} with start`],
  })
  assert.equal(await handle.result(), `${CANARY} waiting and ${CANARY} with start`)
  const answer = await handle.query<string[], [string]>('notes', `${CANARY} asked`)
  assert.deepEqual(answer, [`${CANARY} waiting`, `${CANARY} with start`, `${CANARY} asked`])
})

test('update-with-start passes the codec', LIMIT, async () => {
  const startWorkflowOperation = new WithStartWorkflowOperation<typeof probes.probe>('probe', {
    workflowId: 'probe/t1/update-with-start',
    taskQueue,
    args: [{ secret: `${CANARY} begun`, round: 0 }],
    workflowIdConflictPolicy: 'FAIL',
  })
  const changed = await client.workflow.executeUpdateWithStart<typeof probes.probe, string, [string]>('change', {
    args: [`${CANARY} at start`],
    startWorkflowOperation,
  })
  assert.equal(changed, `changed ${CANARY} at start`)
  await (await startWorkflowOperation.workflowHandle()).terminate('the probe is over')
})

test('a Schedule passes its arguments, its memo and the last result from run to run', LIMIT, async () => {
  const schedule = await client.schedule.create({
    scheduleId: 'probe/t1/schedule',
    spec: {},
    policies: { overlap: ScheduleOverlapPolicy.BUFFER_ALL },
    memo: { note: `${CANARY} schedule memo` },
    action: {
      type: 'startWorkflow',
      workflowType: 'probeScheduled',
      workflowId: 'probe/t1/scheduled',
      taskQueue,
      args: [`${CANARY} scheduled`],
      memo: { note: `${CANARY} action memo` },
      staticSummary: `${CANARY} action summary`,
    },
  })
  const described = await schedule.describe()
  assert.equal(described.memo?.['note'], `${CANARY} schedule memo`)
  assert.deepEqual((described.action as { args?: unknown[] }).args, [`${CANARY} scheduled`])

  await schedule.trigger()
  const workflowId = await waitFor(
    async () => (await schedule.describe()).info.recentActions.at(-1)?.action.workflow.workflowId,
  )
  assert.match(workflowId, /^probe\/t1\/scheduled-\d{4}-/)
  const first = client.workflow.getHandle(workflowId)
  assert.equal(await first.result(), `${CANARY} scheduled after nothing`)
  assert.equal((await first.describe()).memo?.['note'], `${CANARY} action memo`)

  // What the server does at the next occurrence: the sealed result of one run is the last result of the other.
  const [started, ended] = [(await first.fetchHistory()).events?.at(0), (await first.fetchHistory()).events?.at(-1)]
  const nextId = 'probe/t1/scheduled-2030-01-01T00:00:00Z'
  await client.workflowService.startWorkflowExecution({
    namespace,
    requestId: nextId,
    workflowId: nextId,
    workflowType: { name: 'probeScheduled' },
    taskQueue: { name: taskQueue },
    input: started?.workflowExecutionStartedEventAttributes?.input ?? null,
    lastCompletionResult: ended?.workflowExecutionCompletedEventAttributes?.result ?? null,
  })
  const second = await client.workflow.getHandle(nextId).result()
  assert.equal(second, `${CANARY} scheduled after ${CANARY} scheduled after nothing`)
  await schedule.delete()
})

test('a payload above 64 KB is refused by its name, before it leaves', LIMIT, async () => {
  const start = (sizeBytes: number, text: string) =>
    client.workflow.execute<typeof probes.probeLarge>('probeLarge', {
      workflowId: `probe/t1/large-${sizeBytes}`,
      taskQueue,
      args: [sizeBytes],
      memo: { text },
    })
  const tooLarge = (error: unknown) => error instanceof DomainError && error.code === 'payload_too_large'
  await assert.rejects(start(1, 'x'.repeat(70_000)), tooLarge)
  assert.equal(await start(5_000, ''), 5_000)
  assert.ok(largePayloads.includes('probe/t1/large-5000'))
  await assert.rejects(start(70_000, ''), (error: WorkflowFailedError) => {
    const cause = (error.cause as Error).cause as ApplicationFailure
    assert.equal(cause.type, 'payload_too_large')
    assert.equal(cause.nonRetryable, true)
    return true
  })
})

test('[S67] a payload in clear, and one moved from another workflow, never reach workflow code', LIMIT, async () => {
  const plain = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"forged"') }
  const service = client.workflowService
  const victims = ['plain', 'moved'] as const
  for (const name of victims) {
    await client.workflow.start<typeof probes.probeWaiting>('probeWaiting', {
      workflowId: `probe/t1/victim-${name}`,
      taskQueue,
      args: ['victim'],
    })
  }
  const signal = async (name: string, payload: typeof plain) =>
    service.signalWorkflowExecution({
      namespace,
      workflowExecution: { workflowId: `probe/t1/victim-${name}` },
      signalName: 'note',
      input: { payloads: [payload] },
    })
  await signal('plain', plain)
  const { events } = await client.workflow.getHandle('probe/t1/waiting').fetchHistory()
  const stolen = events?.find((event) => event.workflowExecutionSignaledEventAttributes)
  await signal('moved', stolen?.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0] as typeof plain)

  for (const name of victims) {
    const handle = client.workflow.getHandle(`probe/t1/victim-${name}`)
    const failed = await waitFor(async () => {
      const history = await handle.fetchHistory()
      return history.events?.find((event) => event.workflowTaskFailedEventAttributes)
    })
    assert.ok(failed)
    await handle.terminate('the probe is over')
  }
})

// Last: it ends everything to read the files.
test('[G29] nothing of it stands in clear in any file of the server', LIMIT, async () => {
  await client.workflow.start('probeWaiting', {
    workflowId: 'probe/t1/control-id-in-clear',
    taskQueue,
    args: ['victim'],
  })
  await client.workflow.getHandle('probe/t1/control-id-in-clear').terminate('control-reason-in-clear')
  await stopEverything()
  // The controls show that the search would find it: ids, reasons and types are never sealed.
  const controls = ['control-id-in-clear', 'control-reason-in-clear', 'flow_error']
  assert.deepEqual(server.storedWords([CANARY, ...controls]), controls)
})

async function waitFor<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setImmediate(resolve))
  }
}
