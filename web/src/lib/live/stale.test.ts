import { expect, test } from 'vitest'
import { EVENT_TYPES, type HouseEvent } from '#domain/events/schema.ts'
import { staleKeys, touchesThread } from './stale.ts'

const event = (type: HouseEvent['type'], subjectType = 'flow') =>
  ({ type, subject: { type: subjectType, id: 'x1' }, conversationId: null }) as HouseEvent

test('an event makes stale what shows its subject, and nothing else', () => {
  expect(staleKeys(event('flow.published'))).toContainEqual(['flow', 'x1'])
  expect(staleKeys(event('run.changed', 'run'))).toContainEqual(['run-events', 'x1'])
  expect(staleKeys(event('message.received', 'message'))).toEqual([])
})

test('with a contact who is erased goes all that names them', () => {
  const erased = staleKeys(event('contact.erased', 'contact'))
  for (const key of [['contact', 'x1'], ['contacts'], ['conversations'], ['conversation'], ['thread'], ['run']])
    expect(erased).toContainEqual(key)
  expect(staleKeys(event('contact.changed', 'contact'))).toEqual([['contact', 'x1'], ['contacts']])
})

test('a tag of a conversation makes stale the lists that are narrowed by it', () => {
  const tagged = { ...event('conversation.tagged', 'conversation'), data: { tagId: 't1', tag: 'Refund' } }
  expect(staleKeys(tagged)).toContainEqual(['conversations', { tagId: 't1' }])
})

test('every kind of message event redraws the thread it belongs to', () => {
  const messages = EVENT_TYPES.filter((type) => type.startsWith('message.') || type.startsWith('conversation.'))
  expect(messages.every((type) => touchesThread(event(type)))).toBe(true)
})
