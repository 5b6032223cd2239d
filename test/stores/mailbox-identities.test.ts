import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { erasedMarks } from '#infra/crypto/erased-marks.ts'
import { KeyRing } from '#infra/crypto/keyring.ts'
import { requestData } from '#infra/db/stores/data-requests.ts'
import { beginErasure } from '#infra/db/stores/erasure.ts'
import { annotate } from '#infra/db/stores/mailbox/annotations.ts'
import { createIntakeChannels } from '#infra/db/stores/mailbox/intake-channels.ts'
import { writeReply } from '#infra/db/stores/mailbox/reply.ts'
import { sql, type Tx } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { type MessageItem, mapItem } from '#infra/providers/whatsapp/inbound.ts'
import { type MailboxTenant, type MailboxWorld, openMailboxWorld } from './mailbox-world.ts'

let world: MailboxWorld
let superuser: pg.Client
before(async () => {
  world = await openMailboxWorld()
  superuser = new pg.Client({ connectionString: world.database.adminUrl })
  await superuser.connect()
})
after(async () => {
  await superuser?.end()
  await world?.close()
})

const keyRing = new KeyRing([{ id: 'test', bytes: randomBytes(32) }])

type Known = { id: string; phone: string | null; ids: string[] }

/** Who is known, by the order in which they came, with the ids that lead to them. */
const contactsOf = (tenant: MailboxTenant) =>
  tenant.read((tx) =>
    tx.rows<Known>(sql`
      select c.id, c.phone, array(select i.external_id from contact_identities i where i.contact_id = c.id order by 1) as ids
      from contacts c order by c.id`),
  )
const shown = (contacts: readonly Known[]) => contacts.map(({ phone, ids }) => ({ phone, ids }))

const text = (body: string) => ({ type: 'text', text: { body } })
const stamp = () => String(Math.floor(Date.now() / 1_000))

async function says(tenant: MailboxTenant, from: string | undefined, body: string, userId?: string): Promise<void> {
  const message = { ...text(body), from, ...(userId !== undefined && { from_user_id: userId }) }
  await tenant.writes(from ?? '', body, { message })
  await tenant.intake()
}

/** Who said what, by the contact whose conversation it lies in. */
const wordsOf = (tenant: MailboxTenant) =>
  tenant.read((tx) =>
    tx.rows<{ contactId: string; text: string | null; kind: string }>(sql`
      select v.contact_id as "contactId", m.content ->> 'text' as text, m.kind from messages m
      join conversations v on v.id = m.conversation_id order by m.id`),
  )

/** The provider tells of a new number, or of a new id. */
async function tells(tenant: MailboxTenant, system: Record<string, string>, from?: string): Promise<void> {
  const notice = { id: `wamid.${newId()}`, timestamp: stamp(), type: 'system', system, ...(from && { from }) }
  await tenant.webhook({ messages: [notice] })
}
const tellsNumber = (tenant: MailboxTenant, from: string, to: string) =>
  tells(tenant, { type: 'user_changed_number', wa_id: to, body: `${from} is ${to} now` }, from)

/** What people write is sent to this number. */
async function writtenTo(tenant: MailboxTenant, contactId: string): Promise<string | undefined> {
  const { tenantId, actor } = tenant
  const conversation = await tenant.read((tx) =>
    tx.row<{ id: string }>(sql`select id from conversations where contact_id = ${contactId}`),
  )
  const content = { kind: 'text', text: 'Still you?' } as const
  const { messageId } = await tenant.read((tx) =>
    writeReply(tx, {
      ...{ tenantId, conversationId: conversation!.id, actor, content, clientId: newId(), nowMs: Date.now() },
    }),
  )
  const claim = await tenant.send(messageId, { kind: 'accepted', externalId: `wamid.${newId()}` })
  return claim.kind === 'send' ? claim.envelope.to.waId : undefined
}

