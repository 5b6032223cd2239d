import { createHoldfast } from '../../clients/typescript/client.ts'
import type { Member } from '../load/member.ts'
import { pause } from '../load/until.ts'

/** Every answer that somebody got from the front, by status; and what got none. */
export type Tally = { total: number; statuses: Map<number, number>; broken: string[]; refused: string[] }

export const newTally = (): Tally => ({ total: 0, statuses: new Map(), broken: [], refused: [] })
export const serverErrors = ({ statuses }: Tally): number =>
  [...statuses].reduce((sum, [status, count]) => (status >= 500 ? sum + count : sum), 0)

function count({ statuses, refused }: Tally, what: string, status: number): void {
  statuses.set(status, (statuses.get(status) ?? 0) + 1)
  if (status >= 400) refused.push(`${what}: ${status}`)
}

/** A fetch that counts each single answer, so that what the client tries again is seen as well. */
const counting =
  (tally: Tally) =>
  async (url: string, init: RequestInit): Promise<Response> => {
    const what = `${init.method ?? 'GET'} ${new URL(url).pathname}`
    tally.total += 1
    try {
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(20_000) })
      count(tally, what, response.status)
      return response
    } catch (error) {
      tally.broken.push(`${what}: ${error instanceof Error ? `${error.message} ${String(error.cause)}` : error}`)
      throw error
    }
  }

export type Programs = {
  /** The names of what they made, each of which must be there once. */
  made: { contacts: string[]; tags: string[] }
  stop: () => Promise<void>
}

const KEYS = 2
const PERMISSIONS = ['contacts.read', 'contacts.write', 'conversations.read', 'tags.manage']

/**
 * Programs with the published client, which read and write, with a key of idempotency and without. Each step waits for the
 * one before it; a step that fails for them ends their work, which the caller of `stop` hears of.
 */
export async function startPrograms(place: {
  baseUrl: string
  member: Member
  tally: Tally
  everyMs: number
}): Promise<Programs> {
  const { baseUrl, member, tally, everyMs } = place
  const made: Programs['made'] = { contacts: [], tags: [] }
  let stopped = false

  async function work(name: string): Promise<void> {
    const { secret } = await member.call<{ secret: string }>('POST', '/api-keys', { name, permissions: PERMISSIONS })
    const holdfast = createHoldfast({ baseUrl, key: secret, fetch: counting(tally) })
    for (let n = 1; !stopped; n += 1) {
      const contact = await holdfast.call('POST /contacts', {
        body: { name: `${name} ${n}`, phone: `+4930${name.at(-1)}${String(n).padStart(7, '0')}` },
        idempotencyKey: `${name.replace(' ', '-')}-${n}`,
      })
      made.contacts.push(contact.id)
      await pause(everyMs)
      await holdfast.call('PATCH /contacts/{id}', { path: { id: contact.id }, body: { name: `${name} ${n} changed` } })
      await pause(everyMs)
      await holdfast.call('GET /contacts', { query: { limit: 20 } })
      await pause(everyMs)
      const tag = await holdfast.call('POST /tags', { body: { name: `${name} ${n}` } })
      made.tags.push(tag.id)
      await pause(everyMs)
      await holdfast.call('GET /conversations', { query: { limit: 20 } })
      await pause(everyMs)
    }
  }

  const running = Array.from({ length: KEYS }, (_, index) => work(`Program ${index + 1}`))
  for (const one of running) one.catch(() => undefined) // heard of when they are stopped
  return {
    made,
    async stop() {
      stopped = true
      await Promise.all(running)
    },
  }
}

/** A person at a screen: reads, mostly. */
export function startScreen(place: { url: string; member: Member; tally: Tally; everyMs: number }): {
  stop: () => Promise<void>
} {
  const { url, member, tally, everyMs } = place
  const ask = counting(tally)
  let stopped = false
  const running = (async () => {
    while (!stopped) {
      for (const path of ['/me', '/conversations?limit=30', '/notifications', '/tags']) {
        await ask(`${url}/api/v1${path}`, { headers: member.headers() }).then(
          (response) => response.arrayBuffer(),
          () => undefined,
        )
        await pause(everyMs)
      }
    }
  })()
  return {
    async stop() {
      stopped = true
      await running
    },
  }
}
