import type { InboundContent, Media, OrderItem } from '#domain/messages/schema.ts'
import { WireBodies, type WireError, type WireMedia, WireOrderItem } from './wire.ts'

export type ProviderError = { code?: number; title?: string; details?: string }

/**
 * Puts the body of a WhatsApp message into the words of the house. It never fails: what cannot be read becomes
 * `unsupported` with the wire type, its errors and whatever text was there.
 */
export function mapContent(message: WireBodies, valueErrors?: ProviderError[]): InboundContent {
  return readContent(message) ?? unreadable(message, valueErrors)
}

type Reader = (message: WireBodies) => InboundContent | undefined

const READERS: Readonly<Record<string, Reader>> = {
  text: ({ text }) => (text?.body === undefined ? undefined : { kind: 'text', text: text.body }),
  image: ({ image }) => image && withCaption({ kind: 'image', media: toMedia(image) }, image),
  video: ({ video }) => video && withCaption({ kind: 'video', media: toMedia(video) }, video),
  audio: ({ audio }) => audio && withCaption({ kind: 'audio', media: toMedia(audio) }, audio),
  voice: ({ voice }) => voice && withCaption({ kind: 'audio', media: { ...toMedia(voice), voice: true } }, voice),
  document: ({ document }) => document && withCaption({ kind: 'document', media: toMedia(document) }, document),
  sticker: ({ sticker }) => sticker && withCaption({ kind: 'sticker', media: toMedia(sticker) }, sticker),
  location: readLocation,
  contacts: ({ contacts }) => contacts && { kind: 'contacts', contacts },
  reaction: ({ reaction }) =>
    reaction?.message_id === undefined
      ? undefined
      : { kind: 'reaction', messageExternalId: reaction.message_id, emoji: reaction.emoji || null },
  button: readTemplateButton,
  interactive: readInteractive,
  order: readOrder,
  system: readSystem,
  edit: readEdit,
  revoke: ({ revoke }) =>
    revoke?.original_message_id === undefined
      ? undefined
      : { kind: 'revoke', originalExternalId: revoke.original_message_id },
  request_welcome: () => ({ kind: 'system', event: 'chat_opened' }),
}

function readContent(message: WireBodies): InboundContent | undefined {
  const type = message.type
  return type !== undefined && Object.hasOwn(READERS, type) ? READERS[type]!(message) : undefined
}

function unreadable(message: WireBodies, valueErrors: ProviderError[] = []): InboundContent {
  const errors = [...toErrors(message.errors), ...valueErrors]
  const type = message.unsupported?.type ?? message.type
  const text = message.location?.name ?? message.order?.text ?? message.interactive?.body?.text
  return defined({ kind: 'unsupported', type, text: text || undefined, errors: errors.length > 0 ? errors : undefined })
}

type MediaContent = Extract<InboundContent, { media: Media }>

function withCaption(content: MediaContent, wire: WireMedia): InboundContent {
  return wire.caption === undefined ? content : { ...content, caption: wire.caption }
}

/** The lookaside address is left out on purpose: it dies after minutes, while the id works for seven days. */
function toMedia(wire: WireMedia): Media {
  return defined({
    providerMediaId: wire.id?.slice(0, 256),
    mimeType: wire.mime_type?.slice(0, 200),
    fileName: wire.filename?.slice(0, 240),
    sha256: wire.sha256 === undefined ? undefined : hexDigest(wire.sha256).slice(0, 128),
    voice: wire.voice,
    animated: wire.animated,
  })
}

/** Webhooks write the digest in base64, the media endpoint in hex; the house keeps hex, so that the two compare. */
export function hexDigest(sha256: string): string {
  if (/^[0-9a-fA-F]{64}$/.test(sha256)) return sha256.toLowerCase()
  const bytes = Buffer.from(sha256, 'base64')
  return bytes.length === 32 ? bytes.toString('hex') : sha256
}

function readLocation({ location }: WireBodies): InboundContent | undefined {
  if (location?.latitude === undefined || location.longitude === undefined) return undefined
  const { latitude, longitude, name, address, url } = location
  return defined({ kind: 'location', latitude, longitude, name, address, url })
}

function readTemplateButton({ button }: WireBodies): InboundContent | undefined {
  if (button?.text === undefined && button?.payload === undefined) return undefined
  return defined({ kind: 'tap', source: 'template', id: button.payload, title: button.text ?? button.payload ?? '' })
}

