import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { MockActivityEnvironment } from '@temporalio/testing'
import { createSendActivities } from '#activities/messages.ts'
import { setConsent } from '#infra/db/stores/consents.ts'
import { takeOver } from '#infra/db/stores/mailbox/people.ts'
import { retryMessage, writeReply } from '#infra/db/stores/mailbox/reply.ts'
import type { SendOutcome } from '#infra/db/stores/mailbox/send.ts'
import { settleSend } from '#infra/db/stores/mailbox/send.ts'
import { strandedConversations } from '#infra/db/stores/mailbox/sweep.ts'
import { getMessage } from '#infra/db/stores/thread.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import type { ChannelSenders } from '#infra/providers/channel-senders.ts'
import type { MessageSender, OutboundMessage } from '#infra/providers/message-sender.ts'
import { failureRule } from '#infra/providers/whatsapp/failures.ts'
import { ECHO } from '../support/flows.ts'
import { type MailboxTenant, type MailboxWorld, openMailboxWorld } from './mailbox-world.ts'

let world: MailboxWorld
before(async () => {
  world = await openMailboxWorld()
})
after(() => world?.close())

const SECOND = 1_000
const accepted = (externalId: string): SendOutcome => ({ kind: 'accepted', externalId })
const unknown: SendOutcome = { kind: 'unknown', failure: { code: 'provider_outcome_unknown' } }

let person = 254_720_000_000

/** A conversation in which the agent has written so many replies. */
async function replies(count: number): Promise<{ tenant: MailboxTenant; ids: string[] }> {
  const tenant = await world.tenant()
  person += 1
  await tenant.writes(String(person), 'hello')
  await tenant.intake()
  const { id: conversationId } = await tenant.conversation()
  const ids: string[] = []
  for (let n = 1; n <= count; n += 1) {
    const { messageId } = await tenant.read((tx) =>
      writeReply(tx, {
        tenantId: tenant.tenantId,
        conversationId,
        actor: tenant.actor,
        content: { kind: 'text', text: `reply ${n}` },
        clientId: newId(),
        nowMs: Date.now(),
      }),
    )
    ids.push(messageId)
  }
  return { tenant, ids }
}

const taken = async (): Promise<Awaited<ReturnType<MessageSender['send']>>> => ({
  kind: 'accepted',
  externalId: `wamid.${newId()}`,
})

/** The activity that sends, with a provider that takes everything or as told; its uploads take as long as they are told. */
function sendingWith(upload: () => Promise<void>, answer: MessageSender['send'] = taken) {
  const posted: string[] = []
  const senders: Pick<ChannelSenders, 'forChannel' | 'mediaIds'> = {
    mediaIds: async () => {
      await upload()
      return {}
    },
    forChannel: async () =>
      ({
        send: async (message: OutboundMessage) => {
          posted.push(message.callbackData.split('.')[0]!)
          return answer(message)
        },
      }) as never,
  }
  const throttle = { take: async () => 0, slowDown: () => undefined } as never
  const activities = createSendActivities({ db: world.db, senders: senders as ChannelSenders, throttle, now: Date.now })
  return { posted, sendMessage: activities.sendMessage }
}

const row = async (tenant: MailboxTenant, id: string) =>
  (await tenant.messages('outbound')).find((message) => message.id === id)!

test('[CH-08] [F30] statuses reversed, five times each and late: the row only goes forward, each is kept', async () => {
  const { tenant, ids } = await replies(1)
  await tenant.send(ids[0]!, accepted('wamid.out1'))
  const order = ['read', 'delivered', 'sent', 'read', 'sent', 'delivered', 'read', 'sent', 'delivered', 'read']
  for (const status of order) {
    await tenant.status('wamid.out1', status)
    await tenant.intake(2)
    assert.equal((await row(tenant, ids[0]!)).state, 'read')
  }
  const failed = { errors: [{ code: 131026, title: 'undeliverable' }] }
  await tenant.status('wamid.out1', 'failed', failed)
  await tenant.intake()
  assert.equal((await row(tenant, ids[0]!)).state, 'read', 'a failure after delivery proves nothing')
})

