import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { redriveItem } from '#infra/db/stores/inbound.ts'
import { releaseHeld } from '#infra/db/stores/mailbox/held.ts'
import { closeConversation, takeOver } from '#infra/db/stores/mailbox/people.ts'
import { cleanUp, dueHeld } from '#infra/db/stores/mailbox/sweep.ts'
import { sql } from '#infra/db/tx.ts'
import { type MailboxTenant, type MailboxWorld, openMailboxWorld } from './mailbox-world.ts'

let world: MailboxWorld
before(async () => {
  world = await openMailboxWorld()
})
after(() => world?.close())

const MINUTE = 60_000
const textsOf = (rows: readonly { content: { text?: string } }[]) => rows.map(({ content }) => content.text)

async function asAdmin(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: world.database.adminUrl })
  await client.connect()
  await client.query(text)
  await client.end()
}

async function close(tenant: MailboxTenant): Promise<void> {
  const { tenantId, actor } = tenant
  const { id: conversationId } = await tenant.conversation()
  await tenant.read((tx) => closeConversation(tx, { tenantId, conversationId, actor }))
}

test('[F31] the same webhook ten times at once is one message', async () => {
  const tenant = await world.tenant()
  await Promise.all(Array.from({ length: 10 }, () => tenant.writes('254700000001', 'hi', { id: 'wamid.same' })))
  await tenant.intake(3)
  assert.deepEqual(textsOf(await tenant.messages()), ['hi'])
})

test('[CONV-01] [F60] dispatchers side by side open one conversation per contact, and keep the order of each', async () => {
  const tenant = await world.tenant()
  const people = Array.from({ length: 20 }, (_, n) => `2547100000${n + 10}`)
  for (let n = 0; n < 10; n += 1) await Promise.all(people.map((person) => tenant.writes(person, `m${n}`)))
  await tenant.intake(4)
  const conversations = await tenant.conversations()
  assert.equal(conversations.length, people.length)
  const messages = await tenant.messages()
  for (const { id, last_seq } of conversations) {
    const mine = messages.filter((message) => message.conversation_id === id)
    assert.equal(last_seq, 10)
    assert.deepEqual(
      mine.map(({ seq, content }) => [seq, content.text]),
      Array.from({ length: 10 }, (_, n) => [n + 1, `m${n}`]),
    )
  }
})

test('[F32] messages are taken in the order in which they came, whatever the clock of the provider says', async () => {
  const tenant = await world.tenant()
  const nowMs = Date.now()
  await tenant.writes('254700000002', 'late', { atMs: nowMs - 1_000 })
  await tenant.writes('254700000002', 'early', { atMs: nowMs - 60_000 })
  await tenant.intake(2)
  assert.deepEqual(textsOf(await tenant.messages()), ['late', 'early'])
})

test('[F34] one bad item of many is parked, the others are taken', async () => {
  const tenant = await world.tenant()
  const messages = Array.from({ length: 15 }, (_, n) => ({
    id: `wamid.batch${n}`,
    from: '254700000003',
    timestamp: '1790000000',
    type: 'text',
    text: { body: `m${n}` },
  }))
  await tenant.webhook({ messages: [...messages.slice(0, 7), { text: 'no id at all' }, ...messages.slice(7)] })
  await tenant.intake()
  assert.deepEqual(
    textsOf(await tenant.messages()),
    messages.map(({ text }) => text.body),
  )
  const states = await tenant.read((tx) =>
    tx.rows<{ state: string; count: number }>(sql`
      select state, count(*)::int as count from inbound_events group by state order by state`),
  )
  assert.deepEqual(states, [
    { state: 'dead', count: 1 },
    { state: 'done', count: 15 },
  ])
})

test('[F33] an item that our own code refuses is parked at the eighth time, visible, and can be driven again', async () => {
  const tenant = await world.tenant()
  await tenant.writes('254700000004', ['before', 'poison', 'after'])
  await asAdmin(`
    create function refuse_poison() returns trigger language plpgsql as $$ begin
      if new.content ->> 'text' = 'poison' then raise exception 'indigestible'; end if; return new; end $$;
    create trigger refuse_poison before insert on messages for each row execute function refuse_poison()`)
  const mayRetry = () =>
    tenant.read((tx) => tx.run(sql`update inbound_events set retry_at = now() where state = 'new'`))
  const items = () =>
    tenant.read((tx) =>
      tx.rows<{ id: string; state: string; attempts: number }>(sql`
        select id, state, attempts from inbound_events where state <> 'done'`),
    )
  for (let attempt = 1; attempt <= 8; attempt += 1) {
    await tenant.intake()
    assert.deepEqual(textsOf(await tenant.messages()), ['before', 'after'], 'its neighbours go on')
    const [item] = await items()
    assert.deepEqual([item!.state, item!.attempts], [attempt < 8 ? 'new' : 'dead', attempt])
    await mayRetry()
  }
  const [dead] = await items()
  await asAdmin('drop trigger refuse_poison on messages')
  await tenant.intake()
  assert.equal((await items()).length, 1, 'nobody takes it by itself any more')
  await tenant.read((tx) => redriveItem(tx, { channelId: tenant.channelId, id: dead!.id }))
  await tenant.intake()
  assert.deepEqual(textsOf(await tenant.messages()), ['before', 'after', 'poison'])
})

