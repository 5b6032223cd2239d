import { mountComposer } from './composer.js'
import { avatar, h, icon, present, sheet, toast } from './dom.js'
import { lineOf, timeOf, whoOf } from './format.js'
import { renamePhone } from './people.js'
import { control, currentCustomer, currentNumber, keyOf, on, openThread, simNow, store } from './store.js'
import { mountThread } from './thread.js'

const phone = document.querySelector('#phone')
const screen = h('div', { class: 'screen' })
const clock = h('span', { class: 'status-time' })
const signal = h('span', { class: 'status-icons' })

export function mountPhone() {
  phone.append(
    h('div', { class: 'status-bar' }, clock, h('span', { class: 'pill', 'aria-hidden': 'true' }), signal),
    screen,
  )
  on('place numbers', draw)
  on('clock people', drawStatus)
  on('previews', () => !store.number && drawList())
  drawStatus()
}

function drawStatus() {
  clock.textContent = timeOf(simNow())
  const customer = currentCustomer()
  signal.replaceChildren(customer && !customer.online ? icon('plane', 16) : bars(), battery())
}

const bars = () =>
  h(
    'svg',
    { viewBox: '0 0 18 12', width: 18, height: 12, 'aria-hidden': 'true' },
    ...[0, 1, 2, 3].map((n) => h('rect', { x: n * 4.6, y: 8 - n * 2.6, width: 3, height: 4 + n * 2.6, rx: 1 })),
  )

const battery = () =>
  h(
    'svg',
    { viewBox: '0 0 26 12', width: 26, height: 12, 'aria-hidden': 'true' },
    h('rect', { x: 0.5, y: 0.5, width: 22, height: 11, rx: 3.2, fill: 'none', stroke: 'currentColor', opacity: 0.5 }),
    h('rect', { x: 2, y: 2, width: 16, height: 8, rx: 1.8 }),
    h('rect', { x: 24, y: 4, width: 1.6, height: 4, rx: 0.8, opacity: 0.5 }),
  )

const fill = (...children) => screen.replaceChildren(...present(children))

let drawn = ''

function draw() {
  const customer = currentCustomer()
  phone.setAttribute('aria-labelledby', customer ? `tab-${customer.key}` : '')
  const place = `${store.customer} ${store.number} ${customer?.name} ${customer?.online} ${customer?.reachable} ${customer?.stopped}`
  const where = `${place} ${JSON.stringify(store.number ? currentNumber() : store.numbers)}`
  if (where === drawn) return
  drawn = where
  drawStatus()
  if (!customer) {
    fill(
      h(
        'div',
        { class: 'nobody' },
        h('h2', {}, 'Nobody is here yet'),
        h('p', {}, 'Add a phone to chat as a customer.'),
      ),
    )
    return
  }
  if (currentNumber()) drawChat(customer, currentNumber())
  else drawList()
}

function drawList() {
  const customer = currentCustomer()
  if (!customer || store.number) return
  const rows = store.numbers
    .map((number) => ({ number, preview: store.previews.get(keyOf(customer.key, number.id)) }))
    // Of the numbers that wait for a tenant a few are enough: nobody hears what is written to them.
    .filter(({ number, preview }, index) => number.listened || preview || index < 6)
    .sort((a, b) => (b.preview?.message.atMs ?? 0) - (a.preview?.message.atMs ?? 0))
  fill(
    h(
      'header',
      { class: 'list-head' },
      h('h2', {}, 'Chats'),
      h('p', {}, `${customer.name} · ${whoOf(customer)}`),
      menuButton(customer),
    ),
    h('ul', { class: 'chats' }, ...rows.map(chatRow)),
    rows.length === 0 && h('p', { class: 'nobody' }, 'There are no business numbers in the pool.'),
  )
}

function chatRow({ number, preview }) {
  const unread = preview?.unread ?? 0
  return h(
    'li',
    {},
    h(
      'button',
      {
        type: 'button',
        class: 'chat',
        onclick: () => openThread(store.customer, number.id),
      },
      avatar(number.name, number.id, 46),
      h(
        'span',
        { class: 'chat-text' },
        h('span', { class: 'chat-name' }, number.name),
        h('span', { class: 'unseen' }, unread ? `, ${unread} unread` : ''),
        h(
          'span',
          { class: 'chat-line', 'aria-hidden': 'true' },
          preview ? lineOf(preview.message) : (number.about ?? number.display),
        ),
      ),
      h(
        'span',
        { class: 'chat-side' },
        h('span', { class: 'chat-time' }, preview ? timeOf(preview.message.atMs) : ''),
        unread > 0 && h('span', { class: 'badge' }, String(unread)),
      ),
    ),
  )
}

function drawChat(customer, number) {
  const under = h('span', { class: 'head-under' })
  const log = h('div', { class: 'log', role: 'log', 'aria-label': 'Messages', tabindex: '0' })
  const composer = h('div', { class: 'composer' })
  fill(
    h(
      'header',
      { class: 'chat-head' },
      h(
        'button',
        {
          type: 'button',
          class: 'quiet',
          'aria-label': 'Back to chats',
          onclick: () => openThread(store.customer, undefined),
        },
        icon('back'),
      ),
      avatar(number.name, number.id, 36),
      h('div', { class: 'head-text' }, h('h2', {}, number.name), under),
      menuButton(customer, number),
    ),
    !number.listened && h('p', { class: 'banner' }, 'No app listens to this number, so nobody will answer.'),
    log,
    composer,
  )
  mountThread({ log, under, number })
  mountComposer({ composer, number })
}

function menuButton(customer, number) {
  return h(
    'button',
    {
      type: 'button',
      class: 'quiet',
      'aria-label': 'More',
      'aria-haspopup': 'dialog',
      onclick: () => openMenu(customer, number),
    },
    icon('more'),
  )
}

/** What a person can do to their phone, and to a business. */
function openMenu(customer, number) {
  const person = `phones/${encodeURIComponent(customer.key)}`
  const stopped = number && customer.stopped.includes(number.id)
  sheet({
    title: customer.name,
    body(close) {
      const row = (name, label, small, run) =>
        h(
          'button',
          {
            type: 'button',
            class: 'row',
            onclick: () => {
              close()
              Promise.resolve(run()).catch((error) => toast(error.message, 'error'))
            },
          },
          icon(name),
          h('span', {}, label, h('small', {}, small)),
        )
      return h(
        'div',
        { class: 'rows' },
        row(
          'plane',
          customer.online ? 'Flight mode' : 'Leave flight mode',
          customer.online ? 'Messages stay at one tick until you are back' : 'What waited arrives now',
          () => control('POST', person, { online: !customer.online }),
        ),
        number &&
          row(
            'stop',
            stopped ? 'Allow offers again' : 'Stop offers',
            `From ${number.name}: marketing ${stopped ? 'may come again' : 'fails with 131050'}`,
            () => control('POST', `${person}/preferences`, { to: number.id, value: stopped ? 'resume' : 'stop' }),
          ),
        row(
          'trash',
          customer.reachable ? 'Leave the network' : 'Come back',
          customer.reachable ? 'Everything to this phone fails with 131026' : 'Messages reach this phone again',
          () => control('POST', person, { reachable: !customer.reachable }),
        ),
        row('person', 'Rename this phone', whoOf(customer), renamePhone),
      )
    },
  })
}
