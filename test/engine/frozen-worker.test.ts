import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { sql } from '#infra/db/tx.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { ECHO } from '../support/flows.ts'
import { freeze, openScene, type Scene } from './scene.ts'

/** Past every time-out by which Temporal notices a worker, and past the fence of a send. */
const FROZEN_MS = 45_000
/** What Temporal waits for adds up to most of a minute, before any work is done. */
const NOTICED_WITHIN_MS = 120_000
const TEST_MS = 300_000

let engine: Engine
before(async () => {
  engine = await startEngine()
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  await engine?.stop()
})

const fault = (scene: Scene, body: Record<string, unknown>) =>
  engine.simulator.control('/faults', { phoneNumberId: scene.phoneNumberId, ...body })

async function asked(): Promise<Scene> {
  const scene = await openScene(engine, { flows: [ECHO] })
  await scene.says('hi')
  await scene.hears(1)
  return scene
}

const answerIs = (scene: Scene, state: string) =>
  eventually(
    `the answer is ${state}`,
    async () => {
      const row = (await scene.outbound()).find(({ content }) => content.text === 'echo: one')
      return row?.state === state && row
    },
    60_000,
  )

/** Workers that have said since an instant of the database that they are up. */
const workersSince = (at: Date) =>
  engine.db.relay(async (tx) => {
    const row = await tx.row<{ count: number }>(sql`
      select count(*)::int as count from process_beats where kind = 'worker' and beat_at > ${at}`)
    return row!.count
  })

test('[F08] a worker frozen for 45 s in the middle of its sends is stood in for, and does no harm when it goes on', {
  timeout: TEST_MS,
}, async () => {
  const [told, silent, quiet] = [await asked(), await asked(), await asked()]
  // The provider has both messages and answers neither; of one it tells by a status.
  await fault(silent, { kind: 'drop_status', count: null })
  for (const scene of [told, silent]) {
    await fault(scene, { kind: 'slow', ms: 300_000 })
    await scene.says('one')
    await scene.hears(2)
    await scene.says('two')
  }
  await answerIs(silent, 'sending')
  const old = await freeze(engine, 'worker')
  const frozenAtMs = performance.now()
  const second = await engine.start('worker', 'second worker')

  await quiet.says('one')
  await quiet.hears(2)
  await told.hears(3, NOTICED_WITHIN_MS)
  assert.deepEqual(await told.texts(), ['Say something', 'echo: one', 'echo: two'])
  await eventually('45 s have passed', async () => performance.now() - frozenAtMs >= FROZEN_MS, FROZEN_MS)
  const { at } = (await engine.db.relay((tx) => tx.row<{ at: Date }>(sql`select now() as at`)))!
  old.thaw()
  await eventually('both are up', async () => (await workersSince(at)) === 2)

  const unknown = await answerIs(silent, 'unknown')
  assert.deepEqual([unknown.attempt, unknown.possible_duplicate], [1, false])
  await silent.hears(3)

  // What it remembers of its workflows is old, and now nobody else is there.
  second.kill('SIGKILL')
  await once(second, 'exit')
  for (const scene of [told, silent, quiet]) await scene.says('three')
  assert.deepEqual(await told.hears(4), ['Say something', 'echo: one', 'echo: two', 'echo: three'])
  assert.deepEqual(await silent.hears(4), ['Say something', 'echo: one', 'echo: two', 'echo: three'])
  assert.deepEqual(await quiet.hears(3), ['Say something', 'echo: one', 'echo: three'])

  // Nobody has ever told of it, so it is sent once more: flagged, and as the second attempt that it is.
  await silent.read((tx) =>
    tx.run(sql`
      update messages set sending_at = sending_at - interval '2 minutes', not_before = not_before - interval '2 minutes'
      where state = 'unknown'`),
  )
  await silent.sweep()
  assert.equal((await silent.hears(5)).at(-1), 'echo: one')
  const resent = await answerIs(silent, 'accepted')
  assert.deepEqual([resent.attempt, resent.possible_duplicate], [2, true])

  for (const scene of [told, silent, quiet]) {
    const { last_seq, handled_seq } = await scene.conversation()
    assert.equal(handled_seq, last_seq)
    const attempts = (await scene.sends()).map(({ callbackData }) => callbackData)
    assert.equal(new Set(attempts).size, attempts.length, 'no attempt was made twice')
  }
})
