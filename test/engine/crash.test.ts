import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { sql } from '#infra/db/tx.ts'
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

let workers = 1

async function killWorker(): Promise<void> {
  const worker = engine.processes.get('worker')!
  worker.kill('SIGKILL')
  await once(worker, 'exit')
}

async function newWorker(): Promise<void> {
  workers += 1
  const child = await engine.start('worker', `worker-${workers}`)
  engine.processes.set('worker', child)
}

const fault = (scene: Scene, body: Record<string, unknown>) =>
  engine.simulator.control('/faults', { phoneNumberId: scene.phoneNumberId, ...body })
const noFaults = (scene: Scene) =>
  fetch(`${engine.simulator.url}/control/faults?phoneNumberId=${scene.phoneNumberId}`, { method: 'DELETE' })

const answer = async (scene: Scene) => (await scene.outbound()).find(({ content }) => content.text === 'echo: one')

const answerIs = (scene: Scene, state: string) =>
  eventually(
    `the answer is ${state}`,
    async () => {
      const row = await answer(scene)
      return row?.state === state && row
    },
    90_000,
  )

/** As if the send had begun so long ago that its process must be gone, and no status had come since. */
const sentLongAgo = (scene: Scene) =>
  scene.read((tx) =>
    tx.run(sql`
      update messages set sending_at = sending_at - interval '5 minutes', not_before = not_before - interval '5 minutes'
      where state in ('sending', 'unknown')`),
  )

async function asked(): Promise<Scene> {
  const scene = await openScene(engine, { flows: [ECHO] })
  await scene.says('hi')
  await scene.hears(1)
  return scene
}

test('[CH-08] [F07] the provider took a message and answered nothing: its status settles it, and it is sent once', async () => {
  const scene = await asked()
  await fault(scene, { kind: 'reset_after_accept' })
  await scene.says('one')
  const row = await answerIs(scene, 'delivered')
  assert.deepEqual([row.attempt, row.possible_duplicate, row.duplicate_detected], [1, false, false])
  assert.deepEqual(await scene.texts(), ['Say something', 'echo: one'])
  await scene.says('two')
  assert.equal((await scene.hears(3)).at(-1), 'echo: two')
})

test('[F07] no status ever comes: the reply is sent once more, flagged, and never a third time', async () => {
  const scene = await asked()
  await fault(scene, { kind: 'reset_after_accept' })
  await fault(scene, { kind: 'drop_status', count: null })
  await scene.says('one')
  await answerIs(scene, 'unknown')
  await scene.sweep()
  assert.equal((await scene.texts()).length, 2, 'the time for a status has not passed')
  await fault(scene, { kind: 'reset_after_accept' })
  await sentLongAgo(scene)
  await scene.sweep()
  assert.deepEqual(await scene.hears(3), ['Say something', 'echo: one', 'echo: one'])
  const again = await answerIs(scene, 'unknown')
  assert.deepEqual([again.attempt, again.possible_duplicate], [2, true])
  await sentLongAgo(scene)
  await scene.sweep()
  await noFaults(scene)
  await scene.says('two')
  assert.deepEqual((await scene.hears(4)).slice(2), ['echo: one', 'echo: two'])
})

test('[F06] kill -9 of the worker between the POST and its outcome: the status settles it, nothing is sent twice', async () => {
  const scene = await asked()
  await fault(scene, { kind: 'slow', ms: 60_000 })
  await scene.says('one')
  await scene.hears(2)
  assert.match((await answer(scene))!.state, /^(sending|sent|delivered)$/)
  await killWorker()
  await answerIs(scene, 'delivered')
  await newWorker()
  await scene.says('two')
  assert.deepEqual(await scene.hears(3), ['Say something', 'echo: one', 'echo: two'])
  const row = (await answer(scene))!
  assert.deepEqual([row.attempt, row.possible_duplicate], [1, false])
})

test('[F05] kill -9 after the claim, and the provider has nothing: unknown, then one flagged resend', async () => {
  const scene = await asked()
  await fault(scene, { kind: 'reset_before_accept', count: null })
  await scene.says('one')
  await answerIs(scene, 'unknown')
  await killWorker()
  await noFaults(scene)
  await sentLongAgo(scene)
  await newWorker()
  await scene.sweep()
  assert.deepEqual(await scene.hears(2), ['Say something', 'echo: one'])
  const row = await answerIs(scene, 'delivered')
  assert.deepEqual([row.attempt, row.possible_duplicate, row.duplicate_detected], [2, true, false])
})

test('a worker that stands still: the sweeper rings and takes nothing away, and the answer comes once', async () => {
  const scene = await asked()
  const [run] = await scene.runs()
  const worker = await freeze(engine, 'worker')
  await scene.says('one')
  await scene.until('the message is there', (row) => row.last_seq === 2)
  await scene.read((tx) =>
    tx.run(sql`update conversations set last_message_at = last_message_at - interval '2 minutes'`),
  )
  for (let round = 0; round < 5; round += 1) await scene.sweep()
  worker.thaw()
  assert.deepEqual(await scene.hears(2), ['Say something', 'echo: one'])
  const row = await scene.until('it is handled', ({ handled_seq }) => handled_seq === 2)
  assert.deepEqual([row.owner_kind, row.owner_id, row.epoch], ['run', run!.id, 1])
  await scene.says('two')
  assert.deepEqual(await scene.hears(3), ['Say something', 'echo: one', 'echo: two'])
})

test('what a terminated run had written and not sent is superseded, and people are called', async () => {
  const scene = await asked()
  await fault(scene, { kind: '429', count: null, retryAfterS: 60 })
  await scene.says('one')
  await eventually('the provider has put it off', async () => ((await answer(scene))?.not_before ?? null) !== null)
  const [run] = await scene.runs()
  await scene.flowHandle(run!.id).terminate('by hand')
  await noFaults(scene)
  await scene.says('anybody?')
  await answerIs(scene, 'superseded')
  await scene.until('people are called', ({ state }) => state === 'queued')
  assert.equal((await scene.texts()).length, 1)
})

test('a run that Temporal has forgotten goes on from its rows, and leads to its page as before', async () => {
  const scene = await asked()
  const [run] = await scene.runs()
  const handle = scene.flowHandle(run!.id)
  const { namespace } = engine.temporal
  const workflowExecution = { workflowId: handle.workflowId }
  await scene.temporal.workflowService.deleteWorkflowExecution({ namespace, workflowExecution })
  const isGone = () =>
    handle.describe().then(
      () => false,
      () => true,
    )
  await eventually('Temporal has forgotten it', isGone)
  await scene.says('one')
  assert.deepEqual(await scene.hears(2), ['Say something', 'echo: one'])
  const details = await (await handle.describe()).staticDetails()
  assert.match(details ?? '', new RegExp(`/runs/${run!.id}\\)$`))
})
