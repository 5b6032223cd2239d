import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, beforeEach, test } from 'node:test'
import { generateRootKey, KeyRing } from '#infra/crypto/keyring.ts'
import { SettingsError } from '#infra/env.ts'
import { type Bucket, BucketError } from '#infra/media/bucket.ts'
import { adviceOn, lookAtBucket } from '#infra/media/bucket-look.ts'
import { createBucketStore } from '#infra/media/bucket-store.ts'
import { createMediaPlace, whyNotInThisPlace } from '#infra/media/media-place.ts'
import type { MediaStore } from '#infra/media/store.ts'
import {
  envOf,
  type ObjectSettings,
  openTestBucket,
  type SimulatedObjects,
  simulateObjects,
} from '../support/objects.ts'

let objects: SimulatedObjects
let bucket: Bucket
let store: MediaStore
before(async () => {
  objects = await simulateObjects({ pageSize: 40 })
  bucket = await openTestBucket(objects.settings)
  store = createBucketStore(bucket)
})
beforeEach(() => {
  objects.store.fault = () => undefined
  objects.store.world.keepsVersions = false
  objects.store.world.objects.clear()
})
after(() => objects.close())

const KEY = 'media/c1/m1/file.jpg'
const options = { mimeType: 'image/jpeg', sizeBytesMax: 20_000_000 }
const unavailable = { code: 'unavailable' }
const large = () => Readable.from([Buffer.alloc(12_000_000)], { objectMode: false })

test('erasing goes on behind the first page of a list, and says what it could not erase', async () => {
  for (let n = 0; n < 105; n += 1) await store.put('t1', `media/c1/m${n}/file.jpg`, Buffer.from('x'), options)
  await store.put('t2', KEY, Buffer.from('x'), options)
  await store.deleteAll('t1')
  assert.deepEqual([...objects.store.world.objects.keys()], [`t2/${KEY}`])

  objects.store.world.locked.add(`t2/${KEY}`)
  await assert.rejects(store.deleteAll('t2'), { ...unavailable, reason: 'AccessDenied' })
  objects.store.world.locked.clear()
})

test('a store that refuses, breaks off or is overloaded leaves nothing half, and the source is let go', async () => {
  for (const operation of ['PutObject', 'CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload']) {
    for (const fault of [{ status: 403, code: 'AccessDenied' }, 'reset'] as const) {
      objects.store.fault = (asked) => (asked === operation ? fault : undefined)
      const source = operation === 'PutObject' ? Readable.from([Buffer.from('x')], { objectMode: false }) : large()
      await assert.rejects(store.put('t1', KEY, source, options), unavailable, operation)
      assert.ok(source.destroyed, operation)
      assert.equal(objects.store.world.objects.size + objects.store.world.uploads.size, 0, operation)
    }
  }
})

test('what passes by itself is tried again', async () => {
  let left = 2
  objects.store.fault = () => (left-- > 0 ? { status: 503, code: 'SlowDown' } : undefined)
  await store.put('t1', KEY, Buffer.from('abc'), options)
  assert.equal(Buffer.from(await store.bytes('t1', KEY)).toString(), 'abc')
})

test('an answer that is cut off in the middle is no file', async () => {
  await store.put('t1', KEY, Buffer.alloc(1_000_000), options)
  objects.store.fault = (operation) => (operation === 'GetObject' ? 'cut' : undefined)
  await assert.rejects(async () => buffer(await store.stream('t1', KEY)))
  await assert.rejects(store.bytes('t1', KEY))
})

test('a bucket that is gone is never taken for a file that is not there', async () => {
  const gone = createBucketStore(await openTestBucket({ ...objects.settings, s3Bucket: 'elsewhere' }))
  for (const asking of [
    () => gone.bytes('t1', KEY),
    () => gone.stream('t1', KEY),
    () => gone.sizeBytes('t1', KEY),
    () => gone.delete('t1', KEY),
    () => gone.deleteAll('t1'),
    () => gone.put('t1', KEY, Buffer.from('x'), options),
  ]) {
    await assert.rejects(asking, { ...unavailable, fault: 'missing' }, String(asking))
  }
})

