import { content } from './bubbles.js'
import { setReply } from './composer.js'
import { h, icon, ticks, toast } from './dom.js'
import { dayOf, lineOf, timeOf } from './format.js'
import { on, say, store } from './store.js'

let place
const nodes = new Map()

export function mountThread(given) {
  place = given
  stayAtEnd(given.log)
  nodes.clear()
  draw()
  drawUnder()
}

on('thread', () => draw())
on('typing', () => {
  drawUnder()
  draw()
})

const REASONS = {
  131026: 'this phone cannot be reached',
  131047: 'more than 24 hours since the customer wrote',
  131049: 'too many offers reach this person',
  131050: 'this person stopped offers',
  131053: 'the file is not suitable',
  131009: 'the message it reacts to is gone',
}

const isTyping = () => store.typingUntil > Date.now()

function drawUnder() {
  if (!place) return
  place.under.textContent = isTyping() ? 'typing…' : place.number.display
  place.under.classList.toggle('is-typing', isTyping())
}

/** Reactions sit on what they are about, so they are taken out of the line first. */
function arranged() {
  const reactions = new Map()
  const line = []
  for (const message of [...store.thread.values()].sort((a, b) => a.atMs - b.atMs)) {
    if (message.type === 'reaction') {
      const { message_id: target, emoji } = message.body.reaction ?? {}
      const shown = message.direction === 'in' || message.status === 'sent'
      if (shown) reactions.set(target, { ...reactions.get(target), [message.direction]: emoji })
      continue
    }
    const isHere = message.direction === 'in' || ['delivered', 'read', 'failed'].includes(message.status)
    if (isHere) line.push(message)
  }
  return { line, reactions }
}

function draw() {
  if (!place?.log.isConnected) return
  const { log } = place
  const { line, reactions } = arranged()
  const wanted = []
  let before
  for (const message of line) {
    if (!before || dayOf(before.atMs) !== dayOf(message.atMs)) wanted.push(divider(message.atMs))
    const follows =
      before?.direction === message.direction && message.atMs - before.atMs < 60_000 && before.status !== 'failed'
    wanted.push(nodeOf(message, { follows, reaction: reactions.get(message.id) }))
    before = message
  }
  if (line.length === 0) wanted.push(hello())
  if (isTyping()) wanted.push(typingNode())
  sync(log, wanted)
  if (atEnd) toEnd(log)
}

let atEnd = true

const toEnd = (log) => {
  log.scrollTop = log.scrollHeight
}

/** The newest message stays in sight, unless somebody scrolled up to read; pictures and rotation change the height. */
function stayAtEnd(log) {
  atEnd = true
  log.addEventListener('scroll', () => {
    atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60
  })
  log.addEventListener('load', () => atEnd && toEnd(log), true)
  new ResizeObserver(() => atEnd && toEnd(log)).observe(log)
}

/** Keeps the nodes that stay, so that a screen reader hears only what is new. */
function sync(log, wanted) {
  const keep = new Set(wanted)
  for (const child of [...log.children]) if (!keep.has(child)) child.remove()
  wanted.forEach((node, index) => {
    if (log.children[index] !== node) log.insertBefore(node, log.children[index] ?? null)
  })
}

function cached(key, version, make) {
  const known = nodes.get(key)
  if (known?.version === version) return known.node
  const node = make()
  if (known) node.classList.add('is-redrawn')
  nodes.set(key, { version, node })
  return node
}

const divider = (ms) => cached(`day ${dayOf(ms)}`, '', () => h('p', { class: 'day' }, dayOf(ms)))

const hello = () =>
  cached('hello', place.number.id, () =>
    h(
      'div',
      { class: 'hello' },
      h('p', {}, `Say hello to ${place.number.name}.`),
      h(
        'div',
        { class: 'chips' },
        ...['hi', 'Where is my order?', 'menu'].map((text) =>
          h(
            'button',
            { type: 'button', class: 'chip', onclick: () => say({ type: 'text', text: { body: text } }) },
            text,
          ),
        ),
      ),
    ),
  )

const typingNode = () =>
  cached('typing', '', () =>
    h('p', { class: 'bubble is-business typing', 'aria-label': 'Typing' }, h('span'), h('span'), h('span')),
  )

