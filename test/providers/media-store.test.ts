import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { generateRootKey, KeyRing } from '#infra/crypto/keyring.ts'
import { createBucketStore } from '#infra/media/bucket-store.ts'
import { contentDisposition, deliveryHeaders, storedName } from '#infra/media/names.ts'
import { partOf } from '#infra/media/ranges.ts'
import { createSealedStore } from '#infra/media/sealed-store.ts'
import { createUrlSigner, SIGNED_URL_TTL_MS_MAX } from '#infra/media/signed-urls.ts'
import { createFileStore, type MediaStore, mediaKey } from '#infra/media/store.ts'
import { openTestBucket, openTestObjects } from '../support/objects.ts'

type Driver = {
  store: MediaStore
  /** Whatever lies under a tenant, begun and unfinished things included. */
  left: (tenantId: string) => Promise<string[]>
  close: () => Promise<void>
}

async function openFolder(): Promise<Driver> {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-media-'))
  return {
    store: createFileStore(root),
    async left(tenantId) {
      const entries = await readdir(join(root, tenantId), { recursive: true, withFileTypes: true })
      return entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
    },
    close: () => rm(root, { recursive: true, force: true }),
  }
}

async function openBucketDriver(): Promise<Driver> {
  const objects = await openTestObjects()
  const bucket = await openTestBucket(objects.settings)
  const Bucket = bucket.name
  return {
    store: createBucketStore(bucket),
    async left(tenantId) {
      const { Contents = [] } = await bucket.client.listObjectsV2({ Bucket, Prefix: `${tenantId}/` })
      const { Uploads = [] } = await bucket.client.listMultipartUploads({ Bucket, Prefix: `${tenantId}/` })
      return [...Contents, ...Uploads].map(({ Key }) => Key!)
    },
    close: objects.close,
  }
}

const place = { conversationId: 'c1', messageId: 'm1', mimeType: 'image/jpeg' }
const options = { mimeType: 'image/jpeg', sizeBytesMax: 20_000_000 }
/** More than goes to a bucket at once, and no multiple of it. */
const LARGE_BYTES = 12_345_678

