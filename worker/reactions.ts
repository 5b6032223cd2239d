import type { EventType } from '#domain/events/schema.ts'
import { syncFlowSchedules } from '#infra/db/stores/flow-schedules.ts'
import { reactToContact } from '#infra/db/stores/mailbox/contact-reactions.ts'
import type { Definitions } from '#infra/db/stores/mailbox/definitions.ts'
import {
  dueRetries,
  type EventNotice,
  loadEvent,
  moveCursor,
  nextEvents,
  putAside,
  type ReactionEvent,
  type Reader,
  takeRetry,
} from '#infra/db/stores/reactions.ts'
import type { Db, Tx } from '#infra/db/tx.ts'
import type { Logger } from '#infra/log.ts'

export type ReactionDeps = { db: Db; definitions: Definitions; log: Logger; now: () => number }

type Reaction = {
  types: ReadonlySet<EventType>
  /** Told at least once of every event of its types; what it starts must name the event as its cause. */
  react: (tx: Tx, event: ReactionEvent, deps: ReactionDeps) => Promise<void>
}

const PAGE = 500
const RETRIES_AT_ONCE = 20
const LANES = 4

const REACTIONS: Readonly<Record<Reader, Reaction>> = {
  'contact-triggers': {
    types: new Set<EventType>(['contact.changed', 'contact.tagged']),
    async react(tx, event, { definitions, log, now }) {
      const { refused } = await reactToContact(tx, { event, definitions, nowMs: now() })
      if (refused === undefined) return
      const { tenantId, id: eventId, subjectId: contactId } = event
      log.warn({ tenantId, eventId, contactId, refused }, 'a change of a contact starts no more flows')
    },
  },
  'flow-schedules': {
    types: new Set<EventType>(['flow.published', 'flow.changed']),
    react: (tx, { tenantId, subjectId: flowId, atMs }, { definitions }) =>
      syncFlowSchedules(tx, { tenantId, flowId, definitions, afterMs: atMs }),
  },
}

export const READERS = Object.keys(REACTIONS) as Reader[]

/**
 * Reads on from where a reader stands and lets it react, event by event. The cursor moves when all of a page have been
 * carried out or put aside, so nothing is stepped over; a page that is read twice starts nothing twice.
 *
 * @returns how many events were read.
 */
export async function react(deps: ReactionDeps, reader: Reader): Promise<number> {
  const read = await deps.db.relay(async (relay) => {
    const page = await nextEvents(relay, { reader, limit: PAGE })
    const last = page?.at(-1)
    if (page === undefined || last === undefined) return 0
    await inLanes(
      page.filter(({ type }) => REACTIONS[reader].types.has(type)),
      (notice) => handle(deps, reader, notice),
    )
    await moveCursor(relay, reader, last.position)
    return page.length
  })
  return read === 0 ? tryAgain(deps, reader) : read
}

/** Events of one tenant stay in their order; tenants do not wait for each other. */
async function inLanes(notices: readonly EventNotice[], work: (notice: EventNotice) => Promise<void>): Promise<void> {
  const lanes = [...Map.groupBy(notices, ({ tenantId }) => tenantId).values()]
  let next = 0
  const run = async () => {
    while (next < lanes.length) {
      const lane = lanes[next]!
      next += 1
      for (const notice of lane) await work(notice)
    }
  }
  await Promise.all(Array.from({ length: Math.min(LANES, lanes.length) }, run))
}

async function handle(deps: ReactionDeps, reader: Reader, { tenantId, id }: EventNotice): Promise<void> {
  try {
    await deps.db.tenant(tenantId, (tx) => tell(deps, reader, tx, id))
  } catch (error) {
    await aside(deps, { tenantId, reader, eventId: id }, error)
  }
}

async function tell(deps: ReactionDeps, reader: Reader, tx: Tx, eventId: string): Promise<void> {
  const event = await loadEvent(tx, eventId)
  if (event !== undefined) await REACTIONS[reader].react(tx, event, deps)
}

async function aside(
  { db, log }: ReactionDeps,
  place: { tenantId: string; reader: Reader; eventId: string },
  error: unknown,
): Promise<void> {
  log.warn({ err: error, ...place }, 'a reaction failed; its event waits apart')
  await db.tenant(place.tenantId, (tx) => putAside(tx, { ...place, error: String(error) }))
}

/** What waits apart; the row goes in the transaction that settles it, and comes back when that fails. */
async function tryAgain(deps: ReactionDeps, reader: Reader): Promise<number> {
  const waiting = await deps.db.relay((relay) => dueRetries(relay, reader, RETRIES_AT_ONCE))
  for (const place of waiting) {
    try {
      await deps.db.tenant(place.tenantId, async (tx) => {
        if (await takeRetry(tx, place)) await tell(deps, reader, tx, place.eventId)
      })
    } catch (error) {
      await aside(deps, place, error)
    }
  }
  return waiting.length
}
