import { incomingId } from './ids.ts'
import { isObject, type JsonObject, objectAt, stringAt } from './json.ts'
import type { BusinessNumber, ChatMessage, Customer } from './model.ts'
import type { Sim } from './sim.ts'
import { contactOf, type WebhookItem } from './webhook-body.ts'

const MEDIA_TYPES = new Set(['image', 'video', 'audio', 'document', 'sticker'])

/** A customer writes: the message is kept, opens the window, and goes to whoever listens on that number. */
export function receive(
  sim: Sim,
  input: { customer: Customer; number: BusinessNumber; message: JsonObject },
): ChatMessage {
  const { customer, number } = input
  const id = stringAt(input.message, 'id') ?? incomingId(customer.waId ?? customer.userId)
  const type = stringAt(input.message, 'type') ?? 'text'
  const message: JsonObject = {
    ...(customer.waId ? { from: customer.waId } : {}),
    from_user_id: customer.userId,
    ...completed(sim, { message: input.message, type, number }),
    id,
    timestamp: stringAt(input.message, 'timestamp') ?? String(Math.floor(Date.now() / 1000)),
    type,
  }
  const kept: ChatMessage = {
    id,
    direction: 'in',
    customer: customer.key,
    numberId: number.id,
    atMs: Date.now(),
    type,
    body: message,
    status: 'accepted',
  }
  sim.limits.countIncoming(number.id, sim.clock.now())
  sim.world.addIncoming(kept, sim.clock.now())
  sim.live.tell('message', { message: kept as unknown as JsonObject })
  sim.webhooks.emit(itemOf(kept, { customer, number }))
  return kept
}

export function itemOf(
  kept: ChatMessage,
  { customer, number }: { customer: Customer; number: BusinessNumber },
): WebhookItem {
  return {
    key: `m:${kept.id}`,
    kind: 'message',
    field: 'messages',
    wabaId: number.wabaId,
    number,
    lane: `${number.id} ${customer.key}`,
    ...(kept.type === 'system' ? {} : { contact: contactOf(customer) }),
    payload: kept.body,
  }
}

/** Fills in what only the provider knows: media facts, the business number in a reply's context. */
function completed(
  sim: Sim,
  { message, type, number }: { message: JsonObject; type: string; number: BusinessNumber },
): JsonObject {
  const context = objectAt(message, 'context')
  const filled: JsonObject = {
    ...message,
    ...(context && stringAt(context, 'id') && !context['from'] ? { context: { from: number.digits, ...context } } : {}),
  }
  const content = message[type]
  if (!MEDIA_TYPES.has(type) || !isObject(content)) return filled
  const known = sim.world.media.get(stringAt(content, 'id') ?? '')
  const item = known ?? sim.media.sample(type)
  const { caption, ...rest } = content
  filled[type] = {
    ...(caption === undefined ? {} : { caption }),
    ...(type === 'document' ? { filename: item.fileName ?? 'document.pdf' } : {}),
    ...(type === 'sticker' ? { animated: false } : {}),
    ...(type === 'audio' ? { voice: item.mimeType.startsWith('audio/ogg') } : {}),
    mime_type: item.mimeType,
    sha256: Buffer.from(item.sha256, 'hex').toString('base64'),
    url: sim.media.signedUrl(item),
    ...rest,
    id: stringAt(content, 'id') ?? item.id,
  }
  return filled
}