function readInteractive({ interactive }: WireBodies): InboundContent | undefined {
  if (interactive === undefined) return undefined
  const { button_reply: button, list_reply: row, nfm_reply: form, call_permission_reply: permission } = interactive
  if (button !== undefined) {
    return defined({ kind: 'tap', source: 'button', id: button.id, title: button.title ?? button.id ?? '' })
  }
  if (row !== undefined) {
    const { id, title = id ?? '', description } = row
    return defined({ kind: 'tap', source: 'list', id, title, description })
  }
  if (form !== undefined) {
    return defined({ kind: 'form_reply', name: form.name, text: form.body, raw: rawText(form.response_json) })
  }
  if (permission !== undefined) {
    return { kind: 'permission_reply', response: permission.response ?? '', raw: permission }
  }
  return undefined
}

/** The answer of a form is kept as it came: it may be broken JSON, null, or no text at all. */
function rawText(responseJson: unknown): string {
  if (responseJson === undefined || responseJson === null) return ''
  return typeof responseJson === 'string' ? responseJson : JSON.stringify(responseJson)
}

/** An order is read whole or not at all: one with a line missing would be a wrong order. */
function readOrder({ order }: WireBodies): InboundContent | undefined {
  if (order?.catalog_id === undefined || order.product_items === undefined) return undefined
  const items: OrderItem[] = []
  for (const line of order.product_items) {
    const read = WireOrderItem.safeParse(line)
    if (!read.success) return undefined
    const { product_retailer_id: productRetailerId, quantity, item_price: price, currency } = read.data
    items.push({ productRetailerId, quantity, itemPriceMinor: toMinor(price, currency), currency })
  }
  return defined({ kind: 'order', catalogId: order.catalog_id, text: order.text || undefined, items })
}

const digitsByCurrency = new Map<string, number>()

/** WhatsApp writes prices in whole units of the currency, with a fraction where it has one. */
function toMinor(price: number, currency: string): number {
  let digits = digitsByCurrency.get(currency)
  if (digits === undefined) {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
    digits = format.maximumFractionDigits ?? 2
    digitsByCurrency.set(currency, digits)
  }
  return Math.round(price * 10 ** digits)
}

const SYSTEM_EVENTS: Readonly<Record<string, Extract<InboundContent, { kind: 'system' }>['event']>> = {
  user_changed_number: 'number_changed',
  customer_changed_number: 'number_changed',
  customer_identity_changed: 'identity_changed',
  user_identity_changed: 'identity_changed',
  user_changed_user_id: 'user_id_changed',
}

function readSystem({ system }: WireBodies): InboundContent | undefined {
  if (system === undefined) return undefined
  const known = system.type !== undefined && Object.hasOwn(SYSTEM_EVENTS, system.type)
  const event = known ? SYSTEM_EVENTS[system.type!]! : 'other'
  const newExternalId = event === 'user_id_changed' ? system.user_id : phoneDigits(system.wa_id ?? system.new_wa_id)
  return defined({ kind: 'system', event, text: system.body, newExternalId })
}

/** A number however it is written, as identities hold it; what is no number is left as it is. */
export function phoneDigits(phone: string | undefined): string | undefined {
  return phone !== undefined && /^\+?[\d\s().-]+$/.test(phone) ? phone.replace(/\D/g, '') : phone
}

function readEdit({ edit }: WireBodies): InboundContent | undefined {
  if (edit?.original_message_id === undefined) return undefined
  const inner = WireBodies.safeParse(edit.message)
  const content = inner.success ? readContent(inner.data) : undefined
  const text = content === undefined ? undefined : 'text' in content ? content.text : captionOf(content)
  return defined({ kind: 'edit', originalExternalId: edit.original_message_id, text })
}

function captionOf(content: InboundContent): string | undefined {
  return 'caption' in content ? content.caption : undefined
}

export function toErrors(errors: WireError[] | undefined): ProviderError[] {
  return (errors ?? []).map(({ code, title, message, details, error_data: data }) =>
    defined({ code, title: title ?? message, details: typeof data === 'string' ? data : (data?.details ?? details) }),
  )
}

type Defined<T> = { [K in keyof T]: T[K] }

/** Drops keys without a value, so that items compare and store without `undefined` in them. */
export function defined<const T extends object>(value: T): Defined<T> {
  for (const key of Object.keys(value) as (keyof T)[]) if (value[key] === undefined) delete value[key]
  return value
}
