import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { RateLimits } from './buckets.ts'
import { SimClock } from './clock.ts'
import { Faults } from './faults.ts'
import { itemOf } from './inbound.ts'
import { Journal, SendLog } from './journal.ts'
import { isObject, type JsonObject, stringAt } from './json.ts'
import { Lifecycle } from './lifecycle.ts'
import { Live } from './live.ts'
import { MediaStore } from './media-store.ts'
import type { SendStatus } from './model.ts'
import { seedWorld } from './seed.ts'
import type { Settings } from './settings.ts'
import { Templates } from './templates.ts'
import { Webhooks } from './webhooks.ts'
import { World } from './world.ts'

const SENDS_RESTORED = 50_000
const JOURNAL_MAX_BYTES = 8_000_000

export type Sim = {
  settings: Settings
  clock: SimClock
  world: World
  log: SendLog
  faults: Faults
  limits: RateLimits
  live: Live
  webhooks: Webhooks
  lifecycle: Lifecycle
  media: MediaStore
  templates: Templates
  /** Until when the business is shown as typing, by thread. */
  typing: Map<string, number>
  close: () => Promise<void>
}

/** Brings back what an earlier run left in the data directory, and goes on from there. */
export function createSim(settings: Settings): Sim {
  mkdirSync(join(settings.dataDir, 'media'), { recursive: true })
  const journal = new Journal(join(settings.dataDir, 'world.jsonl'))
  const log = new SendLog(join(settings.dataDir, 'sends.jsonl'))
  const world = new World(journal)
  const clock = new SimClock()
  restore(world, { log, journal })
  clock.advance(world.clockOffsetMs)
  seedWorld(world, settings)

  const faults = new Faults()
  const live = new Live()
  faults.onChange = () => live.tell('faults', { faults: faults.list() as unknown as JsonObject[] })
  const webhooks = new Webhooks({
    world,
    faults,
    appSecret: settings.appSecret,
    appEndpoint: settings.appEndpoint,
    onOutcome(items, outcome) {
      if (!live.watched) return
      const ids = items.flatMap((item) => (item.kind === 'message' ? (stringAt(item.payload, 'id') ?? []) : []))
      if (ids.length > 0) live.tell('hook', { ids, outcome })
    },
  })
  const lifecycle = new Lifecycle({ world, faults, webhooks, live })
  lifecycle.statusDelayMs = settings.statusDelayMs
  lifecycle.autoRead = settings.autoRead
  const sim: Sim = {
    settings,
    clock,
    world,
    log,
    faults,
    limits: new RateLimits(),
    live,
    webhooks,
    lifecycle,
    media: new MediaStore({ dataDir: settings.dataDir, world, clock, secret: settings.appSecret }),
    templates: new Templates({ world, clock, webhooks, live }),
    typing: new Map(),
    async close() {
      sim.templates.close()
      lifecycle.close()
      live.close()
      await webhooks.close()
      journal.close()
      log.close()
    },
  }
  resume(sim)
  return sim
}

function restore(world: World, { log, journal }: { log: SendLog; journal: Journal }): void {
  for (const entry of log.last(SENDS_RESTORED)) {
    world.addOutgoing({
      id: entry.id,
      direction: 'out',
      customer: entry.to,
      numberId: entry.phoneNumberId,
      atMs: Date.parse(entry.at),
      type: stringAt(entry.body, 'type') ?? 'text',
      body: entry.body,
      status: 'accepted',
      ...(entry.callbackData === undefined ? {} : { callbackData: entry.callbackData }),
    })
  }
  for (const record of journal.read()) world.restore(record)
  for (const ids of world.threads.values()) {
    ids.sort((a, b) => (world.messages.get(a)?.atMs ?? 0) - (world.messages.get(b)?.atMs ?? 0))
  }
  if (journal.sizeBytes() > JOURNAL_MAX_BYTES) journal.rewrite(world.snapshot())
}

/** What was under way when the last run ended: lives of messages, webhooks nobody took, reviews. */
function resume(sim: Sim): void {
  const { world } = sim
  for (const message of world.messages.values()) {
    if (message.direction !== 'out') continue
    world.meet(message.customer)
    sim.lifecycle.resume(message)
  }
  for (const [key, left] of [...world.untaken]) emitAgain(sim, key, left)
  sim.templates.resume()
}

function emitAgain(sim: Sim, key: string, left: JsonObject): void {
  const message = sim.world.messages.get(String(left['id']))
  const customer = message && sim.world.customers.get(message.customer)
  const number = message && sim.world.numbers.get(message.numberId)
  if (!message || !customer || !number) {
    sim.world.taken([key])
    return
  }
  const status = left['status'] as SendStatus
  const payload = left['item']
  const item = isObject(payload)
    ? sim.lifecycle.itemOf(message, { customer, status, payload })
    : itemOf(message, { customer, number })
  if (item) sim.webhooks.emit(item)
}
