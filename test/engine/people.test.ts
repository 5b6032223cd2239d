import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createDefinitions } from '#infra/db/stores/mailbox/definitions.ts'
import { releaseHeld } from '#infra/db/stores/mailbox/held.ts'
import { retryMessage } from '#infra/db/stores/mailbox/reply.ts'
import { cancelRun } from '#infra/db/stores/mailbox/runs.ts'
import { startForApi } from '#infra/db/stores/mailbox/triggers.ts'
import { sql } from '#infra/db/tx.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { ECHO, flow } from '../support/flows.ts'
import { delayed, impatient } from './flows.ts'
import { freeze, openScene, type Scene } from './scene.ts'

let engine: Engine
before(async () => {
  engine = await startEngine()
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  await engine?.stop()
})

const handled = (scene: Scene, seq: number) =>
  scene.until(`${seq} are handled`, (row) => row.handled_seq === seq && row.last_seq === seq && row.held_count === 0)

const outboundBecomes = (scene: Scene, text: string, state: string) =>
  eventually(`"${text}" is ${state}`, async () => {
    const row = (await scene.outbound()).find(({ content }) => content.text === text)
    return row?.state === state && row
  })

test('[FLOW-07] a take-over between the turn and its send: the bot does not speak, the person does', async () => {
  const scene = await openScene(engine, { flows: [ECHO] })
  await scene.says('hi')
  await scene.hears(1)
  await engine.simulator.control('/faults', {
    kind: '429',
    count: null,
    retryAfterS: 1,
    phoneNumberId: scene.phoneNumberId,
  })
  await scene.says('one')
  await eventually('the provider has put it off', async () => (await scene.outbound())[1]?.not_before != null)
  await scene.takeOver()
  await outboundBecomes(scene, 'echo: one', 'superseded')
  await scene.replies('I am here')
  await fetch(`${engine.simulator.url}/control/faults?phoneNumberId=${scene.phoneNumberId}`, { method: 'DELETE' })
  assert.deepEqual(await scene.hears(2), ['Say something', 'I am here'])
  await scene.says('good')
  const taken = await handled(scene, 3)
  assert.equal(taken.state, 'assigned')
  await scene.handBack()
  assert.deepEqual(await scene.hears(3), ['Say something', 'I am here', 'echo: one'], 'it repeats its question')
  await scene.says('two')
  assert.equal((await scene.hears(4)).at(-1), 'echo: two')
})

test('[CONV-10] the 21st message in a minute is held, [CONV-12] and answered after a supervisor releases it', async () => {
  const scene = await openScene(engine, { flows: [ECHO] })
  await scene.unlimited()
  await scene.says('hi')
  await scene.hears(1)
  for (let n = 1; n <= 24; n += 1) await scene.says(`m${n}`)
  const echoes = Array.from({ length: 24 }, (_, n) => `echo: m${n + 1}`)
  assert.deepEqual(await scene.hears(20), ['Say something', ...echoes.slice(0, 19)])
  const blocked = await scene.until('five are held', (row) => row.held_count === 5)
  assert.equal(blocked.last_seq, 20)
  assert.equal((await scene.texts()).length, 20, 'flows do not answer what is held')
  await scene.read((tx) =>
    releaseHeld(tx, { tenantId: scene.tenantId, conversationId: blocked.id, actor: scene.actor }),
  )
  assert.deepEqual(await scene.hears(25), ['Say something', ...echoes])
  await handled(scene, 25)
})

test('[CONV-12] held, then released, then taken over: the person has them, and nobody answers twice', async () => {
  const scene = await openScene(engine, { flows: [ECHO] })
  await scene.unlimited()
  for (let n = 1; n <= 23; n += 1) await scene.says(`m${n}`)
  const blocked = await scene.until('three are held', (row) => row.held_count === 3 && row.handled_seq === 20)
  await scene.hears(20)
  const worker = await freeze(engine, 'worker')
  await scene.read((tx) =>
    releaseHeld(tx, { tenantId: scene.tenantId, conversationId: blocked.id, actor: scene.actor }),
  )
  await scene.takeOver()
  worker.thaw()
  const row = await handled(scene, 23)
  assert.deepEqual([row.last_seq, row.state], [23, 'assigned'])
  assert.equal((await scene.texts()).length, 20)
})

test('[FLOW-07] two triggers at once are two requests and one floor: the second asks when the first is done', async () => {
  const api = (question: string) =>
    flow(
      { start: { type: 'start' }, ask: { type: 'ask_text', config: { text: question, variable: 'said' } } },
      ['start.next > ask'],
      [{ kind: 'api' }],
    )
  const scene = await openScene(engine, { flows: [api('First?'), api('Second?')] })
  await scene.says('hello')
  await scene.until('nobody takes it', (row) => row.state === 'queued')
  await scene.handBack()
  const contact = await scene.read((tx) => tx.row<{ id: string }>(sql`select id from contacts limit 1`))
  await Promise.all(
    scene.flows.map(({ flowId }, index) =>
      scene.read((tx) =>
        startForApi(tx, {
          tenantId: scene.tenantId,
          flowId,
          contactId: contact!.id,
          key: `at-once-${index}`,
          actor: scene.actor,
          definitions: createDefinitions(),
          nowMs: Date.now(),
        }),
      ),
    ),
  )
  const [first] = await scene.hears(1)
  await eventually('the other one waits', async () =>
    (await scene.runs()).some((run) => run.posture === 'waiting_floor'),
  )
  assert.equal((await scene.texts()).length, 1, 'one voice at a time')
  await scene.says('answer')
  assert.deepEqual(await scene.hears(2), [first, first === 'First?' ? 'Second?' : 'First?'])
  await scene.says('another')
  await handled(scene, 3)
  await eventually('both are over', async () => (await scene.runs()).every((run) => run.outcome === 'completed'))
})

