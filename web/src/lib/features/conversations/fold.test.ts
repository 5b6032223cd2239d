import { expect, test } from 'vitest'
import type { Message } from '#domain/conversations/schema.ts'
import { foldThread } from './fold.ts'
import { chronological, mergeNewest, type ThreadPages } from './merge.ts'
import type { Ghost } from './outbox.svelte.ts'

const noon = new Date(2026, 10, 20, 12).getTime()
const message = (id: string, minute: number, over: Partial<Message> = {}) =>
  ({
    id,
    direction: 'inbound',
    sender: { type: 'contact', id: 'c', name: 'Ana' },
    content: { kind: 'text', text: id },
    state: null,
    held: null,
    clientId: null,
    sentAt: new Date(noon + minute * 60_000).toISOString(),
    ...over,
  }) as Message
const fold = (messages: Message[], ghosts: Ghost[] = [], unreadCount = 0) =>
  foldThread({ messages, ghosts, unreadCount })
const shape = (messages: Message[], unread = 0) =>
  fold(messages, [], unread).flatMap((day) =>
    day.items.map((item) =>
      item.kind === 'bubble' ? `${item.message.id}${item.first ? '^' : ''}${item.last ? '$' : ''}` : item.kind,
    ),
  )

test('what one speaks in a row stands together; a pause, another voice or a line of the house parts it', () => {
  const out = { direction: 'outbound', sender: { type: 'user', id: 'u', name: 'Lena' } } as const
  const line = { direction: 'internal', content: { kind: 'line', code: 'lines.closed' } } as const
  expect(
    shape([
      message('a', 0),
      message('b', 1),
      message('c', 9),
      message('d', 9, out),
      message('e', 9, line),
      message('f', 9, out),
    ]),
  ).toEqual(['a^', 'b$', 'c^$', 'd^$', 'line', 'f^$'])
})

test('each day has its own head, and the first new message is marked', () => {
  expect(fold([message('a', 0), message('b', 24 * 60)])).toHaveLength(2)
  expect(shape([message('a', 0), message('b', 1), message('c', 2)], 2)).toEqual(['a^$', 'unread', 'b^', 'c$'])
})

test('reactions stand on their bubbles, not in the thread', () => {
  expect(
    shape([message('a', 0), message('r', 1, { content: { kind: 'reaction', messageExternalId: 'x', emoji: '👍' } })]),
  ).toEqual(['a^$'])
})

test('[CONV-12] held messages stand apart from what was taken in', () => {
  const held = { held: { until: new Date(noon).toISOString(), reason: 'message_limit' } }
  expect(shape([message('a', 0), message('b', 0, held)])).toEqual(['a^$', 'b^$'])
})

test('a ghost is there until its row is, and never twice', () => {
  const ghost = { clientId: 'k1', conversationId: 'x', at: new Date(noon).toISOString() } as Ghost
  expect(fold([message('a', 0)], [ghost])[0]?.items.map((item) => item.kind)).toEqual(['bubble', 'ghost'])
  expect(fold([message('a', 0, { clientId: 'k1' })], [ghost])[0]?.items.map((item) => item.kind)).toEqual(['bubble'])
})

const thread = (...lists: Message[][]): ThreadPages => ({
  pages: lists.map((items, index) => ({ items, nextCursor: index === lists.length - 1 ? null : 'more' })),
  pageParams: [],
})

test('the newest page is laid over what is loaded: states change in place, new ones come last', () => {
  const data = thread([message('c', 3), message('b', 2)], [message('a', 1)])
  const merged = mergeNewest(data, { items: [message('d', 4), message('c', 3, { state: 'read' })], nextCursor: 'more' })
  expect(chronological(merged).map(({ id, state }) => `${id}:${state}`)).toEqual([
    'a:null',
    'b:null',
    'c:read',
    'd:null',
  ])
})

test('after a long absence the loaded part is not continued with a hole in it', () => {
  expect(mergeNewest(thread([message('a', 1)]), { items: [message('z', 99)], nextCursor: 'more' })).toBeUndefined()
})
