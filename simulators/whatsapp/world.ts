import { userIdOf } from './ids.ts'
import type { Journal } from './journal.ts'
import { isObject, type JsonObject } from './json.ts'
import {
  type BusinessNumber,
  type ChatMessage,
  type Customer,
  type MediaItem,
  type SendStatus,
  type Template,
  threadKey,
  type Waba,
} from './model.ts'

const MESSAGES_KEPT = 50_000
const THREAD_KEPT = 400

/** Everything the simulator knows, and the only writer of its journal. */
export class World {
  readonly wabas = new Map<string, Waba>()
  readonly numbers = new Map<string, BusinessNumber>()
  readonly customers = new Map<string, Customer>()
  readonly templates = new Map<string, Template>()
  readonly media = new Map<string, MediaItem>()
  readonly messages = new Map<string, ChatMessage>()
  readonly threads = new Map<string, string[]>()
  /** Last message from the customer, by thread, in the simulator's own time. */
  readonly windows = new Map<string, number>()
  readonly userIds = new Map<string, string>()
  /** Webhook items that no endpoint has taken yet, by `m:<id>` or `s:<id>:<status>`; they outlive a kill. */
  readonly untaken = new Map<string, JsonObject>()
  clockOffsetMs = 0
  readonly #templateIndex = new Map<string, Template>()
  readonly #journal: Journal

  constructor(journal: Journal) {
    this.#journal = journal
  }

  restore(record: JsonObject): void {
    const value = isObject(record['v']) ? record['v'] : {}
    switch (record['k']) {
      case 'waba':
        this.wabas.set(String(value['id']), value as unknown as Waba)
        break
      case 'number':
        this.numbers.set(String(value['id']), value as unknown as BusinessNumber)
        break
      case 'customer':
        this.#indexCustomer(value as unknown as Customer)
        break
      case 'template':
        this.#indexTemplate(value as unknown as Template)
        break
      case 'media':
        this.media.set(String(value['id']), value as unknown as MediaItem)
        break
      case 'template_gone':
        this.#forgetTemplate(String(record['id']))
        break
      case 'media_gone':
        this.media.delete(String(record['id']))
        break
      case 'message':
        this.#restoreMessage(value as unknown as ChatMessage, record)
        break
      case 'status':
        this.#restoreStatus(record)
        break
      case 'plan':
        this.#restorePlan(record)
        break
      case 'taken':
        for (const key of Array.isArray(record['keys']) ? record['keys'] : []) this.untaken.delete(String(key))
        break
      case 'clock':
        this.clockOffsetMs += Number(record['ms'])
        break
    }
  }

  saveWaba(waba: Waba): void {
    this.wabas.set(waba.id, waba)
    this.#journal.append({ k: 'waba', v: waba as unknown as JsonObject })
  }

  saveNumber(number: BusinessNumber): void {
    this.numbers.set(number.id, number)
    this.#journal.append({ k: 'number', v: number as unknown as JsonObject })
  }

  saveCustomer(customer: Customer): void {
    this.#indexCustomer(customer)
    this.#journal.append({ k: 'customer', v: customer as unknown as JsonObject })
  }

  saveTemplate(template: Template): void {
    this.#indexTemplate(template)
    this.#journal.append({ k: 'template', v: template as unknown as JsonObject })
  }

  deleteTemplate(id: string): void {
    this.#forgetTemplate(id)
    this.#journal.append({ k: 'template_gone', id })
  }

  saveMedia(item: MediaItem): void {
    this.media.set(item.id, item)
    this.#journal.append({ k: 'media', v: item as unknown as JsonObject })
  }

  deleteMedia(id: string): void {
    this.media.delete(id)
    this.#journal.append({ k: 'media_gone', id })
  }

  advanceClock(ms: number): void {
    this.clockOffsetMs += ms
    this.#journal.append({ k: 'clock', ms })
    this.#journal.flush()
  }

  /** An incoming message is on disk before its sender is told. */
  addIncoming(message: ChatMessage, simNowMs: number): void {
    this.#keep(message)
    this.windows.set(threadKey(message.customer, message.numberId), simNowMs)
    this.untaken.set(`m:${message.id}`, { kind: 'message', id: message.id })
    this.#journal.append({ k: 'message', v: message as unknown as JsonObject, sim: simNowMs })
    this.#journal.flush()
  }

  /** Outgoing messages are not journaled here: the send log has them. */
  addOutgoing(message: ChatMessage): void {
    this.#keep(message)
  }

  /** A message that will fail still fails after a restart. */
  planFailure(message: ChatMessage, code: number): void {
    message.plannedFailure = code
    this.#journal.append({ k: 'plan', id: message.id, c: code })
  }

  setStatus(message: ChatMessage, status: SendStatus, item: JsonObject | undefined, errorCode?: number): void {
    message.status = status
    if (errorCode !== undefined) message.errorCode = errorCode
    const key = `s:${message.id}:${status}`
    if (item) this.untaken.set(key, { kind: 'status', id: message.id, status, item, numberId: message.numberId })
    this.#journal.append({ k: 'status', id: message.id, s: status, n: message.numberId, c: errorCode, i: item })
  }

