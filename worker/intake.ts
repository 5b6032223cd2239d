import {
  type InboundKind,
  type InboundLane,
  type InboundLanes,
  markItemFailed,
  type StoredItem,
  takeLanes,
  waitingLanes,
} from '#infra/db/stores/inbound.ts'
import type { IntakeChannels } from '#infra/db/stores/mailbox/intake-channels.ts'
import { takeInItems } from '#infra/db/stores/mailbox/intake-items.ts'
import type { Db } from '#infra/db/tx.ts'
import type { Logger } from '#infra/log.ts'
import { metrics } from '#infra/metrics.ts'
import { sideBySide } from './side-by-side.ts'

export type IntakeDeps = { db: Db; channels: IntakeChannels; log: Logger; now: () => number }

const TRANSACTIONS_AT_ONCE = 6
/** As many people as lose little when one of them makes the transaction fail and all are taken one by one. */
const LANES_TOGETHER = 16
const ITEMS_TOGETHER = 200

/**
 * Takes what was acknowledged into conversations. Some lanes of a channel are taken in one transaction, several such
 * transactions run side by side, and any number of processes may do this at once.
 *
 * @returns how many items were taken.
 */
export async function takeIn(deps: IntakeDeps, kind?: InboundKind): Promise<number> {
  const waiting = await deps.db.relayOnce((tx) => waitingLanes(tx, { ...(kind && { kind }), limit: 400 }))
  let taken = 0
  await sideBySide(together(waiting), TRANSACTIONS_AT_ONCE, async (lanes) => {
    taken += await takeLanesIn(deps, lanes)
  })
  if (taken > 0) metrics.intake.inc({}, taken)
  return taken
}

/** Lanes of one channel in groups, each group as old as its oldest lane. */
function together(waiting: readonly InboundLane[]): InboundLanes[] {
  const groups: { tenantId: string; channelId: string; lanes: string[] }[] = []
  const open = new Map<string, (typeof groups)[number]>()
  for (const { tenantId, channelId, lane } of waiting) {
    let group = open.get(channelId)
    if (group === undefined || group.lanes.length === LANES_TOGETHER) {
      group = { tenantId, channelId, lanes: [] }
      open.set(channelId, group)
      groups.push(group)
    }
    group.lanes.push(lane)
  }
  return groups
}

async function takeLanesIn(deps: IntakeDeps, group: InboundLanes): Promise<number> {
  const { tenantId } = group
  try {
    return (await takeSome(deps, group, ITEMS_TOGETHER)).length
  } catch (error) {
    deps.log.warn({ err: error, tenantId }, 'items were refused together; they are taken one by one')
    let taken = 0
    for (const lane of group.lanes) taken += await oneByOne(deps, { ...group, lanes: [lane] })
    return taken
  }
}

function takeSome(
  { db, channels, now }: IntakeDeps,
  group: InboundLanes,
  limit: number,
  onTaken?: (items: readonly StoredItem[]) => void,
): Promise<StoredItem[]> {
  // Lost with a crash, it is taken in again: its items are then still new.
  return db.tenant({ tenantId: group.tenantId, lasting: false }, async (tx) => {
    const items = await takeLanes(tx, group, limit)
    onTaken?.(items)
    if (items.length > 0) await takeInItems(tx, { ...group, channels, items, nowMs: now() })
    return items
  })
}

/** One bad item must not hold up its neighbours: each gets a transaction of its own, and only the bad one is counted. */
async function oneByOne(deps: IntakeDeps, lane: InboundLanes): Promise<number> {
  const { tenantId } = lane
  let taken = 0
  for (let count = 0; count < ITEMS_TOGETHER; count += 1) {
    let item: StoredItem | undefined
    try {
      const done = await takeSome(deps, lane, 1, ([first]) => {
        item = first
      })
      if (done.length === 0) return taken
      taken += 1
    } catch (error) {
      if (item === undefined) throw error
      const { id } = item
      const state = await deps.db.tenant(tenantId, (tx) => markItemFailed(tx, id, String(error)))
      deps.log.error({ err: error, tenantId, itemId: id, state }, 'an inbound item was refused by our own code')
    }
  }
  return taken
}
