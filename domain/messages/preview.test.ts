import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { labelledPreview, PREVIEW_LABELS, PREVIEW_LENGTH_MAX, previewOf } from './preview.ts'
import type { MessageContent } from './schema.ts'

test('words of the contact come as one line', () => {
  assert.deepEqual(previewOf({ kind: 'text', text: '  Hello\n\n\tthere \u0000\u202eyou ' }), {
    text: 'Hello there you',
  })
})

test('a preview is never longer than the bound and never breaks a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), (text) => {
      const line = previewOf({ kind: 'text', text }).text ?? ''
      assert.ok([...line].length <= PREVIEW_LENGTH_MAX)
      assert.ok(!/[\n\r\t\0]/.test(line))
      assert.ok(line.isWellFormed())
    }),
  )
})

test('every kind has a preview whose label can be translated', () => {
  const media = { providerMediaId: 'm1', fileName: 'offer.pdf' }
  const contents: [MessageContent, string][] = [
    [{ kind: 'image', media }, 'messages.preview.image'],
    [{ kind: 'image', media, caption: 'My car' }, 'messages.preview.image: My car'],
    [{ kind: 'audio', media: { ...media, voice: true } }, 'messages.preview.voice'],
    [{ kind: 'document', media }, 'messages.preview.document: offer.pdf'],
    [{ kind: 'location', latitude: 1.5, longitude: -2 }, 'messages.preview.location: 1.5, -2'],
    [{ kind: 'contacts', contacts: [{ name: { formatted_name: 'Ann' } }, {}] }, 'messages.preview.contacts: Ann'],
    [{ kind: 'reaction', messageExternalId: 'w', emoji: '👍' }, 'messages.preview.reaction: 👍'],
    [{ kind: 'reaction', messageExternalId: 'w', emoji: null }, 'messages.preview.reaction_removed'],
    [{ kind: 'tap', source: 'button', title: 'Yes' }, 'Yes'],
    [{ kind: 'template', name: 'welcome', language: 'en' }, 'messages.preview.template: welcome'],
    [{ kind: 'order', catalogId: 'c', items: [] }, 'messages.preview.order: 0'],
    [{ kind: 'revoke', originalExternalId: 'w' }, 'messages.preview.revoke'],
    [{ kind: 'unsupported', type: 'poll' }, 'messages.preview.unsupported'],
    [{ kind: 'system', event: 'number_changed', text: 'New number' }, 'messages.preview.system: New number'],
    [{ kind: 'location_request', text: 'Where?' }, 'messages.preview.location_request: Where?'],
    [{ kind: 'form_reply', raw: '{' }, 'messages.preview.form_reply'],
  ]
  for (const [content, line] of contents) {
    assert.equal(labelledPreview(content), line)
    const { label } = previewOf(content)
    assert.ok(label === undefined || PREVIEW_LABELS.includes(label))
  }
})
