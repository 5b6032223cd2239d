import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Message } from '#domain/conversations/schema.ts'
import { uuidV7 } from '#domain/ids.ts'
import { KeyRing } from '#infra/crypto/keyring.ts'
import { takeOver } from '#infra/db/stores/mailbox/people.ts'
import { sql } from '#infra/db/tx.ts'
import { cleanUpDaily } from '#worker/sweep.ts'
import { type MailboxTenant, type MailboxWorld, openMailboxWorld } from '../stores/mailbox-world.ts'
import { flow } from '../support/flows.ts'
import { type Office, openOffice } from '../support/office.ts'

let world: MailboxWorld
const offices: Office[] = []
before(async () => {
  world = await openMailboxWorld()
})
after(async () => {
  for (const office of offices) await office.close()
  await world?.close()
})

const DAY_MS = 86_400_000
const FAREWELL = flow(
  {
    start: { type: 'start' },
    bye: { type: 'send_text', config: { text: 'A colleague will write to you.' } },
    people: { type: 'hand_over' },
  },
  ['start.next > bye', 'bye.next > people'],
  [{ kind: 'any_message' }],
)
type Thread = { items: Message[]; nextCursor: string | null }

async function openTenant(): Promise<{ tenant: MailboxTenant; office: Office; agent: string }> {
  const tenant = await world.tenant()
  const keyRing = new KeyRing([{ id: 'test', bytes: randomBytes(32) }])
  const office = await openOffice({ db: world.db, keyRing }, tenant.tenantId)
  offices.push(office)
  return { tenant, office, agent: await office.member('agent') }
}

const said = ({ sender, content, automated }: Message) => [
  sender.type,
  'text' in content ? content.text : 'code' in content ? content.code : content.kind,
  automated,
]

test('[CONV-04] a message has its text and who sent it: contact, flow, the house itself, a person', async () => {
  const { tenant, office, agent } = await openTenant()
  await tenant.flow(FAREWELL)
  await tenant.writes('254720100001', 'Is anybody there?')
  await tenant.intake()
  const { id: conversationId } = await tenant.conversation()
  await tenant.turn(conversationId, 0)
  const [run] = await tenant.runs()
  await tenant.flowTurn(run!.id, 0)
  const { tenantId, actor, people } = tenant
  await tenant.read((tx) => takeOver(tx, { tenantId, conversationId, actor, personId: people.agent }))
  await office.call(agent, 'POST', `/conversations/${conversationId}/messages`, {
    content: { kind: 'text', text: 'I am.' },
    clientId: 'client-0001',
  })
  const { items } = await office.call<Thread>(agent, 'GET', `/conversations/${conversationId}/messages`)
  const lines = items.reverse().map(said)
  assert.deepEqual(
    lines.filter(([sender]) => sender !== 'system'),
    [
      ['contact', 'Is anybody there?', false],
      ['flow', 'A colleague will write to you.', true],
      ['user', 'I am.', false],
    ],
  )
  const bySystem = items.filter(({ sender }) => sender.type === 'system')
  assert.ok(bySystem.length >= 2, 'the house says that people were called, and who came')
  assert.ok(bySystem.every(({ direction, content }) => direction === 'internal' && content.kind === 'line'))
  assert.ok(lines.some(([, code]) => code === 'lines.assigned'))
})

test('[CONV-02] what was written more than a year ago is still in the thread, after every daily cleaning', async () => {
  const { tenant, office, agent } = await openTenant()
  await tenant.writes('254720100002', 'today')
  await tenant.intake()
  const { id: conversationId } = await tenant.conversation()
  const months = 14
  for (let month = 1; month <= months; month += 1) {
    const atMs = Date.now() - month * 30 * DAY_MS
    const content = JSON.stringify({ kind: 'text', text: `${month} months ago` })
    await tenant.read((tx) =>
      tx.run(sql`
        insert into messages (id, tenant_id, conversation_id, contact_id, channel_id, direction, sender_type, kind, content,
          sent_at, created_at)
        select ${uuidV7(atMs, randomBytes(10))}, tenant_id, id, contact_id, channel_id, 'inbound', 'contact', 'text',
          ${content}, ${new Date(atMs)}, ${new Date(atMs)}
        from conversations where id = ${conversationId}`),
    )
  }
  await cleanUpDaily({ db: world.db })

  const texts: unknown[] = []
  let before = ''
  for (;;) {
    const path = `/conversations/${conversationId}/messages?limit=4${before}`
    const { items, nextCursor } = await office.call<Thread>(agent, 'GET', path)
    texts.push(...items.map((message) => said(message)[1]))
    if (nextCursor === null) break
    before = `&before=${nextCursor}`
  }
  const older = Array.from({ length: months }, (_, month) => `${month + 1} months ago`)
  assert.deepEqual(texts, ['today', ...older])
})
