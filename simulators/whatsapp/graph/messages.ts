import { apiError } from '../errors.ts'
import type { Fault } from '../faults.ts'
import { outgoingId } from '../ids.ts'
import { type JsonObject, objectAt, stringAt } from '../json.ts'
import { type BusinessNumber, type ChatMessage, type Customer, threadKey } from '../model.ts'
import type { Sim } from '../sim.ts'
import { paramError, requireText } from './checks.ts'
import { checkContent } from './content.ts'
import { type MediaUse, requireKnownMedia } from './media-use.ts'
import type { Reply, Transport } from './reply.ts'
import { checkTemplate } from './template-send.ts'

const WINDOW_MS = 24 * 3_600_000
const REACTION_MS = 30 * 24 * 3_600_000

/** POST /{phone_number_id}/messages: a message, or a read receipt with or without typing. */
export function postMessage(sim: Sim, number: BusinessNumber, given: JsonObject): Reply {
  const body = unpacked(given)
  if (body['messaging_product'] !== 'whatsapp') {
    throw body['messaging_product'] === undefined
      ? paramError('The parameter messaging_product is required.')
      : paramError('Param messaging_product must be one of {WHATSAPP} - got another value.')
  }
  if (body['status'] !== undefined) return markRead(sim, number, body)
  if (number.status !== 'CONNECTED') throw apiError(133010)

  const { recipient, input } = recipientOf(sim, body)
  const target = { phoneNumberId: number.id, to: recipient }
  const refused = sim.faults.none ? undefined : sim.faults.strikeCode(target, false)
  if (refused !== undefined) throw apiError(refused)
  if (recipient === number.digits) throw apiError(131021, 'Recipient and sender are the same number.')

  const checked = checkBody(sim, number, { body, recipient })
  sim.limits.spend(number.id, recipient, sim.clock.now())
  const customer = sim.world.meet(recipient)
  const message = accept(sim, { number, customer, body, checked })
  const reply: Reply = {
    status: 200,
    json: {
      messaging_product: 'whatsapp',
      contacts: [{ input, ...(customer.waId ? { wa_id: customer.waId } : { user_id: customer.userId }) }],
      messages: [{ id: message.id, ...(checked.type === 'template' ? { message_status: 'accepted' } : {}) }],
    },
    wabaId: number.wabaId,
    usage: 'whatsapp',
  }
  const transport = sim.faults.none ? undefined : transportFault(sim, target)
  return transport ? { ...reply, transport } : reply
}

type Checked = { type: string; media: MediaUse[]; rendered?: JsonObject; marketing: boolean }

function checkBody(sim: Sim, number: BusinessNumber, input: { body: JsonObject; recipient: string }): Checked {
  const { body, recipient } = input
  const type = stringAt(body, 'type') ?? 'text'
  const context = body['context']
  if (context !== undefined)
    requireText(objectAt(body, 'context')?.['message_id'], { name: 'context.message_id', max: 512 })
  const callbackData = body['biz_opaque_callback_data']
  if (callbackData !== undefined) requireText(callbackData, { name: 'biz_opaque_callback_data', max: 512 })
  if (type !== 'template') return { type, media: checkContent(type, body, sim.media), marketing: false }

  const { template, media, rendered } = checkTemplate(sim, number, body['template'])
  for (const use of media) requireKnownMedia(use, sim.media)
  if (template.category === 'AUTHENTICATION' && /[A-Za-z.]/.test(recipient)) throw apiError(131062)
  return { type, media, rendered, marketing: template.category === 'MARKETING' }
}

function accept(
  sim: Sim,
  {
    number,
    customer,
    body,
    checked,
  }: { number: BusinessNumber; customer: Customer; body: JsonObject; checked: Checked },
): ChatMessage {
  const atMs = Date.now()
  const callbackData = stringAt(body, 'biz_opaque_callback_data')
  const id = outgoingId(customer.waId ?? customer.userId)
  sim.log.append({
    at: new Date(atMs).toISOString(),
    phoneNumberId: number.id,
    to: customer.key,
    body,
    id,
    ...(callbackData === undefined ? {} : { callbackData }),
  })
  const message: ChatMessage = {
    id,
    direction: 'out',
    customer: customer.key,
    numberId: number.id,
    atMs,
    type: checked.type,
    body,
    status: 'accepted',
    ...(callbackData === undefined ? {} : { callbackData }),
    ...(checked.rendered === undefined ? {} : { rendered: checked.rendered }),
  }
  sim.world.addOutgoing(message)
  sim.typing.delete(threadKey(customer.key, number.id))
  if (sim.live.watched && customer.familiar) sim.live.tell('message', { message: message as unknown as JsonObject })
  const failure = failureOf(sim, { message, customer, number, checked })
  if (failure !== undefined) sim.world.planFailure(message, failure)
  sim.lifecycle.follow(message)
  return message
}

