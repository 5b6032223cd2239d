import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { EVENT_TYPES } from '#domain/events/schema.ts'
import { TOLD_TO_ADDRESSES } from '#domain/permissions/event-access.ts'
import type { WebhookDelivery, WebhookDeliveryDetail } from '#domain/webhooks/deliveries.ts'
import type { WebhookSecret, WebhookStatistics, WebhookSubscription } from '#domain/webhooks/schema.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { openWebhookSecret } from '#infra/webhooks/secrets.ts'
import { as, openProduct, type TestTenant } from '../support/product.ts'
import { deliveriesOf, fanOutAll, happen } from '../support/webhooks.ts'

const product = await openProduct()
after(() => product.close())
const { db, keyRing, call } = product
const BASE = '/webhook-subscriptions'
const INPUT = { name: 'Desk', url: 'https://hooks.example.com/in', events: ['conversation.closed'] }

type List<T> = { items: T[]; nextCursor: string | null }
type Problem = { code: string; errors: { path: string; code: string }[] }

async function made(tenant: TestTenant, more: Record<string, unknown> = {}): Promise<WebhookSecret> {
  const { status, body } = await call<WebhookSecret>(as(tenant), 'POST', BASE, { ...INPUT, ...more })
  assert.equal(status, 201, JSON.stringify(body))
  return body
}

test('[INT-14] [INT-12] an address is subscribed to events; its secret is shown once, sealed in its row, masked ever after', async () => {
  const tenant = await product.tenant()
  const { subscription, secret } = await made(tenant)
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  assert.equal(subscription.retryCount, 3)
  assert.equal(subscription.timeoutSeconds, 15)
  const { body: again } = await call<WebhookSubscription>(as(tenant), 'GET', `${BASE}/${subscription.id}`)
  const { body: list } = await call<List<WebhookSubscription>>(as(tenant), 'GET', BASE)
  assert.equal(list.items.length, 1)
  for (const text of [JSON.stringify(again), JSON.stringify(list)]) assert.ok(!text.includes(secret.slice(6, 40)))
  assert.ok(secret.includes(again.secretHint))
  const row = await db.tenant(tenant.tenantId, (tx) =>
    tx.row<{ secret: Buffer }>(sql`select secret from webhook_subscriptions`),
  )
  assert.ok(!row!.secret.includes(secret.slice(6, 40)))
  const place = { tenantId: tenant.tenantId, subscriptionId: subscription.id, secret: 'secret' } as const
  assert.equal(openWebhookSecret(keyRing, place, row!.secret), secret)
  const audits = await db.tenant(tenant.tenantId, (tx) =>
    tx.rows<{ detail: unknown }>(sql`select detail from audit_log`),
  )
  assert.ok(audits.length >= 1 && !JSON.stringify(audits).includes(secret.slice(6, 40)))
})

test('[INT-12] who repeats a request that answered a secret hears that it was done; the secret was kept nowhere', async () => {
  const tenant = await product.tenant()
  const post = async (path: string, input: unknown, key: string) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key }
    const init = { as: as(tenant), method: 'POST', body: JSON.stringify(input), headers }
    const response = await product.request(path, init)
    return { status: response.status, body: (await response.json()) as WebhookSecret & Problem }
  }
  const first = await post(BASE, INPUT, 'subscribe')
  const rotate = `${BASE}/${first.body.subscription.id}/rotate-secret`
  const second = await post(rotate, {}, 'rotate')
  assert.deepEqual([first.status, second.status], [201, 200])
  for (const repeated of [await post(BASE, INPUT, 'subscribe'), await post(rotate, {}, 'rotate')]) {
    assert.deepEqual([repeated.status, repeated.body.code], [409, 'conflict'])
  }
  const kept = await db.tenant(tenant.tenantId, (tx) => tx.rows<object>(sql`select * from idempotency_keys`))
  assert.equal(kept.length, 2)
  for (const { body } of [first, second]) assert.ok(!JSON.stringify(kept).includes(body.secret.slice(6, 40)))
})

