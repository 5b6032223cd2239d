import { DomainError } from '#domain/errors.ts'
import type { HouseEvent } from '#domain/events/schema.ts'
import type { Sessions } from '#infra/auth/sessions.ts'
import { keepListening, type Listening } from '#infra/db/keep-listening.ts'
import {
  countEventsAfter,
  eventsAfter,
  lastPosition,
  lastPositionOfAll,
  standingKey,
  standingMembers,
  tenantsWithEventsAfter,
} from '#infra/db/stores/event-stream.ts'
import type { Db } from '#infra/db/tx.ts'
import type { Log } from '../deps.ts'
import { encodeEvent, encodeNotice, HEARTBEAT, type Reader, Subscriber } from './subscriber.ts'

const EVENTS_CHANNEL = 'house_events'
const PAGE = 500
const MOVES_MAX = 5_000
/** Who missed more than this reloads instead: reading it all again is slower than asking for what is. */
const MISSED_MAX = 5_000
const STREAMS_PER_PERSON = 20
/** Twice within the five seconds after which nobody may read on who has lost the right to. */
const CHECK_EVERY_MS = 2_000
const POLL_EVERY_MS = 1_000
const BEAT_EVERY_MS = 15_000
const LISTEN_AGAIN_EVERY_MS = 60_000

export type EventFeed = {
  /** Opens a stream after a position, or from now on. Throws `too_many_requests` for a person with too many. */
  open(reader: Reader, after: number | undefined): Promise<ReadableStream<Uint8Array>>
  size(): number
  close(): Promise<void>
}

type Channel = { tenantId: string; position: number; subscribers: Set<Subscriber> }
type FeedDeps = { db: Db; sessions: Pick<Sessions, 'alive'>; log: Log }

/** Brings committed events to browsers: one listener and one reader of each tenant's events per process. */
class Feed implements EventFeed {
  readonly #deps: FeedDeps
  readonly #channels = new Map<string, Channel>()
  readonly #timers: NodeJS.Timeout[] = []
  #position = 0
  #pumping: Promise<void> | undefined
  #again = false
  #failedChecks = 0
  #listening: Listening | undefined
  #closed = false

  constructor(deps: FeedDeps) {
    this.#deps = deps
  }

