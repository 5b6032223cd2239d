import { after } from 'node:test'
import type { Browser, House } from '../api/house.ts'
import { type Code, type Edit, holds } from '../support/without.ts'
import { houseOf, stolen } from './house.ts'

const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })
const ENDS_WITHIN_MS = 9_000
const fresh = await houseOf()

/** A house that tells live, from the given code. */
async function open(code: Code): Promise<House> {
  const house = await fresh(code)
  if (house.deps.feed !== undefined) return house
  const { createEventFeed } = await code<typeof import('#api/live/event-feed.ts')>('api/live/event-feed.ts')
  const { db, auth, log } = house.deps
  house.deps.feed = await createEventFeed({ db, sessions: auth.sessions, log })
  return house
}

/** Listens, as a thief with somebody's cookie does. @returns whether the house has ended it in time. */
async function listening(browser: Browser): Promise<{ ended: () => Promise<boolean> }> {
  const response = await browser.request('GET', '/events/stream')
  if (response.status !== 200) throw new Error(`no stream: ${response.status}`)
  const reader = response.body!.getReader()
  const abort = new AbortController()
  after(() => abort.abort())
  const read = async () => {
    while (!(await reader.read()).done);
    return true
  }
  const over = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), ENDS_WITHIN_MS)
    abort.signal.addEventListener('abort', () => clearTimeout(timer))
  })
  return {
    ended: async () => {
      const ended = await Promise.race([read(), over])
      await reader.cancel()
      return ended
    },
  }
}

holds('[S09] whoever listens with the session, or from the seat, of somebody hears nothing once it is taken away', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const members = [await house.member(owner, 'agent'), await house.member(owner, 'agent')]
    const streams = await Promise.all(members.map((member) => listening(stolen(house, member))))
    await members[0]!.json(204, 'POST', '/auth/sign-out')
    type Seats = { items: { id: string; personId: string }[] }
    const { items } = await owner.json<Seats>(200, 'GET', '/members')
    const seat = items.find(({ personId }) => personId === members[1]!.personId)!.id
    await owner.json(200, 'PATCH', `/members/${seat}`, { status: 'disabled' })
    const ended = await Promise.all(streams.map((stream) => stream.ended()))
    return ['the session that ended', 'the member who was shut out'].filter((_, index) => !ended[index])
  },
  without: edit(
    'api/live/event-feed.ts',
    'const lost = all.filter(({ reader }) => !alive.has(reader.sessionId) || !standing.has(standingKey(reader)))',
    'const lost: typeof all = []',
  ),
})
