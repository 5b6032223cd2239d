import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { after, before, test } from 'node:test'
import { sql } from '#infra/db/tx.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { ECHO } from '../support/flows.ts'
import { calls, delayed } from './flows.ts'
import { freeze, openScene, type Scene } from './scene.ts'

/** A stranger's server that never answers. */
const stranger = createServer((_, response) => pending.push(response))
const pending: ServerResponse[] = []
let origin = ''

let engine: Engine
before(async () => {
  stranger.listen(0, '127.0.0.1')
  await once(stranger, 'listening')
  const address = stranger.address()
  origin = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : ''
  engine = await startEngine({ origins: [origin] })
})
after(async () => {
  for (const response of pending) response.destroy()
  process.stderr.write(engine?.complaints() ?? '')
  await engine?.stop()
  stranger.close()
})

/** What somebody in the Temporal UI may do to a run, and what must hold afterwards. */
const ways = ['cancel', 'terminate'] as const

async function end(scene: Scene, runId: string, way: (typeof ways)[number]): Promise<void> {
  const handle = scene.flowHandle(runId)
  await (way === 'cancel' ? handle.cancel() : handle.terminate('by hand'))
  await eventually('the workflow is over', async () => (await handle.describe()).status.name !== 'RUNNING', 60_000)
}

async function peopleAreCalled(scene: Scene): Promise<void> {
  const row = await scene.until('people are called', ({ state }) => state === 'queued')
  assert.deepEqual([row.owner_kind, row.needs_people], ['none', true])
  assert.equal(row.cut_epoch, row.epoch, 'what the run had queued does not leave any more')
  const [run] = await scene.runs()
  assert.ok(run!.state === 'closed' || run!.state === 'failed')
}

for (const way of ways) {
  test(`[FLOW-07] ${way} while a flow asks: the next message is for people`, async () => {
    const scene = await openScene(engine, { flows: [ECHO] })
    await scene.says('hi')
    await scene.hears(1)
    const run = await scene.untilRun('it asks', ({ posture }) => posture === 'asking')
    await end(scene, run.id, way)
    await scene.says('anybody?')
    await peopleAreCalled(scene)
    await scene.until('the message is theirs', (row) => row.last_seq === 2 && row.handled_seq === 2)
    await scene.takeOver()
    await scene.replies('I am')
    assert.deepEqual(await scene.hears(2), ['Say something', 'I am'])
  })

  test(`[FLOW-07] ${way} during a call: what waits behind it is for people`, async () => {
    const scene = await openScene(engine, { flows: [calls(`${origin}/never`)] })
    await scene.says('hi')
    const run = await scene.untilRun('it calls', ({ posture }) => posture === 'calling')
    await scene.says('early')
    await scene.until('it waits', (row) => row.last_seq === 2)
    await end(scene, run.id, way)
    if (way === 'terminate') await scene.says('hello?')
    await peopleAreCalled(scene)
    await scene.until('nothing waits', (row) => row.handled_seq === row.last_seq)
    assert.deepEqual(await scene.texts(), [])
  })

  test(`[FLOW-07] ${way} in a long delay: the run is over, and nobody is called for a talk that is none`, async () => {
    const scene = await openScene(engine, { flows: [delayed(60)] })
    await scene.says('journey')
    const run = await scene.untilRun('it waits', ({ posture }) => posture === 'delaying')
    await scene.hears(1)
    await end(scene, run.id, way)
    // Nobody writes, so only the sweeper can notice that the clock of a run has nobody who looks at it.
    if (way === 'terminate') {
      await scene.waitIsOver(run.id)
      await scene.sweep()
    }
    const over = await scene.untilRun('it is over', ({ state }) => state === 'closed' || state === 'failed')
    assert.equal(over.state, way === 'cancel' ? 'closed' : 'failed')
    const row = await scene.conversation()
    assert.deepEqual([row.state, row.owner_kind], ['bot', 'none'])
    await scene.says('journey')
    await scene.untilRun('the next journey begins', ({ posture }) => posture === 'delaying', 1)
  })
}

test('a run whose workflow was ended while a person had the conversation calls people when it is handed back', async () => {
  const scene = await openScene(engine, { flows: [ECHO] })
  await scene.says('hi')
  await scene.hears(1)
  const run = await scene.untilRun('it asks', ({ posture }) => posture === 'asking')
  await scene.takeOver()
  await end(scene, run.id, 'terminate')
  await scene.handBack()
  const row = await scene.until('people are called', ({ state }) => state === 'queued')
  assert.equal(row.owner_kind, 'none')
  assert.equal((await scene.runs())[0]!.state, 'failed')
})

test('a run taken over before its workflow began starts when it is handed back', async () => {
  const scene = await openScene(engine, { flows: [ECHO] })
  const worker = await freeze(engine, 'worker')
  await scene.says('hi')
  await scene.until('the message is there', (row) => row.last_seq === 1)
  await eventually('its bell is rung', async () => {
    const bell = await scene.read((tx) => tx.row<{ rung: boolean }>(sql`select rung = version as rung from bells`))
    return bell?.rung
  })
  const dispatcher = await freeze(engine, 'dispatcher')
  worker.thaw()
  // The run is written by the turn of the conversation; without a dispatcher nobody starts its workflow.
  const run = await scene.untilRun('it is to start', ({ state }) => state === 'starting')
  await scene.takeOver()
  dispatcher.thaw()
  await eventually('its ring led nowhere', async () => (await scene.runs())[0]!.state === 'parked', 60_000)
  await scene.replies('One moment')
  assert.deepEqual(await scene.hears(1), ['One moment'])
  await scene.handBack()
  assert.deepEqual(await scene.hears(2), ['One moment', 'Say something'])
  await scene.says('one')
  assert.equal((await scene.hears(3)).at(-1), 'echo: one')
  assert.equal((await scene.runs())[0]!.id, run.id)
})

for (const way of ways) {
  test(`${way} of a conversation's own workflow: the next bell starts it again`, async () => {
    const scene = await openScene(engine, { flows: [ECHO] })
    await scene.says('hi')
    await scene.hears(1)
    const { id } = await scene.conversation()
    await scene.takeOver()
    await scene.replies('hello')
    await scene.hears(2)
    const handle = scene.conversationHandle(id)
    await (way === 'cancel' ? handle.cancel() : handle.terminate('by hand'))
    await scene.replies('still here')
    // A bell that the ending workflow has swallowed is missed by the sweeper half a minute later.
    await scene.read((tx) => tx.run(sql`update messages set created_at = created_at - interval '1 minute'`))
    await eventually('it is sent', async () => {
      await scene.sweep()
      return (await scene.texts()).length >= 3
    })
    assert.equal((await scene.hears(3)).at(-1), 'still here')
    await scene.says('fine')
    await scene.until('it is handled', (row) => row.handled_seq === 2 && row.last_seq === 2)
  })
}
