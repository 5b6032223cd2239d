import assert from 'node:assert/strict'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { generateRootKey, KeyRing } from '#infra/crypto/keyring.ts'
import { partOf } from '#infra/media/ranges.ts'
import { createSealedStore } from '#infra/media/sealed-store.ts'
import { createFileStore } from '#infra/media/store.ts'

const root = mkdtempSync(join(tmpdir(), 'holdfast-sealed-'))
after(() => rmSync(root, { recursive: true, force: true }))
const first = generateRootKey('first')
const ring = new KeyRing([first])
const store = createSealedStore(createFileStore(root), ring)
const options = { mimeType: 'application/pdf', sizeBytesMax: 10_000_000 }
const KEY = 'media/c1/m1/file.pdf'
const fileOf = (tenantId: string, key = KEY) => join(root, tenantId, key)
const invalid = { code: 'ciphertext_invalid' }

/** Bytes in which every place is told from every other. */
const bytesOf = (size: number) => Buffer.from(Uint8Array.from({ length: size }, (_, n) => (n * 7 + (n >> 8)) % 256))

test('[SEC-06] a file of any size comes back byte by byte, with the size and digest of what was given', async () => {
  for (const size of [0, 1, 65_535, 65_536, 65_537, 131_072, 200_001]) {
    const bytes = bytesOf(size)
    const chunks = Array.from({ length: Math.ceil(size / 1_000) }, (_, n) =>
      bytes.subarray(n * 1_000, n * 1_000 + 1_000),
    )
    const stored = await store.put('t1', KEY, Readable.from(chunks), options)
    assert.equal(stored.sizeBytes, size)
    assert.equal(await store.sizeBytes('t1', KEY), size)
    assert.ok(Buffer.from(await store.bytes('t1', KEY)).equals(bytes), `${size} bytes`)
    assert.ok((await buffer(await store.stream('t1', KEY))).equals(bytes))
  }
  const { sha256 } = await store.put('t1', KEY, Buffer.from('abc'), options)
  assert.equal(sha256, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  const film = bytesOf(300_000)
  await store.put('t1', KEY, film, options)
  const part = await buffer(partOf(await store.stream('t1', KEY), { first: 65_530, last: 200_000 }))
  assert.ok(part.equals(film.subarray(65_530, 200_001)))
})

test('[SEC-06] nothing of it lies on the disk in clear, and the same file twice looks different', async () => {
  const canary = 'CANARY-of-a-private-letter '.repeat(5_000)
  await store.put('t1', KEY, Buffer.from(canary), options)
  await store.put('t1', 'media/c1/m2/file.pdf', Buffer.from(canary), options)
  const files = globSync('t1/media/**/*.pdf', { cwd: root }).map((file) => readFileSync(join(root, file)))
  assert.ok(files.length >= 2)
  for (const bytes of files) assert.ok(!bytes.includes('CANARY'))
  assert.ok(!files[0]!.subarray(60, 200).equals(files[1]!.subarray(60, 200)))
})

test('[SEC-06] what was changed, cut, exchanged, moved or never sealed does not open', async () => {
  const bytes = bytesOf(200_000)
  await store.put('t1', KEY, bytes, options)
  const whole = readFileSync(fileOf('t1'))
  const piece = 65_536 + 16
  const head = whole.subarray(0, 52)
  const body = whole.subarray(52)
  const cases: Record<string, Buffer> = {
    'one bit': Buffer.from(whole).fill(whole[70_000]! ^ 1, 70_000, 70_001),
    'its head': Buffer.from(whole).fill(whole[40]! ^ 1, 40, 41),
    'cut at a piece': whole.subarray(0, 52 + 2 * piece),
    'cut anywhere': whole.subarray(0, 150_000),
    'cut to its head': head,
    'pieces exchanged': Buffer.concat([
      head,
      body.subarray(piece, 2 * piece),
      body.subarray(0, piece),
      body.subarray(2 * piece),
    ]),
    'a piece left out': Buffer.concat([head, body.subarray(piece)]),
    'in clear': bytes,
    nothing: Buffer.alloc(0),
  }
  for (const [what, changed] of Object.entries(cases)) {
    writeFileSync(fileOf('t1'), changed)
    await assert.rejects(store.bytes('t1', KEY), invalid, what)
  }
  writeFileSync(fileOf('t1'), whole)
  for (const [tenantId, key] of [
    ['t2', KEY],
    ['t1', 'media/c2/m1/file.pdf'],
  ] as const) {
    mkdirSync(dirname(fileOf(tenantId, key)), { recursive: true })
    cpSync(fileOf('t1'), fileOf(tenantId, key))
    await assert.rejects(store.bytes(tenantId, key), invalid, `${tenantId} ${key}`)
  }
  assert.ok(Buffer.from(await store.bytes('t1', KEY)).equals(bytes))
})

test('[SEC-06] after a rotation old files open with the old key, new ones are sealed with the new, strangers have neither', async () => {
  await store.put('t1', KEY, Buffer.from('old'), options)
  const second = generateRootKey('second')
  const rotated = createSealedStore(createFileStore(root), new KeyRing([second, first]))
  assert.equal(Buffer.from(await rotated.bytes('t1', KEY)).toString(), 'old')
  await rotated.put('t1', 'media/c1/m3/file.pdf', Buffer.from('new'), options)
  const alone = createSealedStore(createFileStore(root), new KeyRing([second]))
  assert.equal(Buffer.from(await alone.bytes('t1', 'media/c1/m3/file.pdf')).toString(), 'new')
  await assert.rejects(alone.bytes('t1', KEY), { code: 'key_missing' })
  const stranger = createSealedStore(createFileStore(root), new KeyRing([generateRootKey('first')]))
  await assert.rejects(stranger.bytes('t1', KEY), invalid)
})

test('a file that is too long or breaks off leaves nothing behind, sealed or not', async () => {
  const key = 'media/c9/m9/file.pdf'
  const bounded = { ...options, sizeBytesMax: 100_000 }
  await assert.rejects(store.put('t1', key, bytesOf(100_001), bounded), { code: 'media_too_large' })
  const breaking = Readable.from(
    (async function* () {
      yield bytesOf(70_000)
      throw new Error('line cut')
    })(),
  )
  await assert.rejects(store.put('t1', key, breaking, bounded), /line cut/)
  assert.equal(await store.sizeBytes('t1', key), undefined)
  await store.put('t1', key, bytesOf(100_000), bounded)
  await store.delete('t1', key)
  await assert.rejects(store.bytes('t1', key), { code: 'not_found' })
})
