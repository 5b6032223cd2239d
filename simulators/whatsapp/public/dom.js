/** Makes an element; text is always text, never markup. */
export function h(tag, props = {}, ...children) {
  const element = tag === 'svg' || SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag)
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name === 'dataset') Object.assign(element.dataset, value)
    else if (name === 'style') for (const [key, part] of Object.entries(value)) element.style.setProperty(key, part)
    else if (name in element && !ATTRIBUTES.has(name) && !name.includes('-') && element.namespaceURI !== SVG)
      element[name] = value
    else element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...present(children))
  return element
}

/** Children as they are written: nested lists, and nothing where a condition did not hold. */
export const present = (children) =>
  children.flat(3).filter((child) => child !== undefined && child !== null && child !== false)

const SVG = 'http://www.w3.org/2000/svg'
const SVG_TAGS = new Set(['path', 'circle', 'line', 'g', 'rect', 'polyline'])
const ATTRIBUTES = new Set(['class', 'for', 'role', 'list', 'type', 'width', 'height'])

const PATHS = {
  back: 'M15 5l-7 7 7 7',
  send: 'M4 12l16-8-5 16-3.5-6.5L4 12z',
  plus: 'M12 5v14M5 12h14',
  more: 'M12 5.5v.01M12 12v.01M12 18.5v.01',
  photo: 'M4 6h16v12H4zM4 15l4.5-4.5 4 4L15 12l5 5M15.5 9.2v.01',
  file: 'M7 3h7l4 4v14H7zM14 3v4h4',
  pin: 'M12 21s7-6 7-11a7 7 0 10-14 0c0 5 7 11 7 11zM12 12.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5z',
  person: 'M12 12a4 4 0 100-8 4 4 0 000 8zM5 20c1-4 4-5.5 7-5.5s6 1.5 7 5.5',
  bag: 'M6 8h12l1 12H5zM9 8V7a3 3 0 016 0v1',
  mic: 'M12 4a2.5 2.5 0 012.5 2.5v5a2.5 2.5 0 01-5 0v-5A2.5 2.5 0 0112 4zM6.5 11a5.5 5.5 0 0011 0M12 16.5V20',
  sticker: 'M5 5h14v9l-5 5H5zM14 19v-5h5M9 10v.01M14.5 10v.01M9 13.5c1.5 1.3 3.5 1.3 5 0',
  smile: 'M12 20a8 8 0 100-16 8 8 0 000 16zM9 10v.01M15 10v.01M8.5 14c2 2.4 5 2.4 7 0',
  reply: 'M10 7L5 12l5 5M5 12h9c3 0 5 2 5 5',
  close: 'M6 6l12 12M18 6L6 18',
  plane: 'M12 3v18M12 9l-8 5v2l8-2.5 8 2.5v-2l-8-5M9 20l3-1.5 3 1.5',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  link: 'M10 14a4 4 0 005.7 0l2.8-2.8a4 4 0 00-5.7-5.7L11.5 6.8M14 10a4 4 0 00-5.7 0l-2.8 2.8a4 4 0 005.7 5.7l1.3-1.3',
  phone: 'M6 4h4l1.5 4.5L9 10a12 12 0 005 5l1.5-2.5L20 14v4a2 2 0 01-2 2A14 14 0 014 6a2 2 0 012-2z',
  list: 'M8 7h12M8 12h12M8 17h12M4 7v.01M4 12v.01M4 17v.01',
  bolt: 'M13 3L5 14h6l-1 7 8-11h-6l1-7z',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  eye: 'M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zM12 14.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5z',
  stop: 'M12 20a8 8 0 100-16 8 8 0 000 16zM6.5 6.5l11 11',
}

export const icon = (name, size = 20) =>
  h(
    'svg',
    { viewBox: '0 0 24 24', width: size, height: size, class: 'icon', 'aria-hidden': 'true', focusable: 'false' },
    h('path', { d: PATHS[name] }),
  )

/** One tick, two ticks, two coloured ticks, or a clock; the word is for those who do not see it. */
export function ticks(state) {
  const words = { waiting: 'Waiting', sent: 'Sent', delivered: 'Delivered', read: 'Read' }
  const draw = {
    waiting: ['M9 5v3.2l2 1.3', 'M9 13.6A5.6 5.6 0 109 2.4a5.6 5.6 0 000 11.2z'],
    sent: ['M4 8.6l3.2 3.2L13.6 5'],
    delivered: ['M1.6 8.6l3.2 3.2L11.2 5', 'M8 11.4l.4.4L15.6 5'],
    read: ['M1.6 8.6l3.2 3.2L11.2 5', 'M8 11.4l.4.4L15.6 5'],
  }[state]
  return h(
    'span',
    { class: `ticks ticks-${state}`, role: 'img', 'aria-label': words[state], title: words[state] },
    h(
      'svg',
      { viewBox: '0 0 18 16', width: 18, height: 16, 'aria-hidden': 'true', focusable: 'false' },
      ...draw.map((d) => h('path', { d })),
    ),
  )
}

const HUES = [195, 25, 285, 150, 60, 330, 240, 100]
export const hueOf = (key) => HUES[[...key].reduce((sum, char) => sum + char.codePointAt(0), 0) % HUES.length]

export function avatar(name, key, size = 40) {
  const letters = name
    .replace(/[^\p{L}\p{N} ]/gu, '')
    .split(' ')
    .filter(Boolean)
  const initials = (letters.length > 1 ? [letters[0], letters.at(-1)] : [letters[0] ?? '?'])
    .map((word) => [...word][0] ?? '')
    .join('')
  return h(
    'span',
    { class: 'avatar', 'aria-hidden': 'true', style: { '--hue': hueOf(key), '--size': `${size}px` } },
    initials.toUpperCase(),
  )
}

export function toast(text, kind = 'note') {
  const note = h('p', { class: `toast toast-${kind}` }, text)
  document.querySelector('#toasts').append(note)
  setTimeout(() => note.remove(), kind === 'error' ? 7000 : 3500)
}

/** A sheet that slides up over the phone, closed by Escape, by its button and by a click beside it. */
export function sheet({ title, body }) {
  const label = `sheet-${Math.random().toString(36).slice(2)}`
  const dialog = h(
    'dialog',
    { class: 'sheet', 'aria-labelledby': label, onclose: () => dialog.remove() },
    h(
      'div',
      { class: 'sheet-inner' },
      h(
        'header',
        { class: 'sheet-head' },
        h('h2', { id: label }, title),
        h(
          'button',
          { type: 'button', class: 'quiet', 'aria-label': 'Close', onclick: () => dialog.close() },
          icon('close'),
        ),
      ),
      body((...args) => dialog.close(...args)),
    ),
  )
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close())
  document.body.append(dialog)
  dialog.showModal()
  return dialog
}
