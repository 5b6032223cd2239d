import { randomInt } from 'node:crypto'
import type { Dispatcher } from 'undici'
import type { ChangeChannel, Channel, ChannelTest, ConnectChannel } from '#domain/channels/schema.ts'
import { DomainError } from '#domain/errors.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import { newToken } from '#infra/crypto/tokens.ts'
import type { Acting } from '#infra/db/stores/acting.ts'
import { audit } from '#infra/db/stores/audit.ts'
import {
  abandonChannel,
  beginAgain,
  beginChannel,
  type ChannelRow,
  changeChannel,
  completeChannel,
  getChannel,
  getChannelByNumber,
  type NewChannel,
  type NumberFacts,
  takenNumbers,
  writeFacts,
} from '#infra/db/stores/channels.ts'
import { importTemplates } from '#infra/db/stores/templates.ts'
import type { Db } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { type ChannelSecret, sealChannelSecret } from './channel-secrets.ts'
import { channelView, openSecret } from './channel-vault.ts'
import { createGraphAgent, createWhatsAppClient, type WhatsAppClient } from './whatsapp/client.ts'
import { GraphError } from './whatsapp/graph.ts'
import { createPool } from './whatsapp/pool.ts'
import { readTemplates } from './whatsapp/template-import.ts'

export const META_GRAPH_URL = 'https://graph.facebook.com'

export type ConnectionSettings = {
  /** Where the Graph API is unless a number says otherwise; a stand-in under `npm start`. */
  graph: { baseUrl: string; version: string }
  /** Under which address providers reach us. */
  publicUrl: string
  /** Credentials of the pool that new tenants get their first number from; absent where there is no pool. */
  pool?: { accessToken: string; appSecret: string }
}

type Home = {
  db: Db
  keyRing: KeyRing
  clock: { nowMs: () => number }
  settings: ConnectionSettings
  dispatcher: Dispatcher
}

export type ChannelConnections = ReturnType<typeof createChannelConnections>

/** Connects numbers: the calls that Meta wants in their order, and the rows around them. */
export function createChannelConnections(deps: Omit<Home, 'dispatcher'>) {
  const dispatcher = createGraphAgent({ connections: 8 })
  const home: Home = { ...deps, dispatcher }
  return {
    connect: (acting: Asking, input: ConnectChannel) => connect(home, acting, input),
    change: (acting: Asking, id: string, input: ChangeChannel) => change(home, acting, { id, input }),
    check: (acting: Acting, id: string) => check(home, acting, id),
    release: (row: ChannelRow) => release(home, row),
    provision: (acting: Acting, wish: { name: string; avoid?: readonly string[] }) => provision(home, acting, wish),
    view: (row: ChannelRow) => view(home, row),
    close: () => dispatcher.close(),
  }
}

/** Who asks, and in which request, where it was one. */
type Asking = Acting & { requestId?: string }

const clientFor = ({ settings, dispatcher }: Home, baseUrl: string | null, accessToken: string): WhatsAppClient =>
  createWhatsAppClient({ ...settings.graph, ...(baseUrl === null ? {} : { baseUrl }), accessToken, dispatcher })

const webhookUrl = ({ settings }: Home, webhookKey: string) => `${settings.publicUrl}/webhooks/whatsapp/${webhookKey}`

const view = (home: Home, row: ChannelRow): Channel =>
  channelView(row, { keyRing: home.keyRing, webhookUrl: webhookUrl(home, row.webhookKey) })

const seal = ({ keyRing }: Home, place: { tenantId: string; channelId: string; secret: ChannelSecret }, text: string) =>
  sealChannelSecret(keyRing, place, text)

/** Only Meta and the house's own Graph address may be told a token. */
function allowedBase({ settings }: Home, baseUrl: string | undefined): string | null {
  if (baseUrl === undefined) return null
  const plain = baseUrl.replace(/\/+$/, '')
  if (plain === META_GRAPH_URL || plain === settings.graph.baseUrl.replace(/\/+$/, '')) return plain
  throw new DomainError('address_blocked', 'Tokens are sent to the Graph API only.', {
    errors: [{ path: '/baseUrl', code: 'address_blocked', message: 'This is not an address of the Graph API.' }],
  })
}

type NumberPlace = { businessAccountId: string; phoneNumberId: string }

