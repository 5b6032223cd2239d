import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { liftBlock } from '#infra/db/stores/mailbox/inbound-limits.ts'
import { takeInitiation } from '#infra/db/stores/messaging-limits.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { type MailboxTenant, type MailboxWorld, openMailboxWorld } from './mailbox-world.ts'

let world: MailboxWorld
before(async () => {
  world = await openMailboxWorld()
})
after(() => world?.close())

const SECOND = 1_000
const HOUR = 3_600_000
const many = (count: number) => Array.from({ length: count }, (_, n) => `m${n + 1}`)

type Bucket = {
  bucket_type: string
  contact_id: string
  window_start: Date
  window_end: Date
  count: number
  is_blocked: boolean
}
const bucketsOf = (tenant: MailboxTenant) =>
  tenant.read((tx) =>
    tx.rows<Bucket>(sql`
      select bucket_type, contact_id, window_start, window_end, count, is_blocked from rate_limit_buckets
      order by bucket_type`),
  )
const heldOf = async (tenant: MailboxTenant) => (await tenant.messages()).filter(({ seq }) => seq === null).length

test('[CONV-13] a bucket is a window that begins with its first message and counts to its end, not one that moves along', async () => {
  const tenant = await world.tenant()
  const startMs = Date.now()
  const person = '254700200001'
  const write = async (count: number, atMs: number) => {
    await tenant.writes(person, many(count))
    await tenant.intake(1, atMs)
  }
  await write(10, startMs)
  await write(10, startMs + 59 * SECOND)
  const [opening, counted] = await bucketsOf(tenant)
  assert.deepEqual([opening!.bucket_type, opening!.count, counted!.bucket_type], ['conversation', 1, 'message'])
  assert.deepEqual(
    [counted!.window_start.getTime(), counted!.window_end.getTime(), counted!.count, counted!.is_blocked],
    [startMs, startMs + 60 * SECOND, 20, false],
  )
  // The window is over: the next one counts from one again, and it too lasts its whole minute.
  await write(20, startMs + 60 * SECOND)
  assert.equal(await heldOf(tenant), 0)
  await write(1, startMs + 119 * SECOND)
  assert.equal(await heldOf(tenant), 1)
  const blocked = (await bucketsOf(tenant))[1]!
  assert.deepEqual(
    [blocked.window_start.getTime(), blocked.count, blocked.is_blocked],
    [startMs + 60 * SECOND, 21, true],
  )
})

test('[CONV-13] each contact has buckets of their own, and a lifted block begins a new window', async () => {
  const tenant = await world.tenant()
  const nowMs = Date.now()
  await tenant.writes('254700200002', many(22))
  await tenant.writes('254700200003', many(5))
  await tenant.intake(1, nowMs)
  const messages = (await bucketsOf(tenant)).filter(({ bucket_type }) => bucket_type === 'message')
  assert.deepEqual(messages.map(({ count, is_blocked }) => `${count} ${is_blocked}`).sort(), ['22 true', '5 false'])
  const { tenantId } = tenant
  const contactId = messages.find(({ is_blocked }) => is_blocked)!.contact_id
  await tenant.read((tx) => liftBlock(tx, { tenantId, contactId }))
  await tenant.writes('254700200002', 'again')
  await tenant.intake(1, nowMs + SECOND)
  const after = (await bucketsOf(tenant)).find((row) => row.contact_id === contactId && row.bucket_type === 'message')!
  assert.deepEqual([after.count, after.is_blocked, after.window_start.getTime()], [1, false, nowMs + SECOND])
})

/** A template to each of so many people, none of whom has written within a day. */
async function templates(tenant: MailboxTenant, people: readonly string[]): Promise<string[]> {
  for (const person of people) await tenant.writes(person, 'hi')
  await tenant.intake()
  const { tenantId, channelId } = tenant
  return tenant.read(async (tx) => {
    await tx.run(sql`update conversations set window_expires_at = now() - interval '1 hour'`)
    const rows = await tx.rows<{ id: string; contact_id: string }>(sql`
      select id, contact_id from conversations order by id`)
    const ids: string[] = []
    for (const { id, contact_id: contactId } of rows) {
      const messageId = newId()
      await tx.run(sql`
        insert into messages (id, tenant_id, conversation_id, contact_id, channel_id, direction, sender_type, kind, content,
          state, sent_at)
        values (${messageId}, ${tenantId}, ${id}, ${contactId}, ${channelId}, 'outbound', 'user', 'template',
          '{"kind":"template","name":"hello","language":"en"}', 'queued', now())`)
      ids.push(messageId)
    }
    return ids
  })
}

test('[CH-12] the messaging limit counts people in a moving day, each once, and frees them by the hour', async () => {
  const tenant = await world.tenant()
  const { tenantId } = tenant
  const ids = await templates(
    tenant,
    Array.from({ length: 5 }, (_, n) => String(254_700_200_010 + n)),
  )
  await tenant.read((tx) => tx.run(sql`update channels set messaging_limit = 'TIER_3'`))
  const startMs = Math.floor(Date.now() / HOUR) * HOUR + 10 * 60 * SECOND
  const take = (index: number, nowMs: number) =>
    tenant.read((tx) => takeInitiation(tx, { tenantId, messageId: ids[index]!, nowMs }))
  assert.equal(await take(0, startMs), undefined)
  assert.equal(await take(1, startMs + 2 * HOUR), undefined)
  assert.equal(await take(2, startMs + 2 * HOUR), undefined)
  const freeAtMs = startMs - 10 * 60 * SECOND + 25 * HOUR
  assert.equal(await take(3, startMs + 3 * HOUR), freeAtMs, 'it says from when there is room')
  assert.equal(await take(0, startMs + 3 * HOUR), undefined, 'who was counted costs nothing within the day')
  assert.equal(await take(3, freeAtMs - SECOND), freeAtMs)
  assert.equal(await take(3, freeAtMs), undefined)
  assert.notEqual(await take(4, freeAtMs), undefined, 'only one hour has fallen out')
  await tenant.read((tx) => tx.run(sql`update conversations set window_expires_at = ${new Date(freeAtMs + HOUR)}`))
  assert.equal(await take(4, freeAtMs), undefined, 'who writes first is answered without limit')
})

test('[CH-12] workers that reach for the last one at once do not both get it', async () => {
  const tenant = await world.tenant()
  const { tenantId } = tenant
  const ids = await templates(
    tenant,
    Array.from({ length: 8 }, (_, n) => String(254_700_200_030 + n)),
  )
  await tenant.read((tx) => tx.run(sql`update channels set messaging_limit = '5'`))
  const nowMs = Date.now()
  const taken = await Promise.all(
    ids.map((messageId) => tenant.read((tx) => takeInitiation(tx, { tenantId, messageId, nowMs }))),
  )
  assert.equal(taken.filter((wait) => wait === undefined).length, 5)
  await tenant.read((tx) => tx.run(sql`update channels set messaging_limit = 'TIER_UNLIMITED'`))
  const [free] = ids.filter((_, index) => taken[index] !== undefined)
  assert.equal(await tenant.read((tx) => takeInitiation(tx, { tenantId, messageId: free!, nowMs })), undefined)
})
