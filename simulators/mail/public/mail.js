const list = document.querySelector('#list')
const article = document.querySelector('#mail')
const filter = document.querySelector('#filter')
let openId = location.hash.slice(1)

const make = (tag, props = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), props)
  element.append(...children)
  return element
}

const time = (iso) => new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })

async function refresh() {
  const query = filter.value.trim() === '' ? '' : `?to=${encodeURIComponent(filter.value.trim())}`
  const { messages } = await (await fetch(`/api/messages${query}`)).json()
  list.replaceChildren(...messages.map(row))
  if (messages.length === 0)
    list.append(make('li', { className: 'empty', textContent: 'No mail yet. What the product sends lands here.' }))
  if (openId) await open(openId)
  else article.replaceChildren(make('p', { className: 'empty', textContent: 'Choose a mail to read it.' }))
}

function row(mail) {
  const button = make(
    'button',
    { type: 'button', onclick: () => open(mail.id) },
    make(
      'span',
      { className: 'who' },
      make('span', { textContent: mail.to.join(', ') }),
      make('span', { textContent: time(mail.receivedAt) }),
    ),
    make('span', { className: 'subject', textContent: mail.subject || '(no subject)' }),
    make('span', { className: 'preview', textContent: mail.preview }),
  )
  button.dataset.id = mail.id
  button.setAttribute('aria-current', String(mail.id === openId))
  return make('li', {}, button)
}

async function open(id) {
  const response = await fetch(`/api/messages/${id}`)
  if (!response.ok) return
  const mail = await response.json()
  openId = id
  history.replaceState(null, '', `#${id}`)
  for (const button of list.querySelectorAll('button'))
    button.setAttribute('aria-current', String(button.dataset.id === id))
  const facts = make('dl', {})
  for (const [name, value] of [
    ['From', mail.from],
    ['To', mail.envelope.to.join(', ')],
    ['At', new Date(mail.receivedAt).toLocaleString()],
    ['Files', mail.attachments.map((file) => `${file.filename} (${file.sizeBytes} bytes)`).join(', ')],
  ]) {
    if (value) facts.append(make('dt', { textContent: name }), make('dd', { textContent: value }))
  }
  const body =
    mail.html === null
      ? make('pre', { textContent: mail.text })
      : make('iframe', { src: `/api/messages/${id}/html`, title: 'Mail' })
  if (mail.html !== null) body.setAttribute('sandbox', 'allow-popups')
  const raw = make('p', {}, make('a', { href: `/api/messages/${id}/raw`, target: '_blank', textContent: 'Source' }))
  article.replaceChildren(make('h2', { textContent: mail.subject || '(no subject)' }), facts, body, raw)
}

filter.addEventListener('input', refresh)
document.querySelector('#clear').addEventListener('click', async () => {
  await fetch('/api/messages', { method: 'DELETE' })
  openId = ''
  await refresh()
})
new EventSource('/api/events').addEventListener('mail', refresh)
await refresh()
