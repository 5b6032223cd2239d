import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { contentDisposition, deliveryHeaders, storedName } from '#infra/media/names.ts'
import { createUrlSigner, SIGNED_URL_TTL_MS_MAX } from '#infra/media/signed-urls.ts'
import { createFileStore, mediaKey } from '#infra/media/store.ts'

const root = await mkdtemp(join(tmpdir(), 'holdfast-media-'))
after(() => rm(root, { recursive: true, force: true }))
const store = createFileStore(root)
const place = { conversationId: 'c1', messageId: 'm1', mimeType: 'image/jpeg' }
const options = { mimeType: 'image/jpeg', sizeBytesMax: 1_000 }

test('[CH-24] a file lies under its tenant, conversation and message', async () => {
  const key = mediaKey({ ...place, fileName: 'My Photo.png' })
  assert.equal(key, 'media/c1/m1/My-Photo.jpg')
  const stored = await store.put('t1', key, Readable.from([Buffer.from('ab'), Buffer.from('c')]), options)
  assert.deepEqual(stored, {
    key,
    sizeBytes: 3,
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  })
  assert.equal((await buffer(await store.stream('t1', key))).toString(), 'abc')
  assert.equal(Buffer.from(await store.bytes('t1', key)).toString(), 'abc')
  assert.equal(await store.sizeBytes('t1', key), 3)
  await assert.rejects(store.bytes('t2', key), { code: 'not_found' })
  await store.delete('t1', key)
  await assert.rejects(store.stream('t1', key), { code: 'not_found' })
  await store.delete('t1', key)
})

test('a stream that breaks or is too long leaves nothing behind', async () => {
  const key = mediaKey({ ...place, messageId: 'm2' })
  await assert.rejects(store.put('t1', key, Buffer.alloc(1_001), options), { code: 'media_too_large' })
  const breaking = Readable.from(
    (async function* () {
      yield Buffer.from('half')
      throw new Error('line cut')
    })(),
  )
  await assert.rejects(store.put('t1', key, breaking, options), /line cut/)
  assert.ok(breaking.destroyed)
  assert.equal(await store.sizeBytes('t1', key), undefined)
  assert.deepEqual(await readdir(join(root, 't1/pending')), [])
})

test('erasing a tenant or a conversation takes its files and no others', async () => {
  const first = mediaKey(place)
  const second = mediaKey({ ...place, conversationId: 'c2' })
  const files = [
    ['t1', first],
    ['t1', second],
    ['t2', first],
  ] as const
  const sizes = () => Promise.all(files.map(([tenantId, key]) => store.sizeBytes(tenantId, key)))
  for (const [tenantId, key] of files) await store.put(tenantId, key, Buffer.from('x'), options)
  await store.deleteAll('t1', 'c1')
  assert.deepEqual(await sizes(), [undefined, 1, 1])
  await store.deleteAll('t1')
  assert.deepEqual(await sizes(), [undefined, undefined, 1])
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
    await assert.rejects(async () => store.stream('t1', key), { code: 'not_found' }, JSON.stringify(key))
    await assert.rejects(async () => store.put('t1', key, Buffer.from('x'), options), { code: 'not_found' })
  }
  assert.throws(() => mediaKey({ ...place, conversationId: '../t2' }), { code: 'invalid_input' })
  assert.throws(() => mediaKey({ ...place, messageId: '' }), { code: 'invalid_input' })
})

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
