import { type Part, type Running, startPart } from './part.ts'
import { processIdentity, signalProcess } from './process-table.ts'
import type { Warden } from './warden.ts'

export type Supervised = { name: string; pid: number; identity: string; stage: number; signal: NodeJS.Signals }

export type Supervisor = {
  /** Starts a part and keeps it up: one that ends by itself is started again, said so, and waited for ever longer. */
  start: (part: Part) => Promise<void>
  list: () => Supervised[]
  /** Ends everything in order. Called again, it ends everything at once. */
  stopAll: () => Promise<void>
}

export type SupervisorOptions = {
  warden: Warden
  say: (text: string) => void
  /** A process came or went. */
  onChange: () => void
}

const FIRST_PAUSE_MS = 250
/** Long enough for a part that dies at once, short enough for one that is killed again and again. */
const LONGEST_PAUSE_MS = 5_000
/** After this long, a crash is taken for a new one, not for one more of a series. */
const STEADY_MS = 60_000

type Entry = { part: Part; running: Running | undefined; supervised: Supervised }

export function createSupervisor({ warden, say, onChange }: SupervisorOptions): Supervisor {
  const entries = new Map<string, Entry>()
  let stopping: Promise<void> | undefined
  const halt = new AbortController()
  const launching = new Set<Promise<Running>>()

  async function launch(part: Part): Promise<Running> {
    const starting = startPart(part, warden, halt.signal)
    launching.add(starting)
    const running = await starting.finally(() => launching.delete(starting))
    const { name, stage, stopSignal: signal } = part
    const supervised = { name, pid: running.pid, identity: processIdentity(running.pid), stage, signal }
    entries.set(name, { part, running, supervised })
    onChange()
    return running
  }

  async function keepUp(part: Part, first: Running): Promise<void> {
    let running = first
    let pauseMs = FIRST_PAUSE_MS
    for (;;) {
      const startedAt = performance.now()
      const how = await running.exited
      if (stopping !== undefined) return
      if (performance.now() - startedAt > STEADY_MS) pauseMs = FIRST_PAUSE_MS
      say(`${part.title} ${how}. Starting it again.`)
      const next = await relaunch(part, pauseMs)
      if (next === undefined) return
      running = next
      say(`${part.title} is up again.`)
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    }
  }

  async function relaunch(part: Part, firstPauseMs: number): Promise<Running | undefined> {
    let pauseMs = firstPauseMs
    for (;;) {
      await pause(pauseMs, halt.signal)
      if (stopping !== undefined) return undefined
      try {
        const running = await launch(part)
        if (stopping === undefined) return running
        await running.stop()
        return undefined
      } catch (error) {
        if (stopping !== undefined) return undefined
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
        const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
        say(`${reason} Trying again in ${Math.round(pauseMs / 1_000)} s.`)
      }
    }
  }

  async function stopInOrder(): Promise<void> {
    halt.abort()
    await Promise.allSettled(launching)
    for (const stage of [1, 2, 3]) {
      const running = [...entries.values()].filter((entry) => entry.part.stage === stage)
      await Promise.all(running.map((entry) => entry.running?.stop()))
    }
  }

  return {
    async start(part) {
      const running = await launch(part)
      void keepUp(part, running)
    },
    list: () => [...entries.values()].map((entry) => entry.supervised),
    stopAll() {
      if (stopping === undefined) stopping = stopInOrder()
      else
        for (const { part, supervised } of entries.values()) signalProcess(supervised.pid, part.lastSignal ?? 'SIGKILL')
      return stopping
    },
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