test('[CONV-01] a message after closing opens a new conversation, within the reopen window the same one', async () => {
  const strict = await world.tenant()
  await strict.writes('254700000005', 'one')
  await strict.intake()
  await close(strict)
  await strict.writes('254700000005', 'two')
  await strict.intake()
  assert.deepEqual(
    (await strict.conversations()).map(({ state, last_seq }) => [state, last_seq]),
    [
      ['closed', 1],
      ['bot', 1],
    ],
  )

  const lenient = await world.tenant({ reopenWindowMs: 10 * MINUTE })
  await lenient.writes('254700000006', 'one')
  await lenient.intake()
  // The last message is long ago; the window counts from the closing.
  await lenient.read((tx) => tx.run(sql`update conversations set last_message_at = now() - interval '1 day'`))
  await close(lenient)
  await lenient.writes('254700000006', 'two')
  await lenient.intake(1, Date.now() + 5 * MINUTE)
  const [same, ...others] = await lenient.conversations()
  assert.deepEqual([same!.state, same!.last_seq, same!.close_reason, others.length], ['bot', 2, null, 0])
  await close(lenient)
  await lenient.writes('254700000006', 'three')
  await lenient.intake(1, Date.now() + 20 * MINUTE)
  assert.equal((await lenient.conversations()).length, 2)
})

test('[CONV-10] [CONV-12] the 21st within a minute is stored and held; supervisors are told once', async () => {
  const tenant = await world.tenant()
  await tenant.writes(
    '254700000007',
    Array.from({ length: 25 }, (_, n) => `m${n + 1}`),
  )
  await tenant.intake()
  const messages = await tenant.messages()
  assert.deepEqual([messages.filter(({ seq }) => seq !== null).length, messages.length], [20, 25])
  const [conversation] = await tenant.conversations()
  assert.deepEqual([conversation!.held_count, conversation!.last_seq], [5, 20])
  const told = await tenant.read((tx) =>
    tx.rows<{ person_id: string; params: { reason: string } }>(sql`
      select person_id, params from notifications where kind = 'contact_blocked'`),
  )
  assert.ok(told.length > 0)
  assert.equal(new Set(told.map(({ person_id }) => person_id)).size, told.length)
  assert.deepEqual(new Set(told.map(({ params }) => params.reason)), new Set(['message']))
})

test('[CONV-12] the block lasts until ten minutes after the last in excess, then all come in order', async () => {
  const tenant = await world.tenant()
  const startMs = Date.now()
  const many = (from: number, count: number) => Array.from({ length: count }, (_, n) => `m${from + n}`)
  await tenant.writes('254700000008', many(1, 22))
  await tenant.intake(1, startMs)
  await tenant.writes('254700000008', 'm23')
  await tenant.intake(1, startMs + 9 * MINUTE)
  const { id: conversationId } = await tenant.conversation()
  const release = (nowMs: number) =>
    tenant.read((tx) =>
      releaseHeld(tx, { tenantId: tenant.tenantId, conversationId, actor: { kind: 'system' }, dueOnly: true, nowMs }),
    )
  assert.equal(await release(startMs + 11 * MINUTE), 0, 'the first ones wait for the end of the block')
  const until = await tenant.read((tx) =>
    tx.rows<{ held_until: Date }>(sql`select distinct held_until from messages where held_until is not null`),
  )
  assert.deepEqual(
    until.map(({ held_until }) => held_until.getTime()),
    [startMs + 19 * MINUTE],
    'and they say until when',
  )
  // The contact writes again after the block, before the sweeper came: what was held comes first.
  await tenant.writes('254700000008', 'm24')
  await tenant.intake(1, startMs + 20 * MINUTE)
  assert.deepEqual(textsOf(await tenant.messages()), many(1, 24))
  const [row] = await tenant.conversations()
  assert.deepEqual([row!.held_count, row!.last_seq], [0, 24])
  assert.equal(await release(startMs + 21 * MINUTE), 0)
})

