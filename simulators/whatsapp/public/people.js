import { avatar, h, sheet, toast } from './dom.js'
import { lineOf, whoOf } from './format.js'
import { control, currentCustomer, on, openThread, store } from './store.js'

const tabs = document.querySelector('#tabs')

export function mountPeople() {
  on('people previews', draw)
  tabs.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const all = [...tabs.children]
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length]
    next?.focus()
    next?.click()
  })
}

function unreadOf(customer) {
  let count = 0
  for (const preview of store.previews.values()) if (preview.customer === customer) count += preview.unread
  return count
}

function lastOf(customer) {
  const all = [...store.previews.values()].filter((preview) => preview.customer === customer)
  return all.sort((a, b) => b.message.atMs - a.message.atMs)[0]
}

function draw() {
  const focused = tabs.contains(document.activeElement)
  tabs.replaceChildren(...[...store.customers.values()].map(tab))
  if (focused) tabs.querySelector('[aria-selected="true"]')?.focus()
}

function tab(customer) {
  const selected = customer.key === store.customer
  const unread = selected && store.number ? 0 : unreadOf(customer.key)
  const last = lastOf(customer.key)
  return h(
    'button',
    {
      type: 'button',
      role: 'tab',
      class: 'tab',
      id: `tab-${customer.key}`,
      'aria-selected': String(selected),
      'aria-controls': 'phone',
      tabindex: selected ? '0' : '-1',
      onclick: () => openThread(customer.key, selected ? store.number : (last?.numberId ?? store.number)),
    },
    avatar(customer.name, customer.key, 36),
    h(
      'span',
      { class: 'tab-text' },
      h('span', { class: 'tab-name' }, customer.name),
      h('span', { class: 'unseen' }, `, ${whoOf(customer)}${unread ? `, ${unread} unread` : ''}`),
      h('span', { class: 'tab-line', 'aria-hidden': 'true' }, last ? lineOf(last.message) : whoOf(customer)),
    ),
    unread > 0 && h('span', { class: 'badge', 'aria-hidden': 'true' }, String(unread)),
    !customer.online && h('span', { class: 'tab-off', title: 'Flight mode' }, '✈'),
  )
}

const FIRST = ['Lea', 'Noor', 'Tom', 'Ines', 'Kofi', 'Yuki', 'Omar', 'Freya', 'Luca', 'Amara']
const LAST = ['Brandt', 'Haddad', 'Okoro', 'Silva', 'Lund', 'Mori', 'Price', 'Novak', 'Reyes', 'Diallo']
const pick = (list) => list[Math.floor(Math.random() * list.length)]
const digits = (count) => Array.from({ length: count }, () => Math.floor(Math.random() * 10)).join('')

/** Invents somebody whose number belongs to nobody. */
const invented = () => ({
  name: `${pick(FIRST)} ${pick(LAST)}`,
  phone: `+1${pick(['202', '305', '415', '646'])}55501${digits(2)}`,
})

export function addPhone() {
  sheet({
    title: 'Add a phone',
    body(close) {
      const someone = invented()
      const field = (name, label, value, extra = {}) =>
        h('label', { class: 'field' }, h('span', {}, label), h('input', { name, value, autocomplete: 'off', ...extra }))
      const phone = field('phone', 'Phone number', someone.phone, {
        type: 'tel',
        required: true,
        pattern: '\\+?[0-9 ()\\-]{6,20}',
      })
      const username = field('username', 'Username', `@${someone.name.split(' ')[0].toLowerCase()}`, {
        disabled: true,
        required: true,
        pattern: '@?[a-z0-9._]{3,30}',
      })
      username.hidden = true
      const choose = (hidden) => {
        phone.hidden = hidden
        username.hidden = !hidden
        phone.querySelector('input').disabled = hidden
        username.querySelector('input').disabled = !hidden
      }
      const choice = (value, title, text) =>
        h(
          'label',
          { class: 'choice' },
          h('input', {
            type: 'radio',
            name: 'kind',
            value,
            checked: value === 'phone',
            onchange: () => choose(value === 'username'),
          }),
          h('span', {}, h('strong', {}, title), h('small', {}, text)),
        )
      const save = async (event) => {
        event.preventDefault()
        const given = Object.fromEntries(new FormData(event.target))
        const id = given.kind === 'username' ? `US.${digits(20)}` : given.phone
        try {
          const made = await control('POST', `phones/${encodeURIComponent(id)}`, {
            name: given.name,
            username: given.username,
          })
          close()
          await openThread(made.key, store.number)
        } catch (error) {
          toast(error.message, 'error')
        }
      }
      return h(
        'form',
        { class: 'form', onsubmit: save },
        h(
          'fieldset',
          { class: 'choices' },
          h('legend', {}, 'What the business sees'),
          choice('phone', 'A phone number', 'As nearly everybody today'),
          choice('username', 'A username only', 'The number stays hidden; the business gets an id'),
        ),
        field('name', 'Name', someone.name, { required: true, maxLength: 60 }),
        phone,
        username,
        strangers(close),
        h('div', { class: 'form-end' }, h('button', { type: 'submit', class: 'primary' }, 'Add this phone')),
      )
    },
  })
}

/** People whom a business has written to, and as whom nobody has acted yet. */
function strangers(close) {
  if (store.strangers.length === 0) return undefined
  const take = async (key) => {
    close()
    await control('POST', `phones/${encodeURIComponent(key)}`, {})
    await openThread(key, store.number)
  }
  return h(
    'div',
    { class: 'strangers' },
    h('p', {}, 'Or be somebody who was written to:'),
    ...store.strangers.map(({ key, name }) =>
      h('button', { type: 'button', class: 'chip', onclick: () => take(key) }, name),
    ),
  )
}

export function renamePhone() {
  const customer = currentCustomer()
  sheet({
    title: 'Rename this phone',
    body: (close) =>
      h(
        'form',
        {
          class: 'form',
          onsubmit: async (event) => {
            event.preventDefault()
            await control('POST', `phones/${encodeURIComponent(customer.key)}`, {
              name: event.target.elements.name.value,
            })
            close()
          },
        },
        h(
          'label',
          { class: 'field' },
          h('span', {}, 'Name'),
          h('input', { name: 'name', value: customer.name, required: true, maxLength: 60 }),
        ),
        h('div', { class: 'form-end' }, h('button', { type: 'submit', class: 'primary' }, 'Save the name')),
      ),
  })
}