  async start(): Promise<void> {
    this.#position = await this.#deps.db.relay(lastPositionOfAll)
    this.#listening = keepListening(this.#deps.db, {
      channel: EVENTS_CHANNEL,
      everyMs: LISTEN_AGAIN_EVERY_MS,
      onNotify: () => this.#pump(),
      onFailure: (err) => this.#deps.log.warn({ err }, 'cannot listen for events; polling goes on'),
    })
    await this.#listening.ready
    this.#every(POLL_EVERY_MS, () => this.#pump())
    this.#every(CHECK_EVERY_MS, () => this.#check())
    this.#every(BEAT_EVERY_MS, () => this.#beat())
  }

  #every(ms: number, work: () => unknown): void {
    this.#timers.push(setInterval(work, ms).unref())
  }

  #pump(): void {
    if (this.#closed || this.#channels.size === 0) return
    if (this.#pumping !== undefined) {
      this.#again = true
      return
    }
    this.#pumping = this.#readAll()
      .catch((error: unknown) => this.#deps.log.warn({ err: error }, 'reading events failed'))
      .finally(() => {
        this.#pumping = undefined
        if (this.#again) {
          this.#again = false
          this.#pump()
        }
      })
  }

  async #readAll(): Promise<void> {
    const moved = await this.#deps.db.relay((tx) =>
      tenantsWithEventsAfter(tx, { position: this.#position, limit: MOVES_MAX }),
    )
    for (const { tenantId, position } of moved) {
      const channel = this.#channels.get(tenantId)
      if (channel !== undefined) await this.#readChannel(channel, position)
    }
    // Only now: had a tenant's read failed, the next pump must find its events again.
    for (const { position } of moved) this.#position = Math.max(this.#position, position)
    if (moved.length > 0) this.#again = true
  }

  async #readChannel(channel: Channel, until: number): Promise<void> {
    while (channel.position < until) {
      const events = await this.#page(channel.tenantId, channel.position)
      if (events.length === 0) return
      this.#fanOut(channel, events)
    }
  }

  #page(tenantId: string, position: number): Promise<HouseEvent[]> {
    return this.#deps.db.tenant(tenantId, (tx) => eventsAfter(tx, { position, limit: PAGE }))
  }

  #fanOut(channel: Channel, events: readonly HouseEvent[]): void {
    for (const encoded of events.map(encodeEvent)) {
      for (const subscriber of channel.subscribers) {
        if (subscriber.live && !subscriber.deliver(encoded)) this.#end(subscriber, 'slow')
      }
      channel.position = Math.max(channel.position, encoded.event.position)
    }
    // What a role allows was read when the stream was opened, so a changed role opens its streams anew.
    if (events.some(({ type }) => type === 'role.changed')) this.#endAll(channel.subscribers, 'access_changed')
    if (events.some(({ type }) => type === 'member.changed')) void this.#check()
  }

  async open(reader: Reader, after: number | undefined): Promise<ReadableStream<Uint8Array>> {
    if (this.#closed) throw new DomainError('unavailable', 'The server is going down.')
    if (this.#channels.size === 0) {
      const last = await this.#deps.db.relay(lastPositionOfAll)
      if (this.#channels.size === 0) this.#position = last // Nobody read meanwhile, so nothing was pumped.
    }
    const channel = this.#channelOf(reader.tenantId, await this.#deps.db.tenant(reader.tenantId, lastPosition))
    const own = [...channel.subscribers].filter(({ reader: { personId } }) => personId === reader.personId)
    if (own.length >= STREAMS_PER_PERSON) throw new DomainError('too_many_requests', 'Too many open streams.')
    const subscriber = new Subscriber(reader, after ?? channel.position, (gone) => this.#forget(gone))
    channel.subscribers.add(subscriber)
    subscriber.write(encodeNotice('ready', { position: subscriber.position }))
    void this.#catchUp(channel, subscriber).catch((error: unknown) => {
      this.#deps.log.warn({ err: error }, 'catching up failed')
      this.#end(subscriber, 'unavailable')
    })
    return subscriber.stream
  }

  #channelOf(tenantId: string, position: number): Channel {
    const known = this.#channels.get(tenantId)
    if (known !== undefined) return known
    const channel: Channel = { tenantId, position, subscribers: new Set() }
    this.#channels.set(tenantId, channel)
    return channel
  }

  /** Sends what a reader missed. It becomes live in the same breath in which it has seen all that the channel has. */
  async #catchUp(channel: Channel, subscriber: Subscriber): Promise<void> {
    const { tenantId } = channel
    const missed = await this.#deps.db.tenant(tenantId, async (tx) => ({
      count: await countEventsAfter(tx, { position: subscriber.position, max: MISSED_MAX + 1 }),
      last: await lastPosition(tx),
    }))
    if (missed.count > MISSED_MAX || subscriber.position > missed.last) {
      subscriber.position = missed.last
      subscriber.write(encodeNotice('reset', { position: missed.last }, missed.last))
    }
    while (!subscriber.closed) {
      const events = await this.#page(tenantId, subscriber.position)
      for (const encoded of events.map(encodeEvent)) subscriber.deliver(encoded)
      if (events.length === 0) subscriber.position = Math.max(subscriber.position, channel.position)
      if (events.length < PAGE && channel.position <= subscriber.position) {
        subscriber.live = true
        return
      }
      await subscriber.drained()
    }
  }

  /** Ends the streams of those whose session, membership or role is no longer what it was. */
  async #check(): Promise<void> {
    const all = [...this.#channels.values()].flatMap(({ subscribers }) => [...subscribers])
    if (all.length === 0) return
    try {
      const [alive, standing] = await Promise.all([
        this.#deps.sessions.alive([...new Set(all.map(({ reader }) => reader.sessionId))]),
        this.#deps.db.relay((tx) => standingMembers(tx, uniqueMembers(all))),
      ])
      this.#failedChecks = 0
      const lost = all.filter(({ reader }) => !alive.has(reader.sessionId) || !standing.has(standingKey(reader)))
      this.#endAll(lost, 'access_changed')
    } catch (error) {
      this.#failedChecks += 1
      this.#deps.log.warn({ err: error }, 'checking the readers of events failed')
      // Unchecked readers are not read to: whoever still may comes back by themselves.
      if (this.#failedChecks >= 2) this.#endAll(all, 'unavailable')
    }
  }

  #beat(): void {
    for (const { subscribers } of this.#channels.values()) {
      for (const subscriber of subscribers) {
        if (!subscriber.write(HEARTBEAT)) this.#end(subscriber, 'slow')
      }
    }
  }

  #end(subscriber: Subscriber, reason: string): void {
    subscriber.close(reason)
    this.#forget(subscriber)
  }

  #endAll(subscribers: Iterable<Subscriber>, reason: string): void {
    for (const subscriber of [...subscribers]) this.#end(subscriber, reason)
  }

  #forget(subscriber: Subscriber): void {
    const channel = this.#channels.get(subscriber.reader.tenantId)
    channel?.subscribers.delete(subscriber)
    if (channel?.subscribers.size === 0) this.#channels.delete(channel.tenantId)
  }

  size(): number {
    return [...this.#channels.values()].reduce((total, { subscribers }) => total + subscribers.size, 0)
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const timer of this.#timers) clearInterval(timer)
    for (const { subscribers } of [...this.#channels.values()]) this.#endAll(subscribers, 'restarting')
    await this.#listening?.stop()
    await this.#pumping
  }
}

function uniqueMembers(subscribers: readonly Subscriber[]) {
  const members = subscribers.map(({ reader: { tenantId, personId, roleId } }) => ({ tenantId, personId, roleId }))
  return [...new Map(members.map((member) => [standingKey(member), member])).values()]
}

export async function createEventFeed(deps: FeedDeps): Promise<EventFeed> {
  const feed = new Feed(deps)
  await feed.start()
  return feed
}
