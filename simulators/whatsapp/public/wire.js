import { h } from './dom.js'
import { lineOf, timeOf } from './format.js'
import { on, store } from './store.js'

const KEPT = 60
const list = h('ol', { class: 'wire-list' })
const entries = []

/** What passed between the business's app and the provider, newest first, for those who build the app. */
export function mountWire() {
  document
    .querySelector('#wire')
    .append(
      h('h2', { id: 'wire-title' }, 'On the wire'),
      h('p', { class: 'soft' }, 'Calls that the app makes and webhooks that it gets. Open one to see its body.'),
      list,
    )
  empty()
  on('wire', () => {
    for (const entry of store.wire.splice(0)) add(entry)
  })
}

const empty = () => list.replaceChildren(h('li', { class: 'soft wire-none' }, 'Nothing yet. Say hi from the phone.'))

function add(entry) {
  const seen = WORDS[entry.event]?.(entry.detail)
  if (!seen) return
  if (entries.length === 0) list.replaceChildren()
  const node = h(
    'li',
    { class: `wire-entry is-${seen.way}${seen.bad ? ' is-bad' : ''}` },
    h(
      'details',
      { ontoggle: (event) => showBody(event.target, seen.body) },
      h(
        'summary',
        {},
        h('span', { class: 'wire-way', 'aria-hidden': 'true' }, seen.way === 'call' ? '→' : '←'),
        h('span', { class: 'wire-what' }, h('strong', {}, seen.title), h('small', {}, seen.line)),
        h('time', {}, timeOf(entry.atMs)),
      ),
    ),
  )
  entries.unshift(node)
  list.prepend(node)
  for (const old of entries.splice(KEPT)) old.remove()
}

const about = (id) => (store.thread.has(id) ? lineOf(store.thread.get(id)) : id)

/** Bodies are drawn when somebody looks, and not before. */
function showBody(details, body) {
  details.querySelector('pre')?.remove()
  if (details.open) details.append(h('pre', { tabindex: '0', 'aria-label': 'Body' }, JSON.stringify(body, null, 2)))
}

const WORDS = {
  message: ({ message }) =>
    message.direction === 'out'
      ? {
          way: 'call',
          title: `POST messages · ${message.type}`,
          line: lineOf(message),
          body: { request: message.body, id: message.id },
        }
      : { way: 'hook', title: `messages · ${message.type}`, line: lineOf(message), body: message.body },
  status: ({ id, status, errorCode, numberId, direction }) =>
    direction === 'in'
      ? {
          way: 'call',
          title: 'POST messages · read',
          line: about(id),
          body: { status: 'read', message_id: id, phone_number_id: numberId },
        }
      : {
          way: 'hook',
          title: `statuses · ${status}`,
          line: errorCode ? `error ${errorCode}` : about(id),
          bad: status === 'failed',
          body: { id, status, ...(errorCode ? { errorCode } : {}) },
        },
  typing: ({ customer }) => ({
    way: 'call',
    title: 'POST messages · typing',
    line: customer,
    body: { typing_indicator: { type: 'text' } },
  }),
  refused: ({ status, method, path, error }) => ({
    way: 'call',
    bad: true,
    title: `${method} · ${status} · ${error.code}`,
    line: error.error_data?.details ?? error.message,
    body: { path, error },
  }),
  hook: ({ ids, outcome }) =>
    outcome === 'waiting'
      ? {
          way: 'hook',
          bad: true,
          title: 'messages · not taken',
          line: 'The endpoint did not answer 200; it is tried again.',
          body: { ids },
        }
      : undefined,
}
