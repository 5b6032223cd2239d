import { countUses, warnOfQuota } from '#infra/db/stores/quotas.ts'
import { moveUsageCursor, nextMessageCounts } from '#infra/db/stores/usage-meter.ts'
import type { Db } from '#infra/db/tx.ts'

const PAGE = 2_000

/**
 * Counts the messages that left, behind the verbs that wrote them: a counter in their transactions would be one row on
 * which a whole tenant waits. Each count names the event up to which it counts, so a page that is read twice counts once.
 *
 * @returns how many events were read, if there are probably more.
 */
export async function meterUsage({ db }: { db: Db }): Promise<number> {
  return db.relay(async (relay) => {
    const page = await nextMessageCounts(relay, PAGE)
    if (page === undefined) return 0
    for (const { tenantId, month, count, position } of page.counts) {
      await db.tenant(tenantId, async (tx) => {
        await countUses(tx, { tenantId, quota: 'messages', by: count, month, position })
        await warnOfQuota(tx, tenantId, 'messages')
      })
    }
    await moveUsageCursor(relay, page.last)
    return page.read < PAGE ? 0 : page.read
  })
}
