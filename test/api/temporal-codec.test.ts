import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultPayloadConverter } from '@temporalio/common'
import { createApp } from '#api/app.ts'
import { createPayloadCodec } from '#temporal/codec.ts'
import { type Browser, cookieOf, openHouse } from './house.ts'

const UI = 'http://ui.test:8233'
const house = await openHouse()
const { settings, keyRing } = house.deps
const deps = {
  ...house.deps,
  settings: { ...settings, publicConfig: { ...settings.publicConfig, temporalUiUrl: `${UI}/` } },
}
const app = createApp(deps, { api: [], root: [] })
const tomorrow = createApp({ ...deps, clock: { nowMs: () => deps.clock.nowMs() + 86_400_000 } }, { api: [], root: [] })

async function sealed(tenantId: string): Promise<object> {
  const codec = createPayloadCodec({ keyRing, namespace: 'test' })
  const context = { type: 'workflow', namespace: 'test', workflowId: `flow/${tenantId}/run` } as const
  const [payload] = await codec.encode([defaultPayloadConverter.toPayload({ name: 'Ada' })!], context)
  const metadata = Object.entries(payload!.metadata ?? {}).map(([key, value]) => [
    key,
    Buffer.from(value).toString('base64'),
  ])
  return { metadata: Object.fromEntries(metadata), data: Buffer.from(payload!.data!).toString('base64') }
}

type Asking = { cookie?: string; origin?: string; at?: typeof app }

const decodeAt = async (path: string, payload: object, { cookie = '', origin = UI, at = app }: Asking = {}) =>
  at.request(`${path}/decode`, {
    method: 'POST',
    headers: { origin, cookie },
    body: JSON.stringify({ payloads: [payload] }),
  })
const decode = (browser: Browser, payload: object, origin = UI) =>
  decodeAt('/api/temporal-codec', payload, { cookie: cookieOf(browser), origin })
/** As the Temporal UI asks from another host: no cookie comes along. */
const decodeBy = (endpoint: string, payload: object, asking: Asking = {}) =>
  decodeAt(new URL(endpoint).pathname, payload, asking)

async function assertOpened(answer: Response): Promise<void> {
  assert.equal(answer.status, 200)
  const { payloads } = (await answer.json()) as { payloads: { data: string }[] }
  assert.equal(Buffer.from(payloads[0]!.data, 'base64').toString(), '{"name":"Ada"}')
}

test('[S66] [R36] the Temporal UI reads payloads of the viewer’s tenant, from its own origin, and it is written down', async () => {
  const [owner, stranger] = [await house.owner(), await house.owner()]
  const [agent, supervisor] = [await house.member(owner, 'agent'), await house.member(owner, 'supervisor')]
  const payload = await sealed(owner.tenantId)
  await assertOpened(await decode(owner, payload))
  assert.equal((await decode(stranger, payload)).status, 403)
  assert.equal((await decode(agent, payload)).status, 403)
  assert.equal((await decode(supervisor, payload)).status, 403)
  assert.equal((await decode(owner, payload, 'http://evil.test')).status, 403)
  assert.equal((await decode(house.browser(), payload)).status, 401)
  const lines = await owner.json<{ items: { action: string }[] }>(200, 'GET', '/audit?subjectType=workflow')
  assert.deepEqual(
    lines.items.map(({ action }) => action),
    ['payloads.refused', 'payloads.refused', 'payloads.refused', 'payloads.decoded'],
  )
})

test('[S66] [R36] an address of one’s own opens to a Temporal UI elsewhere what its person may read, as long as they may', async () => {
  const [owner, stranger] = [await house.owner(), await house.owner()]
  const admin = await house.member(owner, 'admin')
  const agent = await house.member(owner, 'agent')
  const payload = await sealed(owner.tenantId)
  const passOf = (browser: Browser) =>
    browser.json<{ endpoint: string; expiresAt: string }>(201, 'POST', '/decoding-passes')
  const [own, theirs, foreign] = [await passOf(owner), await passOf(admin), await passOf(stranger)]
  assert.equal((await agent.request('POST', '/decoding-passes')).status, 403)

  await assertOpened(await decodeBy(own.endpoint, payload))
  assert.equal((await decodeBy(theirs.endpoint, payload)).status, 200)
  assert.equal((await decodeBy(foreign.endpoint, payload)).status, 403)
  assert.equal((await decodeBy(own.endpoint, payload, { origin: 'http://evil.test' })).status, 403)
  assert.equal((await decodeBy(`${own.endpoint}x`, payload)).status, 401)
  assert.equal((await decodeBy(own.endpoint, payload, { at: tomorrow })).status, 401)

  const members = await owner.json<{ items: { id: string; personId: string }[] }>(200, 'GET', '/members')
  const seat = members.items.find(({ personId }) => personId === admin.personId)!.id
  await owner.json(200, 'PATCH', `/members/${seat}`, { status: 'disabled' })
  assert.equal((await decodeBy(theirs.endpoint, payload)).status, 401)
  assert.equal((await owner.request('POST', '/auth/sign-out')).status, 204)
  assert.equal((await decodeBy(own.endpoint, payload)).status, 401)
})

test('[R36] what the browser asks beforehand is answered for the UI alone, and a refusal can be read there', async () => {
  const ask = (origin: string) => app.request('/api/temporal-codec/decode', { method: 'OPTIONS', headers: { origin } })
  const preflight = await ask(UI)
  assert.equal(preflight.status, 204)
  assert.equal(preflight.headers.get('access-control-allow-origin'), UI)
  assert.equal(preflight.headers.get('access-control-allow-credentials'), 'true')
  assert.equal((await ask('http://evil.test')).headers.get('access-control-allow-origin'), null)
  const refused = await decode(house.browser(), {})
  assert.equal(refused.status, 401)
  assert.equal(refused.headers.get('access-control-allow-origin'), UI)
})
