import type { ServerResponse } from 'node:http'
import type { JsonObject } from './json.ts'

/** Server-sent events to the phone page. Nothing is built while nobody looks. */
export class Live {
  readonly #viewers = new Set<ServerResponse>()

  get watched(): boolean {
    return this.#viewers.size > 0
  }

  join(response: ServerResponse): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      connection: 'keep-alive',
    })
    response.write('retry: 1000\n\n')
    this.#viewers.add(response)
    response.on('close', () => this.#viewers.delete(response))
  }

  tell(event: string, detail: JsonObject): void {
    if (this.#viewers.size === 0) return
    const text = `event: ${event}\ndata: ${JSON.stringify(detail)}\n\n`
    for (const viewer of this.#viewers) viewer.write(text)
  }

  close(): void {
    for (const viewer of this.#viewers) viewer.end()
    this.#viewers.clear()
  }
}
