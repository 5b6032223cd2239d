import type { IncomingMessage } from 'node:http'
import { isFaultKind } from '../faults.ts'
import { numberFields } from '../graph/numbers.ts'
import { readBody } from '../http.ts'
import { receive } from '../inbound.ts'
import { graphJson, isObject, type JsonObject, objectAt, stringAt } from '../json.ts'
import type { BusinessNumber, Customer, TemplateStatus } from '../model.ts'
import { APP_ID, BUSINESS_ID } from '../seed.ts'
import type { Sim } from '../sim.ts'
import { contactOf, signatureHeaders } from '../webhook-body.ts'

export class ControlError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export type ControlAnswer = { status: number; json?: unknown; text?: string }

type Handler = (sim: Sim, input: { body: JsonObject; id: string; query: URLSearchParams; raw: Buffer }) => unknown

const ROUTES: Readonly<Record<string, Handler>> = {
  'POST phones/*/messages': (sim, { id, body }) => ({ id: sendAs(sim, id, body) }),
  'POST phones/*/read': (sim, { id, body }) => ({
    count: sim.lifecycle.readThread(personOf(sim, id), numberOf(sim, body['to']).id),
  }),
  'POST phones/*/preferences': (sim, { id, body }) => changePreference(sim, personOf(sim, id), body),
  'POST phones/*': (sim, { id, body }) => changePerson(sim, personOf(sim, id), body),
  'POST phones': (sim, { body }) => {
    const id = stringAt(body, 'id') ?? stringAt(body, 'phone') ?? ''
    if (idOf(id) === '') throw new ControlError(400, 'A phone needs a number or a user id.')
    return changePerson(sim, personOf(sim, id), body)
  },
  'GET faults': (sim) => ({ faults: sim.faults.list() }),
  'POST faults': (sim, { body }) => addFault(sim, body),
  'DELETE faults': (sim, { query }) => {
    const id = query.get('id')
    const phoneNumberId = query.get('phoneNumberId')
    const cleared = sim.faults.clear({
      ...(id === null ? {} : { id: Number(id) }),
      ...(phoneNumberId === null ? {} : { phoneNumberId }),
    })
    return { cleared }
  },
  'GET clock': (sim) => clockView(sim),
  'POST clock': (sim, { body }) => {
    const ms = Number(body['advanceMs'])
    if (!Number.isFinite(ms)) throw new ControlError(400, 'advanceMs must be a number.')
    sim.clock.advance(ms)
    sim.world.advanceClock(ms)
    sim.live.tell('clock', clockView(sim))
    return clockView(sim)
  },
  'GET options': (sim) => optionsView(sim),
  'POST options': (sim, { body }) => setOptions(sim, body),
  'GET state': (sim) => stateView(sim),
  'POST webhook-batch': (sim, { body }) => deliverBatch(sim, body),
  'POST webhooks/retry': (sim) => ({ retried: sim.webhooks.retryNow() }),
  'POST webhooks/*': (sim, { body, id }) => emitField(sim, id, body),
  'POST templates/*': (sim, { id, body }) => changeTemplate(sim, id, body),
  'POST media': (sim, { raw, query }) => {
    const mimeType = query.get('type') ?? 'application/octet-stream'
    const fileName = query.get('name')
    const item = sim.media.add(new Uint8Array(raw), { mimeType, ...(fileName ? { fileName } : {}), from: 'customer' })
    return { id: item.id, mimeType: item.mimeType, sizeBytes: item.sizeBytes }
  },
}

