import { newId } from '#infra/ids.ts'
import { scannedApp, signIn, withApp } from '../attacks/house.ts'
import type { Bench } from '../simulators/support.ts'
import { APP_SECRET, TOKEN } from '../simulators/support.ts'
import { SoftAuthenticator } from '../support/authenticator.ts'
import { ECHO } from '../support/flows.ts'
import { type Browser, type House, ORIGIN, PASSWORD } from './house.ts'

/** One operation that changes something, about to be asked for in a house of its own furniture. */
export type Scene = {
  house: House
  bench: Bench
  owner: Browser
  platform: Browser
  ids: Record<string, string>
  /** The address of the operation with the ids of the furniture in it, and a body as its contract shows it. */
  path: string
  body: unknown
}

/** Readies what the operation needs. @returns how it is asked for: by whom, where, with what; all else is as it was. */
type Ask = { as?: Browser; path?: string; body?: unknown }
type Recipe = (scene: Scene) => Promise<Ask> | Ask

const idOf = async (made: Promise<{ id: string }>) => (await made).id
const secret = async (scene: Scene, email: string, path: string) => {
  await scene.house.background.settled()
  return scene.house.mails.findLast(({ to }) => to === email)!.text.match(new RegExp(`${path}#(\\S+)`))![1]
}
const roleOf = async (owner: Browser, key: string) => {
  const { items } = await owner.json<{ items: { id: string; key: string }[] }>(200, 'GET', '/roles')
  return items.find((role) => role.key === key)!.id
}
const invited = async (scene: Scene) => {
  const email = `guest-${newId()}@house.test`
  await scene.owner.json(201, 'POST', '/invitations', { email, roleId: await roleOf(scene.owner, 'agent') })
  return secret(scene, email, 'invitation')
}

const SIGNING_IN: Record<string, Recipe> = {
  'POST /auth/sign-up': ({ house, body }) => ({
    as: house.browser(),
    body: { ...(body as object), email: `new-${newId()}@house.test`, password: PASSWORD },
  }),
  'POST /auth/sign-in': ({ house, owner }) => ({
    as: house.browser(),
    body: { email: owner.email, password: PASSWORD },
  }),
  'POST /auth/sign-out': async ({ house, owner }) => ({ as: await signIn(house, owner.email) }),
  'POST /auth/password/forgot': ({ house, owner }) => ({ as: house.browser(), body: { email: owner.email } }),
  'POST /auth/password/reset': async (scene) => {
    const person = await scene.house.owner('Forgetful')
    await scene.house.browser().json(202, 'POST', '/auth/password/forgot', { email: person.email })
    const token = await secret(scene, person.email, 'reset-password')
    return { as: scene.house.browser(), body: { token, password: 'an entirely new one' } }
  },
  'POST /auth/password/change': async ({ house }) => ({
    as: await house.owner('Changing'),
    body: { current: PASSWORD, password: 'an entirely new one' },
  }),
  'POST /auth/sessions/end-others': () => ({}),
  'DELETE /auth/sessions/{id}': async ({ house, owner }) => {
    const other = await signIn(house, owner.email)
    const { items } = await other.json<{ items: { id: string; current: boolean }[] }>(200, 'GET', '/auth/sessions')
    return { path: `/auth/sessions/${items.find(({ current }) => current)!.id}` }
  },
  'POST /auth/second-factor': async ({ house }) => {
    const person = await house.owner('With an app')
    const { code } = await withApp(person)
    const waiting = house.browser()
    await waiting.json(200, 'POST', '/auth/sign-in', { email: person.email, password: PASSWORD })
    return { as: waiting, body: { code: code() } }
  },
  'POST /auth/second-factor/passkey-options': async ({ house }) => {
    const { person } = await withPasskey(house)
    const waiting = house.browser()
    await waiting.json(200, 'POST', '/auth/sign-in', { email: person.email, password: PASSWORD })
    return { as: waiting }
  },
  'POST /auth/passkey/options': ({ house }) => ({ as: house.browser() }),
  'POST /auth/passkey': async ({ house }) => {
    const { authenticator } = await withPasskey(house)
    const alone = house.browser()
    const options = await alone.json<{ challenge: string }>(200, 'POST', '/auth/passkey/options')
    return { as: alone, body: authenticator.prove(options) }
  },
  'POST /auth/confirm/options': async ({ house }) => ({ as: (await withPasskey(house)).person }),
  'POST /auth/confirm': () => ({ body: { password: PASSWORD } }),
}