test('[FLOW-07] a person ends a run: its conversation is theirs, and it never speaks again', async () => {
  const scene = await openScene(engine, { flows: [ECHO] })
  await scene.says('hi')
  await scene.hears(1)
  const [run] = await scene.runs()
  await scene.read((tx) => cancelRun(tx, { tenantId: scene.tenantId, runId: run!.id, actor: scene.actor }))
  await scene.says('anybody?')
  const row = await handled(scene, 2)
  assert.deepEqual([row.state, row.owner_kind], ['queued', 'none'])
  await scene.flowHandle(run!.id).result()
  assert.equal((await scene.texts()).length, 1)
})

test('[BILL-02] [BILL-03] past the messages of the plan a flow says nothing: it is seen, it calls people, and goes once there is room', async () => {
  const scene = await openScene(engine, { flows: [ECHO] })
  const allow = (messages: number) =>
    scene.read((tx) => tx.run(sql`update tenants set quotas = ${JSON.stringify({ messages })}`))
  const used = () =>
    scene.read((tx) =>
      tx.row<{ used: number; position: number }>(
        sql`select used, position from usage_counters where quota = 'messages'`,
      ),
    )
  await allow(1)
  await scene.says('hi')
  await scene.hears(1)
  const full = await eventually('it is counted', async () => {
    const row = await used()
    return row?.used === 1 && row
  })
  // What comes in is never refused; only the answer is.
  await scene.says('hello')
  const row = await scene.until('it is with people', ({ needs_people }) => needs_people)
  assert.deepEqual([row.last_seq, row.owner_kind], [2, 'none'])
  const refused = await outboundBecomes(scene, 'echo: hello', 'failed')
  const told = await scene.read((tx) =>
    tx.row<{ code: string }>(sql`select failure ->> 'code' as code from messages where id = ${refused.id}`),
  )
  assert.equal(told?.code, 'quota_exceeded')
  assert.equal((await scene.runs())[0]!.state, 'failed')
  await eventually('the refused one was looked at', async () => (await used())!.position > full.position)
  assert.equal((await used())!.used, 1, 'what was refused is no use')
  await allow(2)
  await scene.read((tx) => retryMessage(tx, { tenantId: scene.tenantId, messageId: refused.id }))
  assert.equal((await scene.hears(2)).at(-1), 'echo: hello')
})

test('[CONV-01] [FLOW-15] a flow that wakes in a closed conversation opens it again before it speaks', async () => {
  const scene = await openScene(engine, { flows: [delayed(5)] })
  await scene.says('journey')
  const run = await scene.untilRun('it waits', (found) => found.posture === 'delaying')
  await scene.hears(1)
  await scene.close()
  await scene.waitIsOver(run.id)
  await scene.sweep()
  assert.deepEqual(await scene.hears(2), ['See you', 'Still there?'])
  const row = await scene.until('it is open again', ({ state }) => state === 'bot')
  assert.equal(row.id, run.conversation_id)
  await scene.says('yes')
  assert.equal((await scene.hears(3)).at(-1), 'Good: yes')
})

test('[CONV-01] [FLOW-15] a flow that wakes when the contact has a new conversation goes on in that one', async () => {
  const scene = await openScene(engine, { flows: [delayed(5)] })
  await scene.says('journey')
  const run = await scene.untilRun('it waits', (found) => found.posture === 'delaying')
  await scene.hears(1)
  await scene.close()
  await scene.says('something else')
  const fresh = await scene.until(
    'a new conversation',
    (row) => row.id !== run.conversation_id && row.state === 'queued',
  )
  await scene.handBack()
  await scene.waitIsOver(run.id)
  await scene.sweep()
  assert.deepEqual(await scene.hears(2), ['See you', 'Still there?'])
  const moved = await scene.untilRun('it asks', (found) => found.posture === 'asking')
  assert.equal(moved.conversation_id, fresh.id)
  const open = await scene.read((tx) =>
    tx.rows<{ id: string }>(sql`select id from conversations where state <> 'closed'`),
  )
  assert.deepEqual(open, [{ id: fresh.id }])
})

test('a bell that brings nothing does not make a flow forget how long it waits for an answer', async () => {
  const scene = await openScene(engine, { flows: [impatient(1)] })
  await scene.says('hi')
  await scene.hears(1)
  const run = await scene.untilRun('it asks', ({ posture }) => posture === 'asking')
  const armed = async () => {
    await scene.flowHandle(run.id).signal('bell')
    const row = await scene.read((tx) =>
      tx.row<{ wake_at: Date | null; turn: number }>(sql`select wake_at, turn from runs where id = ${run.id}`),
    )
    return row!.turn > run.turn && row!.wake_at !== null
  }
  await eventually('its clock still runs after a turn for nothing', armed, 60_000)
})