async function readFacts(
  client: WhatsAppClient,
  { businessAccountId, phoneNumberId }: NumberPlace,
): Promise<NumberFacts> {
  const number = await client.getPhoneNumber(phoneNumberId)
  const numbers = await client.listPhoneNumbers(businessAccountId)
  if (!numbers.some(({ id }) => id === phoneNumberId)) {
    throw new DomainError('invalid_input', 'The account has no such number.', {
      errors: [{ path: '/phoneNumberId', code: 'not_in_account', message: 'The account has no such number.' }],
    })
  }
  return {
    displayPhone: number.display_phone_number ?? '',
    verifiedName: number.verified_name ?? '',
    quality: number.quality_rating ?? 'UNKNOWN',
    messagingLimit: number.whatsapp_business_manager_messaging_limit ?? null,
    level: number.throughput?.level ?? null,
  }
}

/** Begins anew, or again on the row that a disconnected number of this tenant has kept. */
async function begin(home: Home, acting: Acting, input: ConnectChannel & { base: string | null }) {
  const { tenantId } = acting
  return home.db.tenant(tenantId, async (tx) => {
    const known = await getChannelByNumber(tx, input.phoneNumberId)
    const id = known?.id ?? newId()
    // The old token is kept, because processes that answer the provider's question remember it for a while.
    const verifyToken = known === undefined ? newToken() : openSecret(home.keyRing, known, 'verify_token')
    const sealed = (secret: ChannelSecret, text: string) => seal(home, { tenantId, channelId: id, secret }, text)
    const row: NewChannel = {
      id,
      name: input.name,
      businessAccountId: input.businessAccountId,
      phoneNumberId: input.phoneNumberId,
      webhookKey: known?.webhookKey ?? newToken(),
      baseUrl: input.base,
      accessToken: sealed('access_token', input.accessToken),
      appSecret: sealed('app_secret', input.appSecret),
      verifyToken: sealed('verify_token', verifyToken),
    }
    if (known === undefined || !(await beginAgain(tx, acting, row))) await beginChannel(tx, acting, row)
    return { row, verifyToken }
  })
}

type Subscription = NumberPlace & { webhookKey: string; verifyToken: string }

async function subscribe(home: Home, client: WhatsAppClient, place: Subscription): Promise<void> {
  await client.subscribeApp(place.businessAccountId)
  // On the number and not on the account: an account may have numbers that belong to others.
  await client.overrideCallback(place.phoneNumberId, {
    callbackUrl: webhookUrl(home, place.webhookKey),
    verifyToken: place.verifyToken,
  })
}

/**
 * Connects a number: credentials tried, row written, webhooks subscribed, templates imported. What fails on the way
 * leaves nothing behind.
 * @throws DomainError quota_exceeded, conflict, invalid_input, address_blocked, and what the provider answers.
 */
async function connect(home: Home, acting: Asking, input: ConnectChannel): Promise<Channel> {
  const base = allowedBase(home, input.baseUrl)
  const client = clientFor(home, base, input.accessToken)
  const facts = await readFacts(client, input)
  const { row, verifyToken } = await begin(home, acting, { ...input, base })
  const { tenantId } = acting
  try {
    await subscribe(home, client, { ...row, verifyToken })
    const templates = await readTemplates(client, row.businessAccountId)
    return await home.db.tenant(tenantId, async (tx) => {
      await completeChannel(tx, acting, { id: row.id, facts })
      await importTemplates(tx, { tenantId, channelId: row.id, templates })
      const detail = { phoneNumberId: row.phoneNumberId }
      await audit(tx, { ...acting, action: 'channels.connect', subject: { type: 'channel', id: row.id }, detail })
      return view(home, (await getChannel(tx, row.id))!)
    })
  } catch (error) {
    const reason = error instanceof DomainError ? error.code : 'internal_error'
    await home.db.tenant(tenantId, (tx) => abandonChannel(tx, { id: row.id, reason }))
    throw error
  }
}

/**
 * Asks the provider to send webhooks of a number elsewhere than to us. Credentials may be dead by then: who disconnects
 * is not kept back by that. @returns whether the provider agreed.
 */
async function release(home: Home, row: ChannelRow): Promise<boolean> {
  const client = clientFor(home, row.baseUrl, openSecret(home.keyRing, row, 'access_token'))
  try {
    await client.dropOverride(row.phoneNumberId)
    return true
  } catch (error) {
    if (error instanceof GraphError) return false
    throw error
  }
}

