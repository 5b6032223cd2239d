import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { sql } from '#infra/db/tx.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { ECHO } from '../support/flows.ts'
import { openWire, type Wire } from '../support/wire.ts'
import { freeze, lockConversationRow, openScene } from './scene.ts'

let engine: Engine
let wire: Wire
before(async () => {
  engine = await startEngine({
    temporalAddress: async (address) => {
      wire = await openWire(address)
      return wire.address
    },
  })
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  wire?.mend()
  await engine?.stop()
  wire?.close()
})

test('while Temporal is down webhooks are taken, people work, and afterwards nothing is missing', async () => {
  const scene = await openScene(engine, { flows: [ECHO] })
  await scene.says('hi')
  await scene.hears(1)
  wire.cut()
  await scene.says('one')
  await scene.until('the message is in the inbox', (row) => row.last_seq === 2)
  await scene.takeOver()
  await scene.replies('first')
  await scene.replies('second')
  const row = await scene.conversation()
  assert.deepEqual([row.state, row.owner_id], ['assigned', scene.agentId])
  assert.equal((await scene.texts()).length, 1)
  wire.mend()
  assert.deepEqual(await scene.hears(3), ['Say something', 'first', 'second'])
  await scene.until('the message is the person’s', ({ handled_seq }) => handled_seq === 2)
  await scene.handBack()
  assert.equal((await scene.hears(4)).at(-1), 'Say something')
  await scene.says('two')
  assert.equal((await scene.hears(5)).at(-1), 'echo: two')
})

test('[FLOW-07] a worker that dies right after its turn was committed: the turn is not taken twice', async () => {
  const scene = await openScene(engine, { flows: [ECHO] })
  await scene.says('hi')
  await scene.hears(1)
  const { id } = await scene.conversation()
  const worker = engine.processes.get('worker')!
  const frozen = await freeze(engine, 'worker')
  await scene.says('one')
  await scene.until('the message is there', (row) => row.last_seq === 2)
  await eventually('its bell is rung', async () => {
    const bell = await scene.read((tx) => tx.row<{ rung: boolean }>(sql`select rung = version as rung from bells`))
    return bell?.rung
  })
  const lock = await lockConversationRow(engine, id)
  frozen.thaw()
  await lock.waiting(1)
  // From here on the server hears nothing of what the worker does.
  wire.freeze()
  await lock.release()
  const run = await scene.untilRun('the turn is committed', ({ turn }) => turn === 2)
  worker.kill('SIGKILL')
  await once(worker, 'exit')
  wire.mend()
  await engine.start('worker', 'worker-2')
  assert.deepEqual(await scene.hears(2), ['Say something', 'echo: one'])
  await scene.says('two')
  assert.deepEqual(await scene.hears(3), ['Say something', 'echo: one', 'echo: two'])
  const turns = await scene.read((tx) =>
    tx.rows<{ turn: number }>(sql`select turn from turn_outcomes where workflow_id like 'flow/%' order by turn`),
  )
  // A bell may ring twice on a slow machine; a look that finds nothing is a turn, too, after these.
  assert.deepEqual(turns.map(({ turn }) => turn).slice(0, 3), [0, 1, 2])
  const { events } = await scene.flowHandle(run.id).fetchHistory()
  const lost = events?.filter((event) => event.workflowTaskTimedOutEventAttributes).length
  assert.equal(lost, 1, 'the task in which the turn was committed was lost, and taken again')
})
