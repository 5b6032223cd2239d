import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { PROCESS_KINDS, SILENT_AFTER_MS, type SystemHealth } from '#domain/platform/health.ts'
import { startBeating } from '#infra/db/beating.ts'
import { createFileStore, type MediaStore } from '#infra/media/store.ts'
import { createSystemParts } from '#infra/system-parts.ts'
import { furnish } from './furniture.ts'
import { openHouse } from './house.ts'

const house = await openHouse()
const platform = await house.administrator()
const health = () => platform.json<SystemHealth>(200, 'GET', '/platform/health')
const log = { warn: () => assert.fail('a beat was not written') }

/** Every process of these kinds was last heard so long ago. */
const lastHeard = (agoMs: number) =>
  house.admin('update process_beats set beat_at = now() - make_interval(secs => $1)', [agoMs / 1_000])

test('a kind of process of which nobody is heard is down, and one that stands still is named', async () => {
  const { processes } = await health()
  assert.deepEqual(
    PROCESS_KINDS.map((kind) => [kind, processes[kind].state, processes[kind].lastBeatAt]),
    PROCESS_KINDS.map((kind) => [kind, 'down', null]),
  )
  let stalled: string[] = []
  const beats = [
    startBeating({ db: house.deps.db, log, kind: 'worker' }),
    startBeating({ db: house.deps.db, log, kind: 'worker' }),
    startBeating({ db: house.deps.db, log, kind: 'dispatcher', stalled: () => stalled }),
  ]
  const until = async (wanted: (now: SystemHealth['processes']) => boolean) => {
    for (;;) {
      const now = (await health()).processes
      if (wanted(now)) return now
    }
  }
  const up = await until(({ worker, dispatcher }) => worker.upCount === 2 && dispatcher.upCount === 1)
  assert.deepEqual([up.worker.state, up.dispatcher.state, up.api.state], ['up', 'up', 'down'])
  assert.equal(up.worker.versions.length, 1)
  stalled = ['bells']
  const still = await until(({ dispatcher }) => dispatcher.state === 'stalled')
  assert.deepEqual(still.dispatcher.stalled, ['bells'])
  // Killed, not stopped: their rows stay, and grow old.
  await lastHeard(SILENT_AFTER_MS + 1_000)
  const { worker } = (await health()).processes
  assert.deepEqual([worker.state, worker.upCount], ['down', 0])
  assert.ok(Date.parse(worker.lastBeatAt!) < Date.now() - SILENT_AFTER_MS)
  await Promise.all(beats.map((beating) => beating.stop()))
  assert.deepEqual(await house.admin('select 1 from process_beats'), [], 'who leaves in order leaves nothing behind')
})

test('the message that waits longest is as old as it is, though its writer wrote again a moment ago', async () => {
  const owner = await house.owner()
  const ids = await furnish(house, owner)
  const { unhandled: before } = (await health()).queues
  assert.deepEqual(before, { count: 0, oldestAgeMs: null })
  await house.admin('update conversations set last_seq = 3, handled_seq = 1, last_message_at = now() where id = $1', [
    ids['conversation'],
  ])
  for (const [seq, minutes] of [
    [1, 30],
    [2, 10],
    [3, 0],
  ]) {
    await house.admin(
      `insert into messages (id, tenant_id, conversation_id, contact_id, channel_id, direction, sender_type, kind, content,
         sent_at, seq, created_at)
       select $1, tenant_id, conversation_id, contact_id, channel_id, 'inbound', 'contact', 'text', '{"kind":"text"}',
         now(), $2, now() - make_interval(mins => $3) from messages where id = $4`,
      [`018f0000-0000-7000-8000-00000000000${seq}`, seq, minutes, ids['message']],
    )
  }
  const { count, oldestAgeMs } = (await health()).queues.unhandled
  assert.equal(count, 1)
  assert.ok(oldestAgeMs! >= 600_000 && oldestAgeMs! < 660_000, String(oldestAgeMs))
})

test('health names what waits, what was given up and how many tenants there are', async () => {
  const now = await health()
  assert.deepEqual(Object.keys(now.queues).sort(), [
    ...['bells', 'events', 'inbound', 'media', 'sends', 'unhandled', 'webhooks'],
  ])
  assert.deepEqual(now.deadLetters, { inbound: 0, events: 0, webhooks: 1 })
  assert.deepEqual(now.temporal, { state: 'down', unattended: [] })
  assert.deepEqual([now.storage.state, now.mail.state], ['unknown', 'unknown'])
  assert.ok(now.tenants.active >= 2 && now.database.latencyMs > 0)
})

const folder = mkdtempSync(join(tmpdir(), 'holdfast-parts-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** A mail server that greets and lets in, or one that hangs up. */
async function mailServer(greets: boolean) {
  const server = createServer((socket) => {
    if (!greets) return void socket.destroy()
    socket.write('220 here\r\n')
    socket.on('data', (data) => socket.write(/^EHLO/i.test(data.toString()) ? '250 here\r\n' : '221 bye\r\n'))
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('storage and mail are tried, and what fails is down', async () => {
  const media = createFileStore(folder)
  const freeBytes = async () => 5_000_000_000
  const nowMs = 0
  const now = () => nowMs
  house.deps.parts = createSystemParts({ media, freeBytes, smtpUrl: await mailServer(true), now })
  const well = await health()
  assert.deepEqual([well.storage, well.mail], [{ state: 'up', freeBytes: 5_000_000_000 }, { state: 'up' }])
  const full: MediaStore = { ...media, put: () => Promise.reject(new Error('no space left')) }
  house.deps.parts = createSystemParts({ media: full, freeBytes, smtpUrl: await mailServer(false), now })
  const ill = await health()
  assert.deepEqual([ill.storage.state, ill.mail.state], ['down', 'down'])
})

test('however many screens ask, parts are not tried each time', async () => {
  const media = createFileStore(folder)
  let puts = 0
  const counting: MediaStore = { ...media, put: (...file) => media.put(...file).finally(() => (puts += 1)) }
  let nowMs = 0
  house.deps.parts = createSystemParts({ media: counting, freeBytes: async () => undefined, now: () => nowMs })
  await Promise.all([health(), health(), health()])
  assert.equal(puts, 1)
  nowMs += 60_000
  assert.deepEqual((await health()).storage, { state: 'up', freeBytes: null })
  assert.equal(puts, 2)
})
