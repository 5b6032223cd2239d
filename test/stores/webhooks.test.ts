import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, test } from 'node:test'
import { MockActivityEnvironment } from '@temporalio/testing'
import { createWebhookActivities, type DeliveryStep } from '#activities/webhooks.ts'
import { placeOf } from '#domain/notifications/place.ts'
import { usualWays } from '#domain/notifications/preferences.ts'
import { noticeLine } from '#domain/notifications/words.ts'
import { KeyRing } from '#infra/crypto/keyring.ts'
import { listNotifications } from '#infra/db/stores/notifications.ts'
import { dueDeliveries, markStarted, redeliver } from '#infra/db/stores/webhook-queue.ts'
import { enableSubscription, getSubscription, rotateSecret } from '#infra/db/stores/webhook-subscriptions.ts'
import { createDb, sql } from '#infra/db/tx.ts'
import { createGuardedFetch } from '#infra/http/guarded-fetch.ts'
import { newId } from '#infra/ids.ts'
import { newWebhookSecret, sealWebhookSecret } from '#infra/webhooks/secrets.ts'
import { viewOfSubscription } from '#infra/webhooks/view.ts'
import { freshDatabase } from '../support/postgres.ts'
import { makeTenant } from '../support/product.ts'
import {
  deliveriesOf,
  fanOutAll,
  happen,
  openReceiver,
  type ReceiverAnswer,
  subscribe,
  verifyStandard,
} from '../support/webhooks.ts'

const database = await freshDatabase()
const db = createDb({ appUrl: database.urls.app, relayUrl: database.urls.relay, poolSize: 6 })
const keyRing = new KeyRing([{ id: 'test', bytes: randomBytes(32) }])
const clock = { ms: Date.now() }
const answers = new Map<string, (n: number) => ReceiverAnswer>()
const receiver = await openReceiver(({ path }) => {
  const count = receiver.received.filter((one) => one.path === path).length
  return answers.get(path)?.(count) ?? { status: 200, body: 'thanks' }
})
const guarded = createGuardedFetch({ allowOrigins: [receiver.origin] })
const { attemptDelivery } = createWebhookActivities({ db, keyRing, guarded, now: () => clock.ms, random: () => 0 })
after(async () => {
  await receiver.close()
  await db.close()
  await database.drop()
})

type Place = { tenantId: string; subscriptionId: string; messageId: string }
const attempt = (place: Place): Promise<DeliveryStep> =>
  new MockActivityEnvironment({ attempt: 1 }).run(attemptDelivery, place) as Promise<DeliveryStep>

/** Attempts until it is settled; the clock jumps to each instant that is asked for. */
async function deliver(place: Place): Promise<void> {
  for (;;) {
    const step = await attempt(place)
    if (step.kind === 'settled') return
    clock.ms = step.atMs
  }
}

async function scene(wishes: Partial<Parameters<typeof subscribe>[2]> = {}, answer?: (n: number) => ReceiverAnswer) {
  const path = `/${newId()}`
  if (answer !== undefined) answers.set(path, answer)
  const { tenantId, people } = await makeTenant(db)
  const { id: subscriptionId, secret } = await subscribe({ db, keyRing }, tenantId, {
    url: `${receiver.origin}${path}`,
    ...wishes,
  })
  const place = (messageId: string): Place => ({ tenantId, subscriptionId, messageId })
  const rows = () => deliveriesOf(db, tenantId, subscriptionId)
  const got = () => receiver.received.filter((one) => one.path === path)
  const subscription = () =>
    db.tenant(tenantId, (tx) =>
      tx.row<{ status: string; disabled_reason: string | null; failures: number; open_until: Date | null }>(
        sql`select status, disabled_reason, failures, open_until from webhook_subscriptions where id = ${subscriptionId}`,
      ),
    )
  const told = () =>
    db.tenant(tenantId, (tx) =>
      tx.rows<{ person: string; kind: string }>(
        sql`select person_id as person, kind from notifications where kind like 'webhook%'`,
      ),
    )
  return { tenantId, people, subscriptionId, secret, place, rows, got, subscription, told }
}
const happenTo = async (tenantId: string, events: Parameters<typeof happen>[2]) => {
  const ids = await happen(db, tenantId, events)
  await fanOutAll(db)
  return ids
}

