import { h } from './dom.js'
import { on, simNow } from './store.js'

const HOUR_MS = 3_600_000
const TURN_HOURS = 12

/**
 * A clock whose hour hand can be turned forward; letting go moves the time. By keyboard: arrows turn, Enter lets go,
 * Escape turns back.
 */
export function mountDial(place, advance) {
  const hour = h('g', { class: 'hand-hour' }, h('line', { x1: 60, y1: 66, x2: 60, y2: 32 }))
  const minute = h('g', { class: 'hand-minute' }, h('line', { x1: 60, y1: 68, x2: 60, y2: 20 }))
  const arc = h('path', { class: 'arc', d: '' })
  const marks = Array.from({ length: 12 }, (_, index) => {
    const angle = (index * Math.PI) / 6
    const [inner, outer] = [index % 3 === 0 ? 44 : 47, 51]
    return h('line', {
      class: 'mark',
      x1: 60 + inner * Math.sin(angle),
      y1: 60 - inner * Math.cos(angle),
      x2: 60 + outer * Math.sin(angle),
      y2: 60 - outer * Math.cos(angle),
    })
  })
  const svg = h(
    'svg',
    { viewBox: '0 0 120 120', width: 132, height: 132, 'aria-hidden': 'true' },
    h('circle', { class: 'face', cx: 60, cy: 60, r: 56 }),
    ...marks,
    arc,
    minute,
    hour,
    h('circle', { class: 'hub', cx: 60, cy: 60, r: 3.5 }),
  )
  const label = h('span', { class: 'dial-label' })
  const dial = h(
    'div',
    {
      class: 'dial',
      role: 'slider',
      tabindex: '0',
      'aria-label': 'Turn the clock forward',
      'aria-valuemin': '0',
      'aria-valuemax': '72',
    },
    svg,
    label,
  )
  place.append(dial)

  let turned = 0
  const draw = () => {
    const date = new Date(simNow() + turned * HOUR_MS)
    const minutes = date.getHours() * 60 + date.getMinutes()
    const now = new Date(simNow())
    const start = ((now.getHours() * 60 + now.getMinutes()) / 720) * 360
    hour.setAttribute('transform', `rotate(${(minutes / 720) * 360} 60 60)`)
    minute.setAttribute('transform', `rotate(${(minutes % 60) * 6} 60 60)`)
    arc.setAttribute('d', arcPath(start, Math.min(359.9, (turned / TURN_HOURS) * 360)))
    label.textContent = turned > 0 ? `+${turned.toFixed(1).replace('.0', '')} h` : ''
    dial.setAttribute('aria-valuenow', String(turned))
    dial.setAttribute('aria-valuetext', turned > 0 ? `${turned} hours forward` : 'Now')
    dial.classList.toggle('is-turning', turned > 0)
  }
  const letGo = () => {
    const hours = turned
    turned = 0
    if (hours > 0) advance(hours * HOUR_MS)
    draw()
  }
  followPointer(
    dial,
    (delta) => {
      turned = Math.max(0, Math.min(72, turned + (delta / 360) * TURN_HOURS))
      draw()
    },
    () => {
      turned = Math.round(turned * 2) / 2
      letGo()
    },
  )
  dial.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 6, PageDown: -6 }[event.key]
    if (step) turned = Math.max(0, Math.min(72, turned + step))
    else if (event.key === 'Escape') turned = 0
    else if (event.key === 'Enter') return letGo()
    else return
    event.preventDefault()
    draw()
  })
  on('clock', draw)
  draw()
}

function arcPath(fromDegrees, spanDegrees) {
  if (spanDegrees <= 0) return ''
  const point = (degrees) => {
    const angle = (degrees * Math.PI) / 180
    return `${60 + 54 * Math.sin(angle)} ${60 - 54 * Math.cos(angle)}`
  }
  return `M${point(fromDegrees)} A54 54 0 ${spanDegrees > 180 ? 1 : 0} 1 ${point(fromDegrees + spanDegrees)}`
}

function followPointer(dial, turn, release) {
  let last
  const angleAt = (event) => {
    const box = dial.getBoundingClientRect()
    return (Math.atan2(event.clientX - box.x - box.width / 2, box.y + box.height / 2 - event.clientY) * 180) / Math.PI
  }
  dial.addEventListener('pointerdown', (event) => {
    last = angleAt(event)
    dial.setPointerCapture(event.pointerId)
  })
  dial.addEventListener('pointermove', (event) => {
    if (last === undefined) return
    const now = angleAt(event)
    turn(((now - last + 540) % 360) - 180)
    last = now
  })
  for (const name of ['pointerup', 'pointercancel']) {
    dial.addEventListener(name, () => {
      if (last === undefined) return
      last = undefined
      release()
    })
  }
}
