import { createHmac } from 'node:crypto'
import { type Auth, createAuth } from '#infra/auth/auth.ts'
import { keyRingFrom } from '#infra/crypto/keyring.ts'
import { createPlatformDb, type PlatformDb } from '#infra/db/platform.ts'
import type { Acting } from '#infra/db/stores/acting.ts'
import { listChannels } from '#infra/db/stores/channels.ts'
import { addMember, setAvailability } from '#infra/db/stores/members.ts'
import { addPerson } from '#infra/db/stores/people.ts'
import { addAdministrator } from '#infra/db/stores/platform-people.ts'
import { addWorkspace } from '#infra/db/stores/workspaces.ts'
import { createDb, type Db, sql } from '#infra/db/tx.ts'
import { type Env, requireSettings } from '#infra/env.ts'
import { idFrom } from '#infra/ids.ts'
import { createMediaPlace } from '#infra/media/media-place.ts'
import type { MediaStore } from '#infra/media/store.ts'
import {
  type ChannelConnections,
  createChannelConnections,
  META_GRAPH_URL,
} from '#infra/providers/channel-connections.ts'
import { DEMO_HOUSES, type DemoHouse } from './houses.ts'
import { playOnPhones } from './phones.ts'
import { seedPlans } from './plans.ts'
import { furnish } from './write-house.ts'

export type SeededDemo = {
  channels: { tenant: string; phoneNumberId: string }[]
  demo: { role: string; email: string; password: string }[]
}

export type SeedDeps = {
  db: Db
  auth: Auth
  media: MediaStore
  channels: ChannelConnections
  graphUrl: string
  /** Absent where the installation has no administration. */
  platform?: PlatformDb
  clock: { nowMs: () => number }
  /** From what the passwords are made, so that they are the same at the next start. */
  secret: string
}

const GRAPH_VERSION = 'v25.0'
const CALLER = { headers: new Headers(), address: '127.0.0.1' }

/** Fills an empty house with two tenants at work. Safe at every start: what is there stays as it is. */
export async function seedDemo(env: Env): Promise<SeededDemo> {
  const settings = requireSettings(
    env,
    ...(['databaseAppUrl', 'databaseRelayUrl', 'databaseAuthUrl', 'rootKey', 'authSecret'] as const),
  )
  const { graphAccessToken, graphAppSecret } = env
  const graphUrl = env.graphUrl ?? META_GRAPH_URL
  const clock = { nowMs: Date.now }
  const keyRing = keyRingFrom(settings.rootKey)
  const db = createDb({
    appUrl: settings.databaseAppUrl,
    relayUrl: settings.databaseRelayUrl,
    poolSize: 2,
    relayPoolSize: 1,
  })
  const auth = await createAuth({
    url: settings.databaseAuthUrl,
    secret: settings.authSecret,
    keyRing,
    origins: [env.publicUrl ?? `http://localhost:${env.appPort}`],
    secureCookies: false,
    // Whoever starts the house from its own machine signs several people up at once.
    limits: { signUp: { max: 1_000, windowSeconds: 60 } },
    sendReset: async () => undefined,
    onError: () => undefined,
  })
  const channels = createChannelConnections({
    db,
    keyRing,
    clock,
    settings: {
      graph: { baseUrl: graphUrl, version: GRAPH_VERSION },
      publicUrl: env.publicUrl ?? `http://localhost:${env.appPort}`,
      ...(graphAccessToken !== undefined &&
        graphAppSecret !== undefined && { pool: { accessToken: graphAccessToken, appSecret: graphAppSecret } }),
    },
  })
  const platform =
    env.databasePlatformUrl === undefined ? undefined : createPlatformDb({ url: env.databasePlatformUrl })
  const { store: media } = await createMediaPlace(env, keyRing)
  try {
    const houses = { db, auth, media, channels, graphUrl, clock, secret: settings.authSecret }
    return await seedHouses({ ...houses, ...(platform && { platform }) })
  } finally {
    await Promise.all([auth.close(), channels.close(), platform?.close(), db.close()])
  }
}

