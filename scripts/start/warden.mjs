// Ends what was started when its starter is gone, however it went: the pipe of a process that was killed with -9 closes
// too. PostgreSQL and Temporal cannot watch a pipe themselves, so this small process does it for everyone.
// Plain JavaScript without imports of ours: it must outlive whatever breaks in the house.
import { readFileSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** @type {Map<number, { pid: number, identity: string, signal: string, lastSignal: string, stage: number }>} */
const wards = new Map()
/** @type {Set<string>} folders of tests, which nobody wants to keep */
const litter = new Set()
let dismissed = false

const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => {
  const order = JSON.parse(line)
  if (order.op === 'watch') wards.set(order.pid, order)
  else if (order.op === 'forget') wards.delete(order.pid)
  else if (order.op === 'discard' && /holdfast-test-/.test(order.folder)) litter.add(order.folder)
  else if (order.op === 'dismiss') dismissed = true
})
lines.on('close', async () => {
  if (!dismissed) await endAll()
  for (const folder of litter) rmSync(folder, { recursive: true, force: true })
  process.exit(0)
})
// The terminal sends these to everyone at once; the order of the end is ours to keep.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined)

function alive({ pid, identity }) {
  try {
    process.kill(pid, 0)
    // A number may belong to someone else by now; where that can be told, it is.
    if (process.platform !== 'linux' || identity === '') return true
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] !== 'Z' && fields[19] === identity
  } catch {
    return false
  }
}

function send(pid, signal) {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself.
  }
}

async function gone(stage, withinMs) {
  const deadline = performance.now() + withinMs
  while (stage.some(alive)) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return true
}

async function endAll() {
  for (const number of [1, 2, 3]) {
    const stage = [...wards.values()].filter((ward) => ward.stage === number)
    for (const ward of stage.filter(alive)) send(ward.pid, ward.signal)
    if (await gone(stage, 8_000)) continue
    for (const ward of stage.filter(alive)) send(ward.pid, ward.lastSignal)
    if (await gone(stage, 3_000)) continue
    for (const ward of stage.filter(alive)) send(ward.pid, 'SIGKILL')
  }
}
