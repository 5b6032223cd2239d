import type { MessageContent } from './schema.ts'

export const PREVIEW_LENGTH_MAX = 120

/**
 * One line that stands for a message in a list. `label` is a translation key for what cannot be said by the contact's
 * own words (a photo without caption), `text` those words; a screen shows the label, the text, or both in this order.
 */
export type Preview = { label?: string; text?: string }

/** Makes the preview of any content. Never longer than PREVIEW_LENGTH_MAX characters, never with a line break. */
export function previewOf(content: MessageContent): Preview {
  const { label, text } = parts(content)
  const line = text === undefined ? '' : oneLine(text)
  return { ...(label === undefined ? {} : { label }), ...(line === '' ? {} : { text: line }) }
}

/** The preview as one line that a screen can still translate: the words, the label, or `label: words`. */
export function labelledPreview(content: MessageContent): string {
  const { label, text } = previewOf(content)
  return [label, text].filter((part) => part !== undefined).join(': ')
}

/** Every label that a preview may carry; translations of all of them are needed. */
export const PREVIEW_LABELS: readonly string[] = [
  'messages.preview.image',
  'messages.preview.video',
  'messages.preview.audio',
  'messages.preview.voice',
  'messages.preview.document',
  'messages.preview.sticker',
  'messages.preview.location',
  'messages.preview.contacts',
  'messages.preview.reaction',
  'messages.preview.reaction_removed',
  'messages.preview.location_request',
  'messages.preview.template',
  'messages.preview.form_reply',
  'messages.preview.permission_reply',
  'messages.preview.order',
  'messages.preview.system',
  'messages.preview.edit',
  'messages.preview.revoke',
  'messages.preview.unsupported',
]

function parts(content: MessageContent): Preview {
  switch (content.kind) {
    case 'text':
    case 'buttons':
    case 'list':
    case 'link_button':
      return { text: content.text }
    case 'tap':
      return { text: content.title }
    case 'image':
    case 'video':
    case 'sticker':
      return labelled(content.kind, content.caption)
    case 'audio':
      return labelled(content.media.voice ? 'voice' : 'audio', content.caption)
    case 'document':
      return labelled('document', content.caption ?? content.media.fileName)
    case 'location':
      return labelled('location', content.name ?? content.address ?? `${content.latitude}, ${content.longitude}`)
    case 'contacts':
      return labelled('contacts', content.contacts.map(nameOf).filter(Boolean).join(', '))
    case 'reaction':
      return content.emoji === null ? labelled('reaction_removed') : labelled('reaction', content.emoji)
    case 'template':
      return content.text === undefined ? labelled('template', content.name) : { text: content.text }
    case 'form_reply':
      return labelled('form_reply', content.text ?? content.name)
    case 'permission_reply':
      return labelled('permission_reply', content.response)
    case 'order':
      return labelled('order', content.text ?? String(content.items.length))
    case 'line':
      return { label: content.code }
    case 'location_request':
    case 'system':
    case 'edit':
    case 'unsupported':
      return labelled(content.kind, content.text)
    case 'revoke':
      return labelled('revoke')
  }
}

function labelled(name: string, text?: string): Preview {
  return text === undefined ? { label: `messages.preview.${name}` } : { label: `messages.preview.${name}`, text }
}

function nameOf(card: Record<string, unknown>): string {
  const name = card['name']
  if (typeof name !== 'object' || name === null || !('formatted_name' in name)) return ''
  return typeof name.formatted_name === 'string' ? name.formatted_name : ''
}

/** Bidirectional overrides go too: in a list they would turn the text of the neighbours around. */
function oneLine(text: string): string {
  const line = text
    .slice(0, PREVIEW_LENGTH_MAX * 8)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  const characters = [...line]
  return characters.length <= PREVIEW_LENGTH_MAX ? line : `${characters.slice(0, PREVIEW_LENGTH_MAX - 1).join('')}…`
}
