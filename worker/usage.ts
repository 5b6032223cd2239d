import { countUses, warnOfQuota } from '#infra/db/stores/quotas.ts'
import { moveUsageCursor, nextMessageCounts, usesAmong } from '#infra/db/stores/usage-meter.ts'
import type { Db } from '#infra/db/tx.ts'

const PAGE = 2_000
/** Nothing that comes in is refused, so its quotas are only looked at, and not more often than this. */
const LOOKED_AT_EVERY_MS = 10 * 60_000
const INBOUND_QUOTAS = ['contacts', 'storageBytes'] as const

type UsageDeps = { db: Db; now: () => number }
const lookedAtMs = new Map<string, number>()

async function warnOfGrowth({ db, now }: UsageDeps, tenantId: string): Promise<void> {
  if (now() - (lookedAtMs.get(tenantId) ?? -LOOKED_AT_EVERY_MS) < LOOKED_AT_EVERY_MS) return
  lookedAtMs.set(tenantId, now())
  await db.tenant(tenantId, async (tx) => {
    for (const quota of INBOUND_QUOTAS) await warnOfQuota(tx, tenantId, quota)
  })
}

/**
 * Counts the messages that left, behind the verbs that wrote them: a counter in their transactions would be one row on
 * which a whole tenant waits. Each count names the event up to which it counts, so a page that is read twice counts once.
 *
 * @returns how many events were read, if there are probably more.
 */
export async function meterUsage(deps: UsageDeps): Promise<number> {
  const { db } = deps
  return db.relay(async (relay) => {
    const page = await nextMessageCounts(relay, PAGE)
    if (page === undefined) return 0
    for (const { tenantId, month, messageIds, position } of page.counts) {
      await db.tenant(tenantId, async (tx) => {
        const by = await usesAmong(tx, messageIds)
        await countUses(tx, { tenantId, quota: 'messages', by, month, position })
        await warnOfQuota(tx, tenantId, 'messages')
      })
    }
    for (const tenantId of page.grown) await warnOfGrowth(deps, tenantId)
    await moveUsageCursor(relay, page.last)
    return page.read < PAGE ? 0 : page.read
  })
}
