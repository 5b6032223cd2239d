import { DomainError } from '#domain/errors.ts'
import type { Media, MessageHeader, OutboundContent } from '#domain/messages/schema.ts'
import type { OutboundMessage, Recipient } from '../message-sender.ts'

type Json = Record<string, unknown>
type MediaIds = Readonly<Record<string, string>> | undefined

export const CALLBACK_DATA_LENGTH_MAX = 512

/**
 * The body of `POST /{phone_number_id}/messages`.
 *
 * @throws DomainError `message_not_sendable` when there is nobody to send to or a file has no id at the provider yet.
 */
export function toGraphMessage(message: OutboundMessage): Json {
  const { content, to, replyToExternalId, callbackData, mediaIds } = message
  if (callbackData.length > CALLBACK_DATA_LENGTH_MAX) throw notSendable('The callback data is too long.')
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...addressOf(to),
    ...(replyToExternalId === undefined ? {} : { context: { message_id: replyToExternalId } }),
    biz_opaque_callback_data: callbackData,
    ...bodyOf(content, mediaIds),
  }
}

/** Marks this message and all before it read; the sign that somebody is typing goes away after 25 s by itself. */
export function toGraphRead(inboundExternalId: string, typing = false): Json {
  return {
    messaging_product: 'whatsapp',
    status: 'read',
    message_id: inboundExternalId,
    ...(typing ? { typing_indicator: { type: 'text' } } : {}),
  }
}

/** The plus is needed: without it Meta may take the number for a local one of the business's own country. */
function addressOf({ waId, userId }: Recipient): Json {
  const digits = waId?.replace(/\D/g, '') ?? ''
  if (digits !== '') return { to: `+${digits}` }
  if (userId !== undefined && userId !== '') return { recipient: userId }
  throw notSendable('The recipient has neither a phone nor a user id.')
}

function bodyOf(content: OutboundContent, mediaIds: MediaIds): Json {
  switch (content.kind) {
    case 'text':
      return { type: 'text', text: { body: content.text, preview_url: content.previewUrl ?? false } }
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker':
      return { type: content.kind, [content.kind]: mediaBody(content, mediaIds) }
    case 'location': {
      const { latitude, longitude, name, address } = content
      return { type: 'location', location: { latitude, longitude, ...given({ name, address }) } }
    }
    case 'contacts':
      return { type: 'contacts', contacts: content.contacts }
    case 'reaction':
      return { type: 'reaction', reaction: { message_id: content.messageExternalId, emoji: content.emoji ?? '' } }
    case 'template': {
      const { name, language } = content
      const components = templateComponents(content, mediaIds)
      const parts = components.length === 0 ? {} : { components }
      return { type: 'template', template: { name, language: { code: language }, ...parts } }
    }
    default:
      return { type: 'interactive', interactive: interactiveBody(content, mediaIds) }
  }
}

/** A file in the header stands in the face as ours; what leaves names it by the provider's id. */
function templateComponents(content: Extract<OutboundContent, { kind: 'template' }>, mediaIds: MediaIds): Json[] {
  const components = content.components ?? []
  const header = content.face?.header
  if (header === undefined || header.kind === 'text' || header.media.fileId === undefined) return components
  const rest = components.filter(({ type }) => type.toLowerCase() !== 'header')
  return [{ type: 'header', parameters: [headerOf(header, mediaIds)] }, ...rest]
}

type MediaContent = Extract<OutboundContent, { media: Media }>

function mediaBody(content: MediaContent, mediaIds: MediaIds): Json {
  const { kind, media, caption } = content
  const source = mediaSource(media, mediaIds)
  if (kind === 'audio') return { ...source, ...(media.voice ? { voice: true } : {}) }
  if (kind === 'sticker') return source
  return { ...source, ...given({ caption, filename: kind === 'document' ? media.fileName : undefined }) }
}

function mediaSource({ fileId, providerMediaId, link }: Media, mediaIds: MediaIds): Json {
  const id = (fileId !== undefined && mediaIds?.[fileId]) || providerMediaId
  if (id) return { id }
  if (link !== undefined) return { link }
  throw notSendable('The file has not been handed to WhatsApp yet.')
}

type InteractiveContent = Extract<OutboundContent, { kind: 'buttons' | 'list' | 'link_button' | 'location_request' }>

function interactiveBody(content: InteractiveContent, mediaIds: MediaIds): Json {
  const body = { text: content.text }
  if (content.kind === 'location_request') {
    return { type: 'location_request_message', body, action: { name: 'send_location' } }
  }
  const frame = {
    ...(content.header === undefined ? {} : { header: headerOf(content.header, mediaIds) }),
    body,
    ...(content.footer ? { footer: { text: content.footer } } : {}),
  }
  switch (content.kind) {
    case 'buttons': {
      const buttons = content.buttons.map(({ id, title }) => ({ type: 'reply', reply: { id, title } }))
      return { type: 'button', ...frame, action: { buttons } }
    }
    case 'list': {
      const sections = content.sections.map(({ title, rows }) => ({
        ...given({ title }),
        rows: rows.map(({ id, title: rowTitle, description }) => ({ id, title: rowTitle, ...given({ description }) })),
      }))
      return { type: 'list', ...frame, action: { button: content.button, sections } }
    }
    case 'link_button': {
      const parameters = { display_text: content.label, url: content.url }
      return { type: 'cta_url', ...frame, action: { name: 'cta_url', parameters } }
    }
  }
}

function headerOf(header: MessageHeader, mediaIds: MediaIds): Json {
  if (header.kind === 'text') return { type: 'text', text: header.text }
  return { type: header.kind, [header.kind]: mediaSource(header.media, mediaIds) }
}

/** Meta refuses empty optionals, so they are left out. */
function given(fields: Record<string, string | undefined>): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''))
}

function notSendable(message: string): DomainError {
  return new DomainError('message_not_sendable', message)
}
