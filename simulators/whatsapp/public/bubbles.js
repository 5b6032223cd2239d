import { openForm, openList, openOrder } from './choices.js'
import { h, icon, toast } from './dom.js'
import { rich } from './format.js'
import { say, store } from './store.js'

/** The inside of a bubble: what the message says, and what can be tapped in it. */
export function content(message) {
  const part = message.body[message.type] ?? {}
  const draw = TYPES[message.type]
  return draw ? draw(part, message) : [h('p', { class: 'odd' }, `A message of type ${message.type}`)]
}

const paragraph = (text, tag = 'p') => h(tag, { class: 'text' }, ...rich(text ?? ''))
const source = (part) => part.link ?? (part.id ? `/phone/media/${part.id}` : '')

/** One emoji or two stand large, as on a phone. */
function textNode(body) {
  const big = /^(\p{Extended_Pictographic}(\uFE0F|\u200D\p{Extended_Pictographic}|\p{Emoji_Modifier})*\s*){1,3}$/u.test(
    body,
  )
  return h('p', { class: `text${big ? ' is-big' : ''}` }, ...rich(body))
}

const image = (part, alt) => {
  const node = h('img', { class: 'picture', src: source(part), alt: part.caption || alt, loading: 'lazy' })
  node.addEventListener('error', () =>
    node.replaceWith(
      h('span', { class: 'picture is-missing' }, icon('photo', 28), h('span', {}, 'This picture cannot be shown')),
    ),
  )
  return node
}

const TYPES = {
  text: (part) => [textNode(part.body ?? '')],
  image: (part) => [image(part, 'Photo'), part.caption && paragraph(part.caption)],
  sticker: (part) => [image(part, 'Sticker')],
  video: (part) => [
    h('video', { class: 'picture', src: source(part), controls: true, preload: 'metadata' }),
    part.caption && paragraph(part.caption),
  ],
  audio: (part) => [
    h('audio', { src: source(part), controls: true, preload: 'metadata', 'aria-label': 'Voice message' }),
  ],
  document: (part) => [
    h(
      'a',
      { class: 'file', href: source(part), target: '_blank', rel: 'noreferrer' },
      icon('file', 26),
      h('span', {}, part.filename ?? 'Document', h('small', {}, part.mime_type ?? 'Open')),
    ),
    part.caption && paragraph(part.caption),
  ],
  location: (part) => [place(part)],
  contacts: (part) => (Array.isArray(part) ? part : []).map(card),
  order: (part) => [basket(part)],
  button: (part) => [paragraph(part.text)],
  interactive: (part, message) => (message.direction === 'in' ? reply(part) : interactive(part, message)),
  template: (part, message) => template(message.rendered ?? { body: `Template ${part.name}` }, message),
  unsupported: () => [h('p', { class: 'odd' }, 'A message that the business cannot see')],
  system: (part) => [paragraph(part.body)],
}

function place({ latitude, longitude, name, address }) {
  const degrees = `${Number(latitude).toFixed(4)}, ${Number(longitude).toFixed(4)}`
  return h(
    'a',
    {
      class: 'place',
      href: `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=15/${latitude}/${longitude}`,
      target: '_blank',
      rel: 'noreferrer',
    },
    h('span', { class: 'map', 'aria-hidden': 'true' }, icon('pin', 30)),
    h('span', { class: 'place-text' }, h('strong', {}, name ?? 'Location'), h('small', {}, address ?? degrees)),
  )
}

const card = (contact) =>
  h(
    'div',
    { class: 'card' },
    icon('person', 26),
    h(
      'span',
      {},
      h('strong', {}, contact.name?.formatted_name ?? 'Contact'),
      h('small', {}, contact.phones?.[0]?.phone ?? contact.emails?.[0]?.email ?? ''),
    ),
  )

function basket({ product_items: items = [], text }) {
  const total = items.reduce((sum, item) => sum + Number(item.item_price) * Number(item.quantity), 0)
  const count = items.reduce((sum, item) => sum + Number(item.quantity), 0)
  return h(
    'div',
    { class: 'basket' },
    h('strong', {}, icon('bag', 18), `${count} ${count === 1 ? 'item' : 'items'}`),
    h('ul', {}, ...items.map((item) => h('li', {}, `${item.quantity} × ${item.product_retailer_id}`))),
    h('small', {}, `${total.toFixed(2)} ${items[0]?.currency ?? ''} (estimated)`),
    text && paragraph(text),
  )
}

function reply(part) {
  const chosen = part.button_reply ?? part.list_reply
  if (chosen) return [paragraph(chosen.title), chosen.description && h('small', { class: 'soft' }, chosen.description)]
  if (part.nfm_reply) return [h('p', { class: 'odd' }, icon('list', 16), part.nfm_reply.body ?? 'Form sent')]
  return [h('p', { class: 'odd' }, part.call_permission_reply?.response === 'accept' ? 'Calls allowed' : 'An answer')]
}

/** What a tap says, with the message it answers. */
const answer = (message, body) =>
  say({ ...body, context: { id: message.id } }).catch((error) => toast(error.message, 'error'))

const wasTapped = (message, fits) =>
  [...store.thread.values()].some(
    (other) => other.direction === 'in' && other.body.context?.id === message.id && fits(other.body),
  )

function tap(label, name, run, chosen = false) {
  return h(
    'button',
    { type: 'button', class: `tap${chosen ? ' is-chosen' : ''}`, onclick: run },
    name && icon(name, 16),
    label,
  )
}

