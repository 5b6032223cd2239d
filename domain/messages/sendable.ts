import { isCut } from '../conversations/mailbox.ts'
import type { OutboundState } from './schema.ts'

/** WhatsApp lets a business write to the same person once in six seconds, and borrow up to 45 of those at once. */
export const PAIR_INTERVAL_MS = 6_000
export const PAIR_BURST = 45
/** A `sending` row without an outcome belongs to a process that is gone after this. */
export const FENCE_MS = 45_000
/** An unknown outcome waits this long for the status webhook that names our message. */
export const SETTLE_MS = 120_000

/** Everything that decides whether one message may leave now, read under its lock. */
export type SendFacts = {
  state: OutboundState
  kind: string
  messageClass: 'reply' | 'reminder' | 'campaign'
  automated: boolean
  epoch: number
  cutEpoch: number
  attempt: number
  sendingAtMs: number | null
  notBeforeMs: number | null
  windowExpiresAtMs: number | null
  predecessorPending: boolean
  contactBlocked: boolean
  contactErased: boolean
  suppressed: boolean
  /** What the contact last said about messages of this category; free text is service. */
  consent: 'granted' | 'withdrawn' | null
  channelConnected: boolean
  hasAddress: boolean
  /** What nobody wrote by hand, queued after the month's messages of the plan were used. */
  beyondQuota: boolean
  /** For templates: their state at the provider. */
  template?: { status: string | null; category: string | null }
}

export type SendDecision =
  | { kind: 'send'; attempt: number; possibleDuplicate: boolean }
  /** It will never leave: the state it ends in, and why. */
  | { kind: 'refuse'; state: 'superseded' | 'suppressed' | 'failed'; code: string }
  /** Not now. The same question is asked again then. */
  | { kind: 'later'; untilMs: number; reason: 'predecessor' | 'in_flight' | 'not_before' | 'settling' }
  /** The process that was sending is gone, and nobody knows whether it did. */
  | { kind: 'lost'; settleByMs: number }
  | { kind: 'settled' }

/**
 * The last look before a message leaves the house, the same for every kind of message: cut, consent, quota, window,
 * template, order. Rate limits are asked afterwards, because asking them takes from them.
 *
 * An unknown outcome is settled by a status webhook. When none came, a reply may be sent once more, flagged as a possible
 * duplicate; reminders and campaigns never are.
 */
export function decideSend(facts: SendFacts, nowMs: number): SendDecision {
  if (facts.state === 'sending') {
    const fenceEndMs = (facts.sendingAtMs ?? 0) + FENCE_MS
    if (nowMs < fenceEndMs) return { kind: 'later', untilMs: fenceEndMs, reason: 'in_flight' }
    return { kind: 'lost', settleByMs: (facts.sendingAtMs ?? nowMs) + SETTLE_MS }
  }
  if (facts.state === 'unknown') return decideResend(facts, nowMs)
  if (facts.state !== 'queued') return { kind: 'settled' }
  return (
    refusal(facts, nowMs) ??
    waiting(facts, nowMs) ?? { kind: 'send', attempt: facts.attempt + 1, possibleDuplicate: false }
  )
}

function decideResend(facts: SendFacts, nowMs: number): SendDecision {
  if (facts.messageClass !== 'reply' || facts.attempt >= 2) return { kind: 'settled' }
  const settleByMs = (facts.sendingAtMs ?? 0) + SETTLE_MS
  if (nowMs < settleByMs) return { kind: 'later', untilMs: settleByMs, reason: 'settling' }
  // A second attempt that may not leave changes nothing about the first, whose outcome stays unknown.
  if (refusal(facts, nowMs) !== undefined) return { kind: 'settled' }
  return { kind: 'send', attempt: facts.attempt + 1, possibleDuplicate: true }
}

function refusal(facts: SendFacts, nowMs: number): SendDecision | undefined {
  if (isCut(facts, facts)) return { kind: 'refuse', state: 'superseded', code: 'superseded' }
  if (facts.contactErased || facts.suppressed)
    return { kind: 'refuse', state: 'suppressed', code: 'recipient_suppressed' }
  if (facts.contactBlocked) return { kind: 'refuse', state: 'suppressed', code: 'recipient_suppressed' }
  if (facts.consent === 'withdrawn') return { kind: 'refuse', state: 'suppressed', code: 'recipient_opted_out' }
  if (!facts.hasAddress) return { kind: 'refuse', state: 'failed', code: 'message_not_sendable' }
  if (!facts.channelConnected) return { kind: 'refuse', state: 'failed', code: 'channel_not_connected' }
  // A state that yields, unlike a suppression: a person may send it again once the plan allows more.
  if (facts.beyondQuota) return { kind: 'refuse', state: 'failed', code: 'quota_exceeded' }
  if (facts.template !== undefined) return templateRefusal(facts.template, facts.consent)
  if (facts.windowExpiresAtMs === null || nowMs >= facts.windowExpiresAtMs) {
    return { kind: 'refuse', state: 'failed', code: 'service_window_closed' }
  }
  return undefined
}

function templateRefusal(
  template: NonNullable<SendFacts['template']>,
  consent: SendFacts['consent'],
): SendDecision | undefined {
  if (template.status !== 'approved') return { kind: 'refuse', state: 'failed', code: 'template_not_approved' }
  if (template.category === 'marketing' && consent !== 'granted') {
    return { kind: 'refuse', state: 'suppressed', code: 'recipient_opted_out' }
  }
  return undefined
}

function waiting(facts: SendFacts, nowMs: number): SendDecision | undefined {
  if (facts.predecessorPending) return { kind: 'later', untilMs: nowMs + 500, reason: 'predecessor' }
  if (facts.notBeforeMs !== null && nowMs < facts.notBeforeMs) {
    return { kind: 'later', untilMs: facts.notBeforeMs, reason: 'not_before' }
  }
  return undefined
}
