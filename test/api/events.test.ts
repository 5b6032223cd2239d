import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { createEventFeed } from '#api/live/event-feed.ts'
import type { HouseEvent } from '#domain/events/schema.ts'
import { appendEvents, type NewEvent } from '#infra/db/stores/events.ts'
import { notify } from '#infra/db/stores/notifications.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { type Browser, openHouse } from './house.ts'

const house = await openHouse()
const { db, auth, log } = house.deps
const feed = await createEventFeed({ db, sessions: auth.sessions, log })
house.deps.feed = feed

/** What the dispatcher does: numbers what is committed, and says so. */
async function sequence(): Promise<void> {
  await house.admin(`with next as (
      select id, row_number() over (order by id) as n from events where position is null
    ) update events e set position = (select coalesce(max(position), 0) from events) + next.n from next where e.id = next.id`)
  await house.admin(`notify house_events`)
}

/** Reads a stream as a browser does, and says when it ended. */
class Reader {
  readonly seen: HouseEvent[] = []
  readonly notices: { name: string; body: { reason?: string; position?: number } }[] = []
  lastId = ''
  ended = false
  readonly #abort = new AbortController()
  readonly #arrivals = new EventTarget()

  async open(browser: Browser, headers: Record<string, string> = {}, query = ''): Promise<number> {
    const response = await browser.request('GET', `/events/stream${query}`, undefined, headers)
    if (response.status === 200) void this.#read(response.body!.getReader())
    return response.status
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    this.#abort.signal.addEventListener('abort', () => void reader.cancel())
    const decoder = new TextDecoder()
    let text = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      text += decoder.decode(value, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop()!
      for (const block of blocks) this.#take(block)
    }
    this.ended = true
    this.#arrivals.dispatchEvent(new Event('arrival'))
  }

  #take(block: string): void {
    const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)))
    if (fields['id'] !== undefined) this.lastId = fields['id']
    if (fields['event'] !== undefined) this.notices.push({ name: fields['event'], body: JSON.parse(fields['data']) })
    else if (fields['data'] !== undefined) this.seen.push(JSON.parse(fields['data']))
    this.#arrivals.dispatchEvent(new Event('arrival'))
  }

  async until(condition: (reader: Reader) => boolean, withinMs = 6_000): Promise<void> {
    const signal = AbortSignal.timeout(withinMs)
    while (!condition(this)) await once(this.#arrivals, 'arrival', { signal })
  }

  close(): void {
    this.#abort.abort()
  }
}

const open: Reader[] = []
async function reading(browser: Browser, headers?: Record<string, string>): Promise<Reader> {
  const reader = new Reader()
  open.push(reader)
  assert.equal(await reader.open(browser, headers), 200)
  await reader.until(({ notices }) => notices.length > 0)
  return reader
}
after(async () => {
  for (const reader of open) reader.close()
  await feed.close()
})

const event = (tenantId: string, type: NewEvent['type'], data: Record<string, unknown> = {}): NewEvent => ({
  tenantId,
  type,
  actor: { kind: 'system' },
  subject: { type: type.startsWith('flow') ? 'flow' : 'conversation', id: newId() },
  data,
})
const happen = (tenantId: string, events: NewEvent[]) => db.tenant(tenantId, (tx) => appendEvents(tx, events))
const numbersOf = (reader: Reader) => reader.seen.map(({ data }) => data['n']).filter((n) => n !== undefined)

test('events arrive in order, once, and only those of the own tenant that one may see', async () => {
  const [owner, stranger] = [await house.owner(), await house.owner()]
  const agent = await house.member(owner, 'agent')
  const roles = await owner.json<{ items: { id: string; key: string }[] }>(200, 'GET', '/roles')
  const viewerRole = roles.items.find(({ key }) => key === 'viewer')!.id
  await owner.json(200, 'PATCH', `/roles/${viewerRole}`, { permissions: ['members.read'] })
  const blind = await house.member(owner, 'viewer')
  await sequence()
  const readers = await Promise.all([owner, stranger, agent, blind].map((browser) => reading(browser)))
  const [ofOwner, ofStranger, ofAgent, ofBlind] = readers as [Reader, Reader, Reader, Reader]
  for (let n = 0; n < 20; n += 1) await happen(owner.tenantId, [event(owner.tenantId, 'message.received', { n })])
  await happen(stranger.tenantId, [event(stranger.tenantId, 'message.received', { n: 99 })])
  await db.tenant(owner.tenantId, (tx) =>
    notify(tx, {
      tenantId: owner.tenantId,
      personId: agent.personId,
      kind: 'conversation_assigned',
      subject: { type: 'conversation', id: newId() },
    }),
  )
  await sequence()
  await ofOwner.until((reader) => numbersOf(reader).length === 20)
  await ofAgent.until(({ seen }) => seen.some(({ type }) => type === 'notification.created'))
  await ofStranger.until((reader) => numbersOf(reader).length === 1)
  assert.deepEqual(
    numbersOf(ofOwner),
    Array.from({ length: 20 }, (_, n) => n),
  )
  assert.deepEqual(numbersOf(ofStranger), [99])
  assert.ok(!ofOwner.seen.some(({ type }) => type === 'notification.created'))
  assert.deepEqual(numbersOf(ofBlind), [])
  const positions = ofOwner.seen.map(({ position }) => position)
  assert.deepEqual(
    positions,
    positions.toSorted((a, b) => a - b),
  )
  for (const reader of readers) reader.close()
})