test('[INT-15] [INT-16] an event goes to whoever subscribed to its type and passes the filter, once, however often it is read', async () => {
  const closed = await scene({ filter: { '==': [{ var: 'data.reason' }, 'resolved'] } })
  const [other, assigned] = await Promise.all([
    scene(),
    subscribe({ db, keyRing }, closed.tenantId, { url: 'https://a.example.com', events: ['conversation.assigned'] }),
  ])
  const ids = await happenTo(closed.tenantId, [
    { data: { reason: 'resolved' } },
    { data: { reason: 'idle' } },
    { type: 'conversation.assigned' },
  ])
  assert.deepEqual(
    (await closed.rows()).map(({ id }) => id),
    [ids[0]],
  )
  assert.deepEqual(
    (await deliveriesOf(db, closed.tenantId, assigned.id)).map(({ id }) => id),
    [ids[2]],
  )
  assert.deepEqual(await other.rows(), [], 'another tenant hears nothing')
  await db.relay((tx) => tx.run(sql`update event_cursors set position = 0 where name = 'webhooks'`))
  assert.equal(await fanOutAll(db), 0)
})

test('[INT-12] [INT-17] [INT-20] a receiver verifies what it gets by the public scheme; request and answer are on record', async () => {
  const { tenantId, secret, place, got, rows } = await scene({}, () => ({
    status: 201,
    body: 'ß'.repeat(3_000),
    headers: { 'x-trace': '7' },
  }))
  const [id] = await happenTo(tenantId, [{ data: { reason: 'resolved' } }])
  await deliver(place(id!))
  const [one] = got()
  assert.ok(verifyStandard(secret, one!, clock.ms))
  assert.ok(!verifyStandard(newWebhookSecret(), one!, clock.ms))
  assert.ok(!verifyStandard(secret, { ...one!, body: `${one!.body} ` }, clock.ms))
  assert.ok(!verifyStandard(secret, one!, clock.ms + 301_000), 'replayed later')
  assert.equal(one!.headers['x-max-event'], 'conversation.closed')
  const [row] = await rows()
  assert.deepEqual([row!.state, row!.attempts, one!.body], ['delivered', 1, row!.body])
  const [logged] = await db.tenant(tenantId, (tx) =>
    tx.rows<{
      number: number
      status: number
      body: string
      headers: Record<string, string>
      sent: Record<string, string>
      latency: number
    }>(sql`
      select number, status_code as status, response_body as body, response_headers as headers, request_headers as sent,
        latency_ms as latency from webhook_attempts`),
  )
  assert.deepEqual(
    [logged!.number, logged!.status, logged!.body, logged!.headers['x-trace']],
    [1, 201, 'ß'.repeat(1_000), '7'],
  )
  assert.equal(logged!.sent['webhook-id'], id)
  assert.ok(logged!.latency >= 0 && !JSON.stringify(logged).includes(secret))
})

test('[F50] while a secret is being changed both sign; after the overlap the older one does not', async () => {
  const { tenantId, subscriptionId, secret: older, place, got } = await scene()
  const newer = newWebhookSecret()
  const sealed = sealWebhookSecret(keyRing, { tenantId, subscriptionId, secret: 'secret' }, newer)
  await db.tenant(tenantId, (tx) =>
    rotateSecret(
      tx,
      { tenantId, actor: { kind: 'system' } },
      { id: subscriptionId, secret: sealed, secretHint: 'abcd', overlapHours: 1 },
    ),
  )
  const [first, second] = await happenTo(tenantId, [{}, {}])
  await deliver(place(first!))
  clock.ms += 2 * 3_600_000
  await deliver(place(second!))
  const [during, afterwards] = got()
  assert.deepEqual(
    [older, newer].map((secret) => verifyStandard(secret, during!, clock.ms - 2 * 3_600_000)),
    [true, true],
  )
  assert.deepEqual(
    [older, newer].map((secret) => verifyStandard(secret, afterwards!, clock.ms)),
    [false, true],
  )
})