test('[S13] [S18] [S19] an address that points inward is refused when it is saved, with the reason, and never stored', async () => {
  const tenant = await product.tenant()
  const { subscription } = await made(tenant)
  const inner = [
    'http://127.0.0.1/x',
    'http://2130706433/',
    'http://[::1]/',
    'http://169.254.169.254/latest',
    'ftp://a.example.com/',
    'http://user:pw@a.example.com/',
    'http://a.example.com:5432/',
    'http://localhost/',
    'javascript:alert(1)',
    'http://[::ffff:7f00:1]/',
  ]
  for (const url of inner) {
    for (const [method, path] of [
      ['POST', BASE],
      ['PATCH', `${BASE}/${subscription.id}`],
    ] as const) {
      const { status, body } = await call<Problem>(
        as(tenant),
        method,
        path,
        method === 'POST' ? { ...INPUT, url } : { url },
      )
      assert.deepEqual([status, body.code, body.errors[0]?.path], [422, 'address_blocked', '/url'], `${method} ${url}`)
    }
  }
  const { body } = await call<List<WebhookSubscription>>(as(tenant), 'GET', BASE)
  assert.deepEqual(
    body.items.map(({ url }) => url),
    [INPUT.url],
  )
})

test('what cannot be is refused with the field: no events, unknown ones, a filter that is none, too many retries', async () => {
  const tenant = await product.tenant()
  const wrong: [string, Record<string, unknown>][] = [
    ['/events', { events: [] }],
    ['/events/0', { events: ['conversation.exploded'] }],
    ['/events', { events: ['conversation.closed', 'conversation.closed'] }],
    ['/filter', { filter: { shell: ['rm'] } }],
    ['/retryCount', { retryCount: 4 }],
    ['/timeoutSeconds', { timeoutSeconds: 31 }],
    ['/schedule', { schedule: 'forever' }],
    ['/url', { url: '' }],
  ]
  for (const [path, more] of wrong) {
    const { status, body } = await call<Problem>(as(tenant), 'POST', BASE, { ...INPUT, ...more })
    assert.equal(status, 422, path)
    assert.ok(
      body.errors.some((error) => error.path.startsWith(path)),
      `${path}: ${JSON.stringify(body.errors)}`,
    )
  }
})

test('only who may manage webhooks changes them; who may only read sees them, an agent sees nothing', async () => {
  const tenant = await product.tenant()
  const { subscription } = await made(tenant)
  const path = `${BASE}/${subscription.id}`
  for (const [method, where, body] of [
    ['POST', BASE, INPUT],
    ['PATCH', path, { name: 'Mine' }],
    ['DELETE', path, undefined],
    ['POST', `${path}/rotate-secret`, {}],
    ['POST', `${path}/redeliver`, { since: '2026-01-01T00:00:00Z' }],
  ] as const) {
    assert.equal((await call(as(tenant, 'agent'), method, where, body)).status, 403, `${method} ${where}`)
  }
  assert.equal((await call(as(tenant, 'agent'), 'GET', path)).status, 403)
  assert.equal((await call(as(tenant, 'admin'), 'PATCH', path, { name: 'Ours' })).status, 200)
})

test('a change keeps what it does not name; null takes a filter away; switched off, what waited is skipped', async () => {
  const tenant = await product.tenant()
  const filter = { '==': [{ var: 'data.reason' }, 'resolved'] }
  const { subscription } = await made(tenant, { filter, ordered: true, schedule: 'long' })
  const path = `${BASE}/${subscription.id}`
  const change = async (body: Record<string, unknown>) =>
    (await call<WebhookSubscription>(as(tenant), 'PATCH', path, body)).body
  const renamed = await change({ name: 'Orders' })
  assert.deepEqual([renamed.name, renamed.filter, renamed.ordered, renamed.schedule], ['Orders', filter, true, 'long'])
  assert.equal((await change({ filter: null })).filter, null)
  const off = await change({ enabled: false })
  assert.deepEqual([off.status, off.disabledReason, off.health, off.waiting], ['disabled', 'person', 'disabled', 0])
  assert.deepEqual(
    (await deliveriesOf(db, tenant.tenantId, subscription.id)).map(({ state }) => state),
    ['skipped'],
  )
  assert.equal((await call(as(tenant), 'POST', `${path}/ping`)).status, 409)
  const on = await change({ enabled: true })
  assert.deepEqual([on.status, on.disabledReason, on.health], ['active', null, 'new'])
  assert.equal((await call(as(tenant), 'DELETE', path)).status, 204)
  assert.equal((await call(as(tenant), 'GET', path)).status, 404)
})

