import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { partOf, readRange } from './ranges.ts'

test('a part is read from its ends, and what is no part is the whole', () => {
  const part = (first: number, last: number) => ({ kind: 'part', first, last })
  assert.deepEqual(readRange('bytes=0-99', 1_000), part(0, 99))
  assert.deepEqual(readRange('bytes=900-', 1_000), part(900, 999))
  assert.deepEqual(readRange('bytes=-100', 1_000), part(900, 999))
  assert.deepEqual(readRange('bytes=-5000', 1_000), part(0, 999))
  assert.deepEqual(readRange('bytes=10-5000', 1_000), part(10, 999))
  for (const odd of [undefined, '', 'bytes=', 'bytes=-', 'bytes=5-1', 'bytes=0-1,5-9', 'lines=0-1', 'bytes=a-b']) {
    assert.deepEqual(readRange(odd, 1_000), { kind: 'whole' }, odd)
  }
  for (const beyond of ['bytes=1000-', 'bytes=5000-6000', 'bytes=-0']) {
    assert.deepEqual(readRange(beyond, 1_000), { kind: 'beyond' }, beyond)
  }
  assert.deepEqual(readRange('bytes=0-', 0), { kind: 'beyond' })
})

test('a part of a stream is byte for byte that part, and the source is not read further', async () => {
  const bytes = Buffer.from(Array.from({ length: 1_000 }, (_, n) => n % 251))
  for (const [first, last] of [
    [0, 0],
    [0, 999],
    [99, 100],
    [100, 199],
    [150, 849],
    [999, 999],
  ] as const) {
    let read = 0
    const source = Readable.from(
      (function* () {
        for (let at = 0; at < bytes.length; at += 100) {
          read += 1
          yield bytes.subarray(at, at + 100)
        }
      })(),
    )
    assert.deepEqual(await buffer(partOf(source, { first, last })), bytes.subarray(first, last + 1), `${first}-${last}`)
    assert.ok(read <= Math.floor(last / 100) + 2, `${read} pieces for ${last}`)
    assert.ok(source.destroyed)
  }
})
