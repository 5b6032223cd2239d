import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { markRead, takeOver } from '#infra/db/stores/mailbox/people.ts'
import { noteTyping } from '#infra/db/stores/mailbox/read-marks.ts'
import { writeReply } from '#infra/db/stores/mailbox/reply.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { acting, contactOf, type EngineTenant } from '../support/triggers.ts'

let engine: Engine
before(async () => {
  engine = await startEngine()
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  await engine?.stop()
})

type Thread = { messages: { direction: 'in' | 'out'; status: string }[]; typingMs: number }

/** What the contact's phone shows. */
async function phone(tenant: EngineTenant, customer: string): Promise<Thread> {
  const query = new URLSearchParams({ customer, number: tenant.phoneNumberId })
  return (await (await fetch(`${engine.simulator.url}/phone/thread?${query}`)).json()) as Thread
}
const inbound = async (tenant: EngineTenant, customer: string) =>
  (await phone(tenant, customer)).messages.filter(({ direction }) => direction === 'in').map(({ status }) => status)
const allRead = (tenant: EngineTenant, customer: string, count: number) =>
  eventually('read marks on the phone', async () => {
    const states = await inbound(tenant, customer)
    return states.length === count && states.every((status) => status === 'read')
  })

const conversationOf = (tenant: EngineTenant, contactId: string) =>
  eventually('the conversation', async () => {
    const row = await tenant.read((tx) =>
      tx.row<{ id: string }>(sql`select id from conversations where contact_id = ${contactId}`),
    )
    return row?.id
  })

type Row = { rings: number; marked: boolean; error: string | null }
const rowOf = (tenant: EngineTenant, conversationId: string) =>
  tenant.read((tx) =>
    tx.row<Row>(sql`
      select rings, marked_message_id is not distinct from message_id as marked, error from read_marks
      where conversation_id = ${conversationId}`),
  )

test('what people have read is read on the phone of the contact, told once per message', async () => {
  const tenant = await engine.tenant()
  const contactId = await contactOf(engine, tenant, '254700000301')
  const conversationId = await conversationOf(tenant, contactId)
  assert.deepEqual(await rowOf(tenant, conversationId), undefined)
  const input = { ...acting(tenant), conversationId }
  await tenant.read((tx) => markRead(tx, input))
  await allRead(tenant, '254700000301', 1)
  await eventually('remembered', async () => (await rowOf(tenant, conversationId))?.marked)
  await tenant.read((tx) => tx.run(sql`update conversations set unread_count = 1 where id = ${conversationId}`))
  await tenant.read((tx) => markRead(tx, input))
  assert.deepEqual(await rowOf(tenant, conversationId), { rings: 1, marked: true, error: null })
})

test('a reply marks what it answers, also while the provider is stumbling, and does not wait for it', async () => {
  const tenant = await engine.tenant()
  const contactId = await contactOf(engine, tenant, '254700000302')
  const conversationId = await conversationOf(tenant, contactId)
  await engine.simulator.control('/faults', { kind: '5xx', count: 1, phoneNumberId: tenant.phoneNumberId })
  await tenant.read((tx) => markRead(tx, { ...acting(tenant), conversationId }))
  await allRead(tenant, '254700000302', 1)
  await engine.simulator.says('254700000302', tenant.phoneNumberId, 'one more thing')
  await eventually('unread', async () =>
    tenant.read((tx) => tx.row(sql`select 1 from conversations where id = ${conversationId} and unread_count > 0`)),
  )
  await tenant.read(async (tx) => {
    const content = { kind: 'text', text: 'here I am' } as const
    await takeOver(tx, { ...acting(tenant), conversationId, personId: acting(tenant).actor.id })
    await writeReply(tx, { ...acting(tenant), conversationId, content, clientId: newId(), nowMs: Date.now() })
  })
  await allRead(tenant, '254700000302', 2)
  await eventually('the reply', async () =>
    (await phone(tenant, '254700000302')).messages.some(({ direction }) => direction === 'out'),
  )
})

test('somebody who types is seen typing, at most once in twenty seconds', async () => {
  const tenant = await engine.tenant()
  const contactId = await contactOf(engine, tenant, '254700000303')
  const conversationId = await conversationOf(tenant, contactId)
  const types = (nowMs: number) =>
    tenant.read((tx) => noteTyping(tx, { tenantId: tenant.tenantId, conversationId, nowMs }))
  const nowMs = Date.now()
  for (const laterMs of [0, 1_000, 19_999]) await types(nowMs + laterMs)
  await eventually('typing', async () => (await phone(tenant, '254700000303')).typingMs > 0)
  await eventually('remembered', async () => (await rowOf(tenant, conversationId))?.marked)
  assert.equal((await rowOf(tenant, conversationId))!.rings, 1)
  await types(nowMs + 20_000)
  assert.equal((await rowOf(tenant, conversationId))!.rings, 2)
})