test('[INT-21] a sample of every event can be sent, and looks like the event', async () => {
  const tenant = await product.tenant()
  const { subscription } = await made(tenant)
  const { body: samples } = await call<{ items: { type: string; body: { type: string } }[] }>(
    as(tenant),
    'GET',
    `${BASE}/samples`,
  )
  assert.deepEqual(
    samples.items.map(({ type }) => type),
    [...EVENT_TYPES],
  )
  for (const type of EVENT_TYPES) {
    const { status, body } = await call<WebhookDelivery>(as(tenant), 'POST', `${BASE}/${subscription.id}/test`, {
      type,
    })
    assert.deepEqual([status, body.kind, body.type, body.state], [202, 'sample', type, 'queued'])
  }
  const rows = await deliveriesOf(db, tenant.tenantId, subscription.id)
  assert.equal(rows.length, EVENT_TYPES.length + 1)
  for (const { id, type, body } of rows) {
    const told = JSON.parse(body) as { id: string; type: string; tenantId: string }
    assert.deepEqual([told.id, told.type, told.tenantId], [id, type, tenant.tenantId])
  }
})

test('an optional client certificate is kept sealed, shown by its subject, and refused where it does not fit', async () => {
  const pem = (name: string) => readFileSync(join(import.meta.dirname, `../fixtures/tls/${name}.pem`), 'utf8')
  const [one, other] = ['one', 'other'].map((name) => ({ certificate: pem(name), key: pem(`${name}-key`) }))
  const tenant = await product.tenant()
  const { subscription } = await made(tenant, { clientTls: one })
  assert.equal(subscription.clientCertificate?.subject, 'CN=one')
  const path = `${BASE}/${subscription.id}`
  const refused: [string, Record<string, unknown>][] = [
    ['/clientTls', { clientTls: { certificate: one!.certificate, key: other!.key } }],
    ['/url', { url: 'http://hooks.example.com/plain' }],
  ]
  for (const [field, change] of refused) {
    const { status, body } = await call<Problem>(as(tenant), 'PATCH', path, change)
    assert.deepEqual([status, body.errors[0]?.path], [422, field])
  }
  const stored = await db.tenant(tenant.tenantId, (tx) =>
    tx.row<{ key: Buffer }>(sql`select client_key as key from webhook_subscriptions`),
  )
  assert.ok(!stored!.key.includes('PRIVATE KEY'))
  const { body: without } = await call<WebhookSubscription>(as(tenant), 'PATCH', path, { clientTls: null })
  assert.equal(without.clientCertificate, null)
})

test('rotating makes a new secret and keeps the old one for the overlap; another tenant sees and changes nothing', async () => {
  const [tenant, stranger] = [await product.tenant(), await product.tenant()]
  const { subscription, secret } = await made(tenant)
  const path = `${BASE}/${subscription.id}`
  const { status, body } = await call<WebhookSecret>(as(tenant), 'POST', `${path}/rotate-secret`, { overlapHours: 2 })
  assert.equal(status, 200)
  assert.notEqual(body.secret, secret)
  assert.ok(body.subscription.previousSecretUntil !== null)
  for (const [method, where] of [
    ['GET', path],
    ['POST', `${path}/rotate-secret`],
    ['GET', `${path}/deliveries`],
    ['POST', `${path}/ping`],
  ] as const) {
    assert.equal((await call(as(stranger), method, where, method === 'POST' ? {} : undefined)).status, 404)
  }
})

