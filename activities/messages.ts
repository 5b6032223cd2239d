import { randomUUID } from 'node:crypto'
import { activityInfo } from '@temporalio/activity'
import { nextTryMs } from '#domain/messages/send-tries.ts'
import { claimSend, type Envelope, type SendOutcome, settleSend } from '#infra/db/stores/mailbox/send.ts'
import { takeInitiation } from '#infra/db/stores/messaging-limits.ts'
import type { SuspendedTenants } from '#infra/db/suspended-tenants.ts'
import type { Db } from '#infra/db/tx.ts'
import { metrics } from '#infra/metrics.ts'
import type { ChannelSenders } from '#infra/providers/channel-senders.ts'
import type { SendFailure } from '#infra/providers/message-sender.ts'
import type { NumberThrottle } from '#infra/providers/number-throttle.ts'
import { toFailure, tryAgainAt } from './failures.ts'
import { whileBeating } from './while-beating.ts'

export type SendDeps = {
  db: Db
  senders: ChannelSenders
  throttle: NumberThrottle
  now: () => number
  suspended?: SuspendedTenants
}
export type SendActivities = ReturnType<typeof createSendActivities>
export type SendInput = { tenantId: string; messageId: string }
/** `refused`: it will never leave. `promptWaitId`: the wait of a flow that this message asks for. */
export type Sent = { atMs: number; refused: boolean; promptWaitId: string | null }

const MIN_BACKOFF_MS = 1_000
const LATE_MS = 10_000
/** A template that waits for room is looked at again this soon: its contact may have written, and then it costs nothing. */
const ROOM_LOOK_MS = 300_000
/** Nothing leaves a suspended tenant, and nothing is lost: what waits is looked at again this soon. */
const SUSPENDED_LOOK_MS = 60_000
const REFUSED: ReadonlySet<string> = new Set(['failed', 'suppressed', 'superseded'])

/** So often is the message before asked for in vain, until one looks after it oneself. */
const PATIENT_ATTEMPTS = 4

type Attempt =
  | { kind: 'done'; sent: Sent }
  | { kind: 'later'; reason: string; untilMs: number; predecessorId: string | null }

