import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { after, before, test } from 'node:test'
import { sql } from '#infra/db/tx.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { ECHO } from '../support/flows.ts'
import { ASK_AND_THANK, calls, FAREWELL, onWord } from './flows.ts'
import { freeze, lockConversationRow, openScene, type Scene } from './scene.ts'

/** A stranger's server that answers when the test says so. */
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
  // Two of them for every test of this file: whatever they do to each other, nothing may come of it.
  await engine.start('dispatcher', 'dispatcher-2')
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  await engine?.stop()
  stranger.close()
})

async function isQuiet(scene: Scene): Promise<void> {
  await scene.until('everything is handled', (row) => row.handled_seq === row.last_seq)
  await eventually('every bell is rung and nothing is left to send', async () => {
    const row = await scene.read((tx) =>
      tx.row<{ waits: boolean }>(sql`
        select exists (select from bells where rung < version) or exists (select from runs where rung < rings)
          or exists (select from messages where state in ('queued', 'sending', 'unknown')) as waits`),
    )
    return row?.waits === false
  })
}

test('[FLOW-07] a message that arrives while a turn commits is heard by the next one', async () => {
  const scene = await openScene(engine, { flows: [ECHO] })
  await scene.says('hi')
  await scene.hears(1)
  const { id } = await scene.conversation()
  const lock = await lockConversationRow(engine, id)
  const [run] = await scene.runs()
  await scene.flowHandle(run!.id).signal('bell')
  await lock.waiting(1)
  await scene.says('one')
  await lock.waiting(2)
  await lock.release()
  assert.deepEqual(await scene.hears(2), ['Say something', 'echo: one'])
  await scene.says('two')
  assert.deepEqual(await scene.hears(3), ['Say something', 'echo: one', 'echo: two'])
  await isQuiet(scene)
})

test('[FLOW-07] a message that arrives while its run ends goes to the next owner', async () => {
  const scene = await openScene(engine, { flows: [ASK_AND_THANK] })
  await scene.says('hi')
  await scene.hears(1)
  const { id } = await scene.conversation()
  const worker = await freeze(engine, 'worker')
  await scene.says('Ana')
  await scene.until('the answer is there', (row) => row.last_seq === 2)
  const lock = await lockConversationRow(engine, id)
  worker.thaw()
  await lock.waiting(1)
  await scene.says('hello again')
  await lock.waiting(2)
  await lock.release()
  assert.deepEqual(await scene.hears(3), ['Your name?', 'Thanks, Ana', 'Your name?'])
  const runs = await scene.runs()
  assert.deepEqual(
    runs.map((run) => [run.state, run.outcome]),
    [
      ['closed', 'completed'],
      ['open', null],
    ],
  )
  await isQuiet(scene)
})

test('[FLOW-07] a flow that ends on the first of three messages leaves two to the next owner', async () => {
  const scene = await openScene(engine, { flows: [ASK_AND_THANK] })
  await scene.says('hi')
  await scene.hears(1)
  const worker = await freeze(engine, 'worker')
  for (const text of ['Ana', 'start over', 'Bea']) await scene.says(text)
  await scene.until('three are there', (row) => row.last_seq === 4)
  worker.thaw()
  assert.deepEqual(await scene.hears(4), ['Your name?', 'Thanks, Ana', 'Your name?', 'Thanks, Bea'])
  await isQuiet(scene)
})

test('what the owner changed to while a bell was in flight decides who hears the message', async () => {
  const scene = await openScene(engine, { flows: [ECHO] })
  await scene.says('hi')
  await scene.hears(1)
  const worker = await freeze(engine, 'worker')
  await scene.says('for whom?')
  await scene.until('it is there', (row) => row.last_seq === 2)
  await scene.takeOver()
  worker.thaw()
  await isQuiet(scene)
  const taken = await scene.conversation()
  assert.deepEqual([taken.state, taken.owner_kind, taken.owner_id], ['assigned', 'user', scene.agentId])
  assert.deepEqual(await scene.texts(), ['Say something'], 'the bot kept silent')
  await scene.handBack()
  assert.deepEqual(await scene.hears(2), ['Say something', 'Say something'], 'handed back, it repeats its question')
  await scene.says('me')
  assert.equal((await scene.hears(3)).at(-1), 'echo: me')
  await isQuiet(scene)
})

