import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maySendAs, mediaKindOf } from './kind.ts'

test('a file goes as what WhatsApp shows it as, and else as a document', () => {
  const kinds = ['image/png', 'image/webp', 'image/svg+xml', 'video/mp4', 'video/webm', 'audio/ogg', 'application/pdf']
  assert.deepEqual(kinds.map(mediaKindOf), ['image', 'sticker', 'document', 'video', 'document', 'audio', 'document'])
})

test('[CH-19] each kind has its own limit when it is sent, and a document takes anything up to 100 MB', () => {
  const MB = 1024 * 1024
  const cases = [
    ['image', 5 * MB, true],
    ['image', 5 * MB + 1, false],
    ['video', 16 * MB, true],
    ['audio', 16 * MB + 1, false],
    ['sticker', 500 * 1024 + 1, false],
  ] as const
  for (const [mediaType, sizeBytes, may] of cases) assert.equal(maySendAs(mediaType, { mediaType, sizeBytes }), may)
  assert.equal(maySendAs('document', { mediaType: 'video', sizeBytes: 100 * MB }), true)
  assert.equal(maySendAs('image', { mediaType: 'video', sizeBytes: 1 }), false)
})
