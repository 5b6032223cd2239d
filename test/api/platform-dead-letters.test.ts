import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeadEvent, FailedDeliveries, PlatformParkedItem, RetriedDeliveries } from '#domain/platform/health.ts'
import { dueRetries, putAside } from '#infra/db/stores/reactions.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { furnish } from './furniture.ts'
import { type Browser, openHouse } from './house.ts'

const house = await openHouse()
const platform = await house.administrator()
type Page<T> = { items: T[]; nextCursor: string | null }
const page = <T>(path: string) => platform.json<Page<T>>(200, 'GET', `/platform${path}`)

/** All pages of a list, so small that there are several. */
async function all<T>(path: string): Promise<T[]> {
  const items: T[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const one: Page<T> = await page<T>(`${path}?limit=2${cursor && `&cursor=${cursor}`}`)
    assert.ok(one.items.length <= 2)
    items.push(...one.items)
    cursor = one.nextCursor
  }
  return items
}

type Lines = { items: { action: string; actor: { kind: string }; detail: object }[] }
const platformLines = async (tenantId: string) =>
  (await platform.json<Lines>(200, 'GET', `/platform/audit?tenantId=${tenantId}`)).items.map(({ action }) => action)
const tenantLines = async (owner: Browser) =>
  (await owner.json<Lines>(200, 'GET', '/audit')).items
    .filter(({ actor }) => actor.kind === 'platform')
    .map(({ action }) => action)

test('parked items of all tenants are leafed through with the name of each tenant, and tried again', async () => {
  // More tenants than the first hundred, so that none is found by chance.
  await house.admin(
    `insert into tenants (id, name) select gen_random_uuid(), 'Filler ' || n from generate_series(1, 120) n`,
  )
  const owners = [await house.owner('Parked'), await house.owner('Left')]
  const park = async ({ tenantId }: Browser, channelId: string) => {
    const itemId = newId()
    await house.admin(
      `insert into inbound_events (id, tenant_id, channel_id, body_id, key, kind, lane, item, state, attempts, error)
       values ($1, $2, $3, $1, $4, 'message', 'l', '{"text":"a secret of a contact"}', 'dead', 8, 'secret')`,
      [itemId, tenantId, channelId, itemId],
    )
    return itemId
  }
  const channels = await Promise.all(owners.map(async (owner) => (await furnish(house, owner))['channel']!))
  const ids: string[] = []
  for (let round = 0; round < 3; round += 1) {
    for (const [n, owner] of owners.entries()) ids.push(await park(owner, channels[n]!))
  }
  const items = await all<PlatformParkedItem>('/parked-items')
  assert.deepEqual(
    items.map(({ id, tenantName }) => [id, tenantName]),
    ids.map((id, n) => [id, n % 2 === 0 ? 'Parked' : 'Left']).reverse(),
  )
  assert.ok(!JSON.stringify(items).includes('secret'))
  const path = `/platform/parked-items/${owners[0]!.tenantId}/${channels[0]}/${ids[0]}/retry`
  assert.equal((await owners[0]!.request('POST', path)).status, 403)
  await platform.json(204, 'POST', path)
  assert.equal((await platform.request('POST', path)).status, 404)
  assert.equal((await page<PlatformParkedItem>('/parked-items')).items.length, 5)
  assert.deepEqual(await platformLines(owners[0]!.tenantId), ['parked_items.retry'])
  assert.deepEqual(await tenantLines(owners[0]!), ['channels.retry_item'])
})

test('events that a reader gave up after eight tries are listed without what went wrong, and tried again', async () => {
  const owner = await house.owner('Deaf')
  const { tenantId } = owner
  const events = await house.admin<{ id: string }>(
    'select id from events where tenant_id = $1 order by id desc limit 1',
    [tenantId],
  )
  const eventId = events[0]!.id
  const refuse = (id: string, reader: 'notifications' | 'webhooks', times: number) =>
    house.deps.db.tenant(tenantId, async (tx) => {
      for (let n = 0; n < times; n += 1) {
        await putAside(tx, { tenantId, reader, eventId: id, error: 'Carla said a secret' })
      }
    })
  await refuse(eventId, 'notifications', 8)
  await refuse(eventId, 'webhooks', 8)
  await refuse(newId(), 'notifications', 8)
  await refuse(newId(), 'notifications', 7)
  const dead = await all<DeadEvent>('/dead-events')
  assert.deepEqual(
    dead.map(({ reader, tenantName, attempts, type }) => [reader, tenantName, attempts, type !== null]),
    [
      ['notifications', 'Deaf', 8, false],
      ['webhooks', 'Deaf', 8, true],
      ['notifications', 'Deaf', 8, true],
    ],
  )
  assert.ok(!JSON.stringify(dead).includes('secret'))
  const path = `/platform/dead-events/${tenantId}/notifications/${eventId}/retry`
  assert.equal((await owner.request('POST', path)).status, 403)
  await platform.json(204, 'POST', path)
  assert.equal((await platform.request('POST', path)).status, 404)
  assert.equal((await page<DeadEvent>('/dead-events')).items.length, 2)
  const due = await house.deps.db.relay((tx) => dueRetries(tx, 'notifications', 10))
  assert.ok(due.some((retry) => retry.eventId === eventId))
  // It has all of its tries again.
  await refuse(eventId, 'notifications', 7)
  assert.equal((await page<DeadEvent>('/dead-events')).items.length, 2)
  await refuse(eventId, 'notifications', 1)
  assert.equal((await page<DeadEvent>('/dead-events')).items.length, 3)
  assert.deepEqual(await platformLines(tenantId), ['event_retries.retry'])
  assert.deepEqual(await tenantLines(owner), ['event_retries.retry'])
})

