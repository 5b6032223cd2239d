import { expect, test } from 'vitest'
import type { Message } from '#domain/conversations/schema.ts'
import { labelledPreview } from '#domain/messages/preview.ts'
import { de } from '#lib/i18n/de/index.ts'
import { en } from '#lib/i18n/en/index.ts'
import { I18n } from '#lib/i18n/index.ts'
import { copiedWords } from './copied-words.ts'
import { lineText } from './line-text.ts'
import { previewLine } from './preview-line.ts'

const i18n = new I18n('en', en, en)
const nameOf = (id: string) => ({ u1: 'Lena', u2: 'Musa' })[id]
const say = (content: Message['content'], senderId = 'u1') =>
  lineText({ content, sender: { type: 'user', id: senderId, name: nameOf(senderId) ?? null } } as Message, {
    i18n,
    contactName: 'Ana',
    nameOf,
  })

test('lines say who did what to whom', () => {
  expect(say({ kind: 'line', code: 'lines.taken_over', params: { personId: 'u1' } })).toBe(
    'Lena took over from the bot',
  )
  expect(say({ kind: 'line', code: 'lines.assigned', params: { personId: 'u2' } })).toBe(
    'Lena assigned the conversation to Musa',
  )
  expect(say({ kind: 'line', code: 'lines.closed', params: { reason: 'resolved' } })).toBe(
    'Lena closed the conversation: resolved',
  )
  expect(say({ kind: 'line', code: 'lines.handed_over.requested', params: { note: 'VIP' } })).toBe(
    'The bot asked for a person: VIP',
  )
  expect(say({ kind: 'line', code: 'lines.handed_over.requested' })).toBe('The bot asked for a person')
})

test('a code that is newer than this page is shown as it is', () => {
  expect(say({ kind: 'line', code: 'lines.from_the_future' })).toBe('lines.from_the_future')
})

test('previews that begin with a key are said in the reader’s words, a contact’s own words never are', () => {
  expect(previewLine('messages.preview.image: the cup', i18n)).toBe('Photo: the cup')
  expect(previewLine('messages.preview.sticker', i18n)).toBe('Sticker')
  expect(previewLine('see shop.example', i18n)).toBe('see shop.example')
  expect(previewLine('shell.inbox', i18n)).toBe('shell.inbox')
})

test('a quote and a row say what they stand for in the reader’s words', () => {
  const contents: [Message['content'], string][] = [
    [{ kind: 'text', text: 'Hello' }, 'Hello'],
    [{ kind: 'image', media: {}, caption: 'the cup' }, 'Foto: the cup'],
    [{ kind: 'audio', media: { voice: true } }, 'Sprachnachricht'],
    [{ kind: 'reaction', messageExternalId: 'w1', emoji: '👍' }, 'Hat reagiert: 👍'],
  ]
  const german = new I18n('de', de, en)
  for (const [content, line] of contents) expect(previewLine(labelledPreview(content), german)).toBe(line)
})

test('what is copied are all the words of a message, else what it is', () => {
  const words = 'one two three '.repeat(40)
  expect(copiedWords({ kind: 'text', text: words }, i18n)).toBe(words)
  expect(copiedWords({ kind: 'image', media: {}, caption: 'the cup' }, i18n)).toBe('the cup')
  expect(copiedWords({ kind: 'tap', source: 'button', title: 'Yes' }, i18n)).toBe('Yes')
  expect(copiedWords({ kind: 'sticker', media: {} }, i18n)).toBe('Sticker')
})

test('[UX-05] an administrator’s text wins, and a broken one does no harm', () => {
  const own = new I18n('en', en, en)
  own.override({ 'common.save': 'Keep it', 'common.minutes_short': '{count' })
  expect(own.t('common.save')).toBe('Keep it')
  expect(own.t('common.minutes_short', { count: 3 })).toBe('3m')
})