test('what is said in a group opens no private conversation and touches none; its neighbours are taken', async () => {
  const tenant = await world.tenant()
  await says(tenant, '254700100001', 'hi')
  const before = await tenant.conversation()
  const inGroup = (from: string, body: Record<string, unknown>) => ({
    ...{ id: `wamid.${newId()}`, from, timestamp: stamp(), group_id: 'Z3JvdXA', ...body },
  })
  await tenant.webhook({
    messages: [
      inGroup('254700100001', text('to all')),
      inGroup('254700100002', text('from a stranger')),
      inGroup('254700100002', { type: 'reaction', reaction: { message_id: 'wamid.other', emoji: '👍' } }),
      { id: `wamid.${newId()}`, from: '254700100003', timestamp: stamp(), ...text('to you alone') },
    ],
  })
  await tenant.webhook(
    { message_echoes: [inGroup('15550001', { ...text('we to all'), to: 'Z3JvdXA' })] },
    'smb_message_echoes',
  )
  await tenant.intake()
  assert.deepEqual(
    (await wordsOf(tenant)).map((one) => one.text),
    ['hi', 'to you alone'],
  )
  assert.deepEqual(shown(await contactsOf(tenant)), [
    { phone: '+254700100001', ids: ['254700100001'] },
    { phone: '+254700100003', ids: ['254700100003'] },
  ])
  const conversations = await tenant.conversations()
  assert.deepEqual(conversations[0], before)
  assert.equal(conversations.length, 2)
  const kept = await tenant.read((tx) =>
    tx.rows<{ kind: string; text: string | null }>(sql`
      select kind, payload -> 'text' ->> 'body' as text from channel_events order by id`),
  )
  assert.deepEqual(kept.map((one) => one.text).sort(), ['from a stranger', null, 'to all', 'we to all'])
})

test('an answer from the phone app is stored as sent by the business, once, and is never taken for the contact', async () => {
  const tenant = await world.tenant()
  await says(tenant, '254700200001', 'Where are you?')
  const echo = (to: string, id: string, body: string) =>
    tenant.webhook(
      { message_echoes: [{ from: '15550001', to, id, timestamp: stamp(), ...text(body) }] },
      'smb_message_echoes',
    )
  for (let time = 1; time <= 2; time += 1) await echo('254700200001', 'wamid.app1', 'On my way')
  await echo('254700200002', 'wamid.app2', 'Your parcel is here')
  await tenant.intake()
  await tenant.status('wamid.app1', 'delivered')
  await tenant.intake()

  const rows = await tenant.read((tx) =>
    tx.rows<{ direction: string; sender: string; state: string; seq: number | null; text: string }>(sql`
      select direction, sender_type as sender, state, seq, content ->> 'text' as text from messages
      where external_id in ('wamid.app1', 'wamid.app2') order by external_id`),
  )
  const common = { direction: 'outbound', sender: 'echo', seq: null }
  assert.deepEqual(rows, [
    { ...common, state: 'delivered', text: 'On my way' },
    { ...common, state: 'sent', text: 'Your parcel is here' },
  ])
  assert.deepEqual(
    (await tenant.messages()).map(({ content }) => content.text),
    ['Where are you?'],
  )
  const [answered, begun] = await tenant.conversations()
  assert.deepEqual([answered!.last_seq, answered!.unread_count], [1, 0])
  assert.deepEqual([begun!.last_seq, begun!.unread_count, begun!.state], [0, 0, 'queued'])
  assert.deepEqual(shown(await contactsOf(tenant))[1], { phone: '+254700200002', ids: ['254700200002'] })
})

test('a number and a user id that are two contacts stay two, and the number says whose message it is', async () => {
  const tenant = await world.tenant()
  await says(tenant, undefined, 'by name', 'KE.31')
  await says(tenant, '254700300001', 'by number')
  await says(tenant, '254700300001', 'by both', 'KE.31')
  await says(tenant, undefined, 'by name again', 'KE.31')
  const contacts = await contactsOf(tenant)
  assert.deepEqual(shown(contacts), [
    { phone: null, ids: ['KE.31'] },
    { phone: '+254700300001', ids: ['254700300001'] },
  ])
  const [named, numbered] = contacts.map(({ id }) => id)
  assert.deepEqual(
    (await wordsOf(tenant)).map(({ contactId, text: words }) => [contactId, words]),
    [
      [named, 'by name'],
      [numbered, 'by number'],
      [numbered, 'by both'],
      [named, 'by name again'],
    ],
  )
})