export const createSendActivities = ({ db, senders, throttle, now, suspended }: SendDeps) => {
  /** Claim under a fence, POST, outcome. */
  async function attempt(tenantId: string, messageId: string): Promise<Attempt> {
    if (await suspended?.has(tenantId)) {
      return { kind: 'later', reason: 'tenant_suspended', untilMs: now() + SUSPENDED_LOOK_MS, predecessorId: null }
    }
    const fence = randomUUID()
    const startedAt = performance.now()
    const claim = await db.tenant(tenantId, (tx) => claimSend(tx, { tenantId, messageId, fence, nowMs: now() }))
    if (claim.kind === 'settled') {
      return done({ atMs: now(), refused: REFUSED.has(claim.state), promptWaitId: claim.promptWaitId })
    }
    if (claim.kind === 'later') {
      // Another workflow has just claimed it: it is theirs to finish. Only our own retry waits for a claim to be dead.
      const othersAreAtIt = claim.reason === 'in_flight' && activityInfo().attempt === 1
      // Nobody knows whether it arrived, as if this attempt had found that out: what comes next does not wait for a status.
      const isUnknown = claim.reason === 'settling'
      return othersAreAtIt || isUnknown
        ? done({ atMs: now(), refused: false, promptWaitId: claim.promptWaitId })
        : claim
    }

    const { envelope } = claim
    const outcome = await whileBeating(() => post(envelope))
    await db.tenant(tenantId, (tx) => settleSend(tx, { tenantId, envelope, fence, outcome, nowMs: now() }))
    if (outcome.kind === 'not_sent') {
      return { kind: 'later', reason: outcome.failure.code, untilMs: outcome.retryAtMs, predecessorId: null }
    }
    metrics.sends.inc({ outcome: outcome.kind })
    metrics.sendSeconds.observe((performance.now() - startedAt) / 1_000)
    return done({ atMs: now(), refused: outcome.kind === 'rejected', promptWaitId: envelope.promptWaitId })

    async function post(message: Envelope): Promise<SendOutcome> {
      const waitMs = await throttle.take(tenantId, message)
      if (waitMs > 0) return notSent({ class: 'slow', scope: 'number', errorCode: 'provider_throttled' }, waitMs)
      const roomAtMs = await roomFor(message)
      if (roomAtMs !== undefined) return notSent(LIMIT_REACHED, Math.min(roomAtMs - now(), ROOM_LOOK_MS))
      try {
        const sender = await senders.forChannel(tenantId, message)
        const mediaIds = await senders.mediaIds(tenantId, message)
        // A process that was stopped for long between claim and POST must not speak: somebody else may have the row. What
        // was uploaded is known, so the next attempt is quick.
        if (performance.now() - startedAt > LATE_MS) return notSent(LATE, MIN_BACKOFF_MS)
        return toOutcome(
          await sender.send({
            content: message.content,
            to: message.to,
            callbackData: `${message.messageId}.${message.attempt}`,
            ...(message.replyToExternalId === null ? {} : { replyToExternalId: message.replyToExternalId }),
            mediaIds,
          }),
        )
      } catch (error) {
        const failure = toFailure(error)
        if (failure.nonRetryable)
          return {
            kind: 'rejected',
            failure: { code: failure.type ?? 'message_not_sendable', details: failure.message },
          }
        return notSent({
          class: 'backoff',
          scope: 'account',
          errorCode: 'provider_unavailable',
          details: failure.message,
        })
      }
    }

    /** Only a template can be the first word to somebody. */
    async function roomFor(message: Envelope): Promise<number | undefined> {
      if (message.content.kind !== 'template') return undefined
      return db.tenant(tenantId, (tx) => takeInitiation(tx, { tenantId, messageId: message.messageId, nowMs: now() }))
    }

    function toOutcome(
      result: Awaited<ReturnType<Awaited<ReturnType<ChannelSenders['forChannel']>>['send']>>,
    ): SendOutcome {
      if (result.kind === 'accepted') return { kind: 'accepted', externalId: result.externalId }
      if (result.kind === 'unknown') {
        return { kind: 'unknown', failure: { code: 'provider_outcome_unknown', details: result.reason } }
      }
      const { failure } = result
      if (failure.scope === 'number' && failure.class === 'slow') throttle.slowDown(envelope.channelId)
      if (result.kind === 'not_sent') return notSent(failure)
      const tries = envelope.tries + 1
      const waitMs = waitAfter(failure, tries)
      if (waitMs !== undefined) return notSent(failure, waitMs, tries)
      return { kind: 'rejected', failure: { ...failure, code: failure.errorCode, tries } }
    }

    /** `tries` counts what the provider has put off; what never reached it is not the message's fault. */
    function notSent(failure: SendFailure, delayMs?: number, tries = envelope.tries): SendOutcome {
      const wait = delayMs ?? failure.retryAfterMs ?? MIN_BACKOFF_MS * 2
      return { kind: 'not_sent', failure: { ...failure, code: failure.errorCode, tries }, retryAtMs: now() + wait }
    }
  }

  return {
    /**
     * Sends one message. Safe to retry at any point: a retry that finds a claim waits until it is certainly dead, and
     * then the outcome is unknown, not repeated.
     */
    async sendMessage({ tenantId, messageId }: SendInput): Promise<Sent> {
      const first = await attempt(tenantId, messageId)
      if (first.kind === 'done') return first.sent
      const { reason, untilMs, predecessorId } = first
      // The workflow that was to send the one before may have been ended: without help both would wait for ever.
      if (predecessorId !== null && activityInfo().attempt >= PATIENT_ATTEMPTS) await attempt(tenantId, predecessorId)
      throw tryAgainAt(reason, untilMs - now())
    },
  }
}

function waitAfter({ class: failureClass, attemptsMax: triesMax, retryAfterMs }: SendFailure, tries: number) {
  if (failureClass === 'no' || failureClass === 'fix' || failureClass === 'stop') return undefined
  return nextTryMs({ failureClass, triesMax, retryAfterMs }, tries)
}

const done = (sent: Sent): Attempt => ({ kind: 'done', sent })

const LIMIT_REACHED: SendFailure = {
  class: 'slow',
  scope: 'account',
  errorCode: 'provider_throttled',
  details: 'the messaging limit of the business is reached',
}

const LATE: SendFailure = {
  class: 'backoff',
  scope: 'message',
  errorCode: 'provider_unavailable',
  details: 'stopped for too long',
}
