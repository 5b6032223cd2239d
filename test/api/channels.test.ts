import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { serve } from '@hono/node-server'
import type { Problem } from '#api/problem.ts'
import type { Channel, ChannelTest } from '#domain/channels/schema.ts'
import { beginChannel } from '#infra/db/stores/channels.ts'
import { wishFirstNumber } from '#infra/db/stores/first-numbers.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { createLogger } from '#infra/log.ts'
import { type ConnectionSettings, createChannelConnections } from '#infra/providers/channel-connections.ts'
import { giveFirstNumbers } from '#worker/first-numbers.ts'
import { APP_SECRET, type Bench, startBench, TOKEN } from '../simulators/support.ts'
import { as, openProduct, type Product, type TestTenant } from '../support/product.ts'

let bench: Bench
let product: Product
let tenant: TestTenant
let other: TestTenant
let server: ReturnType<typeof serve>
const silent = createLogger({ name: 'test', level: 'silent' })
const settings: ConnectionSettings = {
  graph: { baseUrl: '', version: 'v25.0' },
  publicUrl: '',
  pool: { accessToken: TOKEN, appSecret: APP_SECRET },
}

before(async () => {
  bench = await startBench({ numbersCount: 5 })
  settings.graph.baseUrl = bench.url
  product = await openProduct(({ db, keyRing, clock }) => ({
    channels: createChannelConnections({ db, keyRing, clock, settings }),
  }))
  server = serve({ fetch: product.app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  settings.publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  tenant = await product.tenant()
  other = await product.tenant()
})
after(async () => {
  await new Promise((resolve) => server.close(resolve))
  await product.deps.channels?.close()
  await product.close()
  await bench.close()
})

const credentials = (index: number) => {
  const number = [...bench.simulator.sim.world.numbers.values()][index]!
  return {
    name: `Number ${index}`,
    phoneNumberId: number.id,
    businessAccountId: number.wabaId,
    accessToken: TOKEN,
    appSecret: APP_SECRET,
  }
}

const countOf = (of: TestTenant) =>
  product.db.tenant(
    of.tenantId,
    async (tx) => (await tx.row<{ n: number }>(sql`select count(*) as n from channels`))!.n,
  )

test('[CH-01] [CH-07] a number is connected by its credentials: webhooks come to its own address, templates are there', async () => {
  const made = await product.call<Channel>(as(tenant), 'POST', '/channels', credentials(0))
  assert.equal(made.status, 201, JSON.stringify(made.body))
  assert.equal(made.body.status, 'connected')
  assert.ok(made.body.displayPhone.startsWith('+'))
  assert.ok(made.body.templateCount >= 4)
  const number = bench.simulator.sim.world.numbers.get(made.body.phoneNumberId)!
  assert.equal(number.override?.url, made.body.webhookUrl)

  const templates = await product.call<{ items: { name: string; status: string; variables: string[] }[] }>(
    as(tenant, 'viewer'),
    'GET',
    `/templates?channelId=${made.body.id}`,
  )
  const shipping = templates.body.items.find(({ name }) => name === 'sample_shipping_confirmation')
  assert.deepEqual(shipping && [shipping.status, shipping.variables], ['approved', ['1']])

  await bench.open('15550107777', made.body.phoneNumberId)
  const stored = async () =>
    product.db.tenant(tenant.tenantId, (tx) =>
      tx.rows(sql`select 1 from inbound_events where channel_id = ${made.body.id}`),
    )
  while ((await stored()).length === 0) await new Promise((resolve) => setImmediate(resolve))
})

test('[SEC-06] secrets are sealed in the row and masked in every answer', async () => {
  const list = await product.call<{ items: Channel[] }>(as(tenant, 'viewer'), 'GET', '/channels')
  const text = JSON.stringify(list.body)
  assert.doesNotMatch(text, new RegExp(`${TOKEN}|${APP_SECRET}`))
  const connected = list.body.items.find(({ name }) => name === 'Number 0')!
  assert.deepEqual(connected.accessToken, { set: true, hint: '' })
  const rows = await product.db.tenant(tenant.tenantId, (tx) =>
    tx.rows<{ access_token: Buffer }>(sql`select access_token from channels where id = ${connected.id}`),
  )
  assert.equal(rows[0]!.access_token.includes(TOKEN), false)
})

test('wrong credentials connect nothing and leave nothing behind', async () => {
  const before = await countOf(tenant)
  const refused = await product.call<Problem>(as(tenant), 'POST', '/channels', {
    ...credentials(1),
    accessToken: 'EAAwrong-token',
  })
  assert.equal(refused.body.code, 'provider_credentials_invalid')
  const stranger = await product.call<Problem>(as(tenant), 'POST', '/channels', {
    ...credentials(1),
    businessAccountId: credentials(0).businessAccountId,
  })
  assert.equal(stranger.body.errors[0]?.code, 'not_in_account')
  assert.equal(await countOf(tenant), before)
})

test('a token that no header can carry is a wrong input, not a provider that does not answer', async () => {
  for (const accessToken of ['EAAG-ключ-доступа', 'EAAG token', 'EAAG\u0007token']) {
    const input = { ...credentials(1), accessToken }
    const { status, body } = await product.call<Problem>(as(tenant), 'POST', '/channels', input)
    assert.deepEqual([status, body.code, body.errors[0]?.path], [422, 'invalid_input', '/accessToken'], accessToken)
  }
  const pasted = { ...credentials(1), accessToken: '\n EAAwrong-token ' }
  const { body } = await product.call<Problem>(as(tenant), 'POST', '/channels', pasted)
  assert.equal(body.code, 'provider_credentials_invalid')
})

test('a number belongs to one tenant', async () => {
  const taken = await product.call<Problem>(as(other), 'POST', '/channels', credentials(0))
  assert.equal(taken.status, 409)
})

test('[S51] a token is never sent to an address that somebody typed in', async () => {
  const answer = await product.call<Problem>(as(tenant), 'POST', '/channels', {
    ...credentials(1),
    baseUrl: bench.hook.url,
  })
  assert.equal(answer.body.code, 'address_blocked')
  assert.equal(bench.hook.bodies.length, 0)
})

test('[CH-06] [BILL-02] the plan bounds how many numbers there are', async () => {
  await product.db.tenant(other.tenantId, (tx) =>
    tx.run(sql`update tenants set quotas = '{"channels": 1}' where id = ${other.tenantId}`),
  )
  const refused = await product.call<Problem>(as(other), 'POST', '/channels', credentials(1))
  assert.equal(refused.body.code, 'quota_exceeded')
  await product.db.tenant(other.tenantId, (tx) =>
    tx.run(sql`update tenants set quotas = '{}' where id = ${other.tenantId}`),
  )
})

test('a number is disconnected, tested and connected again on the same row', async () => {
  const made = await product.call<Channel>(as(tenant), 'POST', '/channels', credentials(1))
  const { id } = made.body
  const tested = await product.call<ChannelTest>(as(tenant), 'POST', `/channels/${id}/test`)
  assert.deepEqual(
    tested.body.steps.map(({ step, ok }) => [step, ok]),
    [
      ['credentials', true],
      ['number', true],
      ['webhook', true],
      ['templates', true],
    ],
  )
  const number = bench.simulator.sim.world.numbers.get(made.body.phoneNumberId)!
  assert.equal(number.override?.url, made.body.webhookUrl)
  const gone = await product.call<Channel>(as(tenant), 'POST', `/channels/${id}/disconnect`)
  assert.deepEqual([gone.body.status, gone.body.statusReason], ['disconnected', 'disconnected_by_person'])
  assert.equal(number.override, undefined, 'the provider does not write to us about it any more')
  const back = await product.call<Channel>(as(tenant), 'POST', '/channels', { ...credentials(1), name: 'Back' })
  assert.deepEqual([back.body.id, back.body.status, back.body.name], [id, 'connected', 'Back'])
})

test('who disconnects a number is not kept back by a provider that does not answer, and sees what is left', async () => {
  const back = await product.call<{ items: Channel[] }>(as(tenant), 'GET', '/channels')
  const { id } = back.body.items.find(({ name }) => name === 'Back')!
  await bench.control('POST', 'faults', { kind: '5xx', on: 'any', count: 20 })
  const gone = await product.call<Channel>(as(tenant), 'POST', `/channels/${id}/disconnect`)
  assert.deepEqual([gone.body.status, gone.body.statusReason], ['disconnected', 'webhook_not_removed'])
  bench.simulator.sim.faults.clear()
  await product.call(as(tenant), 'POST', '/channels', { ...credentials(1), name: 'Back' })
})

test('[CH-12] a number keeps the pace of its level and shows the limit of its business', async () => {
  const made = await product.call<Channel>(as(tenant), 'POST', '/channels', credentials(2))
  const { id } = made.body
  assert.deepEqual([made.body.messagesPerSecond, made.body.messagingLimit], [80, 'TIER_250'])
  const number = bench.simulator.sim.world.numbers.get(made.body.phoneNumberId)!
  const told = async (level: string, limit: string) => {
    Object.assign(number, { throughput: level, messagingLimit: limit })
    await product.call(as(tenant), 'POST', `/channels/${id}/test`)
    const { body } = await product.call<Channel>(as(tenant), 'GET', `/channels/${id}`)
    return [body.messagesPerSecond, body.messagingLimit]
  }
  assert.deepEqual(await told('HIGH', 'TIER_UNLIMITED'), [1_000, 'TIER_UNLIMITED'])
  assert.deepEqual(await told('STANDARD', 'TIER_2K'), [80, 'TIER_2K'])
  await product.call(as(tenant), 'PATCH', `/channels/${id}`, { messagesPerSecond: 20 })
  assert.deepEqual(await told('HIGH', 'TIER_2K'), [20, 'TIER_2K'], 'what a person chose is not raised')
})

test('a token that does not work never replaces one that does', async () => {
  const { body } = await product.call<{ items: Channel[] }>(as(tenant), 'GET', '/channels')
  const { id } = body.items.find(({ name }) => name === 'Back')!
  const refused = await product.call<Problem>(as(tenant), 'PATCH', `/channels/${id}`, { accessToken: 'EAAwrong-token' })
  assert.equal(refused.body.code, 'provider_credentials_invalid')
  const renamed = await product.call<Channel>(as(tenant), 'PATCH', `/channels/${id}`, {
    name: 'Front',
    accessToken: TOKEN,
  })
  assert.equal(renamed.body.name, 'Front')
  assert.equal((await product.call<ChannelTest>(as(tenant), 'POST', `/channels/${id}/test`)).body.ok, true)
  assert.equal((await product.call(as(tenant, 'agent'), 'PATCH', `/channels/${id}`, { name: 'x' })).status, 403)
})

test('new tenants take different numbers of the pool, and none when it is empty', async () => {
  const acting = (of: TestTenant) => ({ tenantId: of.tenantId, actor: { kind: 'system' } as const })
  const channels = product.deps.channels!
  const third = await product.tenant()
  const [first, second] = await Promise.all([
    channels.provision(acting(other), { name: 'North Shore' }),
    channels.provision(acting(third), { name: 'South Shore' }),
  ])
  assert.ok(first && second)
  assert.deepEqual([first.verifiedName, second.verifiedName], ['North Shore', 'South Shore'], 'contacts see who it is')
  assert.notEqual(first.phoneNumberId, second.phoneNumberId)
  assert.equal(await channels.provision(acting(third), { name: 'WhatsApp' }), undefined)
})

/** Another free number for the pool. */
function addNumber(index: number): void {
  const { world } = bench.simulator.sim
  const [known] = [...world.numbers.values()]
  const { override: _, ...alike } = known!
  world.saveNumber({ ...alike, id: `20000000000000${index}`, digits: `1555100000${index}`, registrationsAtMs: [] })
}

const give = () => giveFirstNumbers({ db: product.db, numbers: product.deps.channels!, log: silent })
const wishesOf = (of: TestTenant) =>
  product.db.tenant(of.tenantId, (tx) => tx.rows(sql`select due_at > now() as later from first_numbers`))
/** The dispatcher looks at the wish of a tenant, whose time has come. */
async function lookAt(of: TestTenant): Promise<Channel[]> {
  await product.db.relay((tx) => tx.run(sql`update first_numbers set due_at = now() where tenant_id = ${of.tenantId}`))
  await give()
  return (await product.call<{ items: Channel[] }>(as(of), 'GET', '/channels')).body.items
}
/** A new tenant, whose maker was gone before there was a number. */
async function newTenant(): Promise<TestTenant> {
  const made = await product.tenant()
  await product.db.tenant(made.tenantId, async (tx) => {
    await tx.run(sql`delete from channels`)
    await wishFirstNumber(tx, made)
  })
  return made
}

test('a new tenant gets its number later when there was none, or nobody who gave it', async () => {
  const made = await newTenant()
  await give()
  assert.deepEqual(await wishesOf(made), [{ later: true }], 'whoever made it tries first')
  assert.deepEqual(await lookAt(made), [], 'the pool is empty')
  addNumber(1)
  await bench.control('POST', 'faults', { kind: '5xx', on: 'any', count: 1 })
  assert.deepEqual(await lookAt(made), [], 'the provider is away')
  await give()
  assert.deepEqual(await wishesOf(made), [{ later: true }], 'it is tried again, and not at once')
  const [given] = await lookAt(made)
  assert.deepEqual([given?.status, given?.name], ['connected', 'Test tenant'])
  assert.deepEqual(await wishesOf(made), [])
})

test('a number that was left in the middle of connecting is taken back and given; nobody gets two', async () => {
  const made = await newTenant()
  addNumber(2)
  const [id, sealed] = [newId(), Buffer.from([0])]
  await product.db.tenant(made.tenantId, async (tx) => {
    const row = {
      ...credentials(6),
      id,
      webhookKey: id,
      baseUrl: null,
      accessToken: sealed,
      appSecret: sealed,
      verifyToken: sealed,
    }
    await beginChannel(tx, { tenantId: made.tenantId, actor: { kind: 'system' } }, row)
  })
  assert.deepEqual(
    (await lookAt(made)).map(({ status }) => status),
    ['pending'],
    'somebody may be at it',
  )
  await product.db.tenant(made.tenantId, (tx) =>
    tx.run(sql`update channels set updated_at = now() - interval '11 minutes' where id = ${id}`),
  )
  assert.deepEqual(
    (await lookAt(made)).map(({ status }) => status),
    ['connected'],
  )

  const own = await newTenant()
  for (const index of [3, 4]) addNumber(index)
  assert.equal((await product.call(as(own), 'POST', '/channels', credentials(7))).status, 201)
  assert.deepEqual(await wishesOf(own), [], 'whose number it is does not matter')
  assert.equal((await lookAt(own)).length, 1)
})
