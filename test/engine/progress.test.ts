import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client, type WorkflowHandle } from '@temporalio/client'
import { createProgressWatch } from '#domain/conversations/progress.ts'
import type { StandingWork } from '#infra/db/stores/mailbox/standing.ts'
import { sql } from '#infra/db/tx.ts'
import type { Logger } from '#infra/log.ts'
import { createConnection } from '#temporal/connection.ts'
import { keepsUp } from '#temporal/server-check.ts'
import { watchProgress } from '#worker/progress.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { ECHO } from '../support/flows.ts'
import { freeze, openScene, type Scene } from './scene.ts'

let engine: Engine
before(async () => {
  engine = await startEngine()
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  await engine?.stop()
})

type Watched = { looks: number; until?: () => Promise<boolean>; isWell?: () => Promise<boolean> }

/** Looks again and again with little patience, as a dispatcher does with much. @returns the workflows that were helped. */
async function watched(scene: Scene, { looks, until, isWell }: Watched): Promise<string[]> {
  const { address, namespace } = engine.temporal
  const connection = createConnection({ address, namespace })
  const helped: string[] = []
  const log = { error: ({ workflowId }: { workflowId: string }) => void helped.push(workflowId) } as unknown as Logger
  const isAsked = () => keepsUp(connection, namespace, Date.now())
  const deps = { db: engine.db, temporal: scene.temporal, isWell: isWell ?? isAsked, log, now: Date.now }
  const watch = createProgressWatch<StandingWork>({ patienceMs: 1_500 })
  try {
    let looked = 0
    await eventually(
      'enough looks',
      async () => {
        await watchProgress(deps, watch)
        looked += 1
        return looked >= looks || (await until?.()) === true
      },
      120_000,
    )
    return helped
  } finally {
    await connection.close()
  }
}

/** As the button of the Temporal UI does: in clear, so that the tasks of the workflow fail until it is terminated. */
async function signalInClear({ workflowId }: WorkflowHandle): Promise<void> {
  const { address, namespace } = engine.temporal
  const connection = createConnection({ address, namespace })
  await new Client({ connection, namespace }).workflow.getHandle(workflowId).signal('bell', 'by hand')
  await connection.close()
}

async function asked(): Promise<Scene> {
  const scene = await openScene(engine, { flows: [ECHO] })
  await scene.says('hi')
  await scene.hears(1)
  await scene.untilRun('it asks', ({ posture }) => posture === 'asking')
  return scene
}

type Shown = { state: string; parked_code: string | null; error_code: string | null }
const shownRun = (scene: Scene) =>
  scene.read((tx) => tx.row<Shown>(sql`select state, parked_code, error_code from runs limit 1`))
const lines = async (scene: Scene) => {
  const rows = await scene.read((tx) =>
    tx.rows<{ code: string }>(sql`select content ->> 'code' as code from messages where kind = 'line' order by id`),
  )
  return rows.map(({ code }) => code)
}

test('a run whose workflow runs and cannot move is parked with a code, and people see the customer', async () => {
  const scene = await asked()
  const [run] = await scene.runs()
  await signalInClear(scene.flowHandle(run!.id))
  await scene.says('is anybody there?')
  const isQueued = async () => (await scene.conversation()).state === 'queued'
  assert.deepEqual(await watched(scene, { looks: 500, until: isQueued }), [scene.flowHandle(run!.id).workflowId])
  assert.deepEqual(await shownRun(scene), { state: 'parked', parked_code: 'run_stuck', error_code: 'run_stuck' })
  assert.deepEqual(await lines(scene), ['lines.handed_over.fault'])
  const row = await scene.until('people have the message', (one) => one.handled_seq === one.last_seq)
  assert.deepEqual([row.owner_kind, row.needs_people], ['none', true])

  await scene.takeOver()
  await scene.replies('I am here')
  assert.deepEqual(await scene.hears(2), ['Say something', 'I am here'])
  await scene.flowHandle(run!.id).terminate('by hand')
})

test('a turn that our own code refuses for ever calls people, and goes on where it stood once it is mended', async () => {
  const scene = await asked()
  const broken = await scene.read((tx) =>
    tx.row<{ interpreter: object }>(sql`select interpreter from runs limit 1 for update`),
  )
  await scene.read((tx) => tx.run(sql`update runs set interpreter = '{"frames": 7}'`))
  await scene.says('is anybody there?')
  const isQueued = async () => (await scene.conversation()).state === 'queued'
  const [run] = await scene.runs()
  assert.deepEqual(await watched(scene, { looks: 500, until: isQueued }), [scene.flowHandle(run!.id).workflowId])

  await scene.until('people have the message', (one) => one.handled_seq === one.last_seq)
  await scene.read((tx) => tx.run(sql`update runs set interpreter = ${JSON.stringify(broken!.interpreter)}`))
  await scene.handBack()
  assert.deepEqual(await scene.hears(2), ['Say something', 'Say something'])
  await scene.says('one')
  assert.deepEqual(await scene.hears(3), ['Say something', 'Say something', 'echo: one'])
  assert.equal((await shownRun(scene))?.error_code, null)
})

test("a conversation's own workflow that cannot move begins anew from its rows, and what people write leaves", async () => {
  const scene = await openScene(engine)
  await scene.says('hi')
  const { id } = await scene.until('people are called', ({ state }) => state === 'queued')
  const handle = scene.conversationHandle(id)
  const before = (await handle.describe()).runId
  await signalInClear(handle)
  await scene.takeOver()
  await scene.replies('Good morning')
  const hasLeft = async () => (await scene.texts()).length > 0
  await scene.read((tx) =>
    tx.run(sql`update messages set created_at = now() - interval '1 minute' where state = 'queued'`),
  )
  assert.deepEqual(await watched(scene, { looks: 500, until: hasLeft }), [handle.workflowId])
  assert.deepEqual(await scene.hears(1), ['Good morning'])
  assert.notEqual((await handle.describe()).runId, before)
})

test('who waits for a provider, or for a worker that stands still, is left alone', async () => {
  const scene = await asked()
  const fault = { phoneNumberId: scene.phoneNumberId, kind: '5xx', count: null }
  await engine.simulator.control('/faults', fault)
  await scene.says('one')
  await eventually('the answer is refused', async () =>
    (await scene.outbound()).some(({ not_before: at }) => at !== null),
  )
  await scene.says('two')
  assert.deepEqual(await watched(scene, { looks: 60 }), [], 'a provider that is away')
  await fetch(`${engine.simulator.url}/control/faults?phoneNumberId=${scene.phoneNumberId}`, { method: 'DELETE' })
  assert.deepEqual(await scene.hears(3), ['Say something', 'echo: one', 'echo: two'])

  const worker = await freeze(engine, 'worker')
  await scene.says('three')
  await scene.until('the message is there', (row) => row.last_seq === 4)
  const isWell = async () => false // As Temporal says when nobody has asked for two minutes.
  assert.deepEqual(await watched(scene, { looks: 60, isWell }), [], 'a worker that stands still')
  worker.thaw()
  assert.deepEqual((await scene.hears(4)).at(-1), 'echo: three')
  assert.equal((await scene.conversation()).owner_kind, 'run')
})
