import { expect, test } from 'vitest'
import type { ConversationSummary } from '#domain/conversations/schema.ts'
import { filterFromSearch, NO_FILTER, NO_MORE, searchOf } from './filter.ts'
import { type Pages, placeConversation } from './place.ts'

const row = (id: string, minute: number, over: Partial<ConversationSummary> = {}) =>
  ({
    id,
    state: 'bot',
    owner: { kind: 'none' },
    unreadCount: 0,
    needsPeople: false,
    lastMessageAt: new Date(minute * 60_000).toISOString(),
    ...over,
  }) as ConversationSummary
const pages = (...lists: ConversationSummary[][]): Pages => ({
  pages: lists.map((items, index) => ({ items, nextCursor: index === lists.length - 1 ? null : 'more' })),
  pageParams: lists.map(() => undefined),
})
const ids = (data: Pages) => data.pages.map((page) => page.items.map((item) => item.id))
const place = (data: Pages, item: ConversationSummary, filter = {}, personId = 'me') =>
  placeConversation(data, item, { ...NO_FILTER, ...filter }, personId)

test('[INB-01] a conversation that was written to moves to the top', () => {
  expect(ids(place(pages([row('a', 9), row('b', 8)], [row('c', 7)]), row('c', 10)))).toEqual([['c', 'a', 'b'], []])
})

test('[INB-01] a new conversation appears, and one that left the view goes', () => {
  expect(ids(place(pages([row('a', 9)]), row('n', 10)))).toEqual([['n', 'a']])
  expect(ids(place(pages([row('a', 9), row('b', 8)]), row('b', 8, { state: 'closed' })))).toEqual([['a']])
})

test('[INB-02] a row comes only into views that it belongs to', () => {
  const data = pages([row('a', 9)])
  expect(place(data, row('n', 10), { unread: true })).toBe(data)
  expect(place(data, row('n', 10, { owner: { kind: 'user', id: 'other', name: '' } }), { mine: true })).toBe(data)
  expect(ids(place(data, row('n', 10, { owner: { kind: 'user', id: 'me', name: '' } }), { mine: true }))).toEqual([
    ['n', 'a'],
  ])
  expect(place(data, row('n', 10), { view: 'queued' })).toBe(data)
})

test('a search is answered by the server: strangers do not come in by themselves', () => {
  const data = pages([row('a', 9)])
  expect(place(data, row('n', 10), { q: 'ana' })).toBe(data)
  expect(ids(place(data, row('a', 11), { q: 'ana' }))).toEqual([['a']])
})

test('a row older than all that is loaded waits for its page', () => {
  const data: Pages = { pages: [{ items: [row('a', 9)], nextCursor: 'more' }], pageParams: [undefined] }
  expect(place(data, row('old', 1))).toBe(data)
})

test('the address of a filter says only what is unusual, and reads back', () => {
  expect(searchOf(NO_FILTER)).toBe('')
  const more = { ...NO_MORE, from: '2026-11-01', field: 'city', value: 'Nairobi & co' }
  const filter = { view: 'queued' as const, unread: true, mine: false, needsPeople: true, q: 'ana & co', ...more }
  expect(filterFromSearch(new URLSearchParams(searchOf(filter)))).toEqual(filter)
  expect(filterFromSearch(new URLSearchParams('view=nonsense')).view).toBe('open')
})
