import { statusError } from './errors.ts'
import type { Faults } from './faults.ts'
import type { JsonObject } from './json.ts'
import type { Live } from './live.ts'
import { type ChatMessage, type Customer, type SendStatus, STATUS_ORDER, threadKey } from './model.ts'
import { contactOf, type WebhookItem } from './webhook-body.ts'
import type { Webhooks } from './webhooks.ts'
import type { World } from './world.ts'

export type LifecycleDeps = { world: World; faults: Faults; webhooks: Webhooks; live: Live }

const JITTER = [0.7, 1, 1.4] as const

/** Brings an accepted message to its end: sent, delivered, read, or failed. */
export class Lifecycle {
  /** Time from acceptance to `sent`, and from there to `delivered`. */
  statusDelayMs = 250
  autoRead = false
  readonly #deps: LifecycleDeps
  readonly #timers = new Set<NodeJS.Timeout>()
  #turn = 0

  constructor(deps: LifecycleDeps) {
    this.#deps = deps
  }

  /** Starts, or after a restart takes up again, the life of an accepted message. */
  follow(message: ChatMessage): void {
    const { plannedFailure } = message
    if (plannedFailure !== undefined) {
      this.#later(() => this.#set(message, 'failed', plannedFailure))
      return
    }
    this.#later(() => {
      this.#set(message, 'sent')
      this.#later(() => this.#deliver(message))
    })
  }

  resume(message: ChatMessage): void {
    if (message.status === 'accepted') this.follow(message)
    else if (message.status === 'sent') this.#later(() => this.#deliver(message))
  }

  /** The phone is back: what waited for it arrives. */
  deliverWaiting(customer: Customer): void {
    for (const message of this.#deps.world.messages.values()) {
      if (message.direction === 'out' && message.customer === customer.key && message.status === 'sent') {
        this.#deliver(message)
      }
    }
  }

  /** The person looks at the thread. */
  readThread(customer: Customer, numberId: string): number {
    let count = 0
    for (const message of this.#deps.world.thread(customer.key, numberId)) {
      if (message.direction !== 'out' || message.type === 'reaction') continue
      if (message.status !== 'delivered' && message.status !== 'sent') continue
      if (message.status === 'sent' && !customer.online) continue
      this.#set(message, 'read')
      count += 1
    }
    return count
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #deliver(message: ChatMessage): void {
    const customer = this.#deps.world.customers.get(message.customer)
    if (!customer?.online || message.type === 'reaction') return
    this.#set(message, 'delivered')
    if (this.autoRead) this.#later(() => this.#set(message, 'read'))
  }

  #later(run: () => void, delayMs?: number): void {
    this.#turn += 1
    const ms = delayMs ?? this.statusDelayMs * (JITTER[this.#turn % JITTER.length] ?? 1)
    if (ms === 0) {
      setImmediate(run)
      return
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      run()
    }, ms)
    this.#timers.add(timer)
  }

  #set(message: ChatMessage, status: SendStatus, errorCode?: number): void {
    if (STATUS_ORDER.indexOf(message.status) >= STATUS_ORDER.indexOf(status)) return
    const { world, faults, live } = this.#deps
    const customer = world.customers.get(message.customer)
    const number = world.numbers.get(message.numberId)
    if (!customer || !number) return
    const target = { phoneNumberId: number.id, to: customer.key, status }
    const dropped = !faults.none && faults.strikeKind('drop_status', target) !== undefined
    const payload = dropped ? undefined : this.#payload(message, { customer, status, errorCode })
    world.setStatus(message, status, payload, errorCode)
    if (customer.familiar) {
      live.tell('status', { id: message.id, customer: customer.key, numberId: number.id, status, errorCode })
    }
    if (!payload) return
    const late = faults.none ? undefined : faults.strikeKind('late_status', target)
    const item = this.itemOf(message, { customer, status, payload })
    if (!item) return
    if (late) this.#later(() => this.#deps.webhooks.emit(item), late.ms ?? 30_000)
    else this.#deps.webhooks.emit(item)
  }

  itemOf(
    message: ChatMessage,
    { customer, status, payload }: { customer: Customer; status: SendStatus; payload: JsonObject },
  ): WebhookItem | undefined {
    const number = this.#deps.world.numbers.get(message.numberId)
    if (!number) return undefined
    return {
      key: `s:${message.id}:${status}`,
      kind: 'status',
      field: 'messages',
      wabaId: number.wabaId,
      number,
      lane: 'statuses',
      ...(status === 'failed' ? {} : { contact: contactOf(customer) }),
      payload,
    }
  }

  #payload(
    message: ChatMessage,
    { customer, status, errorCode }: { customer: Customer; status: SendStatus; errorCode: number | undefined },
  ): JsonObject {
    return {
      id: message.id,
      status,
      timestamp: String(Math.floor(Date.now() / 1000)),
      ...(customer.waId ? { recipient_id: customer.waId } : {}),
      recipient_user_id: customer.userId,
      ...(message.callbackData === undefined ? {} : { biz_opaque_callback_data: message.callbackData }),
      ...(status === 'sent' || status === 'delivered' ? { pricing: this.#pricing(message) } : {}),
      ...(errorCode === undefined ? {} : { errors: [statusError(errorCode)] }),
    }
  }

  /** Per delivered template since July 2025; utility templates are free inside an open window. */
  #pricing(message: ChatMessage): JsonObject {
    const category = String(message.rendered?.['category'] ?? 'service').toLowerCase()
    const opened = this.#deps.world.windows.has(threadKey(message.customer, message.numberId))
    const free = category === 'service' || (category === 'utility' && opened)
    return { billable: !free, pricing_model: 'PMP', type: free ? 'free_customer_service' : 'regular', category }
  }
}
