import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { redeliver } from '#infra/db/stores/webhook-queue.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { STATUS } from '#temporal/search-attributes.ts'
import { webhookDeliveryWorkflowId } from '#workflows/webhooks/messages.ts'
import { type Engine, eventually as eventuallyWithin, startEngine } from '../support/engine.ts'
import { deliveriesOf, happen, openReceiver, subscribe, verifyStandard } from '../support/webhooks.ts'
import { openScene } from './scene.ts'

let engine: Engine
let closed = true
const seen = new Set<string>()
const receiver = await openReceiver(({ path, id }) => {
  if (path === '/hang') return 'hang'
  if (path === '/gone') return { status: 410 }
  if (path === '/closed') return { status: closed ? 503 : 200, headers: { 'retry-after': '3600' } }
  if (path !== '/stumbles' || seen.has(id)) return { status: 200 }
  seen.add(id)
  return { status: 500 }
})
before(async () => {
  engine = await startEngine({ origins: [receiver.origin] })
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  await engine?.stop()
  await receiver.close()
})

const WITHIN_MS = 90_000
const eventually = <T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> =>
  eventuallyWithin(what, look, WITHIN_MS)
const to = (path: string) => receiver.received.filter((one) => one.path === path)

test('[PERF-14] [INT-16] what a customer writes is told outside at once, signed, in the order of the conversation', async () => {
  const tenant = await engine.tenant()
  const { id, secret } = await subscribe(engine, tenant.tenantId, {
    url: `${receiver.origin}/told`,
    events: ['conversation.opened', 'message.received'],
    ordered: true,
  })
  for (const text of ['one', 'two', 'three']) await engine.simulator.says('254700000777', tenant.phoneNumberId, text)
  await eventually('all of it', async () => to('/told').length >= 4)
  const events = await tenant.read((tx) =>
    tx.rows<{ id: string; type: string }>(sql`
      select id, type from events where type in ('conversation.opened', 'message.received') order by position`),
  )
  assert.deepEqual(
    to('/told').map((one) => one.id),
    events.map((event) => event.id),
  )
  for (const one of to('/told')) {
    assert.ok(verifyStandard(secret, one, Date.now()))
    assert.ok(!/one|two|three|254700000777/.test(one.body), 'ids and facts, never what people wrote')
  }
  await eventually('settled', async () =>
    (await deliveriesOf(engine.db, tenant.tenantId, id)).every(({ state }) => state === 'delivered'),
  )

  // A house that has just come up may be slow for once: the quickest of some tells how soon it can be.
  for (const text of ['four', 'five', 'six']) await engine.simulator.says('254700000777', tenant.phoneNumberId, text)
  await eventually('the rest of it', async () => to('/told').length >= 7)
  const [quickest] = await tenant.read((tx) =>
    tx.rows<{ ms: string }>(sql`
      select extract(epoch from a.at - e.at) * 1000 as ms from webhook_attempts a join events e on e.id = a.message_id
      where a.number = 1 order by 1`),
  )
  assert.ok(Number(quickest!.ms) <= 2_000, `${quickest!.ms} ms from an event to its first attempt`)
})

test('[INT-29] [INT-12] from a message on WhatsApp to its closing by a person: each is a signed post at the receiver', async () => {
  const scene = await openScene(engine)
  const { id, secret } = await subscribe(engine, scene.tenantId, {
    url: `${receiver.origin}/whole-way`,
    events: ['message.received', 'conversation.closed'],
  })
  await scene.says('Where is my order?')
  await eventually('the message', async () => to('/whole-way').length === 1)
  await scene.close()
  await eventually('the closing', async () => to('/whole-way').length === 2)
  const { id: conversationId } = await scene.conversation()
  const bodies = to('/whole-way').map((one) => {
    assert.ok(verifyStandard(secret, one, Date.now()))
    assert.ok(!verifyStandard(secret, { ...one, body: one.body.replace(conversationId, newId()) }, Date.now()))
    return JSON.parse(one.body) as { type: string; conversationId: string }
  })
  assert.deepEqual(
    bodies.map(({ type }) => type),
    ['message.received', 'conversation.closed'],
  )
  for (const body of bodies) assert.equal(body.conversationId, conversationId)
  await eventually('settled', async () =>
    (await deliveriesOf(engine.db, scene.tenantId, id)).every(({ state }) => state === 'delivered'),
  )
})