test('[CONV-11] a sixth conversation within the hour joins the latest, held, and later opens one of its own', async () => {
  const tenant = await world.tenant()
  const startMs = Date.now()
  for (let n = 1; n <= 6; n += 1) {
    await tenant.writes('254700000009', `talk ${n}`)
    await tenant.intake(1, startMs + n * MINUTE)
    if (n < 6) await close(tenant)
  }
  assert.equal((await tenant.conversations()).length, 5)
  const latest = await tenant.conversation()
  assert.deepEqual([latest.state, latest.held_count, latest.last_seq], ['closed', 1, 1])
  const hour = startMs + 61 * MINUTE
  const release = () =>
    tenant.read((tx) =>
      releaseHeld(tx, {
        tenantId: tenant.tenantId,
        conversationId: latest.id,
        actor: { kind: 'system' },
        dueOnly: true,
        nowMs: hour + MINUTE,
      }),
    )
  await tenant.read((tx) => tx.run(sql`update messages set held_until = now() where held_until is not null`))
  assert.deepEqual(await world.db.relay((tx) => dueHeld(tx, 10)), [
    { tenantId: tenant.tenantId, conversationId: latest.id },
  ])
  assert.equal(await release(), 1)
  const rows = await tenant.conversations()
  const fresh = rows.at(-1)!
  assert.equal(rows.length, 6)
  assert.deepEqual([fresh.state, fresh.last_seq, fresh.held_count], ['bot', 1, 0])
  const message = (await tenant.messages()).find(({ content }) => content.text === 'talk 6')
  assert.deepEqual([message!.conversation_id, message!.seq], [fresh.id, 1])
  assert.equal(await release(), 0, 'twice releases once')
})

test('[CONV-11] released by a supervisor it opens a conversation at once, or joins the one that is open', async () => {
  const tenant = await world.tenant()
  const nowMs = Date.now()
  for (let n = 1; n <= 7; n += 1) {
    await tenant.writes('254700000010', `talk ${n}`)
    await tenant.intake(1, nowMs)
    if (n < 6) await close(tenant)
  }
  const { id: conversationId, held_count } = await tenant.conversation()
  assert.equal(held_count, 2)
  const { tenantId, actor } = tenant
  assert.equal(await tenant.read((tx) => releaseHeld(tx, { tenantId, conversationId, actor })), 2)
  const fresh = await tenant.conversation()
  assert.notEqual(fresh.id, conversationId)
  assert.deepEqual(
    (await tenant.messages())
      .filter((row) => row.conversation_id === fresh.id)
      .map(({ seq, content }) => [seq, content.text]),
    [
      [1, 'talk 6'],
      [2, 'talk 7'],
    ],
  )
})

test('a message for an assigned conversation tells its agent, once until they have looked', async () => {
  const tenant = await world.tenant()
  await tenant.writes('254700000011', 'hi')
  await tenant.intake()
  const { tenantId, actor, people } = tenant
  const { id: conversationId } = await tenant.conversation()
  await tenant.read((tx) => takeOver(tx, { tenantId, conversationId, actor, personId: people.agent }))
  const notices = () =>
    tenant.read((tx) =>
      tx.rows<{ person_id: string; read_at: Date | null }>(sql`
        select person_id, read_at from notifications where kind = 'conversation_waiting' and subject_id = ${conversationId}`),
    )
  for (const text of ['are', 'you', 'there']) await tenant.writes('254700000011', text)
  await tenant.intake()
  assert.deepEqual(await notices(), [{ person_id: people.agent, read_at: null }])
  await tenant.read((tx) => tx.run(sql`update notifications set read_at = now()`))
  await tenant.writes('254700000011', '?')
  await tenant.intake()
  assert.equal((await notices()).length, 2)
})

test('[CONV-14] buckets whose window ended more than a day ago are cleared away, younger ones stay', async () => {
  const tenant = await world.tenant()
  for (const person of ['254700000012', '254700000013']) await tenant.writes(person, 'hi')
  await tenant.intake()
  await tenant.read((tx) =>
    tx.run(sql`
      update rate_limit_buckets set window_end = now() - interval '25 hours'
      where contact_id = (select id from contacts order by id limit 1)`),
  )
  await world.db.relay(cleanUp)
  const left = await tenant.read((tx) =>
    tx.rows<{ bucket_type: string }>(sql`select bucket_type from rate_limit_buckets order by bucket_type`),
  )
  assert.deepEqual(left, [{ bucket_type: 'conversation' }, { bucket_type: 'message' }])
})
