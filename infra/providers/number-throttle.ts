import type { Db } from '#infra/db/tx.ts'
import { sql } from '#infra/db/tx.ts'

export type NumberThrottle = ReturnType<typeof createNumberThrottle>

type Local = { tokens: number; slowUntilMs: number; lease: Promise<boolean> | undefined }

/** One lease is this share of a second's worth, so that several workers share a number smoothly. */
const LEASES_PER_SECOND = 4

/**
 * The throughput of a number, shared by all workers through one row and leased in slices: one statement per slice
 * instead of one per message.
 */
export function createNumberThrottle({ db, now }: { db: Db; now: () => number }) {
  const numbers = new Map<string, Local>()

  function localOf(channelId: string): Local {
    const known = numbers.get(channelId) ?? { tokens: 0, slowUntilMs: 0, lease: undefined }
    numbers.set(channelId, known)
    return known
  }

  /** Takes a slice from the row if it has one. */
  async function lease(local: Local, tenantId: string, channelId: string, perSecond: number): Promise<boolean> {
    const slice = Math.max(1, Math.ceil(perSecond / LEASES_PER_SECOND))
    const taken = await db.tenant(tenantId, (tx) =>
      tx.run(sql`
        insert into number_buckets as b (tenant_id, channel_id, tokens, refilled_at)
        values (${tenantId}, ${channelId}, ${perSecond - slice}::float8, now())
        on conflict (tenant_id, channel_id) do update set refilled_at = now(),
          tokens = least(${perSecond}::float8, b.tokens + extract(epoch from now() - b.refilled_at) * ${perSecond}::float8)
            - ${slice}::float8
        where least(${perSecond}::float8, b.tokens + extract(epoch from now() - b.refilled_at) * ${perSecond}::float8)
          >= ${slice}::float8`),
    )
    if (taken > 0) local.tokens += slice
    return taken > 0
  }

  return {
    /** Takes one message's worth. @returns 0 when it may go, else how many milliseconds to wait. */
    async take(tenantId: string, channel: { channelId: string; messagesPerSecond: number }): Promise<number> {
      const local = localOf(channel.channelId)
      const slow = now() < local.slowUntilMs
      const perSecond = slow ? Math.max(1, Math.floor(channel.messagesPerSecond / 2)) : channel.messagesPerSecond
      while (local.tokens < 1) {
        local.lease ??= lease(local, tenantId, channel.channelId, perSecond).finally(() => {
          local.lease = undefined
        })
        if (!(await local.lease)) return Math.ceil(1_000 / LEASES_PER_SECOND)
      }
      local.tokens -= 1
      return 0
    },
    /** The provider says it is too much: half the rate for a minute. */
    slowDown(channelId: string): void {
      const local = localOf(channelId)
      local.slowUntilMs = now() + 60_000
      local.tokens = 0
    },
  }
}
