import type { Conversation } from '#domain/conversations/schema.ts'

export type WritingMode =
  | { kind: 'send' }
  /** Somebody else speaks: sending takes the conversation over first, and says so on the button. */
  | { kind: 'take_and_send'; from: 'bot' | 'queue' | 'person'; name: string }
  | { kind: 'blocked'; reason: 'closed' | 'window_closed' | 'forbidden' | 'opted_out' | 'loading' }

type Hand = Exclude<WritingMode, { kind: 'blocked' }>

/** Whether writing takes the conversation from somebody, and from whom. */
export function handOf({ owner, state }: Pick<Conversation, 'owner' | 'state'>, personId: string | undefined): Hand {
  if (owner.kind === 'user') {
    return owner.id === personId ? { kind: 'send' } : { kind: 'take_and_send', from: 'person', name: owner.name }
  }
  if (owner.kind === 'run') return { kind: 'take_and_send', from: 'bot', name: owner.name }
  return { kind: 'take_and_send', from: state === 'bot' ? 'bot' : 'queue', name: '' }
}

/** Whether an agent may write now, and what it takes. The server decides; this only says it beforehand. */
export function writingMode(input: {
  conversation: Conversation | undefined
  personId: string | undefined
  mayReply: boolean
  nowMs: number
}): WritingMode {
  const { conversation, personId, mayReply, nowMs } = input
  if (!conversation || personId === undefined) return { kind: 'blocked', reason: 'loading' }
  if (!mayReply) return { kind: 'blocked', reason: 'forbidden' }
  if (conversation.state === 'closed') return { kind: 'blocked', reason: 'closed' }
  if (conversation.windowExpiresAt === null || Date.parse(conversation.windowExpiresAt) <= nowMs) {
    return { kind: 'blocked', reason: 'window_closed' }
  }
  return handOf(conversation, personId)
}