function frame(part) {
  const { header, body, footer } = part
  return [
    header?.type === 'text' && h('p', { class: 'title' }, header.text),
    header && header.type !== 'text' && TYPES[header.type]?.(header[header.type] ?? {}),
    body?.text && paragraph(body.text),
    footer?.text && h('p', { class: 'soft' }, footer.text),
  ].flat()
}

function interactive(part, message) {
  const actions = ACTIONS[part.type]?.(part.action ?? {}, message, part) ?? [
    h('p', { class: 'odd' }, `A message of kind ${part.type}`),
  ]
  return [...frame(part), h('div', { class: 'taps' }, ...actions)]
}

const form = (name) => (action, message) => {
  const parameters = action.parameters ?? {}
  const label = { flow: parameters.flow_cta, address_message: 'Provide address' }[name] ?? 'Open'
  return [
    tap(label, 'list', () =>
      openForm({ title: label, name, token: parameters.flow_token, send: (body) => answer(message, body) }),
    ),
  ]
}

const ACTIONS = {
  button: (action, message) =>
    (action.buttons ?? []).map(({ reply: button }) =>
      tap(
        button.title,
        undefined,
        () =>
          answer(message, {
            type: 'interactive',
            interactive: { type: 'button_reply', button_reply: { id: button.id, title: button.title } },
          }),
        wasTapped(message, (body) => body.interactive?.button_reply?.id === button.id),
      ),
    ),
  list: (action, message) => [
    tap(action.button ?? 'Choose', 'list', () =>
      openList(action, (row) =>
        answer(message, {
          type: 'interactive',
          interactive: {
            type: 'list_reply',
            list_reply: { id: row.id, title: row.title, ...(row.description ? { description: row.description } : {}) },
          },
        }),
      ),
    ),
  ],
  cta_url: ({ parameters = {} }) => [linkOut(parameters.display_text, parameters.url)],
  location_request_message: (_action, message) => [
    tap('Send location', 'pin', () =>
      answer(message, {
        type: 'location',
        location: { latitude: 52.5163, longitude: 13.3777, name: 'Brandenburg Gate', address: 'Pariser Platz, Berlin' },
      }),
    ),
  ],
  flow: form('flow'),
  address_message: form('address_message'),
  product: (action, message) => [shop('View item', [action.product_retailer_id], action.catalog_id, message)],
  product_list: (action, message) => [
    shop(
      'View items',
      (action.sections ?? []).flatMap((section) => section.product_items.map((item) => item.product_retailer_id)),
      action.catalog_id,
      message,
    ),
  ],
  catalog_message: (_action, message) => [shop('View catalog', ['tulips', 'roses', 'sunflowers'], 'catalog', message)],
  call_permission_request: (_action, message) =>
    ['accept', 'reject'].map((response) =>
      tap(response === 'accept' ? 'Allow calls' : 'Do not allow', 'phone', () =>
        answer(message, {
          type: 'interactive',
          interactive: {
            type: 'call_permission_reply',
            call_permission_reply: { response, response_source: 'user_action' },
          },
        }),
      ),
    ),
  order_details: () => [
    tap('Review and pay', 'bag', () => toast('Paying inside the chat comes with the payment simulators')),
  ],
  order_status: () => [],
  carousel: ({ cards = [] }) => cards.map((one) => h('div', { class: 'card' }, ...frame(one))),
}

const linkOut = (label, url) =>
  h(
    'a',
    { class: 'tap', href: /^https?:/i.test(url ?? '') ? url : '#', target: '_blank', rel: 'noreferrer' },
    icon('link', 16),
    label,
  )
const shop = (label, products, catalogId, message) =>
  tap(label, 'bag', () =>
    openOrder({ products, catalogId, send: (order) => answer(message, { type: 'order', order }) }),
  )

function template(rendered, message) {
  const { header, body, footer, buttons = [] } = rendered
  const kind = header?.type?.toLowerCase()
  return [
    kind === 'text' && h('p', { class: 'title' }, header.text),
    kind && kind !== 'text' && TYPES[kind]?.(header[kind] ?? {}),
    paragraph(body),
    footer && h('p', { class: 'soft' }, footer),
    buttons.length > 0 && h('div', { class: 'taps' }, ...buttons.map((button) => templateButton(button, message))),
  ].flat()
}

function templateButton(button, message) {
  switch (button.type) {
    case 'QUICK_REPLY': {
      const chosen = wasTapped(message, (body) => body.button?.payload === button.payload)
      return tap(
        button.text,
        'reply',
        () => answer(message, { type: 'button', button: { payload: button.payload, text: button.text } }),
        chosen,
      )
    }
    case 'URL':
      return linkOut(button.text, button.url)
    case 'PHONE_NUMBER':
      return tap(button.text, 'phone', () => toast(`Calling ${button.phone_number} …`))
    case 'OTP':
    case 'COPY_CODE':
      return tap(button.text, 'copy', () =>
        navigator.clipboard?.writeText(button.code).then(() => toast(`Copied ${button.code}`)),
      )
    case 'FLOW':
      return tap(button.text, 'list', () =>
        openForm({ title: button.text, name: 'flow', send: (body) => answer(message, body) }),
      )
    default:
      return shop(button.text, ['tulips', 'roses', 'sunflowers'], 'catalog', message)
  }
}
