import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { serve } from '@hono/node-server'
import pg from 'pg'
import type { Contact, ContactSummary } from '#domain/contacts/schema.ts'
import { CONVERSATION_STATES, type ConversationSummary, type Message } from '#domain/conversations/schema.ts'
import type { Flow } from '#domain/flows/api.ts'
import { labelledPreview } from '#domain/messages/preview.ts'
import { type Auth, createAuth } from '#infra/auth/auth.ts'
import { createPlatformDb, type PlatformDb } from '#infra/db/platform.ts'
import { changePlan, listPlans } from '#infra/db/stores/plans.ts'
import { createFileStore } from '#infra/media/store.ts'
import { type ConnectionSettings, createChannelConnections } from '#infra/providers/channel-connections.ts'
import { type SeededDemo, seedHouses } from '#infra/seed/demo.ts'
import { seedVolume } from '#infra/seed/volume.ts'
import { APP_SECRET, type Bench, startBench, TOKEN } from '../simulators/support.ts'
import { openProduct, type Product } from '../support/product.ts'

let bench: Bench
let product: Product
let auth: Auth
let platform: PlatformDb
let server: ReturnType<typeof serve>
let seeded: SeededDemo
let tookMs = 0
const folder = mkdtempSync(join(tmpdir(), 'seed-media-'))
const settings: ConnectionSettings = {
  graph: { baseUrl: '', version: 'v25.0' },
  publicUrl: '',
  pool: { accessToken: TOKEN, appSecret: APP_SECRET },
}
const media = createFileStore(folder)
const seed = () =>
  seedHouses({
    db: product.db,
    auth,
    media,
    channels: product.deps.channels!,
    graphUrl: bench.url,
    platform,
    clock: { nowMs: Date.now },
    secret: 'a secret of the test that is long enough',
  })

before(async () => {
  bench = await startBench({ numbersCount: 3 })
  settings.graph.baseUrl = bench.url
  product = await openProduct(({ db, keyRing, clock }) => ({
    channels: createChannelConnections({ db, keyRing, clock, settings }),
    media,
  }))
  platform = createPlatformDb({ url: product.database.urls.platform })
  auth = await createAuth({
    url: product.database.urls.auth,
    secret: 'a secret of the test that is long enough',
    keyRing: product.deps.keyRing,
    origins: ['http://holdfast.test'],
    secureCookies: false,
    limits: { signUp: { max: 1_000, windowSeconds: 60 } },
    sendReset: async () => undefined,
    onError: () => undefined,
  })
  server = serve({ fetch: product.app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  settings.publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const startedMs = performance.now()
  seeded = await seed()
  tookMs = performance.now() - startedMs
})
after(async () => {
  await new Promise((resolve) => server.close(resolve))
  await product.deps.channels?.close()
  await auth.close()
  await platform.close()
  await product.close()
  await bench.close()
  rmSync(folder, { recursive: true, force: true })
})

async function counts(): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString: product.database.adminUrl })
  await client.connect()
  const tables = [
    'tenants',
    'people',
    'memberships',
    'channels',
    'contacts',
    'contact_identities',
    'contact_tags',
    'consents',
    'conversations',
    'messages',
    'message_reactions',
    'flows',
    'flow_versions',
    'runs',
    'tags',
    'custom_fields',
    'media_files',
    'calendars',
    'inbound_keys',
  ] as const
  const found: Record<string, number> = {}
  for (const table of tables) {
    found[table] = Number((await client.query(`select count(*) as n from ${table}`)).rows[0].n)
  }
  await client.end()
  return found
}

/** A member of the first demo tenant, named as these tests name people. */
async function asGrace(): Promise<string> {
  const { personId } = (await auth.findPerson('grace@amani.example'))!
  const rows = await product.db.relay((tx) =>
    tx.rows<{ tenant_id: string }>({
      text: 'select tenant_id from memberships where person_id = $1 order by id limit 1',
      values: [personId],
      name: 'test grace',
    }),
  )
  return `${personId}@${rows[0]!.tenant_id}`
}
const get = async <T>(path: string) => (await product.call<T>(await asGrace(), 'GET', path)).body

test('the demo has two tenants at work, with numbers, people who can sign in, contacts and flows', async () => {
  const found = await counts()
  assert.partialDeepStrictEqual(found, { tenants: 2, contacts: 200, channels: 2, flows: 6, calendars: 4 })
  // One of them is in both tenants, and one runs the installation and is in neither.
  assert.deepEqual([found['people'], found['memberships'], seeded.demo.length], [12, 12, 12])
  assert.equal(seeded.channels.length, 2)
  for (const { email, password } of seeded.demo.slice(0, 2)) {
    const signedIn = await auth.signIn({ email, password }, { headers: new Headers(), address: '127.0.0.1' })
    assert.equal(signedIn.state, 'signed_in')
  }
  // Two or three seconds on an idle machine; suites share theirs.
  assert.ok(tookMs < 20_000, `${Math.round(tookMs)} ms`)
})