/** The same with everything handed in, for tests. */
export async function seedHouses(deps: SeedDeps): Promise<SeededDemo> {
  const seeded: SeededDemo = { channels: [], demo: [] }
  for (const house of DEMO_HOUSES) {
    const personIds = await signUpAll(deps, house)
    const acting = await openHouse(deps, house, personIds)
    const channel = await numberOf(deps, house, acting)
    const played = await furnish(deps, { acting, house, personIds, channel, nowMs: deps.clock.nowMs() })
    if (channel !== undefined) {
      seeded.channels.push({ tenant: house.name, phoneNumberId: channel.phoneNumberId })
      const line = { ...channel, tenantId: acting.tenantId, channelId: channel.id }
      if (played !== undefined) await playOnPhones(deps, { line, played, greeting: house.greeting })
    }
    for (const { role, email } of house.people) {
      if (seeded.demo.some((known) => known.email === email)) continue
      seeded.demo.push({ role, email, password: passwordOf(deps.secret, email) })
    }
  }
  if (deps.platform !== undefined) seeded.demo.push(await seedAdministrator(deps, deps.platform))
  return seeded
}

const ADMINISTRATOR = { name: 'Petra Lindqvist', email: 'petra@platform.example' }

/** Somebody who runs the installation and is a member of no tenant, with more than one plan to give. */
async function seedAdministrator(
  { auth, db, secret }: SeedDeps,
  platform: PlatformDb,
): Promise<SeededDemo['demo'][number]> {
  const { email } = ADMINISTRATOR
  const password = passwordOf(secret, email)
  const known = await auth.findPerson(email)
  const personId = known?.personId ?? (await signUp(auth, { ...ADMINISTRATOR, password }))
  await db.tenant({ tenantId: idFrom('demo', 'nowhere'), personId }, (tx) =>
    addPerson(tx, { id: personId, ...ADMINISTRATOR, locale: 'en' }),
  )
  await platform.run(async (tx) => {
    await addAdministrator(tx, { personId, addedBy: null })
    await seedPlans(tx)
  })
  return { role: 'platform', email, password }
}

const passwordOf = (secret: string, email: string): string =>
  createHmac('sha256', secret).update(`demo password ${email}`).digest('base64url').slice(0, 16)

async function signUpAll({ auth, secret }: SeedDeps, house: DemoHouse): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const { name, email } of house.people) {
    const known = await auth.findPerson(email)
    const personId = known?.personId ?? (await signUp(auth, { name, email, password: passwordOf(secret, email) }))
    ids.set(email, personId)
  }
  return ids
}

async function signUp(auth: Auth, person: { name: string; email: string; password: string }): Promise<string> {
  const { personId } = await auth.signUp(person, CALLER)
  if (personId === undefined) throw new Error(`${person.email} could not be signed up`)
  await auth.sessions.revokeAll(personId)
  return personId
}

/** Makes the tenant and its members, as far as they are missing. */
async function openHouse(
  { db, clock }: SeedDeps,
  house: DemoHouse,
  personIds: ReadonlyMap<string, string>,
): Promise<Acting> {
  const tenantId = idFrom('demo', 'tenant', house.key)
  const owner = house.people[0]!
  const ownerId = personIds.get(owner.email)!
  const acting: Acting = { tenantId, actor: { kind: 'person', id: ownerId } }
  const isNew = await db.tenant({ tenantId, personId: ownerId }, async (tx) => {
    if ((await tx.row(sql`select 1 from tenants where id = ${tenantId}`)) !== undefined) return false
    const { name, locale, timeZone } = house
    const request = {
      tenantId,
      personId: ownerId,
      tenantName: name,
      person: owner,
      locale,
      timeZone,
      nowMs: clock.nowMs(),
    }
    await addWorkspace(tx, request, [])
    return true
  })
  for (const person of house.people) {
    const personId = personIds.get(person.email)!
    await db.tenant({ tenantId, personId }, async (tx) => {
      await addPerson(tx, { id: personId, email: person.email, name: person.name, locale: house.locale })
      const role = await tx.row<{ id: string }>(sql`select id from roles where key = ${person.role}`)
      const joined = await addMember(tx, acting, { personId, roleId: role!.id })
      if (joined || isNew) await setAvailability(tx, acting, { personId, availability: person.availability })
    })
  }
  return acting
}

type ConnectedNumber = { id: string; phoneNumberId: string; businessAccountId: string }

/** The number of the house: the one it has, else a free one of the pool, else none. */
async function numberOf(
  { db, channels }: SeedDeps,
  house: DemoHouse,
  acting: Acting,
): Promise<ConnectedNumber | undefined> {
  const [known] = await db.tenant(acting.tenantId, (tx) => listChannels(tx, { limit: 1 }))
  return known ?? channels.provision(acting, { name: house.channelName })
}
