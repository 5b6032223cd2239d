import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import type { Channel } from '#domain/channels/schema.ts'
import type { Conversation } from '#domain/conversations/schema.ts'
import type { FlowSummary } from '#domain/flows/api.ts'
import type { Me } from '#domain/people/schema.ts'
import { isAlive, until } from '../../scripts/start/process-table.ts'
import { openBrowser } from '../support/browser.ts'
import { startHouse, type TestHouse } from '../support/house.ts'
import { openDesk } from './desk.ts'

const PARTS = ['api', 'dispatcher', 'mail', 'postgres', 'temporal', 'whatsapp', 'worker']
const GONE_WITHIN_MS = 60_000

let house: TestHouse
let browser: Browser
before(async () => {
  house = await startHouse()
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await house?.stop()
})

type List<T> = { items: T[] }
type Person = { role: string; email: string; password: string }

/** Signs in as a script would, and gives the means to ask further. */
async function signIn({ email, password }: Person) {
  const { app, api } = house.endpoints()
  const answer = await fetch(`${api}/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: app },
    body: JSON.stringify({ email, password }),
  })
  assert.equal(answer.status, 200, `${email}: ${await answer.text()}`)
  const cookie = answer.headers.getSetCookie().map((line) => line.split(';')[0]!)
  return async <T>(path: string): Promise<T> => {
    const found = await fetch(`${api}${path}`, { headers: { cookie: cookie.join('; ') } })
    assert.equal(found.status, 200, `${path}: ${await found.clone().text()}`)
    return (await found.json()) as T
  }
}

test('endpoints.json says where everything is, and only its owner can read it', async () => {
  const endpoints = house.endpoints()
  assert.equal(statSync(join(house.dataDir, 'endpoints.json')).mode & 0o777, 0o600)
  const { simulators } = endpoints
  const pages = [endpoints.app, endpoints.openapi, endpoints.temporalUi!, simulators.whatsapp!, simulators.mail!]
  for (const page of [...pages, `${endpoints.api}/health/ready`]) assert.equal((await fetch(page)).status, 200, page)
  assert.match(endpoints.temporalAddress, /^127\.0\.0\.1:\d+$/)
  assert.deepEqual(endpoints.processes.map(({ name }) => name).sort(), PARTS)
  assert.ok(endpoints.processes.every(({ pid }) => isAlive(pid)))
  assert.equal(new Set(endpoints.channels.map(({ tenant }) => tenant)).size, 2, 'two tenants with a number each')
  const { temporalUiUrl, phoneSimulatorUrl, mailSimulatorUrl } = (await (
    await fetch(`${endpoints.api}/config`)
  ).json()) as Record<string, string>
  assert.equal(temporalUiUrl, endpoints.temporalUi)
  for (const [told, where] of [
    [phoneSimulatorUrl!, simulators.whatsapp!],
    [mailSimulatorUrl!, simulators.mail!],
  ] as const) {
    assert.equal(new URL(told).port, new URL(where).port, 'the app links to the simulators where they are')
  }
})

test('what the start prints leads to all of it', () => {
  const { app, simulators, temporalUi, demo } = house.endpoints()
  const printed = house.output()
  const wanted = [app, `${app}/api/docs`, simulators.whatsapp!, simulators.mail!, `${temporalUi}/namespaces/holdfast`]
  for (const text of [...wanted, ...demo.flatMap(({ email, password }) => [email, password])]) {
    assert.ok(printed.includes(text), `${text} is not in\n${printed}`)
  }
})

test('every demo sign-in works, and leads into a tenant that is worth looking at', async () => {
  const { demo, channels } = house.endpoints()
  assert.ok(demo.filter(({ role }) => role !== 'owner').length >= 5)
  const seen = new Map<string, { contacts: boolean; states: Set<string>; flows: number; numbers: string[] }>()
  for (const person of demo) {
    const get = await signIn(person)
    const me = await get<Me>('/me')
    assert.equal(me.person.email, person.email)
    if (person.role === 'platform') {
      assert.deepEqual([me.platform, me.tenant], [true, null], 'whoever runs the installation is in no tenant')
      continue
    }
    assert.equal(me.role?.key, person.role)
    if (person.role !== 'owner') continue
    const conversations = (await get<List<Conversation>>('/conversations?limit=100')).items
    const closed = (await get<List<Conversation>>('/conversations?state=closed')).items
    seen.set(me.tenant!.name, {
      contacts: (await get<List<unknown>>('/contacts?limit=100')).items.length === 100,
      states: new Set([...conversations, ...closed].map(({ state }) => state)),
      flows: (await get<List<FlowSummary>>('/flows')).items.filter((flow) => flow.published !== null).length,
      numbers: (await get<List<Channel>>('/channels')).items.map(({ phoneNumberId }) => phoneNumberId),
    })
  }
  assert.deepEqual([...seen.keys()].sort(), [...new Set(channels.map(({ tenant }) => tenant))].sort())
  for (const { tenant, phoneNumberId } of channels) assert.ok(seen.get(tenant)!.numbers.includes(phoneNumberId))
  const tenants = [...seen.values()]
  assert.ok(tenants.every(({ flows }) => flows >= 3))
  const states = new Set(tenants.flatMap((tenant) => [...tenant.states]))
  assert.deepEqual([...states].sort(), ['assigned', 'bot', 'closed', 'queued', 'snoozed'])
})

test('[SEC-01] a form that is sent before its script has come does not put the password into the address', async () => {
  const page = await openDesk(browser, { javaScriptEnabled: false })
  await page.goto(`${house.endpoints().app}/sign-in`)
  await page.locator('input[name="email"]').fill('grace@example.com')
  await page.locator('input[name="password"]').fill('not for the address')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForLoadState()
  assert.equal(page.url(), `${house.endpoints().app}/sign-in`)
  assert.equal(await page.locator('input[name="email"]').inputValue(), 'grace@example.com', 'what was typed is kept')
  await page.context().close()
})

test('killed with -9, the supervisor takes every part with it', async () => {
  const { processes } = house.endpoints()
  process.kill(house.supervisorPid, 'SIGKILL')
  const gone = await until(() => processes.every(({ pid }) => !isAlive(pid)), GONE_WITHIN_MS)
  assert.ok(gone, `left: ${processes.filter(({ pid }) => isAlive(pid)).map(({ name }) => name)}`)
})

test('the next start mends what is stale and has all the data; the same sign-ins work', async () => {
  const before = house.endpoints()
  house = await startHouse({ dataDir: house.dataDir })
  assert.match(house.output(), /clearing up/)
  assert.deepEqual(house.endpoints().demo, before.demo)
  const get = await signIn(before.demo[0]!)
  assert.ok((await get<List<unknown>>('/conversations?limit=100')).items.length > 0)
})

test('Ctrl-C ends everything in order and keeps the data', async () => {
  const pids = house.endpoints().processes.map(({ pid }) => pid)
  process.kill(house.supervisorPid, 'SIGINT')
  assert.ok(await until(() => !isAlive(house.supervisorPid), GONE_WITHIN_MS), house.output())
  assert.deepEqual(
    pids.filter((pid) => isAlive(pid)),
    [],
  )
  assert.match(house.output(), /Stopped\. The data are kept\./)
  assert.equal(existsSync(join(house.dataDir, 'endpoints.json')), false)
  assert.ok(existsSync(join(house.dataDir, 'postgres')))
})
