import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { after, before, test } from 'node:test'
import { CALL_TIMEOUT_MS_MAX } from '#domain/flows/limits.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { calls } from './flows.ts'
import { openScene, type Scene } from './scene.ts'

/** A stranger's server that answers when a test says so. */
const stranger = createServer(({ url, headers }, response) => asked.push({ url, headers, response }))
const asked: { url: string | undefined; headers: Record<string, unknown>; response: ServerResponse }[] = []
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
  for (const { response } of asked) response.destroy()
  process.stderr.write(engine?.complaints() ?? '')
  await engine?.stop()
  stranger.close()
})

const askedAt = (path: string) => asked.filter(({ url }) => url === path)

const untilAsked = (path: string, count: number) =>
  eventually(
    `${count} requests at ${path}`,
    async () => {
      const requests = askedAt(path)
      return requests.length >= count && requests
    },
    // Less than the time of the longest call: a worker that is gone is noticed by its silence.
    40_000,
  )

async function whileItCalls(path: string): Promise<{ scene: Scene; runId: string }> {
  const scene = await openScene(engine, { flows: [calls(`${origin}${path}`, CALL_TIMEOUT_MS_MAX / 1_000)] })
  await scene.says('hi')
  const { id } = await scene.untilRun('it calls', ({ posture }) => posture === 'calling')
  await untilAsked(path, 1)
  return { scene, runId: id }
}

type Instant = { seconds?: unknown } | null | undefined
const secondsOf = (at: Instant): number => Number(at?.seconds ?? Number.NaN)

test('[FLOW-02] a server that takes longer than a worker may be silent is asked once, and its answer is used', async () => {
  const { scene, runId } = await whileItCalls('/slow')
  const handle = scene.flowHandle(runId)
  const { events } = await handle.fetchHistory()
  const scheduled = events?.findLast((event) => event.activityTaskScheduledEventAttributes)
  const { startToCloseTimeout, heartbeatTimeout } = scheduled!.activityTaskScheduledEventAttributes!
  assert.ok(secondsOf(startToCloseTimeout) * 1_000 > CALL_TIMEOUT_MS_MAX, 'the step ends by its own time-out')

  await eventually(
    'the worker is heard of for longer than it may be silent',
    async () => {
      const [call] = (await handle.describe()).raw.pendingActivities ?? []
      return secondsOf(call?.lastHeartbeatTime) - secondsOf(call?.lastStartedTime) > secondsOf(heartbeatTimeout)
    },
    60_000,
  )
  askedAt('/slow')[0]!.response.end('{"word":"yes"}')
  assert.deepEqual(await scene.hears(1), ['It says yes. And you?'])
  assert.equal(askedAt('/slow').length, 1)
})

for (const [signal, how] of [
  ['SIGKILL', 'killed'],
  ['SIGTERM', 'told to end'],
] as const) {
  test(`a worker that is ${how} during a call leaves it to another, which makes it under the same key`, async () => {
    const path = `/${signal}`
    const { scene } = await whileItCalls(path)
    const worker = engine.processes.get('worker')!
    worker.kill(signal)
    await once(worker, 'exit')
    engine.processes.set('worker', await engine.start('worker', `worker after ${signal}`))

    const [first, second] = await untilAsked(path, 2)
    assert.ok(first!.headers['idempotency-key'])
    assert.equal(second!.headers['idempotency-key'], first!.headers['idempotency-key'])
    second!.response.end('{"word":"yes"}')
    assert.deepEqual(await scene.hears(1), ['It says yes. And you?'])
    assert.equal(askedAt(path).length, 2)
  })
}