/** Own ticks: kept, taken by the business's app, read by somebody there. */
const tickOf = (message) =>
  message.status === 'read'
    ? 'read'
    : message.hook === 'taken'
      ? 'delivered'
      : message.hook === 'nowhere'
        ? 'sent'
        : 'waiting'

function nodeOf(message, { follows, reaction }) {
  const tick = message.direction === 'in' ? tickOf(message) : message.status === 'failed' ? 'failed' : ''
  const version = [tick, follows, reaction?.in, reaction?.out].join()
  return cached(message.id, version, () =>
    message.status === 'failed' ? failure(message) : bubble(message, { follows, reaction, tick }),
  )
}

function failure(message) {
  const why = REASONS[message.errorCode] ?? 'the provider gave up'
  return h(
    'p',
    { class: 'failure', dataset: { id: message.id } },
    h('strong', {}, `Never arrived (${message.errorCode})`),
    ` ${why}: “${lineOf(message).slice(0, 80)}”`,
  )
}

function bubble(message, { follows, reaction, tick }) {
  const mine = message.direction === 'in'
  const quoted = quoteOf(message)
  const given = [reaction?.in, reaction?.out].filter(Boolean)
  const node = h(
    'article',
    {
      class: `bubble ${mine ? 'is-mine' : 'is-business'} is-${message.type}${follows ? ' follows' : ''}`,
      'aria-label': mine ? 'You' : place.number.name,
      dataset: { id: message.id, status: message.status },
    },
    quoted,
    ...content(message),
    h(
      'footer',
      { class: 'meta' },
      h('time', { datetime: new Date(message.atMs).toISOString() }, timeOf(message.atMs)),
      mine && ticks(tick),
    ),
    given.length > 0 &&
      h('span', { class: 'reactions', role: 'img', 'aria-label': `Reactions: ${given.join(' ')}` }, ...new Set(given)),
    tools(message),
  )
  return node
}

function quoteOf(message) {
  const id = message.direction === 'in' ? message.body.context?.id : message.body.context?.message_id
  if (!id || ['button', 'interactive'].includes(message.type)) return undefined
  const target = store.thread.get(id)
  if (!target) return h('blockquote', { class: 'quote' }, 'An earlier message')
  const who = target.direction === 'in' ? 'You' : place.number.name
  return h('blockquote', { class: 'quote' }, h('strong', {}, who), h('span', {}, lineOf(target).slice(0, 120)))
}

const QUICK = ['👍', '❤️', '😂', '😮', '🙏']

function tools(message) {
  const react = (event, emoji) => {
    event.target.closest('details').removeAttribute('open')
    say({ type: 'reaction', reaction: { message_id: message.id, emoji } })
  }
  return h(
    'div',
    { class: 'tools' },
    h(
      'button',
      {
        type: 'button',
        class: 'tool',
        'aria-label': 'Reply to this message',
        title: 'Reply',
        onclick: () => setReply(message),
      },
      icon('reply', 16),
    ),
    message.direction === 'out' &&
      h(
        'details',
        { class: 'react' },
        h('summary', { class: 'tool', 'aria-label': 'React to this message', title: 'React' }, icon('smile', 16)),
        h(
          'div',
          { class: 'react-row' },
          ...QUICK.map((emoji) =>
            h(
              'button',
              {
                type: 'button',
                'aria-label': `React with ${emoji}`,
                onclick: (event) => react(event, emoji),
              },
              emoji,
            ),
          ),
          h(
            'button',
            {
              type: 'button',
              'aria-label': 'Take the reaction back',
              onclick: (event) => react(event, ''),
            },
            icon('close', 14),
          ),
        ),
      ),
    h(
      'button',
      {
        type: 'button',
        class: 'tool',
        'aria-label': 'Copy the message id',
        title: 'Copy the message id',
        onclick: () => navigator.clipboard?.writeText(message.id).then(() => toast('Message id copied')),
      },
      icon('copy', 16),
    ),
  )
}

document.addEventListener('click', (event) => {
  for (const open of document.querySelectorAll('details.react[open]'))
    if (!open.contains(event.target)) open.removeAttribute('open')
})