async function withPasskey(house: House) {
  const person = await house.owner('With a passkey')
  const authenticator = new SoftAuthenticator(ORIGIN)
  const options = await person.json<{ challenge: string }>(200, 'POST', '/auth/second-factors/passkeys/options')
  const body = { name: 'Laptop', passkey: authenticator.make(options) }
  const made = await person.json<{ passkey: { id: string } }>(201, 'POST', '/auth/second-factors/passkeys', body)
  return { person, authenticator, id: made.passkey.id }
}

const FACTORS: Record<string, Recipe> = {
  'POST /auth/second-factors/totp': async ({ house }) => ({ as: await house.owner() }),
  'DELETE /auth/second-factors/totp': async ({ house }) => {
    const person = await house.owner()
    await withApp(person)
    return { as: person }
  },
  'POST /auth/second-factors/totp/confirm': async ({ house }) => {
    const person = await house.owner()
    const code = await scannedApp(person)
    return { as: person, body: { code: code() } }
  },
  'POST /auth/second-factors/recovery-codes': async ({ house }) => ({ as: (await withPasskey(house)).person }),
  'POST /auth/second-factors/passkeys/options': async ({ house }) => ({ as: await house.owner() }),
  'POST /auth/second-factors/passkeys': async ({ house }) => {
    const person = await house.owner()
    const options = await person.json<{ challenge: string }>(200, 'POST', '/auth/second-factors/passkeys/options')
    return { as: person, body: { name: 'Laptop', passkey: new SoftAuthenticator(ORIGIN).make(options) } }
  },
  'PATCH /auth/second-factors/passkeys/{id}': async ({ house }) => {
    const { person, id } = await withPasskey(house)
    return { as: person, path: `/auth/second-factors/passkeys/${id}` }
  },
  'DELETE /auth/second-factors/passkeys/{id}': async ({ house }) => {
    const { person, id } = await withPasskey(house)
    return { as: person, path: `/auth/second-factors/passkeys/${id}` }
  },
}

const PEOPLE: Record<string, Recipe> = {
  'PUT /me/tenant': ({ owner }) => ({ body: { tenantId: owner.tenantId } }),
  'PATCH /members/{id}': async ({ house, owner }) => {
    const { personId } = await house.member(owner, 'viewer')
    const { items } = await owner.json<{ items: { id: string; personId: string }[] }>(200, 'GET', '/members?limit=100')
    const path = `/members/${items.find((member) => member.personId === personId)!.id}`
    await owner.json(200, 'PATCH', path, { status: 'disabled' })
    return { path, body: { roleId: await roleOf(owner, 'agent'), status: 'active' } }
  },
  'POST /invitations': ({ ids }) => ({ body: { email: `guest-${newId()}@house.test`, roleId: ids['role'] } }),
  'POST /invitations/open': async (scene) => ({ as: scene.house.browser(), body: { token: await invited(scene) } }),
  'POST /invitations/accept': async (scene) => ({
    as: scene.house.browser(),
    body: { token: await invited(scene), name: 'Guest', password: PASSWORD },
  }),
  'POST /roles': () => ({ body: { key: `desk${Date.now() % 1e6}`, name: 'Desk', permissions: [] } }),
  'DELETE /roles/{id}': async ({ owner }) => {
    const role = { key: 'brief', name: 'Brief', permissions: [] }
    return { path: `/roles/${await idOf(owner.json(201, 'POST', '/roles', role))}`, body: {} }
  },
  'DELETE /translations/{locale}/{key}': async ({ owner }) => {
    await owner.json(200, 'PUT', '/translations/en', { texts: { 'inbox.title': 'Letters' } })
    return {}
  },
}

const lettingIn = { scope: 'read', reason: 'It stands still', hours: 1 }
const aPlan = async (platform: Browser, body: unknown) => {
  const key = `plan${newId().replaceAll('-', '').slice(-12)}`
  await platform.json(201, 'POST', '/platform/plans', { ...(body as object), key })
  return key
}
const PLAN = { name: 'Small', limits: { tags: 5 } }

