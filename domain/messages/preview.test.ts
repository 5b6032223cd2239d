import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { labelledPreview, PREVIEW_LABELS, PREVIEW_LENGTH_MAX, previewOf, previewText } from './preview.ts'
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
    [{ kind: 'image', media }, 'Photo'],
    [{ kind: 'image', media, caption: 'My car' }, 'Photo: My car'],
    [{ kind: 'audio', media: { ...media, voice: true } }, 'Voice message'],
    [{ kind: 'document', media }, 'Document: offer.pdf'],
    [{ kind: 'location', latitude: 1.5, longitude: -2 }, 'Location: 1.5, -2'],
    [{ kind: 'contacts', contacts: [{ name: { formatted_name: 'Ann' } }, {}] }, 'Contact card: Ann'],
    [{ kind: 'reaction', messageExternalId: 'w', emoji: '👍' }, 'Reacted: 👍'],
    [{ kind: 'reaction', messageExternalId: 'w', emoji: null }, 'Removed a reaction'],
    [{ kind: 'tap', source: 'button', title: 'Yes' }, 'Yes'],
    [{ kind: 'template', name: 'welcome', language: 'en' }, 'Template: welcome'],
    [{ kind: 'order', catalogId: 'c', items: [] }, 'Order: 0'],
    [{ kind: 'revoke', originalExternalId: 'w' }, 'Deleted a message'],
    [{ kind: 'unsupported', type: 'poll' }, 'Message that cannot be shown'],
    [{ kind: 'system', event: 'number_changed', text: 'New number' }, 'Notice: New number'],
    [{ kind: 'location_request', text: 'Where?' }, 'Asked for the location: Where?'],
    [{ kind: 'form_reply', raw: '{' }, 'Form answered'],
  ]
  for (const [content, english] of contents) {
    assert.equal(previewText(content), english)
    const { label, text } = previewOf(content)
    // What a screen puts into its own words begins with the label and keeps the words of the contact.
    const line = labelledPreview(content)
    assert.ok(line.startsWith(label ?? text!) && line.endsWith(text ?? label!), line)
    assert.ok(label === undefined || PREVIEW_LABELS.includes(label))
  }
})