test('[INT-20] the log is listed by page and state; one is sent again under its id, an edited one under its own', async () => {
  const tenant = await product.tenant()
  const { subscription } = await made(tenant)
  const path = `${BASE}/${subscription.id}`
  const ids = await happen(db, tenant.tenantId, [{}, {}, { type: 'conversation.opened' }])
  assert.equal(await fanOutAll(db), 2)
  const { body: first } = await call<List<WebhookDelivery>>(as(tenant), 'GET', `${path}/deliveries?limit=2`)
  const { body: rest } = await call<List<WebhookDelivery>>(
    as(tenant),
    'GET',
    `${path}/deliveries?limit=2&cursor=${first.nextCursor}`,
  )
  assert.deepEqual([...first.items, ...rest.items].map(({ id }) => id).slice(0, 2), [ids[1], ids[0]])
  assert.deepEqual(
    [...first.items, ...rest.items].map(({ kind }) => kind),
    ['event', 'event', 'ping'],
  )

  await db.tenant(tenant.tenantId, (tx) =>
    tx.run(
      sql`update webhook_deliveries set state = 'failed', failure = 'exhausted', attempts = 4, due_at = null where message_id = ${ids[0]}`,
    ),
  )
  const { body: failed } = await call<List<WebhookDelivery>>(as(tenant), 'GET', `${path}/deliveries?state=failed`)
  assert.deepEqual(
    failed.items.map(({ id }) => id),
    [ids[0]],
  )
  const again = await call<WebhookDelivery>(as(tenant), 'POST', `${path}/deliveries/${ids[0]}/redeliver`)
  assert.deepEqual([again.status, again.body.id, again.body.state, again.body.attempts], [202, ids[0], 'queued', 0])

  assert.equal((await call(as(tenant), 'POST', `${path}/deliveries/${ids[0]}/resend`, { body: 'no json' })).status, 422)
  const edited = await call<WebhookDelivery>(as(tenant), 'POST', `${path}/deliveries/${ids[0]}/resend`, {
    body: '{"fixed":true}',
  })
  assert.equal(edited.status, 202)
  assert.notEqual(edited.body.id, ids[0])
  const { body: detail } = await call<WebhookDeliveryDetail>(as(tenant), 'GET', `${path}/deliveries/${edited.body.id}`)
  assert.deepEqual([detail.kind, detail.type, detail.body], ['edited', 'conversation.closed', '{"fixed":true}'])
  assert.equal(detail.workflowId, `webhook/${tenant.tenantId}/${subscription.id}/${detail.id}`)
})

test('everything since an instant goes out again: what failed and what nobody was told; what arrived only when asked', async () => {
  const tenant = await product.tenant()
  const { subscription } = await made(tenant, { ordered: true })
  const path = `${BASE}/${subscription.id}`
  const since = new Date(Date.now() - 60_000).toISOString()
  const conversationId = newId()
  const told = await happen(db, tenant.tenantId, [{ conversationId }, { conversationId }, { conversationId }])
  await fanOutAll(db)
  await db.tenant(tenant.tenantId, (tx) =>
    tx.run(
      sql`update webhook_deliveries set state = case when message_id = ${told[0]} then 'delivered' else 'failed' end, due_at = null where kind = 'event'`,
    ),
  )
  await call(as(tenant), 'PATCH', path, { enabled: false })
  const [missed] = await happen(db, tenant.tenantId, [{ conversationId }])
  assert.equal(await fanOutAll(db), 0, 'nothing is written while it is switched off')
  await call(as(tenant), 'PATCH', path, { enabled: true })

  const states = async () =>
    Object.fromEntries((await deliveriesOf(db, tenant.tenantId, subscription.id)).map(({ id, state }) => [id, state]))
  const some = await call<{ queued: number; nextSince: string | null }>(as(tenant), 'POST', `${path}/redeliver`, {
    since,
  })
  assert.deepEqual(some.body, { queued: 3, nextSince: null })
  const now = await states()
  assert.deepEqual(
    [told[0]!, told[1]!, told[2]!, missed!].map((id) => now[id]),
    ['delivered', 'queued', 'held', 'held'],
  )
  const all = await call<{ queued: number }>(as(tenant), 'POST', `${path}/redeliver`, { since, which: 'all' })
  assert.equal(all.body.queued, 1)
})