test('[CONT-03] somebody first known by a user id shows the number and name of a later message, and what people wrote stays', async () => {
  const tenant = await world.tenant()
  await says(tenant, undefined, 'by name', 'KE.41')
  await says(tenant, '254700350001', 'by both', 'KE.41')
  const [contact, ...others] = await contactsOf(tenant)
  assert.deepEqual(shown([contact!]), [{ phone: '+254700350001', ids: ['254700350001', 'KE.41'] }])
  assert.deepEqual(others, [])
  const told = await tenant.read((tx) =>
    tx.rows(sql`select data from events where type = 'contact.changed' and subject_id = ${contact!.id}`),
  )
  assert.deepEqual(told, [{ data: { changed: ['phone'] } }])
  await says(tenant, '254700350002', 'from my other phone', 'KE.41')
  assert.deepEqual(shown(await contactsOf(tenant)), [
    { phone: '+254700350001', ids: ['254700350001', '254700350002', 'KE.41'] },
  ])
})

test('who was written down before there was a channel is the one who writes', async () => {
  const tenant = await world.tenant()
  const id = newId()
  await tenant.read((tx) =>
    tx.run(sql`
      insert into contacts (id, tenant_id, name, phone) values (${id}, ${tenant.tenantId}, 'Ann', '+254700360001')`),
  )
  await says(tenant, '254700360001', 'hi')
  const contacts = await contactsOf(tenant)
  assert.deepEqual(contacts, [{ id, phone: '+254700360001', ids: ['254700360001'] }])
})

test('somebody who changes their number is shown and written to under the new one, and back again', async () => {
  const tenant = await world.tenant()
  const [old, fresh] = ['254700400001', '254700400002']
  await says(tenant, old, 'hi')
  await tellsNumber(tenant, old, '+254 700 400002')
  await tenant.intake()
  await says(tenant, fresh, 'it is still me')
  const [contact, ...others] = await contactsOf(tenant)
  assert.deepEqual(shown([contact!]), [{ phone: `+${fresh}`, ids: [old, fresh] }])
  assert.deepEqual(others, [])
  assert.deepEqual(
    (await wordsOf(tenant)).map(({ kind }) => kind),
    ['text', 'system', 'text'],
  )
  assert.equal(await writtenTo(tenant, contact!.id), fresh)
  const told = await tenant.read((tx) =>
    tx.rows(sql`select data from events where type = 'contact.changed' and subject_id = ${contact!.id}`),
  )
  assert.deepEqual(told, [{ data: { changed: ['phone'] } }])

  await tellsNumber(tenant, fresh, old)
  await tenant.intake()
  const [again] = await contactsOf(tenant)
  assert.equal(again!.phone, `+${old}`)
  assert.equal(await writtenTo(tenant, contact!.id), old)
})

test('a new number that is another contact’s is shown on that one only, whoever came first', async () => {
  const tenant = await world.tenant()
  const [ann, ben] = ['254700500001', '254700500002']
  await says(tenant, ann, 'I am Ann')
  await says(tenant, ben, 'I am Ben')
  const before = await contactsOf(tenant)
  await tellsNumber(tenant, ann, ben)
  await tenant.intake()
  assert.deepEqual(await contactsOf(tenant), before)
  await says(tenant, ben, 'Ben again')
  await says(tenant, ann, 'Ann again')
  const [annId, benId] = before.map(({ id }) => id)
  assert.deepEqual(
    (await wordsOf(tenant)).slice(2).map(({ contactId, text: words, kind }) => [contactId, words, kind]),
    [
      [annId, `${ann} is ${ben} now`, 'system'],
      [benId, 'Ben again', 'text'],
      [annId, 'Ann again', 'text'],
    ],
  )
  assert.equal(await writtenTo(tenant, annId!), ann)
})

test('a new user id leads to the same contact, unless it is another one’s; a notice of another kind changes nobody', async () => {
  const tenant = await world.tenant()
  await says(tenant, undefined, 'first', 'KE.61')
  await says(tenant, undefined, 'second', 'KE.62')
  const renames = (from: string, to: string) =>
    tells(tenant, { type: 'user_changed_user_id', previous_user_id: from, user_id: to })
  await renames('KE.61', 'KE.63')
  await renames('KE.61', 'KE.62')
  await tells(tenant, { type: 'something_new', wa_id: '254700600009' }, '254700600001')
  await tenant.intake()
  assert.deepEqual(shown(await contactsOf(tenant)), [
    { phone: null, ids: ['KE.61', 'KE.63'] },
    { phone: null, ids: ['KE.62'] },
    { phone: '+254700600001', ids: ['254700600001'] },
  ])
})