test('[G20] [F53] while one address hangs with all that it may hold, everything for another arrives', async () => {
  const tenant = await engine.tenant()
  const hang = await subscribe(engine, tenant.tenantId, {
    url: `${receiver.origin}/hang`,
    inFlightMax: 4,
    timeoutSeconds: 30,
  })
  const good = await subscribe(engine, tenant.tenantId, { url: `${receiver.origin}/good` })
  const ids = await happen(
    engine.db,
    tenant.tenantId,
    Array.from({ length: 20 }, () => ({})),
  )
  await eventually('everything for the other', async () => to('/good').length === ids.length)
  const hanging = await deliveriesOf(engine.db, tenant.tenantId, hang.id)
  assert.equal(hanging.filter(({ state }) => state === 'sending').length, 4, 'they hang still, and no more of them')
  assert.ok(hanging.every(({ attempts }) => attempts === 0))
  assert.deepEqual(new Set(to('/good').map((one) => one.id)), new Set(ids))
  await eventually('settled', async () =>
    (await deliveriesOf(engine.db, tenant.tenantId, good.id)).every(({ state }) => state === 'delivered'),
  )
})

test('a delivery that is given up is found in Temporal by its status, among those that arrived', async () => {
  const { tenantId, temporal } = await openScene(engine)
  const statusAt = async (path: string) => {
    const { id: subscriptionId } = await subscribe(engine, tenantId, { url: `${receiver.origin}${path}` })
    const [messageId] = await happen(engine.db, tenantId, [{}])
    const workflowId = webhookDeliveryWorkflowId({ tenantId, subscriptionId, messageId: messageId! })
    const handle = temporal.workflow.getHandle(workflowId)
    await eventually('settled', async () => {
      const rows = await deliveriesOf(engine.db, tenantId, subscriptionId)
      return rows.length > 0 && rows.every(({ state }) => state === 'delivered' || state === 'failed')
    })
    await handle.result()
    return (await handle.describe()).typedSearchAttributes.get(STATUS)
  }
  assert.equal(await statusAt('/gone'), 'failed')
  assert.equal(await statusAt('/good'), undefined)
})

test('where order is asked for it holds through failures, and one conversation does not wait for another', async () => {
  const tenant = await engine.tenant()
  const { id } = await subscribe(engine, tenant.tenantId, { url: `${receiver.origin}/stumbles`, ordered: true })
  const [one, other] = [newId(), newId()]
  // Each fails at its first attempt, so all would be overtaken by what does not wait for them.
  const conversations = [one, other, one, other, one].map((conversationId) => ({ conversationId }))
  const ids = await happen(engine.db, tenant.tenantId, conversations)
  await eventually('all of it', async () => {
    const rows = await deliveriesOf(engine.db, tenant.tenantId, id)
    return rows.length === ids.length && rows.every(({ state }) => state === 'delivered')
  })
  const accepted = await tenant.read((tx) =>
    tx.rows<{ id: string }>(sql`select message_id as id from webhook_attempts where status_code = 200 order by id`),
  )
  const order = accepted.map(({ id }) => ids.indexOf(id))
  assert.deepEqual(
    order.filter((index) => index % 2 === 0),
    [0, 2, 4],
  )
  assert.deepEqual(
    order.filter((index) => index % 2 === 1),
    [1, 3],
  )
})

test('somebody who asks for it again does not wait for the next attempt, which is an hour away', async () => {
  const tenant = await engine.tenant()
  const { id } = await subscribe(engine, tenant.tenantId, { url: `${receiver.origin}/closed`, schedule: 'long' })
  const [messageId] = await happen(engine.db, tenant.tenantId, [{}])
  const inState = (state: string) =>
    eventually(state, async () => (await deliveriesOf(engine.db, tenant.tenantId, id))[0]?.state === state)
  await inState('retrying')
  closed = false
  await tenant.read((tx) => redeliver(tx, { subscriptionId: id, messageId: messageId! }))
  await inState('delivered')
  assert.deepEqual(
    to('/closed').map((one) => one.id),
    [messageId, messageId],
  )
})

test('[R24] a worker that is killed in the middle of an attempt loses nothing: it is made again under the same id', async () => {
  const tenant = await engine.tenant()
  const { id } = await subscribe(engine, tenant.tenantId, { url: `${receiver.origin}/hang`, timeoutSeconds: 30 })
  const before = to('/hang').length
  const [messageId] = await happen(engine.db, tenant.tenantId, [{}])
  await eventually('under way', async () => to('/hang').length > before)
  engine.processes.get('worker')!.kill('SIGKILL')
  await engine.start('worker')
  // By the address that answers: what is asked of the row, not of the time-out, tells that nothing was lost.
  await tenant.read((tx) =>
    tx.run(sql`update webhook_subscriptions set url = ${`${receiver.origin}/good`} where id = ${id}`),
  )
  await eventually('made again', async () => to('/good').some((one) => one.id === messageId))
  const log = await tenant.read((tx) =>
    tx.rows<{ error: string | null }>(
      sql`select error from webhook_attempts where message_id = ${messageId} order by id`,
    ),
  )
  assert.equal(log[0]?.error, 'interrupted')
})