test('six agents are at work in the two tenants: each can sign in and has answered somebody', async () => {
  const client = new pg.Client({ connectionString: product.database.adminUrl })
  await client.connect()
  const { rows } = await client.query<{ tenant: string; email: string; answered: boolean }>(`
    select t.name as tenant, p.email, exists (select from messages m
      where m.tenant_id = t.id and m.direction = 'outbound' and m.sender_id = p.id) as answered
    from memberships ms join roles r on r.id = ms.role_id and r.key = 'agent' join tenants t on t.id = ms.tenant_id
      join people p on p.id = ms.person_id order by p.email`)
  await client.end()
  const agentsOf = (tenant: string, ...emails: string[]) => emails.map((email) => ({ tenant, email, answered: true }))
  assert.deepEqual(rows, [
    ...agentsOf('Amani Coffee', 'brian@amani.example', 'faith@amani.example', 'kevin@amani.example'),
    ...agentsOf('Librería Luz', 'mateo@luz.example', 'rodrigo@luz.example', 'valeria@luz.example'),
  ])
  const agents = seeded.demo.filter(({ role }) => role === 'agent')
  assert.deepEqual(
    agents.map(({ email }) => email).sort(),
    rows.map(({ email }) => email),
  )
  for (const { email, password } of agents) {
    const signedIn = await auth.signIn({ email, password }, { headers: new Headers(), address: '127.0.0.1' })
    assert.equal(signedIn.state, 'signed_in')
  }
})

test('every state of a conversation and of a message is there to be looked at', async () => {
  for (const state of CONVERSATION_STATES) {
    const page = await get<{ items: ConversationSummary[] }>(`/conversations?state=${state}`)
    assert.ok(page.items.length > 0, state)
  }
  const states = new Set<string | null>()
  const kinds = new Set<string>()
  const { items } = await get<{ items: ConversationSummary[] }>('/conversations?state=open&limit=100')
  for (const { id, heldCount, lastMessageAt, lastMessagePreview } of items) {
    const thread = await get<{ items: Message[] }>(`/conversations/${id}/messages?limit=200`)
    for (const message of thread.items) {
      states.add(message.held === null ? message.state : 'held')
      kinds.add(message.content.kind)
      if (message.media !== null) assert.equal(message.media.state, 'stored')
    }
    assert.equal(thread.items.filter(({ held }) => held !== null).length, heldCount)
    // Several may have come at the same instant.
    const last = thread.items.filter(({ sentAt }) => sentAt === lastMessageAt)
    assert.ok(last.map(({ content }) => labelledPreview(content)).includes(lastMessagePreview), lastMessagePreview)
  }
  for (const state of ['held', 'failed', 'unknown', 'delivered', 'read']) assert.ok(states.has(state), state)
  for (const kind of ['image', 'audio', 'document', 'tap', 'list', 'order', 'location', 'line'])
    assert.ok(kinds.has(kind), kind)
})

test('names in Arabic and people without a number are among the contacts, with fields, tags and consents', async () => {
  const arabic = await get<{ items: ContactSummary[] }>(`/contacts?q=${encodeURIComponent('المصري')}`)
  assert.equal(arabic.items.length, 1)
  const juma = await get<{ items: ContactSummary[] }>('/contacts?q=juma')
  assert.equal(juma.items[0]!.phone, null)
  const contact = await get<Contact>(`/contacts/${arabic.items[0]!.id}`)
  assert.ok(contact.consents.length > 0)
  assert.ok(contact.tags.length > 0)
  const flows = await get<{ items: Flow[] }>('/flows')
  assert.ok(flows.items.every(({ enabled, published }) => enabled && published !== null))
  assert.ok(flows.items.some(({ endedCount, completedCount }) => endedCount > 0 && completedCount > 0))
})

test('the phones of the simulator know the customers, so that an answer to a thread arrives', async () => {
  const windows = bench.simulator.sim.world.windows.size
  const { items } = await get<{ items: ConversationSummary[] }>('/conversations?state=assigned')
  assert.ok(windows >= items.length)
})

test('there is a choice of plans, and one that an administrator has made theirs stays as it is', async () => {
  assert.equal(seeded.demo.at(-1)?.role, 'platform')
  const [standard, small] = await platform.run(listPlans)
  assert.deepEqual([standard?.key, standard?.isDefault, small?.isDefault], ['default', true, false])
  assert.ok((small?.limits.requestsPerMinute ?? 0) >= 100)
  await platform.run((tx) => changePlan(tx, small!.key, { name: 'Ours', limits: { tags: 7 } }))
  await seed()
  const again = (await platform.run(listPlans)).find(({ key }) => key === small!.key)
  assert.deepEqual([again?.name, again?.limits.tags], ['Ours', 7])
})

test('a second start changes nothing and tells the same passwords', async () => {
  const before = await counts()
  assert.deepEqual(await seed(), seeded)
  assert.deepEqual(await counts(), before)
})

test('a thousand conversations for a measurement are made in one go', async () => {
  const tenant = await product.tenant()
  const request = { tenantId: tenant.tenantId, channelId: tenant.channelId, conversations: 1_000, messages: 5_000 }
  await seedVolume(product.db, { ...request, nowMs: Date.now() })
  const found = await product.db.tenant(tenant.tenantId, (tx) =>
    tx.row<{ conversations: number; messages: number }>({
      text: 'select (select count(*) from conversations) as conversations, (select count(*) from messages) as messages',
      values: [],
      name: 'test volume',
    }),
  )
  assert.deepEqual(found, { conversations: 1_000, messages: 5_000 })
})
