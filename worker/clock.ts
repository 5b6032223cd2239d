import { randomUUID } from 'node:crypto'
import {
  type ClaimedFiring,
  claimFirings,
  countRunsToRing,
  type FiringPage,
  nextPage,
  settlePage,
} from '#infra/db/stores/flow-firings.ts'
import { comeDue, dueSchedules } from '#infra/db/stores/flow-schedules.ts'
import { startForTime } from '#infra/db/stores/mailbox/triggers.ts'
import type { ReactionDeps } from './reactions.ts'
import { sideBySide } from './side-by-side.ts'

const SCHEDULES_AT_ONCE = 50
const FIRINGS_AT_ONCE = 4
const CONTACTS_PER_PAGE = 100
const STARTS_SIDE_BY_SIDE = 4
const LEASE_MS = 20_000
/** With so many runs waiting for their first ring, a page would only lengthen the line that chats stand in too. */
const RUNS_WAITING_MAX = 200

/**
 * FLOW-11: flows whose time has come. Instants are written down once, then their contacts are taken page by page, by
 * whichever dispatcher is free; each page says where the next begins.
 *
 * @returns how much was done.
 */
export async function keepTime(deps: ReactionDeps): Promise<number> {
  const { db, definitions, log, now } = deps
  const due = await db.relay((relay) => dueSchedules(relay, SCHEDULES_AT_ONCE))
  for (const schedule of due) {
    const { skippedMs } = await db.tenant(schedule.tenantId, (tx) =>
      comeDue(tx, { ...schedule, definitions, nowMs: now() }),
    )
    if (skippedMs === undefined) continue
    const skippedFrom = new Date(skippedMs).toISOString()
    log.warn({ ...schedule, skippedFrom }, 'a flow came due too long ago and was skipped')
  }
  const waiting = await db.relay((relay) => countRunsToRing(relay, RUNS_WAITING_MAX))
  if (waiting >= RUNS_WAITING_MAX) return 0
  const token = randomUUID()
  const firings = await db.relay((relay) => claimFirings(relay, { token, leaseMs: LEASE_MS, limit: FIRINGS_AT_ONCE }))
  await Promise.all(firings.map((firing) => firePage(deps, { ...firing, token })))
  return firings.length
}

async function firePage(deps: ReactionDeps, firing: ClaimedFiring): Promise<void> {
  const { db, definitions, now } = deps
  const { tenantId } = firing
  const page = await db.tenant(tenantId, (tx) =>
    nextPage(tx, { ...firing, definitions, nowMs: now(), limit: CONTACTS_PER_PAGE }),
  )
  if (page === undefined) return
  const counts = { started: 0, failed: 0 }
  await sideBySide(page.starts, STARTS_SIDE_BY_SIDE, async (start) => {
    const outcome = await startOne(deps, { firing, page, start })
    if (outcome !== 'none') counts[outcome] += 1
  })
  await db.tenant(tenantId, (tx) => settlePage(tx, firing, { ...page, ...counts }))
}

type Start = { firing: ClaimedFiring; page: FiringPage; start: FiringPage['starts'][number] }

/** One contact that cannot be started must not hold up the others; with the database away, the whole page waits. */
async function startOne(
  { db, log }: ReactionDeps,
  { firing, page, start }: Start,
): Promise<'started' | 'failed' | 'none'> {
  const { tenantId, flowId } = firing
  const attempt = () =>
    db.tenant(tenantId, (tx) =>
      startForTime(tx, { tenantId, ...start, flow: page.flow, atMs: firing.fireAt.getTime() }),
    )
  try {
    return (await attempt().catch(attempt)) ? 'started' : 'none'
  } catch (error) {
    await db.tenant(tenantId, async () => undefined) // Throws when it is not about this contact.
    log.error({ err: error, tenantId, flowId, contactId: start.contactId }, 'a flow could not start for a contact')
    return 'failed'
  }
}