const PLATFORM: Record<string, Recipe> = {
  'PATCH /platform/tenants/{id}': ({ owner }) => ({
    path: `/platform/tenants/${owner.tenantId}`,
    body: { quotas: { campaigns: 5 } },
  }),
  'POST /platform/tenants/{id}/enter': async ({ house }) => {
    const open = await house.owner('Open')
    await open.json(200, 'PUT', '/support-access', lettingIn)
    return { as: await house.administrator(), path: `/platform/tenants/${open.tenantId}/enter` }
  },
  'POST /platform/leave': async ({ house }) => {
    const [open, inside] = [await house.owner('Open'), await house.administrator()]
    await open.json(200, 'PUT', '/support-access', lettingIn)
    await inside.json(204, 'POST', `/platform/tenants/${open.tenantId}/enter`)
    return { as: inside }
  },
  'POST /platform/plans': ({ body }) => ({ body: { ...(body as object), key: `plan${Date.now()}` } }),
  'PATCH /platform/plans/{key}': async ({ platform }) => ({
    path: `/platform/plans/${await aPlan(platform, PLAN)}`,
    body: { name: 'Smaller' },
  }),
  'POST /platform/plans/{key}/retire': async ({ platform }) => ({
    path: `/platform/plans/${await aPlan(platform, PLAN)}/retire`,
  }),
  'POST /platform/plans/{key}/restore': async ({ platform }) => {
    const key = await aPlan(platform, PLAN)
    await platform.json(200, 'POST', `/platform/plans/${key}/retire`)
    return { path: `/platform/plans/${key}/restore` }
  },
  'POST /platform/parked-items/{tenantId}/{channelId}/{itemId}/retry': async (scene) => ({
    path: `/platform/parked-items/${scene.owner.tenantId}/${scene.ids['channel']}/${await parkedItem(scene)}/retry`,
  }),
  'POST /platform/dead-events/{tenantId}/{reader}/{eventId}/retry': async ({ house, owner }) => {
    const [eventId] = [newId()]
    await house.admin(
      `insert into event_retries (tenant_id, reader, event_id, state, error) values ($1, 'webhooks', $2, 'dead', 'x')`,
      [owner.tenantId, eventId],
    )
    return { path: `/platform/dead-events/${owner.tenantId}/webhooks/${eventId}/retry` }
  },
  'POST /platform/failed-deliveries/{tenantId}/retry': ({ owner }) => ({
    path: `/platform/failed-deliveries/${owner.tenantId}/retry`,
  }),
  'POST /platform/administrators': async ({ house }) => ({ body: { email: (await house.owner()).email } }),
  'DELETE /platform/administrators/{id}': async ({ house }) => ({
    path: `/platform/administrators/${(await house.administrator()).personId}`,
  }),
  'PUT /platform/settings': () => ({ body: { secondFactorRequired: false } }),
  'DELETE /platform/texts/{locale}/{key}': async ({ platform }) => {
    await platform.json(200, 'PUT', '/platform/texts/en', { texts: { 'inbox.title': 'Letters' } })
    return {}
  },
}

async function parkedItem({ house, owner, ids }: Scene): Promise<string> {
  const id = newId()
  await house.admin(
    `insert into inbound_events (id, tenant_id, channel_id, body_id, key, kind, lane, item, state)
     values ($1, $2, $3, $1, $4, 'message', 'l', '{}', 'dead')`,
    [id, owner.tenantId, ids['channel'], id],
  )
  return id
}

const INBOX: Record<string, Recipe> = {
  'POST /conversations/{id}/take-over': () => ({ body: {} }),
  'POST /conversations/{id}/hand-back': async ({ owner, ids }) => {
    await owner.json(200, 'POST', `/conversations/${ids['conversation']}/take-over`, {})
    return { body: {} }
  },
  'POST /conversations/{id}/assign': ({ owner }) => ({ body: { personId: owner.personId } }),
  'POST /conversations/{id}/reopen': async ({ owner, ids }) => {
    await owner.json(200, 'POST', `/conversations/${ids['conversation']}/close`, {})
    return {}
  },
  'POST /conversations/tags': ({ ids }) => ({
    body: { conversationIds: [ids['conversation']], add: [ids['tag']], remove: [] },
  }),
  'POST /conversations/{id}/messages': async ({ house, ids }) => {
    await house.admin(`update conversations set window_expires_at = now() + interval '1 hour' where id = $1`, [
      ids['conversation'],
    ])
    return { body: { content: { kind: 'text', text: 'Hello' }, clientId: newId() } }
  },
}

type Numbered = { phoneNumberId: string; businessAccountId: string }
const credentials = (place: Numbered) => ({ name: 'Real', ...place, accessToken: TOKEN, appSecret: APP_SECRET })

/** The numbers that the provider's stand-in has, and the channels of those that are connected. */
async function numbers({ house, bench }: Scene) {
  const rows = await house.admin<{ id: string; number: string }>('select id, external_id as number from channels')
  const channels = new Map(rows.map(({ id, number }) => [number, id]))
  return [...bench.simulator.sim.world.numbers.values()].map(({ id, wabaId }) => ({
    place: { phoneNumberId: id, businessAccountId: wabaId },
    channelId: channels.get(id),
  }))
}
const freeNumber = async (scene: Scene) =>
  (await numbers(scene)).find(({ channelId }) => channelId === undefined)!.place