test('[CAMP-33] who takes back consent to service is written to by nobody, until they give it again', async () => {
  const { tenant, ids } = await replies(2)
  const say = (state: 'granted' | 'withdrawn') =>
    tenant.read(async (tx) => {
      const contact = await tx.row<{ id: string }>(sql`select contact_id as id from conversations`)
      const consent = { contactId: contact!.id, category: 'service', state, source: 'phone call' } as const
      await setConsent(tx, { tenantId: tenant.tenantId, actor: tenant.actor }, consent)
    })
  await say('withdrawn')
  await tenant.send(ids[0]!, accepted('wamid.never'))
  const refused = await tenant.read((tx) =>
    tx.row(sql`select state, failure ->> 'code' as code from messages where id = ${ids[0]!}`),
  )
  assert.deepEqual(refused, { state: 'suppressed', code: 'recipient_opted_out' })
  await say('granted')
  await tenant.send(ids[1]!, accepted('wamid.again'))
  assert.equal((await row(tenant, ids[1]!)).state, 'accepted')
})

test('[F30] a failure yields to a later delivery, and to nothing less', async () => {
  const { tenant, ids } = await replies(1)
  await tenant.send(ids[0]!, accepted('wamid.out2'))
  const seen: string[] = []
  for (const status of ['failed', 'sent', 'delivered']) {
    await tenant.status('wamid.out2', status, status === 'failed' ? { errors: [{ code: 131026 }] } : {})
    await tenant.intake()
    seen.push((await row(tenant, ids[0]!)).state)
  }
  assert.deepEqual(seen, ['failed', 'failed', 'delivered'])
})

test('[F29] a status that is quicker than the answer to its send: nothing goes back, nothing is sent again', async () => {
  const { tenant, ids } = await replies(1)
  const [id] = ids
  const fence = randomUUID()
  const claim = await tenant.claim(id!, fence)
  assert.ok(claim.kind === 'send')
  await tenant.status('wamid.quick', 'delivered', { biz_opaque_callback_data: `${id}.1` })
  await tenant.intake()
  const early = await row(tenant, id!)
  assert.deepEqual([early.state, early.external_id, early.fence], ['delivered', 'wamid.quick', null])
  await tenant.read((tx) =>
    settleSend(tx, {
      tenantId: tenant.tenantId,
      envelope: claim.envelope,
      fence,
      outcome: accepted('wamid.quick'),
      nowMs: Date.now(),
    }),
  )
  assert.equal((await row(tenant, id!)).state, 'delivered')
  await tenant.status('wamid.quick', 'read')
  await tenant.intake()
  assert.equal((await row(tenant, id!)).state, 'read', 'its id is known by now')
})

test('[F29] a status without our id waits for the answer that names its message', async () => {
  const { tenant, ids } = await replies(1)
  const fence = randomUUID()
  const claim = await tenant.claim(ids[0]!, fence)
  assert.ok(claim.kind === 'send')
  await tenant.status('wamid.nameless', 'sent')
  await tenant.intake()
  assert.equal((await row(tenant, ids[0]!)).state, 'sending')
  await tenant.read((tx) =>
    settleSend(tx, {
      tenantId: tenant.tenantId,
      envelope: claim.envelope,
      fence,
      outcome: accepted('wamid.nameless'),
      nowMs: Date.now(),
    }),
  )
  await tenant.read((tx) => tx.run(sql`update inbound_events set retry_at = now() where state = 'new'`))
  await tenant.intake()
  assert.equal((await row(tenant, ids[0]!)).state, 'sent')
})