test('[INT-19] an address that stumbles gets the same id and body each time, four times at most', async () => {
  const { tenantId, place, rows, got } = await scene({}, () => ({ status: 500 }))
  const [id] = await happenTo(tenantId, [{}])
  const beganMs = clock.ms
  await deliver(place(id!))
  assert.equal(clock.ms - beganMs, 14_000)
  assert.deepEqual([got().length, new Set(got().map((one) => `${one.id} ${one.body}`)).size], [4, 1])
  assert.deepEqual(
    (await rows()).map(({ state, failure }) => [state, failure]),
    [['failed', 'exhausted']],
  )
})

test('[INT-18] [S16] a refusal is final, a redirect is not followed and tried again, an inner address is never called', async () => {
  const refuses = await scene({}, () => ({ status: 422, body: 'no' }))
  const [refused] = await happenTo(refuses.tenantId, [{}])
  await deliver(refuses.place(refused!))
  assert.deepEqual(
    [refuses.got().length, (await refuses.rows())[0]!.failure, (await refuses.subscription())!.failures],
    [1, 'refused', 0],
  )

  const redirects = await scene({}, (n) =>
    n === 1 ? { status: 302, headers: { location: `${receiver.origin}/elsewhere` } } : { status: 200 },
  )
  const [redirected] = await happenTo(redirects.tenantId, [{}])
  await deliver(redirects.place(redirected!))
  assert.deepEqual([redirects.got().length, (await redirects.rows())[0]!.state], [2, 'delivered'])
  assert.ok(!receiver.received.some(({ path }) => path === '/elsewhere'))

  const inner = await scene({ url: 'http://10.0.0.7/hook' })
  const [blocked] = await happenTo(inner.tenantId, [{}])
  await deliver(inner.place(blocked!))
  assert.deepEqual([(await inner.rows())[0]!.failure, (await inner.subscription())!.failures], ['blocked', 0])
})

test('[INT-18] an answer whose words cannot be unpacked counts by its status: what was taken is not sent again', async () => {
  const ends: [number, string, number, string | null][] = [
    [200, 'delivered', 1, null],
    [422, 'failed', 1, 'encoding'],
    [503, 'failed', 4, 'encoding'],
  ]
  for (const [status, state, attempts, error] of ends) {
    const headers = { 'content-encoding': 'gzip', 'x-trace': '7' }
    const { tenantId, place, got, rows } = await scene({}, () => ({ status, headers, body: 'not packed' }))
    const [id] = await happenTo(tenantId, [{}])
    await deliver(place(id!))
    const [row] = await rows()
    assert.deepEqual([row!.state, got().length], [state, attempts], String(status))
    const logged = await db.tenant(tenantId, (tx) =>
      tx.rows(sql`
        select status_code as status, response_body as body, response_headers ->> 'x-trace' as trace, error
        from webhook_attempts order by number limit 1`),
    )
    assert.deepEqual(logged, [{ status, body: '', trace: '7', error }])
  }
})