for (const [kind, openDriver] of [
  ['a folder', openFolder],
  ['a bucket', openBucketDriver],
] as const) {
  describe(`files in ${kind}`, () => {
    let driver: Driver
    let store: MediaStore
    // A real store keeps what earlier runs left in it.
    const [t1, t2] = [`t1-${randomUUID()}`, `t2-${randomUUID()}`]
    before(async () => {
      driver = await openDriver()
      store = driver.store
    })
    after(async () => {
      for (const tenantId of [t1, t2, `${t1}0`]) await store.deleteAll(tenantId)
      await driver.close()
    })

    test('[CH-22] [CH-24] a file lies under its tenant, conversation and message', async () => {
      const key = mediaKey({ ...place, fileName: 'My Photo.png' })
      assert.equal(key, 'media/c1/m1/My-Photo.jpg')
      const stored = await store.put(t1, key, Readable.from([Buffer.from('ab'), Buffer.from('c')]), options)
      assert.deepEqual(stored, {
        key,
        sizeBytes: 3,
        sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      })
      assert.deepEqual(await driver.left(t1), [`${t1}/${key}`])
      assert.equal((await buffer(await store.stream(t1, key))).toString(), 'abc')
      assert.equal(Buffer.from(await store.bytes(t1, key)).toString(), 'abc')
      assert.equal(await store.sizeBytes(t1, key), 3)
      await assert.rejects(store.bytes(t2, key), { code: 'not_found' })
      await store.delete(t1, key)
      await assert.rejects(store.stream(t1, key), { code: 'not_found' })
      assert.equal(await store.sizeBytes(t1, key), undefined)
      await store.delete(t1, key)
    })

    test('a large file, an empty one and one that replaces another come back byte by byte', async () => {
      const key = mediaKey({ ...place, messageId: 'm3' })
      const large = Buffer.alloc(LARGE_BYTES, 'every place is told from its neighbours; ')
      const chunks = function* () {
        for (let at = 0; at < large.length; at += 100_000) yield large.subarray(at, at + 100_000)
      }
      const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
      for (const [content, bytes] of [
        [Readable.from(chunks(), { objectMode: false }), large],
        [Buffer.alloc(0), Buffer.alloc(0)],
        [Readable.from(['x'], { objectMode: false }), Buffer.from('x')],
      ] as const) {
        const stored = await store.put(t1, key, content, options)
        assert.deepEqual([stored.sizeBytes, stored.sha256], [bytes.length, sha256(bytes)])
        assert.equal(await store.sizeBytes(t1, key), bytes.length)
        assert.ok((await buffer(await store.stream(t1, key))).equals(bytes))
      }
      await store.delete(t1, key)
    })

    test('[CH-21] a sealed file is read in parts, and who reads no further keeps no line busy', async () => {
      const bodies: Readable[] = []
      const inner: MediaStore = {
        ...store,
        async stream(...file) {
          const body = await store.stream(...file)
          bodies.push(body)
          return body
        },
      }
      const sealed = createSealedStore(inner, new KeyRing([generateRootKey('first')]))
      const key = mediaKey({ ...place, messageId: 'm4' })
      const film = Buffer.alloc(3_000_000, 'a film of some length. ')
      await sealed.put(t1, key, film, options)
      for (const [first, last] of [
        [0, 1],
        [65_530, 200_000],
        [2_999_990, 2_999_999],
      ] as const) {
        const part = await buffer(partOf(await sealed.stream(t1, key), { first, last }))
        assert.ok(part.equals(film.subarray(first, last + 1)), `${first}-${last}`)
      }
      assert.deepEqual(
        bodies.map(({ destroyed }) => destroyed),
        [true, true, true],
      )
      assert.ok(!(await buffer(await store.stream(t1, key))).includes('a film'))
      await sealed.delete(t1, key)
    })

    test('a stream that breaks or is too long leaves nothing behind, and what was there stays', async () => {
      const key = mediaKey({ ...place, messageId: 'm2' })
      const breaking = (pieces: number, bytes: number) =>
        Readable.from(
          (async function* () {
            for (let piece = 0; piece < pieces; piece += 1) yield Buffer.alloc(bytes)
            throw new Error('line cut')
          })(),
          { objectMode: false },
        )
      for (const source of [breaking(0, 0), breaking(1, 4), breaking(12, 1_000_000)]) {
        await assert.rejects(store.put(t1, key, source, options), /line cut/)
        assert.ok(source.destroyed)
      }
      const endless = Readable.from(
        (function* () {
          for (;;) yield Buffer.alloc(1_000_000)
        })(),
        { objectMode: false },
      )
      await assert.rejects(store.put(t1, key, endless, options), { code: 'media_too_large' })
      assert.ok(endless.destroyed)
      await assert.rejects(store.put(t1, key, Buffer.alloc(11), { ...options, sizeBytesMax: 10 }), {
        code: 'media_too_large',
      })
      assert.equal(await store.sizeBytes(t1, key), undefined)
      assert.deepEqual(await driver.left(t1), [])

      await store.put(t1, key, Buffer.from('whole'), options)
      await assert.rejects(store.put(t1, key, breaking(12, 1_000_000), options), /line cut/)
      assert.equal(Buffer.from(await store.bytes(t1, key)).toString(), 'whole')
      await store.delete(t1, key)
    })

    test('erasing a tenant or a conversation takes its files and no others, whatever their names begin with', async () => {
      const first = mediaKey(place)
      const neighbour = mediaKey({ ...place, conversationId: 'c10' })
      const files = [
        [t1, first],
        [t1, neighbour],
        [t2, first],
        [`${t1}0`, first],
      ] as const
      const sizes = () => Promise.all(files.map(([tenantId, key]) => store.sizeBytes(tenantId, key)))
      for (const [tenantId, key] of files) await store.put(tenantId, key, Buffer.from('x'), options)
      await store.deleteAll(t1, 'c1')
      assert.deepEqual(await sizes(), [undefined, 1, 1, 1])
      await store.deleteAll(t1)
      assert.deepEqual(await sizes(), [undefined, undefined, 1, 1])
      await store.deleteAll(t1)
    })

    test('no key leads out of the store', async () => {
      for (const key of [
        '',
        '..',
        '../x',
        't1/../../x',
        '/etc/passwd',
        't1//x',
        't1/./x',
        't1/.x',
        't1\\x',
        't1/x\0',
        'alone',
      ]) {
        await assert.rejects(async () => store.stream(t1, key), { code: 'not_found' }, JSON.stringify(key))
        await assert.rejects(async () => store.put(t1, key, Buffer.from('x'), options), { code: 'not_found' })
      }
      assert.throws(() => mediaKey({ ...place, conversationId: '../t2' }), { code: 'invalid_input' })
      assert.throws(() => mediaKey({ ...place, messageId: '' }), { code: 'invalid_input' })
    })
  })
}

