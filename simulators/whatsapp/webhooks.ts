import { Agent, request } from 'undici'
import type { Faults } from './faults.ts'
import type { BusinessNumber, Endpoint } from './model.ts'
import { signatureHeaders, type WebhookItem, webhookBody } from './webhook-body.ts'
import type { World } from './world.ts'

const RETRY_FIRST_MS = 1_000
const RETRY_MAX_MS = 60_000
const GIVE_UP_MS = 7 * 24 * 3_600_000
const BATCH_MAX = 100

type Lane = { id: string; url: string; queue: WebhookItem[]; busy: boolean; blocking: boolean }
type Batch = { url: string; items: WebhookItem[]; body: string; attempts: number; firstMs: number; lane?: Lane }

export type WebhookDeps = {
  world: World
  faults: Faults
  appSecret: string
  appEndpoint: Endpoint | undefined
  /** Called when an endpoint has answered 200, and when an item has nowhere to go. */
  onOutcome: (items: readonly WebhookItem[], outcome: 'taken' | 'waiting' | 'nowhere') => void
}

/** Posts what happened to whoever is subscribed, until it answers 200. */
export class Webhooks {
  held = false
  /** How long statuses gather before they leave together. */
  gatherMs = 15
  appEndpoint: Endpoint | undefined
  readonly counts = { posted: 0, taken: 0, failed: 0, nowhere: 0 }
  readonly #deps: WebhookDeps
  readonly #agent = new Agent({
    connections: 32,
    keepAliveTimeout: 30_000,
    headersTimeout: 15_000,
    bodyTimeout: 15_000,
  })
  readonly #lanes = new Map<string, Lane>()
  readonly #retries = new Map<Batch, NodeJS.Timeout>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #reordering = new Map<string, { items: WebhookItem[]; left: number; timer: NodeJS.Timeout }>()
  #closed = false

  constructor(deps: WebhookDeps) {
    this.#deps = deps
    this.appEndpoint = deps.appEndpoint
  }

  /** Where a number's events go: its own override, its account's, the app's; nowhere without a subscription. */
  endpointOf(wabaId: string, number?: BusinessNumber): Endpoint | undefined {
    const waba = this.#deps.world.wabas.get(wabaId)
    if (!waba?.subscribed) return undefined
    return number?.override ?? waba.override ?? this.appEndpoint
  }

  emit(item: WebhookItem): void {
    const { faults } = this.#deps
    if (faults.none || !item.number) {
      this.#enqueue(item)
      return
    }
    const status = typeof item.payload['status'] === 'string' ? item.payload['status'] : undefined
    const target = { phoneNumberId: item.number.id, ...(status ? { status } : {}) }
    const waiting = this.#reordering.get(item.number.id)
    if (waiting) {
      this.#collect(waiting, item)
      return
    }
    const reorder = faults.strikeKind('reorder_webhook', target)
    if (reorder) {
      this.#startReorder(item, reorder.times ?? 2, reorder.ms ?? 1_500)
      return
    }
    this.#enqueue(item)
    const duplicate = faults.strikeKind('duplicate_webhook', target)
    for (let copy = 1; copy < (duplicate ? (duplicate.times ?? 2) : 0); copy += 1) {
      this.#later((duplicate?.ms ?? 40) * copy, () => this.#enqueue(item))
    }
  }

  /** Everything that waits for its next attempt goes now. */
  retryNow(): number {
    const batches = [...this.#retries.keys()]
    for (const batch of batches) {
      clearTimeout(this.#retries.get(batch))
      this.#retries.delete(batch)
      void this.#post(batch)
    }
    return batches.length
  }

  hold(held: boolean): void {
    this.held = held
    if (held) return
    for (const lane of this.#lanes.values()) this.#run(lane)
  }

  get waitingCount(): number {
    let queued = 0
    for (const lane of this.#lanes.values()) queued += lane.queue.length
    for (const batch of this.#retries.keys()) queued += batch.items.length
    return queued
  }

  /** One raw delivery, signed or spoiled on purpose, without retries: returns what the endpoint answered. */
  async deliverRaw(
    url: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<{ status: number; text: string }> {
    const response = await request(url, { method: 'POST', body, headers, dispatcher: this.#agent })
    return { status: response.statusCode, text: await response.body.text() }
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const timer of [...this.#timers, ...this.#retries.values()]) clearTimeout(timer)
    await this.#agent.destroy()
  }

  #later(ms: number, run: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      if (!this.#closed) run()
    }, ms)
    this.#timers.add(timer)
    return timer
  }

  #startReorder(item: WebhookItem, size: number, ms: number): void {
    const id = item.number?.id ?? ''
    const timer = this.#later(ms, () => this.#release(id))
    this.#reordering.set(id, { items: [item], left: size - 1, timer })
  }

  #collect(waiting: { items: WebhookItem[]; left: number }, item: WebhookItem): void {
    waiting.items.push(item)
    waiting.left -= 1
    if (waiting.left <= 0) this.#release(item.number?.id ?? '')
  }

  #release(numberId: string): void {
    const waiting = this.#reordering.get(numberId)
    if (!waiting) return
    clearTimeout(waiting.timer)
    this.#reordering.delete(numberId)
    for (const item of waiting.items.toReversed()) this.#enqueue(item)
  }

  #enqueue(item: WebhookItem): void {
    const endpoint = this.endpointOf(item.wabaId, item.number)
    if (!endpoint) {
      this.counts.nowhere += 1
      if (item.key) this.#deps.world.taken([item.key])
      this.#deps.onOutcome([item], 'nowhere')
      return
    }
    const id = `${endpoint.url} ${item.lane}`
    let lane = this.#lanes.get(id)
    if (!lane) {
      lane = { id, url: endpoint.url, queue: [], busy: false, blocking: item.kind === 'message' }
      this.#lanes.set(id, lane)
    }
    lane.queue.push(item)
    if (lane.busy) return
    if (item.kind === 'message') {
      this.#run(lane)
      return
    }
    const gathering = lane
    lane.busy = true
    this.#later(this.gatherMs, () => {
      gathering.busy = false
      this.#run(gathering)
    })
  }

  #run(lane: Lane): void {
    if (lane.busy || this.held || this.#closed) return
    if (lane.queue.length === 0) {
      this.#lanes.delete(lane.id)
      return
    }
    lane.busy = true
    const items = lane.queue.splice(0, BATCH_MAX)
    const firstMs = Date.now()
    void this.#post({ url: lane.url, items, body: webhookBody(items, firstMs), attempts: 0, firstMs, lane })
  }

  async #post(batch: Batch): Promise<void> {
    batch.attempts += 1
    this.counts.posted += 1
    let taken = false
    try {
      const headers = signatureHeaders(batch.body, this.#deps.appSecret)
      const response = await request(batch.url, { method: 'POST', body: batch.body, headers, dispatcher: this.#agent })
      await response.body.dump()
      taken = response.statusCode === 200
    } catch {
      taken = false
    }
    if (this.#closed) return
    if (taken) this.#settle(batch)
    else this.#retry(batch)
    if (batch.lane && (taken || !batch.lane.blocking)) {
      const { lane } = batch
      if (!taken) delete batch.lane
      lane.busy = false
      this.#run(lane)
    }
  }

  #settle(batch: Batch): void {
    this.counts.taken += batch.items.length
    this.#deps.world.taken(batch.items.flatMap((item) => item.key ?? []))
    this.#deps.onOutcome(batch.items, 'taken')
  }

  #retry(batch: Batch): void {
    this.counts.failed += 1
    if (batch.attempts === 1) this.#deps.onOutcome(batch.items, 'waiting')
    if (Date.now() - batch.firstMs > GIVE_UP_MS) {
      this.#deps.world.taken(batch.items.flatMap((item) => item.key ?? []))
      if (batch.lane) batch.lane.busy = false
      if (batch.lane) this.#run(batch.lane)
      return
    }
    const waitMs = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** (batch.attempts - 1))
    const timer = setTimeout(() => {
      this.#retries.delete(batch)
      void this.#post(batch)
    }, waitMs)
    this.#retries.set(batch, timer)
  }
}