test('[FLOW-07] a farewell that is written together with a hand-over goes out', async () => {
  const scene = await openScene(engine, { flows: [FAREWELL] })
  await scene.says('help')
  assert.deepEqual(await scene.hears(1), ['A colleague will write to you.'])
  const row = await scene.until('it is queued', ({ state }) => state === 'queued')
  assert.equal(row.needs_people, true)
  await scene.says('anybody?')
  await scene.until('it is there', (found) => found.last_seq === 2)
  await isQuiet(scene)
  assert.equal((await scene.texts()).length, 1, 'people are wanted: no flow begins')
})

test('[FLOW-07] [FLOW-10] two messages at once: the first is the trigger, the second is the answer', async () => {
  const scene = await openScene(engine, { flows: [onWord('alpha', 'First?'), onWord('beta', 'Second?')] })
  await Promise.all([scene.says('alpha'), scene.says('beta')])
  const texts = await scene.hears(2)
  const [first] = texts
  assert.ok(first === 'First?' || first === 'Second?')
  assert.equal(texts[1], first === 'First?' ? 'First? beta' : 'Second? alpha')
  await isQuiet(scene)
  assert.equal((await scene.runs()).length, 1)
})

test('[FLOW-07] [FLOW-02] what the customer writes during an outside call answers the question after it', async () => {
  const scene = await openScene(engine, { flows: [calls(`${origin}/word`)] })
  await scene.says('hi')
  await eventually('the call', async () => pending.length > 0, 60_000)
  const run = await scene.untilRun('it calls', ({ posture }) => posture === 'calling')
  assert.equal(run.state, 'open')
  await scene.says('early')
  await scene.until('it waits', (row) => row.last_seq === 2 && row.handled_seq === 1)
  for (const response of pending.splice(0)) response.setHeader('content-type', 'application/json').end('{"word":"yes"}')
  assert.deepEqual(await scene.hears(2), ['It says yes. And you?', 'You said early'])
  await isQuiet(scene)
})

test('[PERF-08] how long another system took is told apart in the log of the run', async () => {
  const scene = await openScene(engine, { flows: [calls(`${origin}/slow`)] })
  await scene.says('hi')
  await eventually('the call', async () => pending.length > 0, 60_000)
  const calledAtMs = Date.now()
  const slowMs = await eventually('a while', async () => Date.now() - calledAtMs > 400 && Date.now() - calledAtMs)
  for (const response of pending.splice(0)) response.setHeader('content-type', 'application/json').end('{"word":"yes"}')
  await scene.hears(1)
  const told = await scene.read((tx) =>
    tx.rows<{ node_id: string; took_ms: number }>(sql`
      select node_id, (detail ->> 'tookMs')::int as took_ms from run_events where kind = 'called'`),
  )
  assert.deepEqual([told.length, told[0]?.node_id], [1, 'call'])
  assert.ok(told[0]!.took_ms >= slowMs - 50, `${told[0]!.took_ms} ms of ${slowMs}`)
})

test('[F31] [F60] the same webhook ten times, with two dispatchers, is one message and one answer', async () => {
  const scene = await openScene(engine, { flows: [ECHO] })
  await scene.says('hi')
  await scene.hears(1)
  await engine.simulator.control('/faults', {
    kind: 'duplicate_webhook',
    times: 10,
    phoneNumberId: scene.phoneNumberId,
  })
  await scene.says('once')
  assert.deepEqual(await scene.hears(2), ['Say something', 'echo: once'])
  await isQuiet(scene)
  assert.equal((await scene.conversation()).last_seq, 2)
  assert.equal((await scene.texts()).length, 2)
})
