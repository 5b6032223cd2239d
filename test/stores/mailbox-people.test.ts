import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Client } from '@temporalio/client'
import { DomainError } from '#domain/errors.ts'
import { releaseHeld } from '#infra/db/stores/mailbox/held.ts'
import {
  assign,
  closeConversation,
  handBack,
  markRead,
  type PeopleInput,
  reopen,
  snooze,
  takeOver,
} from '#infra/db/stores/mailbox/people.ts'
import { overdueSnoozes } from '#infra/db/stores/mailbox/sweep.ts'
import { changeMember, getMember } from '#infra/db/stores/members.ts'
import { sql, type Tx } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { sweep } from '#worker/sweep.ts'
import { ECHO } from '../support/flows.ts'
import { type MailboxTenant, type MailboxWorld, openMailboxWorld, silent } from './mailbox-world.ts'

let world: MailboxWorld
before(async () => {
  world = await openMailboxWorld()
})
after(() => world?.close())

let person = 254_720_300_000

type Talk = Awaited<ReturnType<typeof openTalk>>

/** A contact has written; with a flow, it has asked back. */
async function openTalk(options: { flow?: boolean } = {}) {
  const tenant = await world.tenant()
  if (options.flow === true) await tenant.flow(ECHO)
  person += 1
  const phone = String(person)
  await tenant.writes(phone, 'hi')
  await tenant.intake()
  const { id: conversationId } = await tenant.conversation()
  if (options.flow === true) {
    await tenant.turn(conversationId, 0)
    const [run] = await tenant.runs()
    const { sends } = await tenant.flowTurn(run!.id, 0)
    for (const id of sends) await tenant.send(id, { kind: 'accepted', externalId: `wamid.${id}` })
  }
  const input: PeopleInput = { tenantId: tenant.tenantId, conversationId, actor: tenant.actor }
  const act = <T>(verb: (tx: Tx, input: PeopleInput) => Promise<T>) => tenant.read((tx) => verb(tx, input))
  return { tenant, phone, conversationId, input, act }
}

const refused = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code

/** What the thread, the stream of events and the audit log say about what people did, the last one. */
async function traces({ tenant, conversationId }: Talk) {
  return tenant.read(async (tx) => ({
    line: (
      await tx.row<{ code: string }>(sql`
        select content ->> 'code' as code from messages where conversation_id = ${conversationId} and kind = 'line'
        order by id desc limit 1`)
    )?.code,
    event: (
      await tx.row<{ type: string }>(sql`
        select type from events where subject_id = ${conversationId} order by id desc limit 1`)
    )?.type,
    audit: (
      await tx.row<{ action: string }>(sql`
        select action from audit_log where subject_id = ${conversationId} order by id desc limit 1`)
    )?.action,
  }))
}

const bellOf = async ({ tenant, conversationId }: Talk) =>
  (
    await tenant.read((tx) =>
      tx.row<{ version: number }>(sql`select version from bells where conversation_id = ${conversationId}`),
    )
  )?.version ?? 0

test('taking over parks the run, cuts what it had queued, and leaves line, event and audit', async () => {
  const talk = await openTalk({ flow: true })
  const { tenant } = talk
  const before = await tenant.conversation()
  const rung = await bellOf(talk)
  const standing = await talk.act((tx, input) => takeOver(tx, { ...input, personId: tenant.people.agent }))
  assert.deepEqual([standing.state, standing.ownerId], ['assigned', tenant.people.agent])
  const row = await tenant.conversation()
  assert.deepEqual([row.epoch, row.cut_epoch, row.needs_people], [before.epoch + 1, before.epoch + 1, true])
  assert.equal((await tenant.runs())[0]!.state, 'parked')
  assert.ok((await bellOf(talk)) > rung, 'the run is rung, to learn that it stands still')
  assert.deepEqual(await traces(talk), {
    line: 'lines.taken_over',
    event: 'conversation.assigned',
    audit: 'conversations.take_over',
  })
})