test('[F08] a claim whose process woke up late writes nothing over what became of the message', async () => {
  const { tenant, ids } = await replies(1)
  const [id] = ids
  const nowMs = Date.now()
  const stale = randomUUID()
  const zombie = await tenant.claim(id!, stale, nowMs)
  assert.ok(zombie.kind === 'send')
  assert.equal((await tenant.claim(id!, randomUUID(), nowMs + 10 * SECOND)).kind, 'later', 'its fence holds')
  const lost = await tenant.claim(id!, randomUUID(), nowMs + 50 * SECOND)
  assert.deepEqual([lost.kind, (await row(tenant, id!)).state], ['settled', 'unknown'])
  const again = await tenant.send(id!, accepted('wamid.second'), nowMs + 130 * SECOND)
  assert.equal(again.kind, 'send')
  for (const outcome of [unknown, { kind: 'rejected', failure: { code: 'provider_rejected' } } as const]) {
    await tenant.read((tx) =>
      settleSend(tx, { tenantId: tenant.tenantId, envelope: zombie.envelope, fence: stale, outcome, nowMs }),
    )
  }
  const settled = await row(tenant, id!)
  assert.deepEqual([settled.state, settled.attempt, settled.possible_duplicate], ['accepted', 2, true])
  assert.equal(settled.duplicate_detected, false)
  // The first attempt had left after all: its status names it.
  await tenant.status('wamid.first', 'delivered', { biz_opaque_callback_data: `${id}.1` })
  await tenant.intake()
  const doubled = await row(tenant, id!)
  assert.deepEqual([doubled.state, doubled.duplicate_detected], ['delivered', true])
})

test('an unknown outcome that may not be tried again is asked for no more', async () => {
  const tenant = await world.tenant()
  await tenant.flow(ECHO)
  await tenant.writes('254720900001', 'hi')
  await tenant.intake()
  const { id: conversationId } = await tenant.conversation()
  await tenant.turn(conversationId, 0)
  const [run] = await tenant.runs()
  const { sends } = await tenant.flowTurn(run!.id, 0)
  const nowMs = Date.now()
  await tenant.send(sends[0]!, unknown, nowMs)
  const { tenantId, actor, people } = tenant
  await tenant.read((tx) => takeOver(tx, { tenantId, conversationId, actor, personId: people.agent }))
  assert.equal((await tenant.claim(sends[0]!, randomUUID(), nowMs + 200 * SECOND)).kind, 'settled')
  await tenant.read((tx) =>
    tx.run(sql`update messages set sending_at = sending_at - interval '1 hour' where state = 'unknown'`),
  )
  const stranded = await world.db.relay((tx) => strandedConversations(tx, 100))
  assert.ok(!stranded.some((place) => place.conversationId === conversationId), 'the sweeper lets it lie')
})

test('messages of one conversation leave in order: the next waits, unless the one before is unknown', async () => {
  const { tenant, ids } = await replies(3)
  const second = await tenant.claim(ids[1]!)
  assert.ok(second.kind === 'later' && second.reason === 'predecessor' && second.predecessorId === ids[0])
  await tenant.send(ids[0]!, unknown)
  assert.equal((await tenant.send(ids[1]!, accepted('wamid.o2'))).kind, 'send')
  assert.equal((await tenant.send(ids[2]!, accepted('wamid.o3'))).kind, 'send')
})

test('a message looks after the one before it, whose workflow may be gone, once it has waited in vain', async () => {
  const { tenant, ids } = await replies(2)
  const { posted, sendMessage } = sendingWith(async () => undefined)
  const attempt = (number: number) =>
    new MockActivityEnvironment({ attempt: number }).run(sendMessage, { tenantId: tenant.tenantId, messageId: ids[1]! })
  for (const number of [1, 2, 3]) await assert.rejects(attempt(number), /predecessor/)
  assert.deepEqual(posted, [])
  await assert.rejects(attempt(4), /predecessor/)
  assert.deepEqual(posted, [ids[0]])
  await attempt(5)
  assert.deepEqual(posted, ids)
})

