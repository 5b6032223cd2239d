import { seedVolume } from '#infra/seed/volume.ts'
import type { Business } from './business.ts'
import { type Spread, spreadOf } from './figures.ts'
import { openStores, type WholeHouse } from './house.ts'
import { openRows } from './rows.ts'

export type InboxSize = { conversations: number; messages: number }

/** Fills a tenant, then lets the planner see what is there, as it would have seen it grow. */
export async function fillInbox(house: WholeHouse, { member, channels }: Business, size: InboxSize): Promise<number> {
  const began = performance.now()
  const db = openStores(house)
  const rows = openRows(house.adminUrl)
  try {
    await seedVolume(db, { tenantId: member.tenantId, channelId: channels[0]!.id, ...size, nowMs: Date.now() })
    await rows.all('analyze')
  } finally {
    await db.close()
    await rows.close()
  }
  return (performance.now() - began) / 1_000
}

const VIEWS = [
  '?limit=50',
  '?state=open&limit=50',
  '?state=queued&limit=50',
  '?state=bot&limit=50',
  '?unread=true&limit=50',
  '?needsPeople=true&limit=50',
  '?mine=true&limit=50',
] as const

export type InboxTimes = {
  list: Spread
  byView: Record<string, Spread>
  nextPage: Spread
  thread: Spread
  counts: Spread
  /** What was not answered with 200: its time says nothing. */
  refusals: string[]
}

/** What a signed-in agent waits for, through the real API: each view's first page, a later page, a thread, the counts. */
export async function readInbox({ member }: Business, rounds: number): Promise<InboxTimes> {
  const samples = new Map<string, number[]>()
  const refusals = new Set<string>()
  const timed = async <T>(name: string, path: string): Promise<T | undefined> => {
    const began = performance.now()
    const { status, body } = await member.ask<T>('GET', path)
    if (status !== 200) {
      refusals.add(`${status} ${path.replace(/[0-9a-f-]{36}/, ':id')}`)
      return undefined
    }
    samples.set(name, [...(samples.get(name) ?? []), performance.now() - began])
    return body
  }
  type Page = { items: { id: string }[]; nextCursor: string | null }
  await member.call('GET', '/conversations') // the first request opens connections, which is not the list's time
  for (let round = 0; round < rounds; round += 1) {
    let open: Page | undefined
    for (const view of VIEWS) {
      const page = await timed<Page>(view, `/conversations${view}`)
      if (view === VIEWS[1]) open = page
    }
    if (open?.nextCursor) {
      await timed('next', `/conversations?state=open&limit=50&cursor=${encodeURIComponent(open.nextCursor)}`)
    }
    const one = open?.items[round % (open.items.length || 1)]
    if (one !== undefined) await timed('thread', `/conversations/${one.id}/messages?limit=50`)
    if (round % 5 === 0) await timed('counts', '/conversations/counts')
  }
  const spread = (name: string) => spreadOf(samples.get(name) ?? [])
  return {
    list: spreadOf(VIEWS.flatMap((view) => samples.get(view) ?? [])),
    byView: Object.fromEntries(VIEWS.map((view) => [view, spread(view)])),
    nextPage: spread('next'),
    thread: spread('thread'),
    counts: spread('counts'),
    refusals: [...refusals],
  }
}
