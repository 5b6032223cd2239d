import { activityInfo, cancellationSignal } from '@temporalio/activity'
import { DomainError } from '#domain/errors.ts'
import { readMarkToTell, settleReadMark } from '#infra/db/stores/mailbox/read-marks.ts'
import type { Db } from '#infra/db/tx.ts'
import type { ChannelSenders } from '#infra/providers/channel-senders.ts'
import { GraphError } from '#infra/providers/whatsapp/client.ts'
import { tryAgainAt } from './failures.ts'

export type ReadMarkDeps = { db: Db; senders: ChannelSenders; now: () => number }
export type ReadMarkActivities = ReturnType<typeof createReadMarkActivities>
export type ReadMarkInput = { tenantId: string; conversationId: string }

const ATTEMPTS_MAX = 4

/** The provider has looked at it and will say the same again. One that broke off is asked again: it does no harm twice. */
const isHopeless = (error: unknown): boolean =>
  error instanceof GraphError && ['no', 'fix', 'stop'].includes(error.failure?.class ?? '')

export const createReadMarkActivities = ({ db, senders, now }: ReadMarkDeps) => ({
  /** Tells the provider what was read, or that somebody is typing. Best effort: given up, it says so in its row. */
  async tellRead({ tenantId, conversationId }: ReadMarkInput): Promise<{ told: boolean }> {
    const place = { tenantId, conversationId }
    const mark = await db.tenant(tenantId, (tx) => readMarkToTell(tx, { ...place, nowMs: now() }))
    if (mark === undefined) return { told: false }
    const { messageId, typing } = mark
    try {
      const sender = await senders.forChannel(tenantId, mark)
      await sender.markRead(mark.externalId, { typing, signal: cancellationSignal() })
    } catch (error) {
      const code = error instanceof DomainError ? error.code : 'internal_error'
      const { attempt } = activityInfo()
      if (!isHopeless(error) && attempt < ATTEMPTS_MAX) throw tryAgainAt(code, 1_000 * 3 ** attempt)
      await db.tenant(tenantId, (tx) => settleReadMark(tx, { ...place, messageId, typing, error: code }))
      return { told: false }
    }
    await db.tenant(tenantId, (tx) => settleReadMark(tx, { ...place, messageId, typing }))
    return { told: true }
  },
})
