import { expect, test } from 'vitest'
import type { Message } from '#domain/conversations/schema.ts'
import { changesOf, edited } from './changes.ts'
import { foldThread } from './fold.ts'

const message = (id: string, content: Message['content'], over: Partial<Message> = {}) =>
  ({
    id,
    externalId: `wamid.${id}`,
    direction: 'inbound',
    sender: { type: 'contact', id: 'c', name: 'Ana' },
    content,
    state: null,
    held: null,
    clientId: null,
    sentAt: '2026-11-21T10:00:00Z',
    ...over,
  }) as Message
const text = (id: string) => message(id, { kind: 'text', text: id })
const edit = (id: string, of: string, words: string) =>
  message(id, { kind: 'edit', originalExternalId: `wamid.${of}`, text: words }, { direction: 'internal' })
const revoke = (id: string, of: string) =>
  message(id, { kind: 'revoke', originalExternalId: `wamid.${of}` }, { direction: 'internal' })

test('the last edit holds, a deletion ends it, and nothing comes back', () => {
  const thread = [
    text('a'),
    text('b'),
    edit('e1', 'a', 'one'),
    edit('e2', 'a', 'two'),
    revoke('r', 'b'),
    edit('e3', 'b', 'x'),
  ]
  expect([...changesOf(thread)].map(([id, change]) => [id, change.kind, 'text' in change && change.text])).toEqual([
    ['a', 'edited', 'two'],
    ['b', 'deleted', false],
  ])
})

test('what is shown on its message is no line of its own; what speaks of an older page is', () => {
  const items = foldThread({
    messages: [text('a'), edit('e', 'a', 'new'), revoke('r', 'older')],
    ghosts: [],
    unreadCount: 0,
  }).flatMap((day) => day.items.map(({ kind, id }) => `${kind} ${id}`))
  expect(items).toEqual(['bubble a', 'line r'])
})

test('an edit changes the text of a text and the caption of a file', () => {
  expect(edited({ kind: 'text', text: 'a' }, 'b')).toEqual({ kind: 'text', text: 'b' })
  expect(edited({ kind: 'image', media: {} }, 'b')).toEqual({ kind: 'image', media: {}, caption: 'b' })
})