test('a stream that broke goes on after the last event it saw, and misses none', async () => {
  const owner = await house.owner()
  await sequence()
  const first = await reading(owner)
  await happen(owner.tenantId, [event(owner.tenantId, 'message.received', { n: 1 })])
  await sequence()
  await first.until((reader) => numbersOf(reader).length === 1)
  first.close()
  const missed = Array.from({ length: 1_200 }, (_, index) =>
    event(owner.tenantId, 'message.received', { n: index + 2 }),
  )
  await happen(owner.tenantId, missed)
  await sequence()
  const second = new Reader()
  open.push(second)
  await second.open(owner, { 'last-event-id': first.lastId })
  // While it still catches up, more comes.
  await happen(owner.tenantId, [event(owner.tenantId, 'message.received', { n: 1_202 })])
  await sequence()
  await second.until((reader) => numbersOf(reader).length === 1_201)
  assert.deepEqual(
    numbersOf(second),
    Array.from({ length: 1_201 }, (_, index) => index + 2),
  )
  second.close()
})

test('who missed too much, or comes with a position of another house, is told to load afresh', async () => {
  const owner = await house.owner()
  await db.tenant(owner.tenantId, (tx) =>
    tx.run(sql`
      insert into events (id, tenant_id, type, actor, subject_type, subject_id)
      select gen_random_uuid(), ${owner.tenantId}, 'message.changed', '{"kind":"system"}', 'message', gen_random_uuid()
      from generate_series(1, 5100)`),
  )
  await sequence()
  for (const lastEventId of ['0', '999999999']) {
    const reader = await reading(owner, { 'last-event-id': lastEventId })
    await reader.until(({ notices }) => notices.some(({ name }) => name === 'reset'))
    assert.deepEqual(reader.seen, [])
    await happen(owner.tenantId, [event(owner.tenantId, 'message.received', { n: 1 })])
    await sequence()
    await reader.until((r) => numbersOf(r).length === 1)
    reader.close()
  }
})

test('[S09] a stream ends within five seconds of the session, the membership or the role that opened it', async () => {
  const owner = await house.owner()
  const members = [
    await house.member(owner, 'agent'),
    await house.member(owner, 'agent'),
    await house.member(owner, 'agent'),
  ]
  await sequence()
  const readers = await Promise.all(members.map((member) => reading(member)))
  const ofOwner = await reading(owner)
  const { items } = await owner.json<{ items: { id: string; personId: string }[] }>(200, 'GET', '/members')
  const seat = (browser: Browser) => items.find(({ personId }) => personId === browser.personId)!.id
  const roles = await owner.json<{ items: { id: string; key: string }[] }>(200, 'GET', '/roles')
  const viewer = roles.items.find(({ key }) => key === 'viewer')!.id

  assert.equal((await members[0]!.request('POST', '/auth/sign-out')).status, 204)
  await owner.json(200, 'PATCH', `/members/${seat(members[1]!)}`, { status: 'disabled' })
  await owner.json(200, 'PATCH', `/members/${seat(members[2]!)}`, { roleId: viewer })
  const startedAt = performance.now()
  await Promise.all(readers.map((reader) => reader.until(({ ended }) => ended)))
  assert.ok(performance.now() - startedAt < 5_000)
  assert.ok(readers.every(({ notices }) => notices.at(-1)!.body.reason === 'access_changed'))
  assert.equal(ofOwner.ended, false)
  assert.equal(await new Reader().open(members[1]!), 403)
  ofOwner.close()
})

test('[S09] a role that is edited opens its streams anew', async () => {
  const owner = await house.owner()
  const agent = await house.member(owner, 'agent')
  await sequence()
  const reader = await reading(agent)
  const roles = await owner.json<{ items: { id: string; key: string }[] }>(200, 'GET', '/roles')
  const role = roles.items.find(({ key }) => key === 'agent')!
  await owner.json(200, 'PATCH', `/roles/${role.id}`, { permissions: ['members.read'] })
  await sequence()
  await reader.until(({ ended }) => ended)
  assert.equal(reader.notices.at(-1)!.body.reason, 'access_changed')
})

test('nobody opens streams without end, and those that are gone are forgotten', async () => {
  const owner = await house.owner()
  const before = feed.size()
  const readers: Reader[] = []
  for (let count = 0; count < 20; count += 1) readers.push(await reading(owner))
  assert.equal(feed.size(), before + 20)
  assert.equal(await new Reader().open(owner), 429)
  for (const reader of readers) reader.close()
  assert.equal(feed.size(), before)
  assert.equal(
    await house
      .browser()
      .request('GET', '/events/stream')
      .then(({ status }) => status),
    401,
  )
})