/** Deliveries that were given up, of one conversation where there is a key. */
async function failed(
  { tenantId }: Browser,
  subscriptionId: string,
  { count, key, kind = 'event' }: { count: number; key?: string; kind?: string },
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId())
  await house.admin(
    `insert into webhook_deliveries (tenant_id, subscription_id, message_id, kind, type, body, position, order_key, state,
       failure, attempts, settled_at)
     select $1, $2, id::uuid, $3, 'conversation.closed', '{}', n, $4, 'failed', 'exhausted', 4, now() - interval '1 hour'
     from unnest($5::text[]) with ordinality as t(id, n)`,
    [tenantId, subscriptionId, kind, key ?? null, ids],
  )
  return ids
}

const statesOf = async (subscriptionId: string) =>
  (
    await house.admin<{ state: string; due: boolean; attempts: number }>(
      `select state, due_at is not null as due, attempts from webhook_deliveries where subscription_id = $1
       order by position nulls first`,
      [subscriptionId],
    )
  ).map(({ state, due, attempts }) => [state, due, attempts])

test('deliveries of webhooks that were given up are counted tenant by tenant, and sent again in their order', async () => {
  await house.admin('delete from webhook_deliveries')
  const owners = [await house.owner('Shop'), await house.owner('Bank'), await house.owner('Farm')]
  const subscriptions = await Promise.all(owners.map(async (owner) => (await furnish(house, owner))['webhook']!))
  await house.admin('delete from webhook_deliveries')
  await failed(owners[0]!, subscriptions[0]!, { count: 3 })
  await failed(owners[0]!, subscriptions[0]!, { count: 1, kind: 'ping' })
  await failed(owners[1]!, subscriptions[1]!, { count: 1 })
  await failed(owners[2]!, subscriptions[2]!, { count: 3, key: newId() })
  const counts = await all<FailedDeliveries>('/failed-deliveries')
  assert.deepEqual(counts.map(({ tenantName, count }) => [tenantName, count]).sort(), [
    ['Bank', 1],
    ['Farm', 3],
    ['Shop', 3],
  ])
  assert.ok(counts.every(({ firstAt, lastAt }) => firstAt <= lastAt && Date.parse(lastAt) < Date.now()))

  const retry = (owner: Browser, status = 200) =>
    platform.json<RetriedDeliveries>(status, 'POST', `/platform/failed-deliveries/${owner.tenantId}/retry`)
  assert.equal(
    (await owners[0]!.request('POST', `/platform/failed-deliveries/${owners[0]!.tenantId}/retry`)).status,
    403,
  )
  assert.deepEqual(await retry(owners[0]!), { queuedCount: 3, leftCount: 0 })
  const queued = ['queued', true, 0]
  const held = ['held', false, 0]
  const states = await statesOf(subscriptions[0]!)
  assert.deepEqual(states.filter(([state]) => state !== 'failed').sort(), [queued, queued, queued])
  assert.equal(states.length, 4, 'a ping is not sent again')
  await retry(owners[2]!)
  assert.deepEqual(await statesOf(subscriptions[2]!), [queued, held, held], 'one by one, where order is kept')
  await retry(owners[0]!, 404)
  assert.deepEqual(await platformLines(owners[0]!.tenantId), ['webhook_deliveries.retry'])
  assert.deepEqual(await tenantLines(owners[0]!), ['webhook_deliveries.retry'])
})

test('what a tenant has switched off is not sent, and behind what is under way in a conversation nothing passes', async () => {
  const owner = await house.owner('Mixed')
  const { webhook: off } = await furnish(house, owner)
  await house.admin('delete from webhook_deliveries')
  await failed(owner, off!, { count: 2 })
  await house.admin(`update webhook_subscriptions set status = 'disabled', disabled_reason = 'person' where id = $1`, [
    off,
  ])
  const on = newId()
  await house.deps.db.tenant(owner.tenantId, (tx) =>
    tx.run(sql`
      insert into webhook_subscriptions (id, tenant_id, name, url, events, ordered, secret, secret_hint)
      values (${on}, ${owner.tenantId}, 'On', 'https://hooks.example.com', '{conversation.closed}', true, '\\x00', 'abcd')`),
  )
  const key = newId()
  await failed(owner, on, { count: 2, key })
  await house.admin(
    `insert into webhook_deliveries (tenant_id, subscription_id, message_id, type, body, position, order_key, state, due_at)
     values ($1, $2, $3, 'conversation.closed', '{}', 9, $4, 'retrying', now() + interval '1 minute')`,
    [owner.tenantId, on, newId(), key],
  )
  const path = `/platform/failed-deliveries/${owner.tenantId}/retry`
  assert.deepEqual(await platform.json(200, 'POST', path), { queuedCount: 2, leftCount: 2 })
  assert.deepEqual(
    (await statesOf(on)).map(([state]) => state),
    ['held', 'held', 'retrying'],
  )
})
