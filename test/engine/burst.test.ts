import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from '#infra/db/tx.ts'
import { ensureNamespace } from '../../scripts/start/temporal.ts'
import { type Engine, startEngine } from '../support/engine.ts'
import { ECHO } from '../support/flows.ts'
import { startTemporal, type TestServer } from '../support/temporal.ts'
import { openScene, type Scene } from './scene.ts'

let server: TestServer
let engine: Engine
before(async () => {
  // A run is asked to continue as new after a few turns here, so a burst meets many such moments; one that did not would
  // be terminated by the server.
  const dynamicConfig = { 'limit.historyCount.suggestContinueAsNew': 80, 'limit.historyCount.error': 500 }
  server = await startTemporal({ dynamicConfig })
  const namespace = 'burst'
  await ensureNamespace(server.address, namespace)
  engine = await startEngine({ temporal: { address: server.address, namespace } })
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  await engine?.stop()
  await server?.stop()
})

/** How many runs a workflow has had, and the longest history among them. */
async function chainOf(scene: Scene, workflowId: string): Promise<{ runs: number; eventsMax: number }> {
  let runs = 0
  let eventsMax = 0
  for await (const run of scene.temporal.workflow.list({ query: `WorkflowId = "${workflowId}"` })) {
    runs += 1
    eventsMax = Math.max(eventsMax, run.historyLength ?? 0)
  }
  return { runs, eventsMax }
}

test('[F36] [F37] five hundred replies while their workflow continues as new again and again: all go out, in order', async () => {
  const scene = await openScene(engine)
  await scene.unlimited()
  await scene.says('hello')
  const { id } = await scene.until('it is queued', ({ state }) => state === 'queued')
  await scene.takeOver()
  const wanted = Array.from({ length: 500 }, (_, n) => `reply ${n + 1}`)
  for (const text of wanted) await scene.replies(text)
  assert.deepEqual(await scene.hears(500, 100_000), wanted)
  const handle = scene.conversationHandle(id)
  const chain = await chainOf(scene, handle.workflowId)
  assert.ok(chain.runs >= 10, `${chain.runs} runs`)
  assert.ok(chain.eventsMax < 200, `a history of ${chain.eventsMax} events`)
})

test('[F36] [F37] a flow that continues as new between two answers loses no answer and asks nothing twice', async () => {
  const scene = await openScene(engine, { flows: [ECHO] })
  await scene.unlimited()
  await scene.says('hi')
  await scene.hears(1)
  await scene.mayWriteMuch()
  const texts = Array.from({ length: 45 }, (_, n) => `m${n + 1}`)
  for (const text of texts) await scene.says(text)
  assert.deepEqual(await scene.hears(46), ['Say something', ...texts.map((text) => `echo: ${text}`)])
  const row = await scene.until('all are handled', ({ handled_seq }) => handled_seq === 46)
  assert.equal(row.owner_kind, 'run')
  const [run] = await scene.runs()
  const chain = await chainOf(scene, scene.flowHandle(run!.id).workflowId)
  assert.ok(chain.runs >= 2, `${chain.runs} runs`)
  const turns = await scene.read((tx) =>
    tx.row<{ count: number; last: number }>(sql`
      select count(*)::int as count, max(turn) as last from turn_outcomes where workflow_id like 'flow/%'`),
  )
  assert.equal(turns!.count, turns!.last + 1, 'turns are numbered through all runs of the workflow')
})