test('[F08] a process that was stopped while it uploaded a file does not send, and the next attempt does', async (t) => {
  const { tenant, ids } = await replies(1)
  let stoppedMs = 11_000
  const clock = performance.now.bind(performance)
  const { posted, sendMessage } = sendingWith(async () => {
    t.mock.method(performance, 'now', () => clock() + stoppedMs)
  })
  const attempt = () =>
    new MockActivityEnvironment({ attempt: 2 }).run(sendMessage, { tenantId: tenant.tenantId, messageId: ids[0]! })
  await assert.rejects(attempt())
  assert.deepEqual([posted, (await row(tenant, ids[0]!)).state], [[], 'queued'])
  t.mock.restoreAll()
  stoppedMs = 0
  await tenant.read((tx) => tx.run(sql`update messages set not_before = null where id = ${ids[0]!}`))
  await attempt()
  assert.deepEqual([posted.length, (await row(tenant, ids[0]!)).state], [1, 'accepted'])
})

test('[F25] what the provider puts off is tried as often as its code allows, and then failed with what it said', async () => {
  const { tenant, ids } = await replies(1)
  const failure = { ...failureRule(131053), providerCode: 131053, title: 'Media upload error' }
  const { posted, sendMessage } = sendingWith(
    async () => undefined,
    async () => ({ kind: 'rejected', failure }),
  )
  const attempt = () =>
    new MockActivityEnvironment().run(sendMessage, { tenantId: tenant.tenantId, messageId: ids[0]! })
  await assert.rejects(attempt(), /provider_rejected/)
  const putOff = await row(tenant, ids[0]!)
  assert.equal(putOff.state, 'queued')
  // What never reached the provider is no try of the message, and does not make it forget those that were.
  const unreached = { code: 'provider_unavailable', tries: 1 }
  await tenant.read((tx) => tx.run(sql`update messages set not_before = null where id = ${ids[0]!}`))
  await tenant.send(ids[0]!, { kind: 'not_sent', failure: unreached, retryAtMs: Date.now() - SECOND })
  assert.partialDeepStrictEqual(await attempt(), { refused: true })
  assert.equal(posted.length, 2)
  const message = await tenant.read((tx) => getMessage(tx, ids[0]!))
  assert.deepEqual(
    [message!.state, message!.failure?.code, message!.failure?.providerCode, message!.failure?.title],
    ['failed', 'provider_rejected', 131053, 'Media upload error'],
  )
})

test('[F25] why a message failed is told also where the provider says so later', async () => {
  const { tenant, ids } = await replies(1)
  await tenant.send(ids[0]!, accepted('wamid.late'))
  const error = { code: 131047, title: 'Re-engagement message', error_data: { details: 'More than 24 hours.' } }
  await tenant.status('wamid.late', 'failed', { errors: [error] })
  await tenant.intake()
  assert.deepEqual((await tenant.read((tx) => getMessage(tx, ids[0]!)))!.failure, {
    ...{ code: 'service_window_closed', providerCode: 131047, title: 'Re-engagement message' },
    detail: 'More than 24 hours.',
  })
})

test('[CAMP-33] a message that is refused because its contact wants no offers is their word, at once or later', async () => {
  for (const isLate of [false, true]) {
    const { tenant, ids } = await replies(1)
    const failure = { ...failureRule(131050), code: 'recipient_opted_out', title: 'User opted out' }
    if (isLate) {
      await tenant.send(ids[0]!, accepted(`wamid.opted-${person}`))
      await tenant.status(`wamid.opted-${person}`, 'failed', { errors: [{ code: 131050, title: 'User opted out' }] })
      await tenant.intake()
    } else await tenant.send(ids[0]!, { kind: 'rejected', failure })
    const said = await tenant.read((tx) =>
      tx.rows(sql`
        select category, state, source, actor ->> 'kind' as actor, evidence::jsonb ->> 'title' as title from consent_changes`),
    )
    const title = 'User opted out'
    const word = { category: 'marketing', state: 'withdrawn', source: 'provider', actor: 'contact', title }
    assert.deepEqual(said, [word], isLate ? 'by a status' : 'by the answer')
  }
})