test('[S34] names of the outside become names of the store', () => {
  const names: [string | undefined, string, string][] = [
    [undefined, 'application/pdf', 'file.pdf'],
    ['../../etc/passwd', 'text/plain', 'passwd.txt'],
    ['C:\\Users\\x\\a b.exe', 'application/x-msdownload', 'a-b.bin'],
    ['Currículum.pdf', 'application/pdf', 'Curri-culum.pdf'],
    ['\u202egpj.exe', 'image/jpeg', 'gpj.jpg'],
    ['a\r\nb"; c.png', 'image/png', 'a-b-c.png'],
    ['合同.pdf', 'application/pdf', 'file.pdf'],
    ['x'.repeat(5_000), 'audio/ogg; codecs=opus', `${'x'.repeat(60)}.ogg`],
    ['.htaccess', 'text/html', 'file.bin'],
  ]
  for (const [name, type, stored] of names) assert.equal(storedName(name, type), stored)
})

test('[S34] the name in the download header can neither end the header nor turn it around', () => {
  const header = contentDisposition('attachment', 'a"\r\nSet-Cookie: x=1\u202egnp;/../資料 %41.pdf')
  assert.equal(header, `attachment; filename="__ _41.pdf"; filename*=UTF-8''%E8%B3%87%E6%96%99%20%2541.pdf`)
  assert.match(contentDisposition('inline', '..'), /filename="file"/)
  assert.match(contentDisposition('inline', '\ud800'), /filename="_"/)
})

test('[S33] what could run code is handed over as a download, in a sandbox, unsniffed', () => {
  for (const mimeType of [
    'image/svg+xml',
    'text/html',
    'application/xhtml+xml',
    'text/xml',
    'x',
    'image/jpeg\r\nx: y',
  ]) {
    const headers = deliveryHeaders({ mimeType, fileName: 'a.svg' })
    assert.equal(headers['content-type'], 'application/octet-stream')
    assert.match(headers['content-disposition']!, /^attachment;/)
  }
  const image = deliveryHeaders({ mimeType: 'image/jpeg' })
  assert.match(image['content-disposition']!, /^inline;/)
  assert.equal(image['x-content-type-options'], 'nosniff')
  assert.match(image['content-security-policy']!, /sandbox/)
})

const NOW = 1_750_000_000_000
const signer = createUrlSigner({ baseUrl: 'https://files.example/media/', secrets: ['a secret of some length'] })
const read = (url: string) => {
  const { searchParams } = new URL(url)
  return { expires: searchParams.get('expires') ?? undefined, signature: searchParams.get('signature') ?? undefined }
}

test('[CH-23] a signed address lives seven days at most', () => {
  const file = { tenantId: 't1', key: 'media/c1/m1/a.jpg' }
  const url = signer.sign(file, { nowMs: NOW, ttlMs: 90 * 86_400_000 })
  assert.ok(url.startsWith('https://files.example/media/t1/media/c1/m1/a.jpg?expires='))
  assert.equal(signer.verify(file, read(url), NOW).kind, 'ok')
  assert.equal(signer.verify(file, read(url), NOW + SIGNED_URL_TTL_MS_MAX - 1_000).kind, 'ok')
  assert.equal(signer.verify(file, read(url), NOW + SIGNED_URL_TTL_MS_MAX).kind, 'expired')
})

test('a signed address holds for its own file, time and secret only', () => {
  const file = { tenantId: 't1', key: 'media/c1/m1/a.jpg' }
  const given = read(signer.sign(file, { nowMs: NOW, ttlMs: 60_000 }))
  const kindOf = (other: object, place = file) => signer.verify(place, { ...given, ...other }, NOW).kind
  assert.equal(kindOf({}, { ...file, tenantId: 't2' }), 'invalid')
  assert.equal(kindOf({ expires: String(Number(given.expires) + 1) }), 'invalid')
  for (const expires of [undefined, '', '-1', '1e9', 'NaN']) assert.equal(kindOf({ expires }), 'invalid')
  for (const signature of [undefined, '', 'AAAA', `${given.signature}A`]) assert.equal(kindOf({ signature }), 'invalid')
  const other = createUrlSigner({ baseUrl: 'https://x', secrets: ['another long secret', 'a secret of some length'] })
  assert.equal(other.verify(file, given, NOW).kind, 'ok')
  assert.equal(signer.verify(file, read(other.sign(file, { nowMs: NOW })), NOW).kind, 'invalid')
  for (const secrets of [[], [''], ['short'], ['a secret of some length', '']]) {
    assert.throws(() => createUrlSigner({ baseUrl: 'https://x', secrets }), RangeError)
  }
})
