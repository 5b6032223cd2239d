import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { DiagnosticRun } from '#domain/diagnostics/schema.ts'
import { sql } from '#infra/db/tx.ts'
import { createMediaPlace } from '#infra/media/media-place.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { envOf, type SimulatedObjects, simulateObjects } from '../support/objects.ts'
import { type Office, openOffice } from '../support/office.ts'
import { openScene, type Scene } from './scene.ts'

// The whole way of files in a house that keeps them in a bucket: dispatcher, worker and API are told so by settings alone.

let objects: SimulatedObjects
let engine: Engine
let scene: Scene
let office: Office
before(async () => {
  objects = await simulateObjects()
  engine = await startEngine({ settings: objects.settings })
  scene = await openScene(engine)
  const { store: media } = await createMediaPlace(envOf(objects.settings), engine.keyRing)
  office = await openOffice(engine, scene.tenantId, { temporal: scene.temporal, media })
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  await office?.close()
  await engine?.stop()
  await objects?.close()
})

/** Longer than one part of an upload. */
const LETTER = Buffer.concat([Buffer.from('%PDF-1.7 CANARY-of-a-private-letter'), randomBytes(6_000_000)])

test('[CH-21] [CH-22] a file of a contact comes into the bucket, sealed, to the agent who reads it, and out to the contact again', async () => {
  const onPhone = await fetch(`${engine.simulator.url}/control/media?type=application/pdf&name=letter.pdf`, {
    method: 'POST',
    body: LETTER,
  })
  const { id } = (await onPhone.json()) as { id: string }
  await scene.says({ type: 'document', document: { id, filename: 'letter.pdf' } })
  const file = await eventually('the file is stored', () =>
    scene.read((tx) =>
      tx.row<{ id: string; storage_key: string }>(sql`select id, storage_key from media_files where state = 'stored'`),
    ),
  )

  const path = `${scene.tenantId}/${file.storage_key}`
  const sealed = objects.store.world.objects.get(path)!.bytes
  assert.ok(sealed.length > LETTER.length && !sealed.includes('CANARY'))

  const agent = await office.member('agent')
  const read = await office.request(agent, 'GET', `/media/${file.id}`)
  assert.ok(Buffer.from(await read.arrayBuffer()).equals(LETTER))

  const { id: conversationId } = await scene.conversation()
  await office.call(agent, 'POST', `/conversations/${conversationId}/messages`, {
    content: { kind: 'document', media: { fileId: file.id } },
    clientId: 'letter-back',
  })
  const sent = await eventually('the file at the contact', async () =>
    (await scene.sends()).map(({ body }) => body['document'] as { id: string } | undefined).find(Boolean),
  )
  const headers = { authorization: 'Bearer access-token' }
  const found = await fetch(`${engine.simulator.url}/v25.0/${sent.id}`, { headers })
  const { url } = (await found.json()) as { url: string }
  const got = await fetch(url, { headers })
  assert.ok(Buffer.from(await got.arrayBuffer()).equals(LETTER))
})

test('a process that is sent to a bucket which is not there ends at its start, and says so', async () => {
  objects.store.world.bucket = 'another'
  await assert.rejects(engine.start('worker', 'lost'), /ended at start/)
  await assert.rejects(engine.start('dispatcher', 'lost too'), /ended at start/)
  objects.store.world.bucket = 'holdfast'
  const { host } = new URL(objects.store.url)
  for (const name of ['lost', 'lost too']) {
    const log = readFileSync(join(engine.folder, `${name}.log`), 'utf8')
    assert.ok(log.includes(`There is no bucket holdfast at ${host}. Make it, or correct HOLDFAST_S3_BUCKET.`), log)
    engine.processes.delete(name)
  }
})

test('[ANLY-28] the check of files says what is wrong with the bucket, and leaves nothing in it', async () => {
  const { world } = objects.store
  const owner = await office.member('owner')
  const keys = [...world.objects.keys()]
  const filesChecked = async () => {
    const { id } = await office.call<DiagnosticRun>(owner, 'POST', '/diagnostics/runs')
    const run = await eventually(
      'the run is over',
      async () => {
        const seen = await office.call<DiagnosticRun>(owner, 'GET', `/diagnostics/runs/${id}`)
        return seen.endedAt !== null && seen
      },
      90_000,
    )
    const { status, findings } = run.checks.find(({ key }) => key === 'storage')!
    return [status, ...findings.map(({ code, fix, values }) => [code, fix, values['reason'] ?? values['bucket']])]
  }
  assert.deepEqual(await filesChecked(), ['passed'])
  world.keepsVersions = true
  assert.deepEqual(await filesChecked(), ['warning', ['bucket_keeps_versions', 'operator_bucket', 'holdfast']])
  world.keepsVersions = false
  world.bucket = 'another'
  assert.deepEqual(await filesChecked(), ['failed', ['bucket_missing', 'operator_bucket', '404 NoSuchBucket']])
  world.bucket = 'holdfast'
  // A key that may read but not write is found by writing.
  objects.store.fault = (operation) => (operation === 'PutObject' ? { status: 403, code: 'AccessDenied' } : undefined)
  assert.deepEqual(await filesChecked(), ['failed', ['bucket_refused', 'operator_bucket', '403 AccessDenied']])
  objects.store.fault = () => 'reset'
  assert.deepEqual(await filesChecked(), ['failed', ['bucket_unreachable', 'operator_bucket', 'ECONNRESET']])
  objects.store.fault = () => undefined
  assert.deepEqual([...world.objects.keys()], keys)
})
