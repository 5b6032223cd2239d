import type { ErrorCode } from '#domain/errors.ts'
import type { OutboundContent } from '#domain/messages/schema.ts'

/**
 * What to do about a refused message: `backoff` try again soon, `slow` the number or account must slow down, `pair`
 * only this contact must be left alone for a while, `no` this message will never go, `fix` somebody must change a
 * setting first, `stop` sending of this sort must stop until further notice.
 */
export const FAILURE_CLASSES = ['backoff', 'slow', 'pair', 'no', 'fix', 'stop'] as const
export type FailureClass = (typeof FAILURE_CLASSES)[number]

/** How far the trouble reaches: one message, one contact, one template, one number, the whole account. */
export type FailureScope = 'message' | 'contact' | 'template' | 'number' | 'account'

export type SendFailure = {
  class: FailureClass
  scope: FailureScope
  errorCode: ErrorCode
  /** The provider's own code, text and trace, for engineers; never shown to contacts. */
  providerCode?: number
  title?: string
  details?: string
  httpStatus?: number
  traceId?: string
  /** Not before this time has passed; absent where the usual backoff is right. */
  retryAfterMs?: number
  /** At most this many tries in all; absent where the usual limit is right. */
  attemptsMax?: number
}

export type SendOutcome =
  | { kind: 'accepted'; externalId: string; messageStatus?: string; waId?: string; userId?: string }
  /** The provider looked at it and refused: no message exists. */
  | { kind: 'rejected'; failure: SendFailure }
  /** It never reached the provider: no message exists. */
  | { kind: 'not_sent'; failure: SendFailure }
  /** Nobody can tell yet. It must not be sent again before a status or the wait has settled it. */
  | { kind: 'unknown'; reason: string }

/** `waId` is the phone in digits, `userId` the provider's id for someone whose phone we do not know. */
export type Recipient = { waId?: string; userId?: string }

export type OutboundMessage = {
  content: OutboundContent
  to: Recipient
  replyToExternalId?: string
  /** Comes back in every status; tells our message and attempt apart when the answer got lost. */
  callbackData: string
  /** Our file id to the provider's media id, for files that were uploaded before. */
  mediaIds?: Readonly<Record<string, string>>
}

export type CallOptions = { signal?: AbortSignal; timeoutMs?: number }

/** A connected number that can send. */
export type MessageSender = {
  send(message: OutboundMessage, options?: CallOptions): Promise<SendOutcome>
  /** Marks an inbound message read, and shows that an answer is being written. */
  markRead(inboundExternalId: string, options?: CallOptions & { typing?: boolean }): Promise<void>
}
