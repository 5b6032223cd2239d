import { expect, test } from 'vitest'
import type { Conversation } from '#domain/conversations/schema.ts'
import { writingMode } from './window.ts'

const nowMs = Date.parse('2026-11-21T10:00:00Z')
const conversation = (over: Partial<Conversation>) =>
  ({
    state: 'assigned',
    owner: { kind: 'user', id: 'me', name: 'Me' },
    windowExpiresAt: '2026-11-21T12:00:00Z',
    ...over,
  }) as Conversation
const mode = (over: Partial<Conversation>, mayReply = true) =>
  writingMode({ conversation: conversation(over), personId: 'me', mayReply, nowMs })

test('my own conversation is written to directly', () => {
  expect(mode({})).toEqual({ kind: 'send' })
})

test('writing where the bot or a colleague speaks takes the conversation over first', () => {
  expect(mode({ state: 'bot', owner: { kind: 'run', id: 'r', flowId: 'f', name: 'Welcome' } })).toMatchObject({
    kind: 'take_and_send',
    from: 'bot',
    name: 'Welcome',
  })
  expect(mode({ owner: { kind: 'user', id: 'other', name: 'Ben' } })).toMatchObject({ from: 'person', name: 'Ben' })
  expect(mode({ state: 'queued', owner: { kind: 'none' } })).toMatchObject({ from: 'queue' })
})

test('[CH-11] at the second the window closes, free text is blocked', () => {
  expect(mode({ windowExpiresAt: '2026-11-21T10:00:00.000Z' })).toEqual({ kind: 'blocked', reason: 'window_closed' })
  expect(mode({ windowExpiresAt: '2026-11-21T10:00:00.001Z' })).toEqual({ kind: 'send' })
  expect(mode({ windowExpiresAt: null })).toMatchObject({ reason: 'window_closed' })
})

test('a closed conversation and a person without the right are told apart', () => {
  expect(mode({ state: 'closed' })).toMatchObject({ reason: 'closed' })
  expect(mode({}, false)).toMatchObject({ reason: 'forbidden' })
})
