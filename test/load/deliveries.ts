import { once } from 'node:events'
import { createServer } from 'node:http'
import { Agent, request } from 'undici'
import { newId } from '#infra/ids.ts'
import { type Spread, spreadOf } from './figures.ts'
import type { WholeHouse } from './house.ts'
import { type Member, signUp } from './member.ts'
import { openRows, type Rows } from './rows.ts'
import { eachOf, pause, until } from './until.ts'

export type DeliverySizes = { count: number; bareCount: number; paced: { count: number } }

/** Told by nobody else in the house, so that only webhooks have work with it. */
const TYPE = 'translations.changed'
const AT_ONCE = 50

/** Somebody else's server: it notes when an event arrived first, and hangs where it is asked to. */
export async function openTarget(): Promise<Target> {
  const arrivedMs = new Map<string, number>()
  const server = createServer((incoming, response) => {
    incoming.resume()
    incoming.on('end', () => {
      if (incoming.url === '/hang') return
      const id = String(incoming.headers['webhook-id'])
      if (!arrivedMs.has(id)) arrivedMs.set(id, performance.now())
      response.writeHead(204).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    arrivedMs,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

export type Target = { origin: string; arrivedMs: Map<string, number>; close: () => void }

export type DeliveryFigures = {
  perSecond: number
  barePerSecond: number
  /** At this pace, one event after the other: */
  everyMs: number
  /** From the commit of an event to the arrival of its first attempt. */
  idle: Spread
  besideHanging: Spread
  missing: number
}

/** Deliveries through the whole house, beside a loop that only posts; then what one address that hangs does to others. */
export async function deliveryFigures(house: WholeHouse, sizes: DeliverySizes): Promise<DeliveryFigures> {
  const { app, api } = house.endpoints()
  const member = await signUp({ app, api, name: 'Webhooks' })
  const rows = openRows(house.adminUrl)
  const { target } = house
  const subscribe = (path: string, inFlightMax: number) =>
    member.call<{ subscription: { id: string } }>('POST', '/webhook-subscriptions', {
      name: path,
      url: `${target.origin}${path}`,
      events: [TYPE],
      inFlightMax,
    })
  try {
    await subscribe('/fast', AT_ONCE)
    await burst(rows, { member, target, count: 20 })
    const barePerSecond = await bareLoop(target, sizes.bareCount)
    const many = await burst(rows, { member, target, count: sizes.count })
    // An address that hangs has deliveries of its own: with both, the house is half busy and shows who waits for whom.
    const everyMs = 4_000 / many.perSecond
    const idle = await paced(rows, { member, target, ...sizes.paced, everyMs })
    await subscribe('/hang', 8)
    const besideHanging = await paced(rows, { member, target, ...sizes.paced, everyMs })
    const missing = many.missing + idle.missing + besideHanging.missing
    const { perSecond } = many
    return { perSecond, barePerSecond, everyMs, idle: idle.spread, besideHanging: besideHanging.spread, missing }
  } finally {
    await rows.close()
  }
}

type Flood = { member: Member; target: Target; count: number }

const write = (rows: Rows, { tenantId }: Member, ids: readonly string[]): Promise<unknown> =>
  rows.all(
    `insert into events (id, tenant_id, type, actor, subject_type, subject_id, data)
     select id, $2::uuid, $3, '{"kind":"system"}', 'tenant', $2::uuid, '{"locale":"en"}' from unnest($1::uuid[]) as id`,
    [ids, tenantId, TYPE],
  )

/** Many events in one moment. */
async function burst(rows: Rows, { member, target, count }: Flood): Promise<{ perSecond: number; missing: number }> {
  const ids = Array.from({ length: count }, newId)
  await write(rows, member, ids)
  const beganMs = performance.now()
  const left = () => ids.filter((id) => !target.arrivedMs.has(id)).length
  await until(async () => left() === 0, { withinMs: 300_000, everyMs: 50 })
  const lastMs = Math.max(...ids.map((id) => target.arrivedMs.get(id) ?? 0))
  return { perSecond: ((count - left()) / (lastMs - beganMs)) * 1_000, missing: left() }
}

/** One event after the other at a steady pace, each timed from its commit. */
async function paced(
  rows: Rows,
  { member, target, count, everyMs }: Flood & { everyMs: number },
): Promise<{ spread: Spread; missing: number }> {
  const wroteMs = new Map<string, number>()
  for (let n = 0; n < count; n += 1) {
    const id = newId()
    await write(rows, member, [id])
    wroteMs.set(id, performance.now())
    await pause(everyMs)
  }
  const ids = [...wroteMs.keys()]
  await until(async () => ids.every((id) => target.arrivedMs.has(id)), { withinMs: 60_000, everyMs: 50 })
  const arrived = ids.filter((id) => target.arrivedMs.has(id))
  const took = arrived.map((id) => target.arrivedMs.get(id)! - wroteMs.get(id)!)
  return { spread: spreadOf(took), missing: count - arrived.length }
}

/** What is left when nothing is kept, signed or tried again: the same number of posts at the same time. */
async function bareLoop({ origin }: Target, count: number): Promise<number> {
  const agent = new Agent({ connections: AT_ONCE })
  const body = JSON.stringify({ id: newId(), type: TYPE, data: { locale: 'en' } })
  const beganMs = performance.now()
  await eachOf(Array.from({ length: count }, newId), AT_ONCE, async (id) => {
    const headers = { 'content-type': 'application/json', 'webhook-id': id }
    const response = await request(`${origin}/bare`, { method: 'POST', dispatcher: agent, headers, body })
    await response.body.dump()
  })
  const perSecond = (count / (performance.now() - beganMs)) * 1_000
  await agent.close()
  return perSecond
}
