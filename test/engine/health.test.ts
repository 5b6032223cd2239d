import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { createApp } from '#api/app.ts'
import type { ApiDeps } from '#api/deps.ts'
import { platformHealthApi } from '#api/routes/platform-health.ts'
import type { SystemHealth } from '#domain/platform/health.ts'
import { createPlatformDb } from '#infra/db/platform.ts'
import { createTemporalClient } from '#temporal/client.ts'
import { createConnection } from '#temporal/connection.ts'
import { eventually, startEngine } from '../support/engine.ts'
import { AUTH_BY_HEADER, ORIGIN } from '../support/product.ts'
import { openScene } from './scene.ts'

const engine = await startEngine()
const { address, namespace } = engine.temporal
const connection = createConnection({ address, namespace })
const platform = createPlatformDb({ url: engine.database.urls.platform })
const admin = new pg.Client({ connectionString: engine.database.adminUrl })
await admin.connect()
after(async () => {
  await Promise.all([connection.close(), platform.close(), admin.end()])
  await engine.stop()
})

const quiet = () => undefined
const deps = {
  db: engine.db,
  auth: AUTH_BY_HEADER,
  platform,
  keyRing: engine.keyRing,
  clock: { nowMs: Date.now },
  log: { info: quiet, warn: quiet, error: quiet },
  temporal: createTemporalClient({ namespace }, { connection, keyRing: engine.keyRing }),
  settings: {
    origins: [ORIGIN],
    trustedProxies: [],
    secureCookies: false,
    publicConfig: { temporalNamespace: namespace },
  },
  provisionWorkspace: [],
} as unknown as ApiDeps
const app = createApp(deps, { api: [{ path: '/platform', build: platformHealthApi }], root: [] })

const scene = await openScene(engine)
const person = scene.agentId
await admin.query('insert into platform.administrators (person_id) values ($1)', [person])

async function health(): Promise<SystemHealth> {
  const response = await app.request('/api/v1/platform/health', {
    headers: { 'x-test-person': `${person}@${scene.tenantId}` },
  })
  const text = await response.text()
  assert.equal(response.status, 200, text)
  return JSON.parse(text) as SystemHealth
}

const until = (what: string, wanted: (now: SystemHealth) => boolean) =>
  eventually(
    what,
    async () => {
      const now = await health()
      return wanted(now) && now
    },
    90_000,
  )

test('health says that the worker is dead, and since when nobody has taken what a customer wrote', async () => {
  const well = await until('both processes are heard', ({ processes: { worker, dispatcher } }) =>
    [worker, dispatcher].every(({ state }) => state === 'up'),
  )
  assert.deepEqual(well.temporal, { state: 'up', unattended: [] })
  assert.equal(well.processes.worker.upCount, 1)

  const worker = engine.processes.get('worker')!
  worker.kill('SIGKILL')
  const killedMs = Date.now()
  await scene.says('Is anybody there?')
  const ill = await until('the worker is missed', ({ processes }) => processes.worker.state === 'down')
  assert.ok(Date.now() - killedMs < 60_000, 'it took too long to see it')
  assert.equal(ill.processes.dispatcher.state, 'up')
  assert.ok(Date.parse(ill.processes.worker.lastBeatAt!) <= killedMs + 1_000)
  const waits = await until('the message that waits', ({ queues }) => queues.unhandled.count === 1)
  assert.ok(waits.queues.unhandled.oldestAgeMs! <= Date.now() - killedMs)

  await engine.start('worker')
  const again = await until(
    'it is taken by the next worker',
    ({ processes, queues }) => processes.worker.state === 'up' && queues.unhandled.count === 0,
  )
  assert.equal(again.processes.worker.upCount, 1)
})

test('a process that leaves in order is not heard any more at once', async () => {
  const dispatcher = engine.processes.get('dispatcher')!
  dispatcher.kill('SIGTERM')
  const gone = await until('the dispatcher has left', ({ processes }) => processes.dispatcher.state === 'down')
  assert.equal(gone.processes.dispatcher.lastBeatAt, null)
  await engine.start('dispatcher')
  await until('the next one is heard', ({ processes }) => processes.dispatcher.state === 'up')
})