/** Changes a number's settings; a new token is tried before it replaces one that works. @returns false when there is none. */
async function change(
  home: Home,
  acting: Asking,
  { id, input }: { id: string; input: ChangeChannel },
): Promise<boolean> {
  const { tenantId } = acting
  const row = await home.db.tenant(tenantId, (tx) => getChannel(tx, id))
  if (row === undefined) return false
  const { accessToken, appSecret, ...plain } = input
  if (accessToken !== undefined) await clientFor(home, row.baseUrl, accessToken).getPhoneNumber(row.phoneNumberId)
  const sealed = (secret: ChannelSecret, text: string | undefined) =>
    text === undefined ? undefined : seal(home, { tenantId, channelId: id, secret }, text)
  return home.db.tenant(tenantId, async (tx) => {
    const change = {
      ...plain,
      accessToken: sealed('access_token', accessToken),
      appSecret: sealed('app_secret', appSecret),
    }
    if (!(await changeChannel(tx, acting, { id, change }))) return false
    // Names of the fields only: a secret must not reach the audit log.
    const detail = { changed: Object.keys(input) }
    await audit(tx, { ...acting, action: 'channels.change', subject: { type: 'channel', id }, detail })
    return true
  })
}

type Step = ChannelTest['steps'][number]

/** Steps one after the other; after the first that fails the others are not tried. */
function createSteps() {
  const steps: Step[] = []
  async function attempt<T>(step: Step['step'], work: () => Promise<T>): Promise<T | undefined> {
    if (steps.some(({ ok }) => !ok)) return undefined
    try {
      const result = await work()
      steps.push({ step, ok: true, code: null, message: null })
      return result
    } catch (error) {
      const known = error instanceof DomainError
      steps.push({
        step,
        ok: false,
        code: known ? error.code : 'internal_error',
        message: known ? error.message : null,
      })
      return undefined
    }
  }
  return { steps, attempt }
}

/** Goes through a number step by step, refreshes what is known about it, and says where it stops. */
async function check(home: Home, acting: Acting, id: string): Promise<ChannelTest | undefined> {
  const { tenantId } = acting
  const row = await home.db.tenant(tenantId, (tx) => getChannel(tx, id))
  if (row === undefined) return undefined
  const { steps, attempt } = createSteps()
  const client = await attempt('credentials', async () => {
    const made = clientFor(home, row.baseUrl, openSecret(home.keyRing, row, 'access_token'))
    await made.getPhoneNumber(row.phoneNumberId)
    return made
  })
  if (client !== undefined) {
    const facts = await attempt('number', () => readFacts(client, row))
    await attempt('webhook', () =>
      subscribe(home, client, { ...row, verifyToken: openSecret(home.keyRing, row, 'verify_token') }),
    )
    const templates = await attempt('templates', () => readTemplates(client, row.businessAccountId))
    await home.db.tenant(tenantId, async (tx) => {
      if (facts !== undefined) await writeFacts(tx, { id, facts })
      if (templates !== undefined) await importTemplates(tx, { tenantId, channelId: id, templates })
    })
  }
  return { ok: steps.every(({ ok }) => ok), steps, checkedAt: new Date(home.clock.nowMs()).toISOString() }
}

/**
 * Gives a tenant a free number of the pool. Two tenants that reach for one number: the row's unique key lets one
 * through, the other takes the next.
 * @returns undefined when there is no pool, or nothing free in it.
 */
async function provision(
  home: Home,
  acting: Acting,
  { name, avoid = [] }: { name: string; avoid?: readonly string[] },
): Promise<Channel | undefined> {
  const { pool, graph } = home.settings
  if (pool === undefined) return undefined
  const taken = await home.db.relay(takenNumbers)
  const numbers = createPool({ ...graph, accessToken: pool.accessToken, dispatcher: home.dispatcher })
  for await (const { registered, ...number } of numbers.all()) {
    if (taken.has(number.phoneNumberId) || avoid.includes(number.phoneNumberId)) continue
    if (!registered) {
      const pin = String(randomInt(100_000, 1_000_000))
      await clientFor(home, null, pool.accessToken).register(number.phoneNumberId, pin)
    }
    try {
      const channel = await connect(home, acting, { ...pool, ...number, name })
      return await rename(home, acting, { channel, accessToken: pool.accessToken })
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'conflict')) throw error
    }
  }
  return undefined
}

/** A number of the pool has borne other names; contacts should see this tenant's. A refusal leaves the name that it has. */
async function rename(
  home: Home,
  { tenantId }: Acting,
  { channel, accessToken }: { channel: Channel; accessToken: string },
): Promise<Channel> {
  const client = clientFor(home, null, accessToken)
  try {
    await client.requestName(channel.phoneNumberId, channel.name)
    const facts = await readFacts(client, channel)
    await home.db.tenant(tenantId, (tx) => writeFacts(tx, { id: channel.id, facts }))
    return { ...channel, ...facts }
  } catch (error) {
    if (error instanceof GraphError) return channel
    throw error
  }
}