test('taking over twice changes nothing the second time; another person may take it from the first', async () => {
  const talk = await openTalk()
  const { agent, supervisor } = talk.tenant.people
  const take = (personId: string) => talk.act((tx, input) => takeOver(tx, { ...input, personId }))
  const first = await take(agent)
  assert.deepEqual(await take(agent), first)
  const second = await take(supervisor)
  assert.deepEqual([second.ownerId, second.epoch], [supervisor, first.epoch + 1])
})

test('two people reach for one conversation at once: both get an answer, one has it in the end, with two epochs', async () => {
  const talk = await openTalk()
  const { agent, owner } = talk.tenant.people
  const [one, two] = await Promise.all(
    [agent, owner].map((personId) => talk.act((tx, input) => takeOver(tx, { ...input, personId }))),
  )
  const row = await talk.tenant.conversation()
  assert.equal(Math.abs(one!.epoch - two!.epoch), 1)
  assert.equal(row.owner_id, [one!, two!].find(({ epoch }) => epoch === row.epoch)!.ownerId)
})

test('assigning needs an active member of the tenant, tells them, and null puts into the queue', async () => {
  const talk = await openTalk()
  const { tenant } = talk
  const give = (personId: string | null) => talk.act((tx, input) => assign(tx, { ...input, personId }))
  await assert.rejects(give(newId()), refused('not_found'))
  await tenant.read((tx) =>
    tx.run(sql`update memberships set status = 'disabled' where person_id = ${tenant.people.viewer}`),
  )
  await assert.rejects(give(tenant.people.viewer), refused('not_found'))
  await give(tenant.people.owner)
  const notices = await tenant.read((tx) =>
    tx.rows<{ person_id: string; kind: string }>(sql`select person_id, kind from notifications`),
  )
  assert.deepEqual(notices, [{ person_id: tenant.people.owner, kind: 'conversation_assigned' }])
  const queued = await give(null)
  assert.deepEqual([queued.state, queued.ownerId], ['queued', null])
  assert.equal((await traces(talk)).line, 'lines.unassigned')
  await give(tenant.people.agent)
  assert.equal((await tenant.read((tx) => tx.rows(sql`select 1 from notifications`))).length, 1, 'oneself is not told')
})

/** A supervisor shuts the agent out. */
async function shutOut(tenant: MailboxTenant): Promise<void> {
  const { agent, supervisor } = tenant.people
  await tenant.read(async (tx) => {
    const seat = await tx.row<{ id: string }>(sql`select id from memberships where person_id = ${agent}`)
    const acting = { tenantId: tenant.tenantId, actor: { kind: 'person', id: supervisor } as const }
    await changeMember(tx, acting, (await getMember(tx, seat!.id))!, { status: 'disabled' })
  })
}

test('what a person had who is shut out goes to the queue, snoozed or not, as if somebody had put it there', async () => {
  const talk = await openTalk()
  const { tenant } = talk
  const { agent, owner } = tenant.people
  await talk.act((tx, input) => takeOver(tx, { ...input, personId: agent }))
  const others: string[] = []
  for (const person of ['254720400001', '254720400002', '254720400003']) {
    await tenant.writes(person, 'hi')
    await tenant.intake()
    others.push((await tenant.conversation()).id)
  }
  const [snoozed, closed, colleagues] = others as [string, string, string]
  const on = (conversationId: string) => ({ ...talk.input, conversationId })
  await tenant.read(async (tx) => {
    for (const id of [snoozed, closed]) await takeOver(tx, { ...on(id), personId: agent })
    await takeOver(tx, { ...on(colleagues), personId: owner })
    await snooze(tx, { ...on(snoozed), until: new Date(Date.now() + 3_600_000) })
    await closeConversation(tx, on(closed))
  })
  await tenant.writes(talk.phone, 'anybody there?')
  await tenant.intake()
  const [before, rung] = [
    (await tenant.conversations()).find(({ id }) => id === talk.conversationId)!,
    await bellOf(talk),
  ]
  await shutOut(tenant)
  const rows = new Map((await tenant.conversations()).map((row) => [row.id, row]))
  const standing = (id: string) => [rows.get(id)!.state, rows.get(id)!.owner_id, rows.get(id)!.needs_people]
  assert.deepEqual(standing(talk.conversationId), ['queued', null, true])
  assert.equal(rows.get(talk.conversationId)!.epoch, before.epoch + 1)
  assert.ok((await bellOf(talk)) > rung, 'what nobody has handled is rung for')
  assert.deepEqual(await traces(talk), {
    line: 'lines.unassigned',
    event: 'conversation.assigned',
    audit: 'conversations.unassign',
  })
  assert.deepEqual(standing(snoozed), ['queued', null, true])
  assert.deepEqual(standing(closed), ['closed', null, false])
  assert.deepEqual(standing(colleagues), ['assigned', owner, true])
})