  taken(keys: string[]): void {
    const known = keys.filter((key) => this.untaken.delete(key))
    if (known.length > 0) this.#journal.append({ k: 'taken', keys: known })
  }

  findTemplate(wabaId: string, name: string, language: string): Template | undefined {
    return this.#templateIndex.get(`${wabaId}|${name}|${language}`)
  }

  templatesOf(wabaId: string): Template[] {
    return [...this.templates.values()].filter((template) => template.wabaId === wabaId)
  }

  numbersOf(wabaId: string): BusinessNumber[] {
    return [...this.numbers.values()].filter((number) => number.wabaId === wabaId)
  }

  customerOf(id: string): Customer | undefined {
    return this.customers.get(id) ?? this.customers.get(this.userIds.get(id) ?? '')
  }

  /** A person who is not known yet: with a phone number, or with a business-scoped id only. */
  meet(id: string, details: Partial<Customer> = {}): Customer {
    const known = this.customerOf(id)
    if (known) return known
    const hidden = /[A-Za-z.]/.test(id)
    const customer: Customer = {
      key: id,
      ...(hidden ? {} : { waId: id }),
      userId: hidden ? id : userIdOf(id),
      name: hidden ? 'Username user' : `+${id}`,
      online: true,
      reachable: true,
      stopped: [],
      familiar: false,
      ...details,
    }
    this.saveCustomer(customer)
    return customer
  }

  thread(customer: string, numberId: string): ChatMessage[] {
    const ids = this.threads.get(threadKey(customer, numberId)) ?? []
    return ids.flatMap((id) => this.messages.get(id) ?? [])
  }

  /** The shortest journal that brings back what is known now. */
  *snapshot(): Generator<JsonObject> {
    for (const waba of this.wabas.values()) yield { k: 'waba', v: waba as unknown as JsonObject }
    for (const number of this.numbers.values()) yield { k: 'number', v: number as unknown as JsonObject }
    for (const customer of this.customers.values()) yield { k: 'customer', v: customer as unknown as JsonObject }
    for (const template of this.templates.values()) yield { k: 'template', v: template as unknown as JsonObject }
    for (const item of this.media.values()) yield { k: 'media', v: item as unknown as JsonObject }
    yield { k: 'clock', ms: this.clockOffsetMs }
    for (const message of this.messages.values()) {
      const taken = !this.untaken.has(`m:${message.id}`)
      const sim = this.windows.get(threadKey(message.customer, message.numberId)) ?? 0
      if (message.plannedFailure !== undefined) yield { k: 'plan', id: message.id, c: message.plannedFailure }
      if (message.direction === 'in') yield { k: 'message', v: message as unknown as JsonObject, sim, taken }
      else yield { k: 'status', id: message.id, s: message.status, n: message.numberId, c: message.errorCode }
    }
    for (const [key, item] of this.untaken) {
      if (!key.startsWith('s:')) continue
      yield { k: 'status', id: item['id'], s: item['status'], n: item['numberId'], i: item['item'] }
    }
  }

  #restoreMessage(message: ChatMessage, record: JsonObject): void {
    this.#keep(message)
    this.windows.set(threadKey(message.customer, message.numberId), Number(record['sim']))
    if (record['taken'] !== true) this.untaken.set(`m:${message.id}`, { kind: 'message', id: message.id })
  }

  #restorePlan(record: JsonObject): void {
    const message = this.messages.get(String(record['id']))
    if (message) message.plannedFailure = Number(record['c'])
  }

  #restoreStatus(record: JsonObject): void {
    const id = String(record['id'])
    const status = record['s'] as SendStatus
    const message = this.messages.get(id)
    if (message) {
      message.status = status
      if (typeof record['c'] === 'number') message.errorCode = record['c']
    }
    const item = record['i']
    if (!isObject(item)) return
    this.untaken.set(`s:${id}:${status}`, { kind: 'status', id, status, item, numberId: record['n'] })
  }

  #keep(message: ChatMessage): void {
    this.messages.set(message.id, message)
    const key = threadKey(message.customer, message.numberId)
    const thread = this.threads.get(key)
    if (thread === undefined) this.threads.set(key, [message.id])
    else {
      thread.push(message.id)
      if (thread.length > THREAD_KEPT * 2) thread.splice(0, THREAD_KEPT)
    }
    if (this.messages.size <= MESSAGES_KEPT) return
    for (const oldest of this.messages.keys()) {
      this.messages.delete(oldest)
      break
    }
  }

  #indexCustomer(customer: Customer): void {
    this.customers.set(customer.key, customer)
    this.userIds.set(customer.userId, customer.key)
  }

  #indexTemplate(template: Template): void {
    this.templates.set(template.id, template)
    this.#templateIndex.set(`${template.wabaId}|${template.name}|${template.language}`, template)
  }

  #forgetTemplate(id: string): void {
    const template = this.templates.get(id)
    if (!template) return
    this.templates.delete(id)
    this.#templateIndex.delete(`${template.wabaId}|${template.name}|${template.language}`)
  }
}