/** Why an accepted message will fail later, if it will. */
function failureOf(
  sim: Sim,
  {
    message,
    customer,
    number,
    checked,
  }: { message: ChatMessage; customer: Customer; number: BusinessNumber; checked: Checked },
): number | undefined {
  const scripted = sim.faults.none
    ? undefined
    : sim.faults.strikeCode({ phoneNumberId: number.id, to: customer.key }, true)
  if (scripted !== undefined) return scripted
  if (!customer.reachable) return 131026
  if (checked.type === 'template') return checked.marketing && customer.stopped.includes(number.id) ? 131050 : undefined
  const openedMs = sim.world.windows.get(threadKey(customer.key, number.id))
  if (openedMs === undefined || sim.clock.now() - openedMs > WINDOW_MS) return 131047
  if (message.type === 'reaction') return reactionFailure(sim, message)
  return checked.media.some((use) => !sim.media.suits(use)) ? 131053 : undefined
}

function reactionFailure(sim: Sim, message: ChatMessage): number | undefined {
  const target = sim.world.messages.get(stringAt(objectAt(message.body, 'reaction'), 'message_id') ?? '')
  if (!target || target.type === 'reaction' || target.customer !== message.customer) return 131009
  return sim.clock.now() - target.atMs > REACTION_MS ? 131009 : undefined
}

/** Graph also takes a part that is JSON text instead of JSON; one of the known clients sends contacts so. */
function unpacked(body: JsonObject): JsonObject {
  for (const name of [stringAt(body, 'type') ?? 'text', 'context']) {
    const part = body[name]
    if (typeof part !== 'string' || !/^[[{]/.test(part)) continue
    try {
      return unpacked({ ...body, [name]: JSON.parse(part) as JsonObject })
    } catch {
      throw paramError(`Param ${name} must be valid JSON.`)
    }
  }
  return body
}

/** Spaces, dashes and brackets are accepted, and so are integers; a business-scoped id goes in `recipient`. */
function recipientOf(sim: Sim, body: JsonObject): { recipient: string; input: string } {
  const to = body['to']
  if (to !== undefined && to !== null && to !== '') {
    const input = String(to)
    if (sim.world.userIds.has(input)) return { recipient: sim.world.userIds.get(input) ?? input, input }
    const digits = input.replace(/[\s()+.-]/g, '')
    if (!/^\d{5,15}$/.test(digits)) throw apiError(131009, "Param 'to' is not a valid phone number.")
    return { recipient: digits, input }
  }
  const userId = stringAt(body, 'recipient')
  if (userId === undefined) throw paramError('The parameter to is required.')
  if (!/^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(userId)) throw apiError(131009, "Param 'recipient' is not valid.")
  return { recipient: sim.world.userIds.get(userId) ?? userId, input: userId }
}

function markRead(sim: Sim, number: BusinessNumber, body: JsonObject): Reply {
  if (body['status'] !== 'read') throw paramError('Param status must be one of {read}.')
  const id = requireText(body['message_id'], { name: 'message_id', max: 512 })
  const message = sim.world.messages.get(id)
  if (!message || message.numberId !== number.id) {
    throw apiError(100, 'Please check the message ID you have provided.')
  }
  if (message.direction === 'out') {
    throw apiError(
      100,
      `Message supplied to mark message as read API with message ID: ${id} is outgoing. Please use an incoming message ID.`,
    )
  }
  for (const earlier of sim.world.thread(message.customer, number.id)) {
    if (earlier.direction !== 'in' || earlier.atMs > message.atMs || earlier.status === 'read') continue
    sim.world.setStatus(earlier, 'read', undefined)
    sim.live.tell('status', {
      id: earlier.id,
      customer: earlier.customer,
      numberId: number.id,
      status: 'read',
      direction: 'in',
    })
  }
  if (body['typing_indicator'] !== undefined) {
    if (objectAt(body, 'typing_indicator')?.['type'] !== 'text')
      throw paramError('Param typing_indicator.type must be text.')
    sim.typing.set(threadKey(message.customer, number.id), Date.now() + 25_000)
    sim.live.tell('typing', { customer: message.customer, numberId: number.id, ms: 25_000 })
  }
  return { status: 200, json: { success: true }, wabaId: number.wabaId, usage: 'whatsapp' }
}

const TRANSPORTS: Readonly<Record<string, (fault: Fault) => Transport>> = {
  slow: (fault) => ({ kind: 'delay', ms: fault.ms ?? 10_000 }),
  slow_body: (fault) => ({ kind: 'drip', ms: fault.ms ?? 1_000 }),
  reset_after_accept: () => ({ kind: 'reset' }),
  reset_after_headers: () => ({ kind: 'reset_after_headers' }),
}

function transportFault(sim: Sim, target: { phoneNumberId: string; to: string }): Transport | undefined {
  const fault = sim.faults.strike(target, (candidate) => candidate.kind in TRANSPORTS)
  return fault && TRANSPORTS[fault.kind]?.(fault)
}