test('an address that refuses everything is said to fail, told of once, and switched off five days later', async () => {
  let status = 404
  const { tenantId, subscriptionId, place, subscription, told } = await scene({}, () => ({ status }))
  const health = async () => {
    const row = await db.tenant(tenantId, (tx) => getSubscription(tx, subscriptionId))
    return viewOfSubscription(row!, clock.ms).health
  }
  const answered = async (...statuses: number[]) => {
    const ids = await happenTo(
      tenantId,
      statuses.map(() => ({})),
    )
    for (const [index, id] of ids.entries()) {
      status = statuses[index]!
      await deliver(place(id))
    }
    return health()
  }
  assert.equal(await answered(404, 200, 404, 404, 401, 404), 'healthy', 'one now and then is about a body')
  assert.deepEqual(await told(), [])
  assert.equal(await answered(404), 'failing')
  assert.equal(await answered(404, 404), 'failing')
  assert.deepEqual((await told()).map(({ kind }) => kind).sort(), ['webhook_failing', 'webhook_failing'])
  assert.deepEqual([(await subscription())!.failures, (await subscription())!.open_until], [0, null], 'nothing rests')
  assert.equal(await answered(204), 'healthy', 'what arrives ends it')
  assert.equal(await answered(404, 404, 404, 404, 404), 'failing')
  // Its rows grow older, and not the clock: deliveries would have expired by then.
  const toldAgo = (hours: number) =>
    db.tenant(tenantId, (tx) =>
      tx.run(sql`
        update webhook_subscriptions set refuses_all_since = ${new Date(clock.ms - hours * 3_600_000)} where id = ${subscriptionId}`),
    )
  await toldAgo(119)
  assert.equal(await answered(404), 'failing')
  await toldAgo(120)
  assert.equal(await answered(404), 'disabled')
  assert.equal((await subscription())!.disabled_reason, 'failing')
  await db.tenant(tenantId, (tx) => enableSubscription(tx, { tenantId, actor: { kind: 'system' } }, subscriptionId))
  assert.equal(await answered(404), 'healthy', 'it begins anew')
})

test('[F52] [I10] 410 switches a subscription off: nothing goes out any more, and those who manage webhooks are told', async () => {
  const { tenantId, people, subscriptionId, place, rows, got, subscription, told } = await scene(
    { name: 'Shop of Njeri' },
    () => ({ status: 410 }),
  )
  const ids = await happenTo(tenantId, [{}, {}, {}])
  await deliver(place(ids[0]!))
  assert.deepEqual([(await subscription())!.status, (await subscription())!.disabled_reason], ['disabled', 'gone'])
  assert.deepEqual(
    (await rows()).map(({ state, failure }) => [state, failure]),
    [
      ['failed', 'gone'],
      ['skipped', 'disabled'],
      ['skipped', 'disabled'],
    ],
  )
  await deliver(place(ids[1]!))
  assert.equal((await happenTo(tenantId, [{}])).length, 1)
  assert.deepEqual([got().length, (await rows()).length], [1, 3])
  assert.deepEqual(
    new Set((await told()).map(({ person, kind }) => `${kind} ${person}`)),
    new Set([`webhook_disabled ${people.owner}`, `webhook_disabled ${people.admin}`]),
  )
  // By name and with the way there, in the bell and in the mail: who reads "an endpoint" must look for it first.
  const notices = await db.tenant(tenantId, (tx) =>
    listNotifications(tx, { personId: people.owner, limit: 9, unread: true }),
  )
  assert.deepEqual(
    notices.map((notice) => [placeOf(notice), noticeLine(notice), usualWays(notice.kind).mail]),
    [[`/settings/webhooks/${subscriptionId}`, 'The webhook endpoint Shop of Njeri was switched off', true]],
  )
})

test('an address that keeps failing is left alone for a while, told of once, and comes back by one probe', async () => {
  let up = false
  const { tenantId, place, got, subscription, told } = await scene({ retryCount: 0 }, () => ({
    status: up ? 200 : 503,
  }))
  const ids = await happenTo(
    tenantId,
    Array.from({ length: 9 }, () => ({})),
  )
  for (const id of ids.slice(0, 5)) await deliver(place(id))
  await assert.rejects(attempt(place(ids[5]!)), /endpoint_resting/)
  assert.equal(got().length, 5)
  assert.equal((await told()).length, 2, 'the owner and the administrator, once')
  clock.ms = (await subscription())!.open_until!.getTime()
  await deliver(place(ids[5]!))
  await assert.rejects(attempt(place(ids[6]!)), /endpoint_resting/, 'the probe failed')
  assert.equal((await told()).length, 2)
  up = true
  clock.ms = (await subscription())!.open_until!.getTime()
  for (const id of ids.slice(6)) await deliver(place(id))
  assert.deepEqual([(await subscription())!.failures, (await subscription())!.open_until], [0, null])
})

