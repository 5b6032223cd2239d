import { expect, test } from 'vitest'
import type { Message } from '#domain/conversations/schema.ts'
import { en } from '#lib/i18n/en/index.ts'
import { I18n } from '#lib/i18n/index.ts'
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
  expect(previewLine('lines.closed', i18n)).not.toBe('')
  expect(previewLine('see shop.example', i18n)).toBe('see shop.example')
})

test('[UX-05] an administrator’s text wins, and a broken one does no harm', () => {
  const own = new I18n('en', en, en)
  own.override({ 'common.save': 'Keep it', 'common.minutes_short': '{count' })
  expect(own.t('common.save')).toBe('Keep it')
  expect(own.t('common.minutes_short', { count: 3 })).toBe('3m')
})