/** Answers `/control/…`; the log leaves as text, because its lines are JSON already. */
export async function answerControl(sim: Sim, request: IncomingMessage, url: URL): Promise<ControlAnswer> {
  const path = url.pathname.replace(/^\/control\//, '').replace(/\/$/, '')
  if (request.method === 'GET' && path === 'log') {
    const limit = url.searchParams.get('limit')
    const after = Number(url.searchParams.get('after') ?? 0) || 0
    return { status: 200, text: limit === null ? sim.log.page(after) : sim.log.page(after, Number(limit)) }
  }
  const { handler, id } = findRoute(request.method ?? 'GET', path)
  const raw = await readBody(request)
  const body = path === 'media' ? {} : parse(raw)
  return { status: 200, json: await handler(sim, { body, id, query: url.searchParams, raw }) }
}

function findRoute(method: string, path: string): { handler: Handler; id: string } {
  const exact = ROUTES[`${method} ${path}`]
  if (exact) return { handler: exact, id: '' }
  const [room = '', id = '', verb] = path.split('/').map(decodeURIComponent)
  const handler = ROUTES[`${method} ${room}/*${verb ? `/${verb}` : ''}`]
  if (!handler || id === '') throw new ControlError(404, `No control ${method} ${path}.`)
  return { handler, id }
}

function parse(raw: Buffer): JsonObject {
  if (raw.length === 0) return {}
  try {
    const value: unknown = JSON.parse(raw.toString('utf8'))
    if (isObject(value)) return value
  } catch {
    // Told below, together with JSON that is no object.
  }
  throw new ControlError(400, 'The body must be a JSON object.')
}

/** `+1 (555) 010-2030` and `15550102030` are one phone; anything with a letter or a dot is a user id. */
export const idOf = (given: string): string => (/[A-Za-z]/.test(given) ? given : given.replace(/\D/g, ''))

function personOf(sim: Sim, given: string): Customer {
  const person = sim.world.meet(idOf(given))
  if (person.familiar) return person
  person.familiar = true
  sim.world.saveCustomer(person)
  sim.live.tell('customer', { customer: person as unknown as JsonObject })
  return person
}

export function numberOf(sim: Sim, given: unknown): BusinessNumber {
  const number = sim.world.numbers.get(String(given ?? ''))
  if (!number) throw new ControlError(404, `No business number ${String(given)}.`)
  return number
}

function sendAs(sim: Sim, id: string, body: JsonObject): string {
  const message = objectAt(body, 'message')
  if (!message || typeof message['type'] !== 'string') throw new ControlError(400, 'message needs a type.')
  const number = numberOf(sim, body['to'])
  const customer = personOf(sim, id)
  const name = stringAt(objectAt(body, 'profile'), 'name')
  if (name !== undefined && name !== customer.name) changePerson(sim, customer, { name })
  if (number.blocked.includes(customer.key)) return 'blocked'
  return receive(sim, { customer, number, message }).id
}

function changePerson(sim: Sim, customer: Customer, body: JsonObject): Customer {
  const wasOnline = customer.online
  const { name, username, online, reachable } = body
  if (typeof name === 'string' && name !== '') customer.name = name
  if (typeof username === 'string') customer.username = username.startsWith('@') ? username : `@${username}`
  if (typeof online === 'boolean') customer.online = online
  if (typeof reachable === 'boolean') customer.reachable = reachable
  sim.world.saveCustomer(customer)
  sim.live.tell('customer', { customer: customer as unknown as JsonObject })
  if (!wasOnline && customer.online) sim.lifecycle.deliverWaiting(customer)
  return customer
}

/** The person taps the provider's own "stop offers", or takes it back. */
function changePreference(sim: Sim, customer: Customer, body: JsonObject): { value: string } {
  const number = numberOf(sim, body['to'])
  const value = body['value'] === 'resume' ? 'resume' : 'stop'
  customer.stopped = customer.stopped.filter((id) => id !== number.id)
  if (value === 'stop') customer.stopped.push(number.id)
  sim.world.saveCustomer(customer)
  sim.live.tell('customer', { customer: customer as unknown as JsonObject })
  sim.webhooks.emit({
    kind: 'message',
    field: 'user_preferences',
    wabaId: number.wabaId,
    number,
    lane: `${number.id} ${customer.key}`,
    contact: contactOf(customer),
    payload: {
      ...(customer.waId ? { wa_id: customer.waId } : {}),
      user_id: customer.userId,
      detail: `User requested to ${value} marketing messages`,
      category: 'marketing_messages',
      value,
      timestamp: Math.floor(Date.now() / 1000),
    },
  })
  return { value }
}

function addFault(sim: Sim, body: JsonObject): unknown {
  const kind = String(body['kind'] ?? '')
  if (!isFaultKind(kind)) throw new ControlError(400, `No fault kind '${kind}'.`)
  const { count, ...rest } = body
  const fault = sim.faults.add({
    ...(rest as JsonObject),
    kind,
    ...(count === undefined ? {} : { count: count === null ? null : Number(count) }),
  })
  return fault
}

export const clockView = (sim: Sim): JsonObject => ({
  nowMs: sim.clock.now(),
  offsetMs: sim.clock.offsetMs,
  now: new Date(sim.clock.now()).toISOString(),
})

export function optionsView(sim: Sim): JsonObject {
  return {
    statusDelayMs: sim.lifecycle.statusDelayMs,
    autoRead: sim.lifecycle.autoRead,
    mps: sim.limits.mps,
    pairLimits: sim.limits.pairLimits,
    templateReview: sim.templates.review,
    reviewDelayMs: sim.templates.reviewDelayMs,
    holdWebhooks: sim.webhooks.held,
    gatherMs: sim.webhooks.gatherMs,
    appWebhook: sim.webhooks.appEndpoint?.url ?? null,
  }
}

function setOptions(sim: Sim, body: JsonObject): JsonObject {
  const {
    statusDelayMs,
    autoRead,
    mps,
    pairLimits,
    templateReview,
    reviewDelayMs,
    holdWebhooks,
    gatherMs,
    appWebhook,
  } = body
  if (typeof statusDelayMs === 'number') sim.lifecycle.statusDelayMs = Math.max(0, statusDelayMs)
  if (typeof autoRead === 'boolean') sim.lifecycle.autoRead = autoRead
  if (typeof mps === 'number') sim.limits.mps = Math.max(0, mps)
  if (typeof pairLimits === 'boolean') sim.limits.pairLimits = pairLimits
  if (templateReview === 'approve' || templateReview === 'reject' || templateReview === 'hold') {
    sim.templates.review = templateReview
  }
  if (typeof reviewDelayMs === 'number') sim.templates.reviewDelayMs = reviewDelayMs
  if (typeof gatherMs === 'number') sim.webhooks.gatherMs = gatherMs
  if (typeof holdWebhooks === 'boolean') sim.webhooks.hold(holdWebhooks)
  if (typeof appWebhook === 'string') {
    sim.webhooks.appEndpoint = { url: appWebhook, verifyToken: sim.settings.verifyToken }
    for (const waba of sim.world.wabas.values()) sim.world.saveWaba({ ...waba, subscribed: true })
  }
  return optionsView(sim)
}

function stateView(sim: Sim): unknown {
  const { world } = sim
  return {
    businessId: BUSINESS_ID,
    appId: APP_ID,
    clock: clockView(sim),
    options: optionsView(sim),
    faults: sim.faults.list(),
    sendsCount: sim.log.count,
    webhooks: { ...sim.webhooks.counts, waiting: sim.webhooks.waitingCount },
    wabas: [...world.wabas.values()],
    numbers: [...world.numbers.values()].map((number) => ({
      ...numberFields(sim, number),
      wabaId: number.wabaId,
      code: number.code,
      blocked: number.blocked,
      endpoint: sim.webhooks.endpointOf(number.wabaId, number)?.url ?? null,
    })),
    templates: [...world.templates.values()].map(({ id, wabaId, name, language, status, category, quality }) => ({
      id,
      wabaId,
      name,
      language,
      status,
      category,
      quality,
    })),
    customersCount: world.customers.size,
    messagesCount: world.messages.size,
  }
}

/** One delivery exactly as given: `raw` text, or `body` in the provider's form; the signature may be spoiled. */
async function deliverBatch(sim: Sim, body: JsonObject): Promise<unknown> {
  const number = sim.world.numbers.get(String(body['phoneNumberId'] ?? ''))
  const url = stringAt(body, 'url') ?? (number && sim.webhooks.endpointOf(number.wabaId, number)?.url)
  if (!url) throw new ControlError(400, 'Give a url, or a phoneNumberId that somebody listens on.')
  const raw = stringAt(body, 'raw') ?? graphJson(body['body'] ?? {})
  const headers = signatureHeaders(raw, sim.settings.appSecret)
  if (body['signature'] === 'bad') headers['x-hub-signature-256'] = `sha256=${'0'.repeat(64)}`
  if (body['signature'] === 'none') {
    delete headers['x-hub-signature-256']
    delete headers['x-hub-signature']
  }
  const answers: unknown[] = []
  for (let time = 0; time < (Number(body['times'] ?? 1) || 1); time += 1) {
    answers.push(await sim.webhooks.deliverRaw(url, raw, headers))
  }
  return { answers }
}

/** Any account-level field: `POST /control/webhooks/account_update {wabaId, value}`. */
function emitField(sim: Sim, field: string, body: JsonObject): { emitted: string } {
  const number = sim.world.numbers.get(String(body['phoneNumberId'] ?? ''))
  const wabaId = stringAt(body, 'wabaId') ?? number?.wabaId
  const payload = objectAt(body, 'value')
  if (!wabaId || !payload) throw new ControlError(400, 'Give wabaId or phoneNumberId, and value.')
  sim.webhooks.emit({ kind: 'account', field, wabaId, lane: 'account', payload, ...(number ? { number } : {}) })
  return { emitted: field }
}

function changeTemplate(sim: Sim, id: string, body: JsonObject): unknown {
  const template = sim.world.templates.get(id)
  if (!template) throw new ControlError(404, `No template ${id}.`)
  const status = stringAt(body, 'status')
  const reason = stringAt(body, 'reason')
  const quality = stringAt(body, 'quality')
  const category = stringAt(body, 'category')
  if (status === 'PAUSED') sim.templates.pause(template)
  else if (status) sim.templates.decide(template, status as TemplateStatus, reason ? { reason } : {})
  if (quality) sim.templates.score(template, quality)
  if (category) sim.templates.recategorise(template, category)
  return template
}
