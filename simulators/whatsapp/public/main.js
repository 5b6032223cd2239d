import { mountBench } from './bench.js'
import { h, toast } from './dom.js'
import { whoOf } from './format.js'
import { addPhone, mountPeople } from './people.js'
import { mountPhone } from './phone.js'
import { changed, control, currentCustomer, listen, loadState, lookAtThread, on, openThread, store } from './store.js'
import { mountWire } from './wire.js'

const idOf = (given) => (/[A-Za-z]/.test(given) ? given : given.replace(/\D/g, ''))

/** `?phone=+1555…&to=PHONE_NUMBER_ID` opens that phone at that business; the address follows what is open. */
async function openFromAddress() {
  const query = new URLSearchParams(location.search)
  const wanted = query.get('phone')
  let customer = wanted === null ? undefined : idOf(wanted.replace(' ', '+'))
  if (customer && !store.customers.has(customer)) {
    try {
      const made = await control('POST', `phones/${encodeURIComponent(customer)}`, {
        name: query.get('name') ?? undefined,
      })
      store.customers.set(made.key, made)
      customer = made.key
    } catch (error) {
      toast(error.message, 'error')
      customer = undefined
    }
  }
  customer ??= sessionStorage.getItem('phone') ?? undefined
  if (!store.customers.has(customer)) customer = [...store.customers.keys()][0]
  const to = query.get('to')
  const number = store.numbers.some(({ id }) => id === to) ? to : undefined
  await openThread(customer, number)
}

function writeAddress() {
  const customer = currentCustomer()
  if (!customer) return
  sessionStorage.setItem('phone', customer.key)
  const query = new URLSearchParams({
    phone: customer.waId ? `+${customer.waId}` : customer.key,
    ...(store.number ? { to: store.number } : {}),
  })
  history.replaceState(null, '', `/?${query}`)
  document.title = `${customer.name} · ${whoOf(customer)}`
}

mountPeople()
mountPhone()
mountBench()
mountWire()
document.querySelector('#add').addEventListener('click', addPhone)
document.addEventListener('visibilitychange', lookAtThread)
document.body.append(
  h(
    'div',
    { class: 'offline-bar', role: 'status' },
    'The simulator is not answering. This page goes on when it is back.',
  ),
)
await listen()
await loadState()
await openFromAddress()
on('place', writeAddress)
writeAddress()
changed('people', 'place', 'thread', 'clock', 'faults')
setInterval(() => changed('clock'), 20_000)
