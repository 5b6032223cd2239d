import type { Message } from '#domain/conversations/schema.ts'
import { type Change, changesOf, isShownOnMessage } from './changes.ts'
import type { Ghost } from './outbox.svelte.ts'

export type ThreadItem =
  | { kind: 'unread'; id: string; count: number }
  | { kind: 'line'; id: string; message: Message }
  | { kind: 'bubble'; id: string; message: Message; first: boolean; last: boolean; change?: Change }
  | { kind: 'ghost'; id: string; ghost: Ghost }

/** What was said on one day. */
export type ThreadDay = { id: string; atMs: number; items: ThreadItem[] }

const GROUP_MS = 4 * 60_000
const NOT_BUBBLES: readonly string[] = ['line', 'system', 'edit', 'revoke', 'permission_reply']

const speaker = (message: Message): string =>
  `${message.direction}/${message.sender.type}/${message.sender.id ?? ''}/${message.held !== null}`
const isLine = (message: Message): boolean =>
  message.direction === 'internal' || NOT_BUBBLES.includes(message.content.kind)
/** Reactions stand on the bubble they belong to; only one that did not arrive is worth a line of its own. */
const isHidden = (message: Message): boolean => message.content.kind === 'reaction' && message.state !== 'failed'

type Input = { messages: readonly Message[]; ghosts: readonly Ghost[]; unreadCount: number }

/** Lays a thread out as people read it: days, who speaks in a row, what is new, and what is still on its way. */
export function foldThread({ messages, ghosts, unreadCount }: Input): ThreadDay[] {
  const changes = changesOf(messages)
  const externalIds = new Set(messages.flatMap((message) => message.externalId ?? []))
  const shown = messages.filter((message) => !isHidden(message) && !isShownOnMessage(message, externalIds))
  const firstUnreadId = nthInboundFromEnd(shown, unreadCount)
  const days: ThreadDay[] = []
  const put = (at: string, ...items: ThreadItem[]) => {
    const atMs = Date.parse(at)
    const id = new Date(atMs).toDateString()
    const day = days.at(-1)
    if (day?.id === id) day.items.push(...items)
    else days.push({ id, atMs, items })
  }
  for (const [index, message] of shown.entries()) {
    const isFirstUnread = message.id === firstUnreadId
    if (isFirstUnread) put(message.sentAt, { kind: 'unread', id: 'unread', count: unreadCount })
    if (isLine(message)) put(message.sentAt, { kind: 'line', id: message.id, message })
    else {
      const next = shown[index + 1]
      const first = isFirstUnread || !joined(shown[index - 1], message)
      const last = !joined(message, next) || next?.id === firstUnreadId
      const change = changes.get(message.id)
      put(message.sentAt, { kind: 'bubble', id: message.id, message, first, last, ...(change ? { change } : {}) })
    }
  }
  const written = new Set(messages.map((message) => message.clientId))
  for (const ghost of ghosts) {
    if (!written.has(ghost.clientId)) put(ghost.at, { kind: 'ghost', id: ghost.clientId, ghost })
  }
  return days
}

function joined(a: Message | undefined, b: Message | undefined): boolean {
  if (!a || !b || isLine(a) || isLine(b) || speaker(a) !== speaker(b)) return false
  const [from, to] = [new Date(a.sentAt), new Date(b.sentAt)]
  return to.getTime() - from.getTime() < GROUP_MS && from.toDateString() === to.toDateString()
}

function nthInboundFromEnd(messages: readonly Message[], count: number): string | undefined {
  if (count <= 0) return undefined
  return messages.filter((message) => message.direction === 'inbound').at(-count)?.id
}