test('a take-over between the turn and the send cuts the bot, and never a person', async () => {
  const tenant = await world.tenant()
  await tenant.flow(ECHO)
  await tenant.writes('254720900002', 'hi')
  await tenant.intake()
  const { id: conversationId } = await tenant.conversation()
  await tenant.turn(conversationId, 0)
  const [run] = await tenant.runs()
  const { sends } = await tenant.flowTurn(run!.id, 0)
  const { tenantId, actor, people } = tenant
  const { messageId } = await tenant.read((tx) =>
    writeReply(tx, {
      tenantId,
      conversationId,
      actor,
      content: { kind: 'text', text: 'mine' },
      clientId: 'before-the-cut',
      nowMs: Date.now(),
    }),
  )
  await tenant.read((tx) => takeOver(tx, { tenantId, conversationId, actor, personId: people.agent }))
  assert.equal((await row(tenant, sends[0]!)).state, 'superseded')
  assert.equal((await tenant.claim(sends[0]!)).kind, 'settled')
  assert.equal((await tenant.claim(messageId)).kind, 'send')
})

test('a failed message is sent again when a person asks, with a clean count; others are not', async () => {
  const { tenant, ids } = await replies(1)
  const { tenantId } = tenant
  const ask = () => tenant.read((tx) => retryMessage(tx, { tenantId, messageId: ids[0]! }))
  await assert.rejects(ask(), /only a failed one/)
  await tenant.send(ids[0]!, { kind: 'rejected', failure: { code: 'provider_rejected' } })
  assert.equal((await row(tenant, ids[0]!)).state, 'failed')
  await ask()
  const queued = await row(tenant, ids[0]!)
  assert.deepEqual([queued.state, queued.attempt], ['queued', 0])
  await tenant.send(ids[0]!, accepted('wamid.retried'))
  assert.equal((await row(tenant, ids[0]!)).state, 'accepted')
})

test('a question that the provider gives up rings the run that waits for its answer', async () => {
  const tenant = await world.tenant()
  await tenant.flow(ECHO)
  await tenant.writes('254720900003', 'hi')
  await tenant.intake()
  const { id: conversationId } = await tenant.conversation()
  await tenant.turn(conversationId, 0)
  const [starting] = await tenant.runs()
  const { sends } = await tenant.flowTurn(starting!.id, 0)
  await tenant.send(sends[0]!, accepted('wamid.question'))
  const before = (await tenant.runs())[0]!
  await tenant.status('wamid.question', 'failed', { errors: [{ code: 131026 }] })
  await tenant.intake()
  const after = (await tenant.runs())[0]!
  assert.equal(after.rings, before.rings + 1)
  await tenant.flowTurn(starting!.id, 1)
  const [run] = await tenant.runs()
  assert.equal(run!.posture, 'ended', 'it does not wait for an answer to a question that nobody got')
  assert.equal((await tenant.conversation()).state, 'queued')
})

test('the pair limit: 45 at once to one person, then one in six seconds', async () => {
  const { tenant, ids } = await replies(46)
  await tenant.read((tx) => tx.run(sql`update channels set pair_limit = true`))
  for (const [index, id] of ids.slice(0, 45).entries()) {
    assert.equal((await tenant.send(id, accepted(`wamid.pair${index}`))).kind, 'send', `the ${index + 1}th`)
  }
  const waits = await tenant.claim(ids[45]!)
  assert.ok(waits.kind === 'later' && waits.reason === 'pair_limit')
  assert.ok(waits.untilMs > Date.now() && waits.untilMs < Date.now() + 7 * SECOND)
})

test('what certainly did not leave takes nothing from what a contact may be sent', async () => {
  const { tenant, ids } = await replies(45)
  await tenant.read((tx) => tx.run(sql`update channels set pair_limit = true`))
  const away: SendOutcome = {
    kind: 'not_sent',
    failure: { code: 'provider_unavailable' },
    retryAtMs: Date.now() - SECOND,
  }
  for (let n = 1; n <= 50; n += 1) assert.equal((await tenant.send(ids[0]!, away)).kind, 'send', `the ${n}th try`)
  for (const [index, id] of ids.entries()) {
    assert.equal((await tenant.send(id, accepted(`wamid.spared${index}`))).kind, 'send', `the ${index + 1}th`)
  }
})
