import type { Member } from '../load/member.ts'
import { pause } from '../load/until.ts'
import type { Tally } from './programs.ts'

/** One reader of the live events, as a browser is: it comes back with the last position it has seen. */
export type StreamReader = {
  positions: number[]
  /** How often it had to come back. */
  resumed: () => number
  /** Told to load afresh: it would have missed something. */
  resets: () => number
  last: () => number
  stop: () => Promise<void>
}

const AGAIN_MS = 50

export function readStream(place: { url: string; member: Member; tally: Tally; after?: number }): StreamReader {
  const { url, member, tally } = place
  const positions: number[] = []
  const ending = new AbortController()
  let [opened, resets, last] = [0, 0, place.after]

  function take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    )
    const name = fields.get('event')
    if (name === 'reset') resets += 1
    if (name === 'ready') last ??= (JSON.parse(fields.get('data') ?? '{}') as { position: number }).position
    const id = fields.get('id')
    if (id === undefined) return
    last = Number(id)
    if (name === undefined) positions.push(last)
  }

  async function readOnce(): Promise<void> {
    tally.total += 1
    const headers = { ...member.headers(), ...(last === undefined ? {} : { 'last-event-id': String(last) }) }
    const response = await fetch(`${url}/api/v1/events/stream`, { headers, signal: ending.signal })
    tally.statuses.set(response.status, (tally.statuses.get(response.status) ?? 0) + 1)
    if (response.status !== 200 || response.body === null) return void tally.refused.push(`stream: ${response.status}`)
    opened += 1
    let rest = ''
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + text).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) take(block)
    }
  }

  const running = (async () => {
    while (!ending.signal.aborted) {
      await readOnce().catch((error: unknown) => {
        if (!ending.signal.aborted) tally.broken.push(`stream: ${String(error)}`)
      })
      if (!ending.signal.aborted) await pause(AGAIN_MS)
    }
  })()

  return {
    positions,
    resumed: () => opened - 1,
    resets: () => resets,
    last: () => last ?? 0,
    async stop() {
      ending.abort()
      await running
    },
  }
}