const connected = async (scene: Scene): Promise<string> => {
  const known = (await numbers(scene)).find(({ channelId }) => channelId !== undefined)?.channelId
  return known ?? idOf(scene.owner.json(201, 'POST', '/channels', credentials(await freeNumber(scene))))
}

const CHANNELS: Record<string, Recipe> = {
  'POST /channels': async (scene) => ({ body: credentials(await freeNumber(scene)) }),
  'PATCH /channels/{id}': async (scene) => ({ path: `/channels/${await connected(scene)}`, body: { name: 'Renamed' } }),
  'POST /channels/{id}/test': async (scene) => ({ path: `/channels/${await connected(scene)}/test` }),
  'POST /channels/{id}/disconnect': async (scene) => ({ path: `/channels/${await connected(scene)}/disconnect` }),
  'POST /channels/{id}/parked-items/{itemId}/retry': async (scene) => ({
    path: `/channels/${scene.ids['channel']}/parked-items/${await parkedItem(scene)}/retry`,
  }),
}

const suppression = (ids: Scene['ids']) => ({ contactId: ids['contact'], category: null })

const CONTACTS: Record<string, Recipe> = {
  'POST /contacts': ({ body }) => ({ body: { ...(body as object), phone: `+49151${Date.now() % 1e8}` } }),
  'POST /suppressions': ({ ids }) => ({ body: suppression(ids) }),
  'DELETE /suppressions/{id}': async ({ owner, ids }) => ({
    path: `/suppressions/${await idOf(owner.json(201, 'POST', '/suppressions', suppression(ids)))}`,
  }),
  'DELETE /data-requests/{id}': async ({ owner, ids }) => {
    const asked = owner.json<{ id: string }>(202, 'POST', `/contacts/${ids['contact']}/data-requests`, {
      kind: 'export',
    })
    return { path: `/data-requests/${await idOf(asked)}` }
  },
}

/** A flow that can be published. */
const drawn = (owner: Browser) =>
  owner.json<{ id: string; version: number }>(201, 'POST', '/flows', {
    name: 'Echo',
    draft: { ...ECHO, triggers: [{ kind: 'api' }] },
  })
const published = async (owner: Browser, enable: boolean) => {
  const { id, version } = await drawn(owner)
  await owner.json(200, 'POST', `/flows/${id}/publish`, { version, enable })
  return id
}

const FLOWS: Record<string, Recipe> = {
  'POST /flows/{id}/publish': async ({ owner }) => {
    const { id, version } = await drawn(owner)
    return { path: `/flows/${id}/publish`, body: { version } }
  },
  'POST /flows/{id}/enable': async ({ owner }) => ({ path: `/flows/${await published(owner, false)}/enable` }),
  'POST /flows/{id}/disable': async ({ owner }) => ({ path: `/flows/${await published(owner, true)}/disable` }),
  'POST /flows/{id}/runs': async ({ owner, ids }) => ({
    path: `/flows/${await published(owner, true)}/runs`,
    body: { contactId: ids['contact'], channelId: ids['channel'], cause: newId() },
  }),
  'POST /media': () => {
    const form = new FormData()
    form.append('file', new File([new Uint8Array(8)], 'x.png', { type: 'image/png' }))
    return { body: form }
  },
}

const PROGRAMS: Record<string, Recipe> = {
  'POST /api-keys/{id}/revoke': async ({ owner }) => {
    const key = { name: 'Brief', permissions: ['contacts.read'] }
    const made = await owner.json<{ key: { id: string } }>(201, 'POST', '/api-keys', key)
    return { path: `/api-keys/${made.key.id}/revoke` }
  },
  'POST /diagnostics/runs/{id}/cancel': async ({ house }) => {
    const other = await house.owner('Looked at')
    return { as: other, path: `/diagnostics/runs/${await idOf(other.json(202, 'POST', '/diagnostics/runs'))}/cancel` }
  },
}

/** For each operation that needs more than its furniture, an example for its body, and its owner. */
export const RECIPES: Record<string, Recipe> = {
  ...SIGNING_IN,
  ...FACTORS,
  ...PEOPLE,
  ...PLATFORM,
  ...INBOX,
  ...CHANNELS,
  ...CONTACTS,
  ...FLOWS,
  ...PROGRAMS,
}
