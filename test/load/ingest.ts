import { randomUUID } from 'node:crypto'
import type { Business } from './business.ts'
import { type Spread, spreadOf } from './figures.ts'
import type { WholeHouse } from './house.ts'
import { atRate } from './latency.ts'
import { newContacts, phoneOf } from './turns.ts'
import { createPoster, type WebhookMessage } from './webhooks.ts'

const messageOf = (contact: number): WebhookMessage => ({
  from: phoneOf(contact),
  text: `a question of contact ${contact}`,
  id: `wamid.load.${randomUUID()}`,
})

export type Acknowledged = { latency: Spread; refused: number }

/** From the moment a webhook is due until its 200, one message each, at a steady rate. */
export async function acknowledge(
  house: WholeHouse,
  { channels }: Business,
  rate: { perSecond: number; seconds: number },
): Promise<Acknowledged> {
  const poster = createPoster(house.secrets.graphAppSecret)
  // Below twenty a minute each, so that none is held.
  const contacts = newContacts(Math.max(20, rate.perSecond * 3))
  const latenciesMs: number[] = []
  let refused = 0
  try {
    const calls = await atRate(rate, async (index, dueMs) => {
      const contact = contacts[index % contacts.length]!
      const status = await poster.post(channels[contact % channels.length]!, [messageOf(contact)])
      if (status === 200) latenciesMs.push(performance.now() - dueMs)
      else refused += 1
    })
    await Promise.all(calls)
    return { latency: spreadOf(latenciesMs), refused }
  } finally {
    await poster.close()
  }
}

export type Ingested = { items: number; perSecond: number; refused: number }

const BATCH = 10
const AT_ONCE = 16

/** How many items become durable in a second, when webhooks bring ten each and follow one another without a pause. */
export async function durableIngest(house: WholeHouse, { channels }: Business, seconds: number): Promise<Ingested> {
  const poster = createPoster(house.secrets.graphAppSecret, AT_ONCE)
  // Fewer than twenty a minute each, and not all of them strangers: a house at work knows most of its contacts.
  const contacts = newContacts(1_000)
  const began = performance.now()
  let items = 0
  let refused = 0
  let turn = 0
  const lane = async () => {
    while (performance.now() - began < seconds * 1_000) {
      const first = (turn * BATCH) % contacts.length
      turn += 1
      const batch = contacts.slice(first, first + BATCH).map(messageOf)
      const status = await poster.post(channels[turn % channels.length]!, batch)
      if (status === 200) items += batch.length
      else refused += 1
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, lane))
    return { items, perSecond: items / ((performance.now() - began) / 1_000), refused }
  } finally {
    await poster.close()
  }
}
