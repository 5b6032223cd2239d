import { mountDial } from './dial.js'
import { h, icon, toast } from './dom.js'
import { spanOf } from './format.js'
import { changed, control, currentCustomer, currentNumber, loadState, on, simNow, store } from './store.js'

const bench = document.querySelector('#bench')
const toggle = document.querySelector('#bench-toggle')

const FAULTS = [
  ['429', 'Answer 429', { retryAfterS: 5 }, 'too many calls, come back in 5 s'],
  ['5xx', 'Answer 500', {}, 'with an error code'],
  ['5xx', 'Answer 502, empty', { httpStatus: 502, content: 'empty' }, 'nobody knows whether it was sent'],
  ['slow', 'Answer after 15 s', { ms: 15_000 }, 'statuses leave before the answer'],
  ['reset_after_accept', 'Cut the line after accepting', {}, 'sent, but the answer is lost'],
  ['reset_before_accept', 'Cut the line before', {}, 'not sent'],
  ['token_invalid', 'Token expired', {}, '401 with code 190'],
  ['drop_status', 'Lose the next status', {}, 'it never comes'],
  ['late_status', 'Delay the next status', { ms: 20_000 }, 'by 20 s'],
  ['duplicate_webhook', 'Deliver twice', { times: 2 }, 'the next webhook item'],
  ['reorder_webhook', 'Reverse two', { times: 2 }, 'the next two webhook items'],
]

const CODES = [
  [131026, 'undeliverable'],
  [131047, 'outside the window'],
  [131049, 'too many offers'],
  [131050, 'offers stopped'],
  [131056, 'pair rate'],
  [130429, 'number rate'],
  [131031, 'account locked'],
  [131042, 'payment problem'],
  [132015, 'template paused'],
  [131053, 'media problem'],
  [131000, 'something went wrong'],
]

const guarded = (work) => Promise.resolve(work).catch((error) => toast(error.message, 'error'))

export function mountBench() {
  toggle.addEventListener('click', () => {
    const open = document.body.classList.toggle('bench-open')
    toggle.setAttribute('aria-expanded', String(open))
  })
  const dialPlace = h('div', { class: 'dial-place' })
  const when = h('p', { class: 'when' })
  const window = h('p', { class: 'window' })
  const list = h('ul', { class: 'fault-list', 'aria-label': 'Faults that wait' })
  const hooks = h('p', { class: 'soft' })
  bench.append(
    h(
      'section',
      { 'aria-labelledby': 'clock-title' },
      h('h2', { id: 'clock-title' }, 'Clock'),
      dialPlace,
      when,
      steps(),
      window,
    ),
    h('section', { 'aria-labelledby': 'faults-title' }, h('h2', { id: 'faults-title' }, 'Faults'), faultForm(), list),
    h('section', { 'aria-labelledby': 'rules-title' }, h('h2', { id: 'rules-title' }, 'Rules'), rules(), hooks),
  )
  mountDial(dialPlace, advance)
  on('clock', () => drawClock(when, window))
  on('faults', () => drawFaults(list))
  on('options numbers', () => {
    hooks.textContent =
      store.waiting > 0 ? `${store.waiting} webhook items wait for an answer.` : 'Every webhook has been taken.'
  })
}

const advance = (ms) => guarded(control('POST', 'clock', { advanceMs: ms }))

function steps() {
  const step = (label, ms) => h('button', { type: 'button', class: 'chip', onclick: () => advance(ms) }, label)
  return h(
    'div',
    { class: 'chips' },
    step('+5 min', 300_000),
    step('+1 h', 3_600_000),
    step('+24 h', 86_400_000),
    step('+7 days', 604_800_000),
  )
}

function drawClock(when, window) {
  const { offsetMs } = store.clock
  const now = new Date(simNow())
  when.replaceChildren(
    h(
      'strong',
      {},
      now.toLocaleString([], { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }),
    ),
    h('span', {}, offsetMs === 0 ? 'now' : `${spanOf(offsetMs)} ahead`),
  )
  const leftMs = store.windowUntil - simNow()
  const [customer, number] = [currentCustomer(), currentNumber()]
  const open = leftMs > 0
  window.hidden = !customer || !number
  window.className = `window ${open ? 'is-open' : 'is-closed'}`
  window.textContent = open ? `Service window: ${spanOf(leftMs)} left` : 'Service window closed: only templates arrive'
}

