import type { EventType } from '#domain/events/schema.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import { reactToOptWord, siftOptWords } from '#infra/db/stores/consent-words.ts'
import { meetContact } from '#infra/db/stores/erased-contacts.ts'
import { syncFlowSchedules } from '#infra/db/stores/flow-schedules.ts'
import { reactToContact, siftContactEvents } from '#infra/db/stores/mailbox/contact-reactions.ts'
import type { Definitions } from '#infra/db/stores/mailbox/definitions.ts'
import { siftTold, TOLD_EVENTS, tellOf } from '#infra/db/stores/notification-reactions.ts'
import {
  dueRetries,
  type EventNotice,
  loadEvent,
  moveCursor,
  nextEvents,
  passOthers,
  type ReactionEvent,
  type Reader,
} from '#infra/db/stores/reactions.ts'
import type { Db, Tx } from '#infra/db/tx.ts'
import type { Logger } from '#infra/log.ts'
import { putOff, tryAgain } from './asides.ts'
import { sideBySide } from './side-by-side.ts'

export type ReactionDeps = { db: Db; definitions: Definitions; log: Logger; now: () => number; keyRing?: KeyRing }

type Reaction = {
  types: ReadonlySet<EventType>
  /** Told at least once of every event of its types; what it starts must name the event as its cause. */
  react: (tx: Tx, event: ReactionEvent, deps: ReactionDeps) => Promise<void>
  /** Which of a tenant's events matter at all, so that a change of a hundred thousand contacts is passed in big steps. */
  sift?: (tx: Tx, place: { tenantId: string; eventIds: readonly string[] }, deps: ReactionDeps) => Promise<Set<string>>
}

const PAGE = 500
const RETRIES_AT_ONCE = 20
const LANES = 4

const REACTIONS: Readonly<Record<Reader, Reaction>> = {
  'consent-words': {
    types: new Set<EventType>(['message.received', 'message.held']),
    sift: siftOptWords,
    react: (tx, event, { now }) => reactToOptWord(tx, event, now()),
  },
  'contact-triggers': {
    types: new Set<EventType>(['contact.changed', 'contact.tagged']),
    sift: (tx, place, { definitions }) => siftContactEvents(tx, { ...place, definitions }),
    async react(tx, event, { definitions, log, now }) {
      const { refused } = await reactToContact(tx, { event, definitions, nowMs: now() })
      if (refused === undefined) return
      const { tenantId, id: eventId, subjectId: contactId } = event
      log.warn({ tenantId, eventId, contactId, refused }, 'a change of a contact starts no more flows')
    },
  },
  'erased-contacts': {
    types: new Set<EventType>(['contact.created']),
    async react(tx, { tenantId, subjectId: contactId }, { keyRing }) {
      if (keyRing !== undefined) await meetContact(tx, { tenantId, contactId, keyRing })
    },
  },
  'flow-schedules': {
    types: new Set<EventType>(['flow.published', 'flow.changed']),
    react: (tx, { tenantId, subjectId: flowId, atMs }, { definitions }) =>
      syncFlowSchedules(tx, { tenantId, flowId, definitions, afterMs: atMs }),
  },
  notifications: {
    types: TOLD_EVENTS,
    sift: (tx, { eventIds }) => siftTold(tx, eventIds),
    react: tellOf,
  },
}

export const READERS = Object.keys(REACTIONS) as Reader[]

/**
 * Reads on from where a reader stands and lets it react, event by event. The cursor moves when all of a page have been
 * carried out or put aside, so nothing is stepped over; a page that is read twice starts nothing twice.
 *
 * @returns how many events were read, if there are probably more.
 */
export async function react(deps: ReactionDeps, reader: Reader): Promise<number> {
  const { types } = REACTIONS[reader]
  const { news, more } = await deps.db.relayOnce((relay) => passOthers(relay, { reader, types, limit: PAGE }))
  if (!news) return more ? PAGE : 0
  const { read, aside } = await deps.db.relay(async (relay) => {
    const [page, aside] = await Promise.all([
      nextEvents(relay, { reader, limit: PAGE }),
      dueRetries(relay, reader, RETRIES_AT_ONCE),
    ])
    const last = page?.at(-1)
    if (page !== undefined && last !== undefined) {
      await reactToPage(deps, reader, page)
      moveCursor(relay, reader, last.position)
    }
    return { read: page?.length ?? 0, aside }
  })
  for (const place of aside) await tryAgain(deps, place, (tx) => tell(deps, reader, tx, place.eventId))
  return read === PAGE ? read : 0
}

/** What a contact or a flow went through stays in its order; contacts and tenants do not wait for each other. */
async function reactToPage(deps: ReactionDeps, reader: Reader, page: readonly EventNotice[]): Promise<void> {
  const { types } = REACTIONS[reader]
  const notices = page.filter(({ type }) => types.has(type))
  const tenants = [...Map.groupBy(notices, ({ tenantId }) => tenantId)]
  const wanted = new Set<string>()
  await sideBySide(tenants, LANES, async ([tenantId, own]) => {
    for (const id of await sifted(deps, reader, tenantId, own)) wanted.add(id)
  })
  const lanes = Map.groupBy(
    notices.filter(({ id }) => wanted.has(id)),
    ({ subjectId }) => subjectId,
  )
  await sideBySide([...lanes.values()], LANES, async (lane) => {
    for (const notice of lane) await handle(deps, reader, notice)
  })
}

async function sifted(
  deps: ReactionDeps,
  reader: Reader,
  tenantId: string,
  notices: readonly EventNotice[],
): Promise<Iterable<string>> {
  const eventIds = notices.map(({ id }) => id)
  const { sift } = REACTIONS[reader]
  if (sift === undefined) return eventIds
  try {
    return await deps.db.tenant(tenantId, (tx) => sift(tx, { tenantId, eventIds }, deps))
  } catch (error) {
    // Not lost: each is then looked at by itself, and the one at fault is put aside.
    deps.log.warn({ err: error, tenantId, reader }, 'events could not be sifted')
    return eventIds
  }
}

async function handle(deps: ReactionDeps, reader: Reader, { tenantId, id }: EventNotice): Promise<void> {
  try {
    await deps.db.tenant(tenantId, (tx) => tell(deps, reader, tx, id))
  } catch (error) {
    await putOff(deps, { tenantId, reader, eventId: id }, error)
  }
}

async function tell(deps: ReactionDeps, reader: Reader, tx: Tx, eventId: string): Promise<void> {
  const event = await loadEvent(tx, eventId)
  if (event !== undefined) await REACTIONS[reader].react(tx, event, deps)
}