/** Until somebody waits for a lock that another transaction holds. */
async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const { rows } = await superuser.query(`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
    if (rows.length > 0) return
  }
}

/** Does something while the work of another transaction is done, but not yet kept. */
async function whileOpen(tenant: MailboxTenant, work: (tx: Tx) => Promise<unknown>, meanwhile: () => Promise<void>) {
  const done = Promise.withResolvers<void>()
  const end = Promise.withResolvers<void>()
  const open = tenant.read(async (tx) => {
    await work(tx)
    done.resolve()
    await end.promise
  })
  await Promise.race([done.promise, open])
  const other = meanwhile()
  await untilSomebodyWaits()
  end.resolve()
  await Promise.all([open, other])
}

test('a new number that is told while its contact is erased leads to nobody', async () => {
  const tenant = await world.tenant()
  const { tenantId, actor } = tenant
  const [old, fresh] = ['254700700001', '254700700002']
  await says(tenant, old, 'forget me')
  const [{ id: contactId }] = (await contactsOf(tenant)) as [Known]
  await tellsNumber(tenant, old, fresh)
  const requestId = await tenant.read((tx) => requestData(tx, { tenantId, actor }, { contactId, kind: 'erasure' }))
  await whileOpen(
    tenant,
    (tx) => beginErasure(tx, { tenantId, contactId, requestId }, keyRing),
    () => tenant.intake(),
  )
  assert.deepEqual(shown(await contactsOf(tenant)), [{ phone: null, ids: [] }])
})

test('a contact who is erased while a new number is told is remembered as erased by both', async () => {
  const tenant = await world.tenant()
  const { tenantId, channelId, phoneNumberId, actor } = tenant
  const [old, fresh] = ['254700700011', '254700700012']
  await says(tenant, old, 'forget me')
  const [{ id: contactId }] = (await contactsOf(tenant)) as [Known]
  const requestId = await tenant.read((tx) => requestData(tx, { tenantId, actor }, { contactId, kind: 'erasure' }))
  const system = { type: 'user_changed_number', wa_id: fresh }
  const body = { id: 'wamid.notice', from: old, timestamp: stamp(), type: 'system', system }
  const item = mapItem({ kind: 'message', key: 'notice', field: 'messages', phoneNumberId, body }) as MessageItem
  const erased: Buffer[] = []
  await whileOpen(
    tenant,
    async (tx) => {
      const channel = await createIntakeChannels().of(tx, channelId, Date.now())
      await annotate(tx, { tenantId, channelId, channel, item, nowMs: Date.now() })
    },
    async () => {
      const place = { tenantId, contactId, requestId }
      erased.push(...(await tenant.read((tx) => beginErasure(tx, place, keyRing))))
    },
  )
  assert.deepEqual(
    erased.map((mark) => mark.toString('hex')).sort(),
    [old, fresh].map((id) => erasedMarks(keyRing, tenantId, id)[0]!.toString('hex')).sort(),
  )
  assert.deepEqual(shown(await contactsOf(tenant)), [{ phone: null, ids: [] }])
})

test('who writes from a new number while it is being told is one contact', async () => {
  const tenant = await world.tenant()
  const { tenantId, channelId } = tenant
  const [old, fresh] = ['254700800001', '254700800002']
  await says(tenant, old, 'hi')
  const [{ id: contactId }] = (await contactsOf(tenant)) as [Known]
  await tenant.writes(fresh, 'from my new number')
  await whileOpen(
    tenant,
    (tx) =>
      tx.run(sql`
        insert into contact_identities (id, tenant_id, contact_id, channel_kind, business_account_id, external_id, type)
        select ${newId()}, ${tenantId}, ${contactId}, kind, business_account_id, ${fresh}, 'phone' from channels
        where id = ${channelId}`),
    () => tenant.intake(),
  )
  assert.deepEqual(
    (await contactsOf(tenant)).map(({ id, ids }) => [id, ids]),
    [[contactId, [old, fresh]]],
  )
  assert.deepEqual(
    (await wordsOf(tenant)).map((one) => [one.contactId, one.text]),
    [
      [contactId, 'hi'],
      [contactId, 'from my new number'],
    ],
  )
})