test('what somebody held while a person was shut out, or gave them at that moment, is found by the sweeper', async () => {
  const talk = await openTalk()
  const { tenant, conversationId } = talk
  const { agent } = tenant.people
  await talk.act((tx, input) => takeOver(tx, { ...input, personId: agent }))
  await tenant.read(async (held) => {
    await held.row(sql`select 1 from conversations where id = ${conversationId} for update`)
    await shutOut(tenant) // Without waiting for it.
  })
  assert.equal((await tenant.conversation()).owner_id, agent)
  const sweepOnce = () =>
    sweep({ db: world.db, temporal: {} as Client, links: { publicUrl: 'http://x' }, log: silent, now: Date.now })
  await sweepOnce()
  const swept = await tenant.conversation()
  assert.deepEqual([swept.state, swept.owner_id], ['queued', null])
  await sweepOnce()
  assert.equal((await tenant.conversation()).epoch, swept.epoch)
})

test('handing back gives the floor to the run that was parked, else to the triggers', async () => {
  const talk = await openTalk({ flow: true })
  const { tenant } = talk
  await talk.act((tx, input) => takeOver(tx, { ...input, personId: tenant.people.agent }))
  const [run] = await tenant.runs()
  const back = await talk.act(handBack)
  assert.deepEqual([back.state, back.ownerId], ['bot', run!.id])
  assert.deepEqual(await talk.act(handBack), back, 'a run that has the floor keeps it')
  assert.equal((await tenant.runs())[0]!.state, 'open')

  const plain = await openTalk()
  await plain.act((tx, input) => takeOver(tx, { ...input, personId: plain.tenant.people.agent }))
  const { state, ownerId } = await plain.act(handBack)
  assert.deepEqual([state, ownerId, (await plain.tenant.conversation()).needs_people], ['bot', null, false])
})

test('closing ends the run, counts everything as seen, and refuses what needs an open one', async () => {
  const talk = await openTalk({ flow: true })
  const { tenant } = talk
  await tenant.writes(talk.phone, 'one more')
  await tenant.intake()
  const closed = await talk.act((tx, input) => closeConversation(tx, { ...input, reason: 'spam' }))
  const row = await tenant.conversation()
  assert.deepEqual(
    [closed.state, row.close_reason, row.unread_count, row.handled_seq === row.last_seq],
    ['closed', 'spam', 0, true],
  )
  const [run] = await tenant.runs()
  assert.deepEqual([run!.state, run!.outcome], ['closed', 'conversation_closed'])
  const personId = tenant.people.agent
  await assert.rejects(talk.act(closeConversation), refused('conversation_closed'))
  await assert.rejects(talk.act(handBack), refused('conversation_closed'))
  await assert.rejects(
    talk.act((tx, input) => takeOver(tx, { ...input, personId })),
    refused('conversation_closed'),
  )
  await assert.rejects(
    talk.act((tx, input) => snooze(tx, { ...input, until: null })),
    refused('conversation_closed'),
  )
})

