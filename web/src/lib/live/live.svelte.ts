import { createContext } from 'svelte'
import type { HouseEvent } from '#domain/events/schema.ts'
import { apiUrl } from '#lib/api/client.ts'

const [getLive, setLive] = createContext<Live>()
const RETRY_MS_MAX = 15_000

type Handlers = { onevents: (events: HouseEvent[]) => void; ongap: () => void }

/** The one stream of events of a page. It resumes after the last event it saw; after a gap everything is asked again. */
export class Live {
  status = $state<'connecting' | 'open' | 'lost'>('connecting')
  online = $state(true)
  #cursor: string | undefined
  #retries = 0

  /** Call inside `$effect`: the returned function closes the stream. */
  connect(handlers: Handlers): () => void {
    let source: EventSource | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let batch: HouseEvent[] = []
    let batchTimer: ReturnType<typeof setTimeout> | undefined

    const flush = () => {
      batchTimer = undefined
      const events = batch
      batch = []
      handlers.onevents(events)
    }
    const receive = (message: MessageEvent<string>) => {
      if (message.lastEventId) this.#cursor = message.lastEventId
      const event = parseEvent(message.data)
      if (!event) return
      this.#cursor = String(event.position)
      batch.push(event)
      // A burst is drawn once, a single event without a delay that anyone could see.
      batchTimer ??= setTimeout(flush, 40)
    }
    const open = () => {
      source = new EventSource(apiUrl('/events/stream', { after: this.#cursor }))
      source.onopen = () => {
        if (this.status === 'lost') handlers.ongap()
        this.status = 'open'
        this.#retries = 0
      }
      source.onmessage = receive
      source.addEventListener('reset', () => handlers.ongap())
      source.onerror = () => {
        this.status = 'lost'
        // The browser reconnects by itself unless the answer was an error; then we do, more and more slowly.
        if (source?.readyState !== EventSource.CLOSED) return
        this.#retries += 1
        timer = setTimeout(open, Math.min(500 * 2 ** this.#retries, RETRY_MS_MAX))
      }
    }
    const networkChanged = () => {
      this.online = navigator.onLine
    }
    networkChanged()
    window.addEventListener('online', networkChanged)
    window.addEventListener('offline', networkChanged)
    open()
    return () => {
      source?.close()
      clearTimeout(timer)
      clearTimeout(batchTimer)
      window.removeEventListener('online', networkChanged)
      window.removeEventListener('offline', networkChanged)
    }
  }
}

function parseEvent(data: string): HouseEvent | undefined {
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null && 'type' in value && 'subject' in value
      ? (value as HouseEvent)
      : undefined
  } catch {
    return undefined
  }
}

export { getLive as useLive, setLive as provideLive }