function faultForm() {
  const kind = h(
    'select',
    { name: 'kind', 'aria-label': 'What goes wrong' },
    h(
      'optgroup',
      { label: 'Answers' },
      ...FAULTS.slice(0, 7).map(([, label], index) => h('option', { value: `f${index}` }, label)),
    ),
    h(
      'optgroup',
      { label: 'Webhooks' },
      ...FAULTS.slice(7).map(([, label], index) => h('option', { value: `f${index + 7}` }, label)),
    ),
    h(
      'optgroup',
      { label: 'Error codes' },
      ...CODES.map(([code, words]) => h('option', { value: String(code) }, `${code} — ${words}`)),
    ),
  )
  const count = h('input', { name: 'count', type: 'number', min: 1, max: 999, value: 1, 'aria-label': 'How often' })
  const always = h('input', { name: 'always', type: 'checkbox' })
  const everywhere = h('input', { name: 'everywhere', type: 'checkbox' })
  const hint = h('p', { class: 'soft' })
  const explain = () => {
    hint.textContent =
      FAULTS[Number(kind.value.slice(1))]?.[3] ?? 'Refused at once, or failing later, as the provider does'
  }
  kind.addEventListener('change', explain)
  explain()
  return h(
    'form',
    {
      class: 'fault-form',
      onsubmit: (event) => {
        event.preventDefault()
        const known = FAULTS[Number(kind.value.slice(1))]
        const fault = kind.value.startsWith('f') ? { kind: known[0], ...known[2] } : { kind: kind.value }
        guarded(
          control('POST', 'faults', {
            ...fault,
            count: always.checked ? null : Number(count.value),
            ...(store.number && !everywhere.checked ? { phoneNumberId: store.number } : {}),
          }),
        )
      },
    },
    kind,
    hint,
    h(
      'div',
      { class: 'fault-rule' },
      h('label', { class: 'inline' }, count, ' times'),
      h('label', { class: 'inline' }, always, ' until taken back'),
      h('label', { class: 'inline' }, everywhere, ' on every number'),
    ),
    h('button', { type: 'submit', class: 'primary' }, icon('bolt', 16), 'Set this fault'),
  )
}

function drawFaults(list) {
  const rows = store.faults.map((fault) => {
    const name = FAULTS.find(([kind]) => kind === fault.kind)?.[1] ?? `Error ${fault.kind}`
    const number = store.numbers.find(({ id }) => id === fault.phoneNumberId)
    const often = fault.count === null ? 'until taken back' : `${fault.count} ×`
    return h(
      'li',
      {},
      icon('bolt', 16),
      h(
        'span',
        {},
        name,
        h(
          'small',
          {},
          `${often} · ${number?.name ?? 'every number'}${fault.struck ? ` · struck ${fault.struck}` : ''}`,
        ),
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'quiet',
          'aria-label': `Take back: ${name}`,
          onclick: () => guarded(control('DELETE', `faults?id=${fault.id}`)),
        },
        icon('close', 16),
      ),
    )
  })
  list.replaceChildren(...(rows.length > 0 ? rows : [h('li', { class: 'soft' }, 'Nothing goes wrong at the moment.')]))
}

function rules() {
  const set = (body) =>
    guarded(
      control('POST', 'options', body).then((options) => {
        store.options = options
        changed('options')
      }),
    )
  const box = (label, name, read, write) => {
    const input = h('input', { type: 'checkbox', onchange: () => set(write(input.checked)) })
    on('options', () => {
      input.checked = read(store.options)
    })
    return h('label', { class: 'inline', dataset: { name } }, input, ` ${label}`)
  }
  const speed = h('input', {
    type: 'range',
    min: 0,
    max: 3000,
    step: 50,
    'aria-label': 'Time to the next tick',
    oninput: () => set({ statusDelayMs: Number(speed.value) }),
  })
  const speedText = h('output', {})
  on('options', () => {
    speed.value = store.options.statusDelayMs
    speedText.textContent = `${store.options.statusDelayMs} ms`
  })
  return h(
    'div',
    { class: 'rules' },
    h('label', { class: 'speed' }, h('span', {}, 'Time to the next tick ', speedText), speed),
    box(
      'Everybody reads at once',
      'autoRead',
      (options) => options.autoRead,
      (checked) => ({ autoRead: checked }),
    ),
    box(
      'Hold webhooks back',
      'hold',
      (options) => options.holdWebhooks,
      (checked) => ({ holdWebhooks: checked }),
    ),
    box(
      'Limit messages to one person',
      'pair',
      (options) => options.pairLimits,
      (checked) => ({ pairLimits: checked }),
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'chip',
        onclick: () =>
          guarded(
            control('POST', 'webhooks/retry').then(({ retried }) => {
              toast(`${retried} deliveries tried again`)
              return loadState()
            }),
          ),
      },
      'Retry webhooks now',
    ),
  )
}