test('a closed conversation is opened again for people, unless its contact has another one open', async () => {
  const talk = await openTalk()
  const { tenant } = talk
  await assert.rejects(talk.act(reopen), refused('conflict'))
  await talk.act(closeConversation)
  const opened = await talk.act(reopen)
  assert.deepEqual([opened.state, (await tenant.conversation()).close_reason], ['queued', null])
  await talk.act(closeConversation)
  await tenant.writes(talk.phone, 'again')
  await tenant.intake()
  assert.equal((await tenant.conversations()).length, 2)
  await assert.rejects(talk.act(reopen), refused('conflict'))
})

test('a snoozed conversation sleeps until its time or until its contact writes, and wakes as what it was', async () => {
  const talk = await openTalk()
  const { tenant, conversationId } = talk
  await talk.act((tx, input) => takeOver(tx, { ...input, personId: tenant.people.agent }))
  const until = new Date(Date.now() + 3_600_000)
  assert.equal((await talk.act((tx, input) => snooze(tx, { ...input, until }))).state, 'snoozed')
  const due = async () =>
    (await world.db.relay((tx) => overdueSnoozes(tx, 100))).some((place) => place.conversationId === conversationId)
  assert.equal(await due(), false)
  await tenant.read((tx) => tx.run(sql`update conversations set snoozed_until = now() - interval '1 second'`))
  assert.equal(await due(), true)
  await tenant.writes(talk.phone, 'still there')
  await tenant.intake()
  const row = await tenant.read((tx) =>
    tx.row<{ state: string; snoozed_until: Date | null }>(sql`
      select state, snoozed_until from conversations where id = ${conversationId}`),
  )
  assert.deepEqual(row, { state: 'assigned', snoozed_until: null })
  await talk.act((tx, input) => snooze(tx, { ...input, until }))
  assert.equal((await talk.act((tx, input) => snooze(tx, { ...input, until: null }))).state, 'assigned')
})

test('what was read is told once, to the screens of others too', async () => {
  const talk = await openTalk()
  assert.deepEqual(await talk.act(markRead), { changed: true })
  assert.deepEqual(await talk.act(markRead), { changed: false })
  const events = await talk.tenant.read((tx) =>
    tx.rows(sql`select 1 from events where type = 'conversation.changed' and data ->> 'unread' = '0'`),
  )
  assert.equal(events.length, 1)
})

test('[CONV-12] held, then released by a supervisor: each has its place once, and a second release finds nothing', async () => {
  const talk = await openTalk()
  const { tenant, conversationId } = talk
  await tenant.writes(
    talk.phone,
    Array.from({ length: 23 }, (_, n) => `m${n + 1}`),
  )
  await tenant.intake()
  const release = () => talk.act((tx, input) => releaseHeld(tx, input))
  const held = (await tenant.messages()).filter(({ seq }) => seq === null)
  assert.equal(held.length, 4)
  const [one, two] = await Promise.all([release(), release()])
  assert.deepEqual([one, two].sort(), [0, 4], 'two supervisors at once release once')
  const messages = await tenant.messages()
  assert.deepEqual(
    messages.map(({ seq }) => seq),
    Array.from({ length: 24 }, (_, n) => n + 1),
  )
  assert.deepEqual(
    messages.slice(-4).map(({ id }) => id),
    held.map(({ id }) => id),
    'in order of arrival',
  )
  const told = await tenant.read((tx) =>
    tx.rows<{ subject_id: string }>(sql`
      select subject_id from events where type = 'message.released' and conversation_id = ${conversationId} order by id`),
  )
  assert.deepEqual(
    told.map(({ subject_id }) => subject_id),
    held.map(({ id }) => id),
  )
})

test('a verb in the context of another tenant finds no conversation', async () => {
  const [mine, theirs] = [await openTalk(), await openTalk()]
  const input = { ...theirs.input, tenantId: mine.tenant.tenantId }
  await assert.rejects(
    mine.tenant.read((tx) => closeConversation(tx, input)),
    refused('not_found'),
  )
  assert.equal((await theirs.tenant.conversation()).state, 'bot')
})