test('[G20] an address that hangs holds no more than its own share; what waits for it asks to come again', async () => {
  const { tenantId, place, got, rows } = await scene({ inFlightMax: 2, timeoutSeconds: 1, retryCount: 0 }, () => 'hang')
  const ids = await happenTo(tenantId, [{}, {}, {}])
  const hanging = ids.slice(0, 2).map((id) => deliver(place(id)))
  const sending = async () => (await rows()).filter(({ state }) => state === 'sending').length
  while ((await sending()) < 2);
  await assert.rejects(attempt(place(ids[2]!)), /endpoint_busy/)
  assert.equal((await rows()).find(({ id }) => id === ids[2])!.attempts, 0, 'waiting is no attempt')
  await Promise.all(hanging)
  await deliver(place(ids[2]!))
  assert.equal(got().length, 3)
  assert.deepEqual(new Set((await rows()).map(({ failure }) => failure)), new Set(['exhausted']))
})

test('where order is asked for, the next of a conversation leaves when the one before it is settled', async () => {
  const { tenantId, place, rows } = await scene({ ordered: true, retryCount: 1 }, (n) => ({
    status: n <= 2 ? 500 : 200,
  }))
  const [one, other] = [newId(), newId()]
  const ids = await happenTo(tenantId, [
    { conversationId: one },
    { conversationId: one },
    { conversationId: other },
    { conversationId: one },
  ])
  const states = async () => (await rows()).map(({ state }) => state)
  assert.deepEqual(await states(), ['queued', 'held', 'queued', 'held'])
  await deliver(place(ids[1]!))
  assert.deepEqual(await states(), ['queued', 'held', 'queued', 'held'], 'what waits its turn is not attempted')
  await deliver(place(ids[0]!))
  assert.deepEqual(await states(), ['failed', 'queued', 'queued', 'held'])
  await deliver(place(ids[1]!))
  assert.deepEqual(await states(), ['failed', 'delivered', 'queued', 'queued'])
  const later = await happenTo(tenantId, [{ conversationId: one }])
  assert.equal((await rows()).find(({ id }) => id === later[0])!.state, 'held')
})

test('an attempt that was cut off in the middle is on record, does not count, and is made again under the same id', async () => {
  const { tenantId, place, rows } = await scene()
  const [id] = await happenTo(tenantId, [{}])
  await db.tenant(tenantId, (tx) =>
    tx.run(
      sql`update webhook_deliveries set state = 'sending', sending_at = now() - interval '1 minute' where message_id = ${id}`,
    ),
  )
  await deliver(place(id!))
  assert.deepEqual(
    (await rows()).map(({ state, attempts }) => [state, attempts]),
    [['delivered', 1]],
  )
  const log = await db.tenant(tenantId, (tx) =>
    tx.rows<{ error: string | null; number: number }>(sql`select error, number from webhook_attempts order by id`),
  )
  assert.deepEqual(log, [
    { error: 'interrupted', number: 1 },
    { error: null, number: 1 },
  ])
})

test('what nobody looked at is due again, to one dispatcher at a time; a new wish is not marked away', async () => {
  const { tenantId, subscriptionId, place } = await scene()
  const [id] = await happenTo(tenantId, [{}])
  const mine = (due: { messageId: string }[]) => due.filter(({ messageId }) => messageId === id)
  const [left, right] = await Promise.all(
    [1, 2].map(() => db.relay((tx) => dueDeliveries(tx, { limit: 100, leaseMs: 60_000 }))),
  )
  const due = mine([...left!, ...right!]) as typeof left
  assert.equal(due!.length, 1)
  await deliver(place(id!))
  await db.tenant(tenantId, (tx) => redeliver(tx, { subscriptionId, messageId: id! }))
  await db.relay((tx) => markStarted(tx, due!, { graceMs: 600_000 }))
  const again = await db.relay((tx) => dueDeliveries(tx, { limit: 100, leaseMs: 60_000 }))
  assert.deepEqual(
    mine(again).map((one) => (one as { starts?: number }).starts),
    [1],
    'asked for while it was being started',
  )
})
