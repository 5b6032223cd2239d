import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { applyChanges } from '#infra/db/migrate.ts'
import { shippedChanges } from '#infra/db/schema-changes.ts'
import { tokenIn } from '../load/echo-flow.ts'
import { backlogOf } from '../load/rows.ts'
import { until } from '../load/until.ts'
import { type Balancer, startBalancer } from '../support/balancer.ts'
import { identitiesOf } from './histories.ts'
import { KINDS } from './kinds.ts'
import { settle } from './outcome.ts'
import { serverErrors } from './programs.ts'
import { OF_EACH, openScene, roll, type Scene } from './scene.ts'

// The front keeps an idle connection shorter than a leaving process goes on serving.
const KEEP_IDLE_MS = 500
const DRAIN_SECONDS = 1
/** What the tables of the next version might bring: to large tables that everybody is writing to, and to their walls. */
const NEWER = [
  {
    name: '9001-columns',
    text: 'alter table messages add column probe text; alter table contacts add column probe text',
  },
  {
    name: '9002-rule',
    text: `alter table contacts add constraint probe_short check (length(probe) < 9) not valid;
      create index contacts_probe on contacts (tenant_id, probe) where probe is not null`,
  },
  { name: '9003-checked', text: 'alter table contacts validate constraint probe_short' },
  {
    name: '9004-walls',
    text: `alter table conversations no force row level security;
      update conversations set handled_seq = handled_seq;
      alter table conversations force row level security`,
  },
]
let front: Balancer
let scene: Scene

before(async () => {
  front = await startBalancer({ keepIdleMs: KEEP_IDLE_MS })
  scene = await openScene(front, {
    drainSeconds: DRAIN_SECONDS,
    messagesPerSecond: 3,
    everyMs: 120,
    streams: 5,
    seed: 12,
  })
})
after(async () => {
  await scene?.close()
  await front?.close()
})

const pids = (kind: (typeof KINDS)[number]) => scene.replicas.get(kind)!.map(({ pid }) => pid)

test('[PERF-06] two of each process share the work', { timeout: 90_000 }, async () => {
  const shared = await until(
    async () => {
      const seen = await identitiesOf(scene)
      return [...pids('worker'), ...pids('dispatcher')].every((pid) => seen.has(pid))
    },
    { withinMs: 60_000, everyMs: 1_500 },
  )
  assert.ok(shared, `not all of them worked: ${[...(await identitiesOf(scene))].join()}`)
  const answered = scene.replicas.get('api')!.map(({ place }) => front.answered().get(place!.port) ?? 0)
  assert.equal(answered.length, OF_EACH)
  assert.ok(
    answered.every((count) => count > 5),
    `the front was answered by ${answered.join(' and ')}`,
  )
})

test('[SEC-12] each process is replaced under load, and nobody outside notices', { timeout: 180_000 }, async () => {
  await applyChanges(scene.site.database.urls.migrate, { changes: [...shippedChanges(), ...NEWER] })
  for (const kind of KINDS) {
    const ends = await roll(scene, kind)
    assert.deepEqual(ends, Array(OF_EACH).fill('ended with code 0'), `${kind} did not end in order`)
  }
  const { tally, streams } = scene
  assert.deepEqual(tally.broken, [])
  assert.equal(serverErrors(tally), 0, [...tally.refused, scene.site.complaints()].join('\n'))
  assert.equal(front.given502(), 0)
  const moved = async () => streams.every((stream) => stream.resumed() > 0)
  assert.ok(await until(moved, { withinMs: 20_000 }), 'a stream was not moved to another process')
})

test('[PERF-06] one of each carries on when the other has gone', { timeout: 90_000 }, async () => {
  for (const kind of KINDS) {
    const [gone, ...left] = scene.replicas.get(kind)!
    await gone!.stop()
    scene.replicas.set(kind, left)
  }
  const from = scene.customers.questions.length
  const answeredNow = async () => {
    const { entries } = await scene.phones.log(scene.logFrom)
    const answered = new Set(entries.map(({ body }) => tokenIn(JSON.stringify(body))))
    return scene.customers.questions.slice(from).filter(({ token }) => answered.has(token)).length >= 10
  }
  assert.ok(
    await until(answeredNow, { withinMs: 60_000, everyMs: 500 }),
    `what was left did not answer; ${scene.site.complaints()}`,
  )
})

test('[SEC-12] after all of it nothing is lost, doubled, out of order or missed by a reader', {
  timeout: 240_000,
}, async () => {
  const { account, requests, rested, resumed: _, ...wrong } = await settle(scene)
  assert.ok(rested, `${JSON.stringify(await backlogOf(scene.rows))} ${scene.site.complaints()}`)
  assert.deepEqual(wrong, {
    serverErrors: 0,
    broken: [],
    webhooks: { failed: 0, waiting: 0 },
    miscounted: [],
    gaps: [],
  })
  const { lost, duplicated, disordered, flagged, runsFailed } = account
  assert.deepEqual(
    { lost, duplicated, disordered, flagged, runsFailed },
    { lost: [], duplicated: [], disordered: [], flagged: 0, runsFailed: 0 },
  )
  assert.ok(requests > 300, `only ${requests} requests`)
  assert.ok(scene.made.contacts.length > 15 && scene.made.tags.length > 15, 'programs made too little')
})
