import { h } from './dom.js'

const MARKS = [
  [/```([^`]+)```/, 'code'],
  [/(?<![\p{L}\p{N}])\*([^*\n]+)\*(?![\p{L}\p{N}])/u, 'strong'],
  [/(?<![\p{L}\p{N}])_([^_\n]+)_(?![\p{L}\p{N}])/u, 'em'],
  [/(?<![\p{L}\p{N}])~([^~\n]+)~(?![\p{L}\p{N}])/u, 's'],
  [/(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)])/, 'a'],
]

/** *bold*, _italic_, ~struck~, ```mono``` and links, as nodes. */
export function rich(text) {
  let first
  for (const [pattern, tag] of MARKS) {
    const match = pattern.exec(text)
    if (match && (first === undefined || match.index < first.match.index)) first = { match, tag }
  }
  if (!first) return [text]
  const { match, tag } = first
  const inner = tag === 'a' || tag === 'code' ? [match[1]] : rich(match[1])
  const props = tag === 'a' ? { href: match[1], target: '_blank', rel: 'noreferrer' } : {}
  return [text.slice(0, match.index), h(tag, props, ...inner), ...rich(text.slice(match.index + match[0].length))]
}

export const timeOf = (ms) => new Date(ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })

export function dayOf(ms) {
  const today = new Date()
  const date = new Date(ms)
  if (date.toDateString() === today.toDateString()) return 'Today'
  if (date.toDateString() === new Date(today.getTime() - 86_400_000).toDateString()) return 'Yesterday'
  return date.toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' })
}

export function spanOf(ms) {
  const minutes = Math.round(Math.abs(ms) / 60_000)
  const days = minutes >= 2880 ? Math.floor(minutes / 1440) : 0
  const [hours, rest] = [Math.floor((minutes - days * 1440) / 60), minutes % 60]
  return [days && `${days} d`, hours && `${hours} h`, (rest || minutes === 0) && `${rest} min`]
    .filter(Boolean)
    .slice(0, 2)
    .join(' ')
}

export const whoOf = (customer) => (customer.waId ? `+${customer.waId}` : (customer.username ?? customer.userId))

const NAMES = {
  image: 'Photo',
  video: 'Video',
  audio: 'Voice message',
  document: 'Document',
  sticker: 'Sticker',
  location: 'Location',
  contacts: 'Contact',
  order: 'Order',
  unsupported: 'Unsupported message',
}

/** One line that stands for a message in lists and quotes. */
export function lineOf(message) {
  const part = message.body[message.type] ?? {}
  switch (message.type) {
    case 'text':
      return part.body ?? ''
    case 'template':
      return message.rendered?.body ?? `Template ${part.name}`
    case 'interactive':
      return (
        part.button_reply?.title ??
        part.list_reply?.title ??
        part.body?.text ??
        (part.nfm_reply ? 'Form sent' : 'Message with choices')
      )
    case 'button':
      return part.text ?? ''
    case 'reaction':
      return part.emoji ? `Reacted ${part.emoji}` : 'Took a reaction back'
    case 'location':
      return part.name ?? 'Location'
    case 'document':
      return part.filename ?? 'Document'
    default:
      return part.caption || NAMES[message.type] || message.type
  }
}
