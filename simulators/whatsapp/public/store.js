/** What the page knows, kept fresh by the stream; views subscribe by topic. */
export const store = {
  customers: new Map(),
  strangers: [],
  numbers: [],
  previews: new Map(),
  thread: new Map(),
  typingUntil: 0,
  windowUntil: 0,
  clock: { offsetMs: 0 },
  options: {},
  faults: [],
  waiting: 0,
  /** What passed on the wire and has not been shown yet. */
  wire: [],
  customer: undefined,
  number: undefined,
  loaded: false,
}

const listeners = new Map()

export function on(topics, run) {
  for (const topic of topics.split(' ')) listeners.set(topic, [...(listeners.get(topic) ?? []), run])
}

export function changed(...topics) {
  for (const run of new Set(topics.flatMap((topic) => listeners.get(topic) ?? []))) run()
}

export const keyOf = (customer, numberId) => `${customer}|${numberId}`
export const simNow = () => Date.now() + store.clock.offsetMs
export const currentCustomer = () => store.customers.get(store.customer)
export const currentNumber = () => store.numbers.find((number) => number.id === store.number)

export async function control(method, path, body) {
  const raw = body instanceof Blob
  const response = await fetch(`/control/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: raw ? body : JSON.stringify(body), headers: { 'content-type': raw ? body.type : 'application/json' } }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error ?? response.statusText)
  return answer
}

let loadings = 0
const early = []

/** What streams in while something is being fetched waits, so that an older answer never hides a newer event. */
async function loading(load) {
  loadings += 1
  try {
    return await load()
  } finally {
    loadings -= 1
    if (loadings === 0) for (const { name, detail } of early.splice(0)) apply(name, detail)
  }
}

function apply(name, detail) {
  HANDLERS[name](detail)
  store.wire.push({ event: name, detail, atMs: Date.now() })
  changed('wire')
}

export const loadState = () =>
  loading(async () => {
    const state = await (await fetch('/phone/state')).json()
    store.customers = new Map(state.customers.map((customer) => [customer.key, customer]))
    store.previews = new Map(state.previews.map((preview) => [keyOf(preview.customer, preview.numberId), preview]))
    for (const name of ['strangers', 'numbers', 'clock', 'options', 'faults', 'waiting']) store[name] = state[name]
    store.loaded = true
    changed('people', 'numbers', 'previews', 'clock', 'faults', 'options')
  })

export async function openThread(customer, number) {
  store.customer = customer
  store.number = number
  store.thread = new Map()
  store.typingUntil = 0
  store.windowUntil = 0
  changed('people', 'place')
  if (!customer || !number) return
  await loading(async () => {
    const url = `/phone/thread?customer=${encodeURIComponent(customer)}&number=${number}`
    const { messages, typingMs, windowMs } = await (await fetch(url)).json()
    if (store.customer !== customer || store.number !== number) return
    store.thread = new Map(messages.map((message) => [message.id, message]))
    store.typingUntil = Date.now() + typingMs
    store.windowUntil = simNow() + windowMs
    changed('thread', 'typing', 'clock')
  })
  lookAtThread()
}

/** Business messages are read when they are on a screen that somebody can see. */
export function lookAtThread() {
  if (document.hidden || !store.customer || !store.number || !currentCustomer()?.online) return
  const preview = store.previews.get(keyOf(store.customer, store.number))
  const unread = [...store.thread.values()].some(
    ({ direction, status }) => direction === 'out' && status === 'delivered',
  )
  if (preview?.unread) {
    preview.unread = 0
    changed('previews', 'people')
  }
  if (unread) control('POST', `phones/${encodeURIComponent(store.customer)}/read`, { to: store.number }).catch(() => {})
}

export const say = (message) =>
  control('POST', `phones/${encodeURIComponent(store.customer)}/messages`, { to: store.number, message })

const arrived = ({ direction, status }) => direction === 'in' || status === 'delivered' || status === 'read'
const isHere = (customer, numberId) => customer === store.customer && numberId === store.number

function preview(message, unreadMore) {
  const key = keyOf(message.customer, message.numberId)
  const known = store.previews.get(key)
  const newer = !known || known.message.atMs <= message.atMs
  store.previews.set(key, {
    customer: message.customer,
    numberId: message.numberId,
    message: newer ? message : known.message,
    unread: (known?.unread ?? 0) + unreadMore,
  })
  changed('previews', 'people')
}

const onTheWay = new Map()

const HANDLERS = {
  message({ message }) {
    if (isHere(message.customer, message.numberId)) {
      store.thread.set(message.id, { hook: 'waiting', ...message })
      if (message.direction === 'in') store.windowUntil = simNow() + 86_400_000
      else store.typingUntil = 0
      changed('thread', 'typing', 'clock')
    } else if (message.direction === 'out') onTheWay.set(message.id, message)
    if (message.direction === 'in') preview(message, 0)
  },
  status({ id, customer, numberId, status, errorCode }) {
    const here = isHere(customer, numberId)
    const message = here ? store.thread.get(id) : onTheWay.get(id)
    if (!message) return
    const before = message.status
    message.status = status
    message.errorCode = errorCode
    if (here) changed('thread')
    if (message.direction === 'out' && arrived(message) && before !== 'delivered')
      preview(message, here && !document.hidden ? 0 : 1)
    if (status === 'delivered' || status === 'failed' || status === 'read') onTheWay.delete(id)
    if (here) lookAtThread()
  },
  hook({ ids, outcome }) {
    for (const id of ids) {
      const message = store.thread.get(id)
      if (message) message.hook = outcome
    }
    changed('thread')
  },
  typing({ customer, numberId, ms }) {
    if (!isHere(customer, numberId)) return
    store.typingUntil = Date.now() + ms
    changed('typing')
    setTimeout(() => changed('typing'), ms + 50)
  },
  customer({ customer }) {
    store.customers.set(customer.key, customer)
    store.strangers = store.strangers.filter(({ key }) => key !== customer.key)
    changed('people', 'place')
  },
  clock(clock) {
    store.clock = clock
    changed('clock')
  },
  faults({ faults }) {
    store.faults = faults
    changed('faults')
  },
  numbers: () => void loadState(),
  refused: () => {},
}

/** Resolves once the stream is open: what is fetched after that cannot miss anything. */
export function listen() {
  const source = new EventSource('/phone/events')
  for (const name of Object.keys(HANDLERS)) {
    source.addEventListener(name, (event) => {
      const detail = JSON.parse(event.data)
      if (loadings > 0) early.push({ name, detail })
      else apply(name, detail)
    })
  }
  let broken = false
  source.addEventListener('error', () => {
    broken = true
    document.body.classList.add('offline')
  })
  return new Promise((resolve) => {
    source.addEventListener('open', async () => {
      document.body.classList.remove('offline')
      if (broken && store.loaded) {
        await loadState()
        await openThread(store.customer, store.number)
      }
      broken = false
      resolve()
    })
  })
}