/** What a start is told, and whether it is refused. */
async function startOn(settings: Partial<ObjectSettings>): Promise<{ refusal?: string; warnings: string[] }> {
  const place = await createMediaPlace(envOf(settings), new KeyRing([generateRootKey('first')]))
  const warnings: string[] = []
  const refusal = await whyNotInThisPlace(place, { warn: (_, text) => void warnings.push(text) })
  return { warnings, ...(refusal !== undefined && { refusal }) }
}

test('a start is refused where somebody must do something, and told what', async () => {
  assert.deepEqual(await startOn(objects.settings), { warnings: [] })
  const { host } = new URL(objects.store.url)
  const refusals: [Partial<ObjectSettings>, string][] = [
    [
      { ...objects.settings, s3Bucket: 'elsewhere' },
      `There is no bucket elsewhere at ${host}. Make it, or correct HOLDFAST_S3_BUCKET.`,
    ],
    [{ ...objects.settings, s3AccessKey: 'stranger' }, '(403 InvalidAccessKeyId)'],
    [{ ...objects.settings, s3SecretKey: 'wrong' }, '(403 SignatureDoesNotMatch)'],
  ]
  for (const [settings, words] of refusals) {
    const { refusal = '' } = await startOn(settings)
    assert.ok(refusal.includes(words), refusal)
    assert.ok(!refusal.includes(objects.settings.s3SecretKey!))
  }
})

test('a start goes on without a store that is merely away, or no store at all, and says so', async (t) => {
  const page = createServer((_, response) => response.end('<html>Welcome</html>'))
  page.listen(0, '127.0.0.1')
  t.after(() => page.close())
  await once(page, 'listening')
  const { port } = page.address() as AddressInfo
  for (const s3Endpoint of [`http://127.0.0.1:${port}`, 'http://127.0.0.1:9']) {
    const { refusal, warnings } = await startOn({ ...objects.settings, s3Endpoint })
    assert.equal(refusal, undefined)
    assert.match(
      warnings.join(),
      /Nothing at 127\.0\.0\.1:\d+ answers as an object store \(.+\)\. Correct HOLDFAST_S3_ENDPOINT/,
    )
  }
  objects.store.fault = () => ({ status: 503, code: 'SlowDown' })
  const { refusal, warnings } = await startOn(objects.settings)
  assert.equal(refusal, undefined)
  assert.match(warnings.join(), /\(503 SlowDown\)/)
})

test('a bucket that keeps what is erased is named, and one that tells nothing of versions is not', async () => {
  objects.store.world.keepsVersions = true
  assert.deepEqual(await lookAtBucket(bucket), { keepsVersions: true })
  assert.match((await startOn(objects.settings)).warnings.join(), /The bucket holdfast keeps old versions/)
  objects.store.fault = (operation) =>
    operation === 'GetBucketVersioning' ? { status: 501, code: 'NotImplemented' } : undefined
  assert.deepEqual(await lookAtBucket(bucket), { keepsVersions: false })
})

test('half of a bucket in the settings is refused by name, none is a folder', async () => {
  const keyRing = new KeyRing([generateRootKey('first')])
  const { s3SecretKey, ...rest } = objects.settings
  for (const [settings, words] of [
    [rest, /HOLDFAST_S3_SECRET_KEY is not set/],
    [{ s3SecretKey }, /HOLDFAST_S3_BUCKET and HOLDFAST_S3_ACCESS_KEY are not set/],
  ] as const) {
    await assert.rejects(createMediaPlace(envOf(settings), keyRing), (error) => {
      assert.ok(error instanceof SettingsError)
      return words.test(error.message)
    })
  }
  assert.ok(((await (await createMediaPlace(envOf({}), keyRing)).look()).freeBytes ?? 1) > 0)
})

test('advice names the setting that is to be corrected', () => {
  const of = (cause: object) => adviceOn(new BucketError(bucket, cause)).wayOut
  assert.match(of({ name: 'NoSuchBucket', $metadata: { httpStatusCode: 404 } }), /HOLDFAST_S3_BUCKET/)
  // One of the stores that house files says 404 to a key that it does not know.
  assert.match(of({ name: 'XAdminUserNotFound', $metadata: { httpStatusCode: 404 } }), /HOLDFAST_S3_ACCESS_KEY/)
  assert.match(of({ name: 'PermanentRedirect', $metadata: { httpStatusCode: 301 } }), /HOLDFAST_S3_REGION/)
  assert.match(of({ code: 'ENOTFOUND' }), /HOLDFAST_S3_ENDPOINT/)
})
