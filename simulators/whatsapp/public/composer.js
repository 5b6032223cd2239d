import { openOrder } from './choices.js'
import { h, icon, sheet, toast } from './dom.js'
import { lineOf } from './format.js'
import { control, say, store } from './store.js'

const drafts = new Map()
let place

/** The line at the foot of a chat: text, attachments, and what is being replied to. */
export function mountComposer({ composer, number }) {
  const key = `${store.customer}|${number.id}`
  const box = h('textarea', {
    rows: 1,
    'aria-label': 'Message',
    placeholder: 'Message',
    value: drafts.get(key) ?? '',
    enterKeyHint: 'send',
    autocomplete: 'off',
  })
  const send = h('button', { type: 'submit', class: 'send', 'aria-label': 'Send' }, icon('send', 22))
  const attach = h(
    'button',
    {
      type: 'button',
      class: 'quiet',
      'aria-label': 'Attach',
      'aria-haspopup': 'dialog',
      onclick: () => openAttach(number),
    },
    icon('plus', 24),
  )
  const quote = h('div', { class: 'replying' })
  const form = h('form', { class: 'line' }, attach, box, send)
  place = { key, box, quote, send }
  const grow = () => {
    box.style.blockSize = 'auto'
    box.style.blockSize = `${Math.min(box.scrollHeight, 128)}px`
    drafts.set(key, box.value)
    send.classList.toggle('is-ready', box.value.trim() !== '')
  }
  box.addEventListener('input', grow)
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') setReply(undefined)
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    form.requestSubmit()
  })
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const text = box.value.trim()
    if (text === '') return box.focus()
    const context = takeReply()
    box.value = ''
    grow()
    try {
      await say({ type: 'text', text: { body: text }, ...context })
    } catch (error) {
      box.value = text
      grow()
      toast(`${error.message}. Your text is kept.`, 'error')
    }
  })
  composer.replaceChildren(quote, form)
  setReply(undefined)
  grow()
  if (matchMedia('(hover: hover)').matches) box.focus({ preventScroll: true })
}

let replyTo

export function setReply(message) {
  replyTo = message
  if (!place) return
  place.quote.replaceChildren(
    ...(message
      ? [
          h('span', {}, h('strong', {}, message.direction === 'in' ? 'You' : 'Reply to'), lineOf(message).slice(0, 90)),
          h(
            'button',
            { type: 'button', class: 'quiet', 'aria-label': 'Do not reply to it', onclick: () => setReply(undefined) },
            icon('close', 16),
          ),
        ]
      : []),
  )
  if (message) place.box.focus()
}

function takeReply() {
  const context = replyTo ? { context: { id: replyTo.id } } : {}
  setReply(undefined)
  return context
}

const post = (message) => say({ ...message, ...takeReply() }).catch((error) => toast(error.message, 'error'))

const TYPE_OF = [
  [/^image\/webp/, 'sticker'],
  [/^image\//, 'image'],
  [/^video\//, 'video'],
  [/^audio\//, 'audio'],
]

async function sendFile(file) {
  const caption = place?.box.value.trim()
  const { id, mimeType } = await control(
    'POST',
    `media?type=${encodeURIComponent(file.type || 'application/octet-stream')}&name=${encodeURIComponent(file.name)}`,
    file,
  )
  const type = TYPE_OF.find(([pattern]) => pattern.test(mimeType))?.[1] ?? 'document'
  const withCaption = caption && ['image', 'video', 'document'].includes(type)
  if (withCaption) {
    place.box.value = ''
    place.box.dispatchEvent(new Event('input'))
  }
  await post({
    type,
    [type]: { id, ...(withCaption ? { caption } : {}), ...(type === 'document' ? { filename: file.name } : {}) },
  })
}

const PLACES = [
  { latitude: -1.2864, longitude: 36.8172, name: 'City Market', address: 'Muindi Mbingu Street, Nairobi' },
  { latitude: 38.7139, longitude: -9.1394, name: 'Rossio', address: 'Praça Dom Pedro IV, Lisbon' },
  { latitude: 19.0728, longitude: 72.8826, name: 'Home' },
]

const CONTACT = {
  name: { formatted_name: 'Jo Park', first_name: 'Jo', last_name: 'Park' },
  phones: [{ phone: '+1 (202) 555-0178', wa_id: '12025550178', type: 'CELL' }],
}

function openAttach(number) {
  sheet({
    title: `Send to ${number.name}`,
    body(close) {
      const input = h('input', {
        type: 'file',
        hidden: true,
        'aria-label': 'File from this computer',
        onchange: () => {
          close()
          sendFile(input.files[0]).catch((error) => toast(error.message, 'error'))
        },
      })
      const tile = (name, label, run, closes = true) =>
        h(
          'button',
          {
            type: 'button',
            class: `tile tile-${name}`,
            onclick: () => {
              if (closes) close()
              run()
            },
          },
          h('span', { class: 'tile-icon' }, icon(name, 24)),
          label,
        )
      return h(
        'div',
        { class: 'tiles' },
        input,
        tile('plus', 'Upload a file', () => input.click(), false),
        tile('photo', 'Sample photo', () => post({ type: 'image', image: {} })),
        tile('file', 'Sample document', () => post({ type: 'document', document: {} })),
        tile('mic', 'Sample voice', () => post({ type: 'audio', audio: { voice: true } })),
        tile('pin', 'Location', () =>
          post({ type: 'location', location: PLACES[Math.floor(Math.random() * PLACES.length)] }),
        ),
        tile('person', 'Contact', () => post({ type: 'contacts', contacts: [CONTACT] })),
        tile('bag', 'Order', () =>
          openOrder({
            products: ['tulips', 'roses', 'sunflowers'],
            catalogId: '194836987003835',
            send: (order) => post({ type: 'order', order }),
          }),
        ),
        tile('sticker', 'Sticker', () => post({ type: 'sticker', sticker: {} })),
        tile('eye', 'Poll (unsupported)', () =>
          post({
            type: 'unsupported',
            unsupported: { type: 'poll' },
            errors: [
              {
                code: 131051,
                title: 'Message type unknown',
                message: 'Message type unknown',
                error_data: { details: 'Message type is currently not supported.' },
              },
            ],
          }),
        ),
      )
    },
  })
}
