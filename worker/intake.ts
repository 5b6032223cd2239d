import { type InboundLane, markItemFailed, type StoredItem, takeLane, waitingLanes } from '#infra/db/stores/inbound.ts'
import { takeInItems } from '#infra/db/stores/mailbox/intake-items.ts'
import type { Db } from '#infra/db/tx.ts'
import type { Logger } from '#infra/log.ts'
import { metrics } from '#infra/metrics.ts'

export type IntakeDeps = { db: Db; log: Logger; now: () => number }

const LANES_AT_ONCE = 8
const ITEMS_PER_LANE = 50

/**
 * Takes what was acknowledged into conversations. Lanes are worked side by side, each in one transaction; any number of
 * processes may do this at once.
 *
 * @returns how many items were taken.
 */
export async function takeIn(deps: IntakeDeps): Promise<number> {
  const lanes = await deps.db.relay((tx) => waitingLanes(tx, 200))
  let taken = 0
  let next = 0
  const work = async () => {
    while (next < lanes.length) {
      const lane = lanes[next]!
      next += 1
      taken += await takeLaneIn(deps, lane)
    }
  }
  await Promise.all(Array.from({ length: Math.min(LANES_AT_ONCE, lanes.length) }, work))
  if (taken > 0) metrics.intake.inc({}, taken)
  return taken
}

async function takeLaneIn(deps: IntakeDeps, lane: InboundLane): Promise<number> {
  try {
    return await deps.db.tenant(lane.tenantId, async (tx) => {
      const items = await takeLane(tx, lane, ITEMS_PER_LANE)
      if (items.length > 0) await takeInItems(tx, { lane, items, nowMs: deps.now() })
      return items.length
    })
  } catch (error) {
    deps.log.warn(
      { err: error, tenantId: lane.tenantId },
      'a lane was refused as a whole; its items are taken one by one',
    )
    return oneByOne(deps, lane)
  }
}

/** One bad item must not hold up its neighbours: each gets a transaction of its own, and only the bad one is counted. */
async function oneByOne(deps: IntakeDeps, lane: InboundLane): Promise<number> {
  let taken = 0
  for (let count = 0; count < ITEMS_PER_LANE; count += 1) {
    let item: StoredItem | undefined
    try {
      const done = await deps.db.tenant(lane.tenantId, async (tx) => {
        item = (await takeLane(tx, lane, 1))[0]
        if (item !== undefined) await takeInItems(tx, { lane, items: [item], nowMs: deps.now() })
        return item !== undefined
      })
      if (!done) return taken
      taken += 1
    } catch (error) {
      if (item === undefined) throw error
      const { id } = item
      const state = await deps.db.tenant(lane.tenantId, (tx) => markItemFailed(tx, id, String(error)))
      deps.log.error(
        { err: error, tenantId: lane.tenantId, itemId: id, state },
        'an inbound item was refused by our own code',
      )
    }
  }
  return taken
}