test('[INT-22] statistics are those of the attempts: success rate and average latency', async () => {
  const tenant = await product.tenant()
  const { subscription } = await made(tenant)
  await db.tenant(tenant.tenantId, (tx) =>
    tx.run(sql`insert into webhook_hours (tenant_id, subscription_id, hour, attempts, delivered, latency_ms_sum) values
      (${tenant.tenantId}, ${subscription.id}, ${new Date(product.clock.ms - 3_600_000)}, 3, 1, 300),
      (${tenant.tenantId}, ${subscription.id}, ${new Date(product.clock.ms)}, 1, 1, 100)`),
  )
  const { body } = await call<WebhookStatistics>(as(tenant), 'GET', `${BASE}/${subscription.id}/statistics?hours=24`)
  assert.deepEqual(
    [body.attempts, body.delivered, body.successRate, body.averageLatencyMs, body.byHour.length],
    [4, 2, 0.5, 100, 2],
  )
})

test('[BILL-02] the plan bounds how many there are', async () => {
  const tenant = await product.tenant()
  await db.tenant(tenant.tenantId, (tx) =>
    tx.run(sql`update tenants set quotas = '{"webhooks":1}' where id = ${tenant.tenantId}`),
  )
  await made(tenant)
  const { status, body } = await call<Problem>(as(tenant), 'POST', BASE, INPUT)
  assert.deepEqual([status, body.code], [403, 'quota_exceeded'])
})

/** A key of somebody, with these permissions only. */
async function keyOf(tenant: TestTenant, permissions: string[]) {
  const { secret } = (await call<{ secret: string }>(as(tenant), 'POST', '/api-keys', { name: 'Hooks', permissions }))
    .body
  return async (method: string, path: string, body: unknown) => {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    const response = await product.request(path, { method, headers, body: JSON.stringify(body) })
    return { status: response.status, body: (await response.json()) as Problem & { detail: string } }
  }
}

test('[S55] an address is told only what whoever subscribes it may see, and nobody has it told of the business of one person', async () => {
  const tenant = await product.tenant()
  const { subscription: theirs } = await made(tenant, { events: ['contact.changed'] })
  const ask = await keyOf(tenant, ['webhooks.manage', 'webhooks.read', 'conversations.read'])
  const hidden = await ask('POST', BASE, { ...INPUT, events: ['conversation.closed', 'contact.changed'] })
  assert.deepEqual([hidden.status, hidden.body.code], [403, 'forbidden'])
  assert.match(hidden.body.detail, /contacts\.read/)
  // What every member sees takes nothing more.
  const own = await ask('POST', BASE, { ...INPUT, events: ['conversation.closed', 'tenant.created'] })
  assert.equal(own.status, 201)
  const { id } = (own.body as unknown as WebhookSecret).subscription
  const more = await ask('PATCH', `${BASE}/${id}`, { events: ['conversation.closed', 'api_key.created'] })
  assert.equal(more.status, 403)
  assert.match(more.body.detail, /api_keys\.manage/)
  const path = `${BASE}/${theirs.id}`
  const away = await ask('PATCH', path, { url: 'https://elsewhere.example.com/in' })
  assert.equal(away.status, 403, 'what others subscribed is not turned to another address')
  const kept = { events: ['contact.changed', 'conversation.closed'], name: 'Both', url: theirs.url }
  assert.equal((await ask('PATCH', path, kept)).status, 200)

  for (const [method, where] of [
    ['POST', BASE],
    ['PATCH', path],
  ] as const) {
    const input = { ...(method === 'POST' && INPUT), events: ['contact.changed', 'notification.created'] }
    const { status, body } = await call<Problem>(as(tenant), method, where, input)
    assert.deepEqual([status, body.errors[0]?.path, body.errors[0]?.code], [422, '/events/1', 'personal'])
  }
  assert.equal((await call(as(tenant), 'PATCH', path, { events: [...TOLD_TO_ADDRESSES] })).status, 200)
})
