import assert from 'node:assert/strict'
import { globSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openBrowser } from '../support/browser.ts'
import { startHouse, type TestHouse } from '../support/house.ts'
import { openDesk } from './desk.ts'
import { HOSTILE_TEXTS, inClear } from './hostile.ts'
import { say } from './phone.ts'

/** Each is written nowhere else, so that whatever file it stands in has got it from the product. */
const CANARIES = {
  password: 'kanari passwort elf boote',
  wrongPassword: 'kanari geraten zwoelf netze',
  email: 'kanari.eigner@quay.example',
  contactEmail: 'kanari.kundin@mail.example',
  contactName: 'Kanarina Federkiel',
  phone: '254799310077',
  customer: '254799310078',
  said: 'kanari sagt guten morgen',
  replied: 'kanari antwortet sofort',
  accessToken: 'EAAkanarizugriffsschluessel0001',
  appSecret: 'kanariappgeheimnis00000000000001',
  fileName: 'kanari-rechnung.txt',
  fileText: 'kanari im anhang',
  malformed: 'kanari in kaputtem text',
  searched: 'kanarisuche',
}
/** What the logs do hold: without it a scan that looks in the wrong place would find nothing as well. */
const CONTROL = 'kontrolle-im-protokoll-0001'

let house: TestHouse
let browser: Browser
let cookies = new Map<string, string>()
const learned: Record<string, string> = {}
const answers: { path: string; text: string }[] = []

before(async () => {
  house = await startHouse({ args: ['--no-demo'], env: { HOLDFAST_LOG_LEVEL: 'debug' } })
  await useEverything()
})
after(async () => {
  await browser?.close()
  await house?.stop({ keepData: true })
  rmSync(house.dataDir, { recursive: true, force: true })
})

type Asked = { body?: unknown; headers?: Record<string, string>; form?: FormData }

async function ask<T>(method: string, path: string, { body, headers = {}, form }: Asked = {}): Promise<T> {
  const { api, app } = house.endpoints()
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const response = await fetch(`${api}${path}`, {
    method,
    headers: {
      origin: app,
      cookie,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(form !== undefined && { body: form }),
  })
  for (const line of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    cookies.set(name, value)
    if (value.length > 20) learned[`cookie ${name}`] = decodeURIComponent(value).split('.')[0]!
  }
  const text = await response.text()
  if (response.status >= 400) answers.push({ path, text })
  return (text.startsWith('{') ? JSON.parse(text) : {}) as T
}

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 60_000
  while (!(await look())) assert.ok(Date.now() < endMs, what)
}

/** The main ways through the product, each with a canary in its hand, the wrong ways among them. */
async function useEverything(): Promise<void> {
  const { email, password } = CANARIES
  const tenant = { name: 'Kanari', email, password, tenantName: 'Quay' }
  await ask('POST', '/auth/sign-up', { body: tenant })
  const session = cookies
  cookies = new Map()
  await ask('POST', '/auth/sign-in', { body: { email, password: CANARIES.wrongPassword } })
  await ask('POST', '/auth/password/forgot', { body: { email } })
  cookies = session
  await ask('POST', '/auth/confirm', { body: { password } })
  learned['totp secret'] = (await ask<{ secret: string }>('POST', '/auth/second-factors/totp')).secret
  const scopes = ['contacts.read', 'contacts.write']
  const key = await ask<{ secret: string }>('POST', '/api-keys', { body: { name: 'CRM', permissions: scopes } })
  learned['API key'] = key.secret
  const bearer = { authorization: `Bearer ${key.secret}` }
  await ask('GET', '/contacts', { headers: bearer })
  await ask('GET', '/flows', { headers: bearer })
  await ask('GET', '/contacts', { headers: { authorization: `Bearer ${key.secret}x` } })
  const hook = { name: 'Desk', url: 'https://hooks.kanari.example/in', events: ['message.received'] }
  const made = await ask<{ secret: string }>('POST', '/webhook-subscriptions', { body: hook })
  learned['webhook secret'] = made.secret
  const number = { name: 'Other', phoneNumberId: '190000000000001', businessAccountId: '190000000000002' }
  const credentials = { accessToken: CANARIES.accessToken, appSecret: CANARIES.appSecret }
  await ask('POST', '/channels', { body: { ...number, ...credentials } })
  const contact = { name: CANARIES.contactName, email: CANARIES.contactEmail, phone: `+${CANARIES.phone}` }
  const { id } = await ask<{ id: string }>('POST', '/contacts', { body: contact })
  await ask('POST', '/contacts', { body: contact })
  await ask('PATCH', `/contacts/${id}`, { body: { ...contact, surprise: CANARIES.malformed } })
  await ask('POST', '/contacts', { body: `{"name":"${CANARIES.malformed}` })
  await ask('GET', `/contacts?q=${CANARIES.searched}`)
  await ask('GET', `/${CANARIES.searched}/unknown?secret=${CANARIES.searched}`)
  await ask('GET', '/config', { headers: { 'x-request-id': CONTROL } })
  const form = new FormData()
  form.set('file', new File([CANARIES.fileText], CANARIES.fileName, { type: 'text/plain' }))
  await ask('POST', '/media', { form })
  await ask('POST', `/contacts/${id}/data-requests`, { body: { kind: 'export' } })
  await talk()
}

async function talk(): Promise<void> {
  const simulator = house.endpoints().simulators.whatsapp!
  const { items } = await ask<{ items: { phoneNumberId: string }[] }>('GET', '/channels')
  const to = items[0]!.phoneNumberId
  await say(simulator, { from: CANARIES.customer, name: CANARIES.contactName, to, text: CANARIES.said })
  let conversationId = ''
  await until('the conversation is there', async () => {
    const page = await ask<{ items: { id: string }[] }>('GET', '/conversations')
    conversationId = page.items[0]?.id ?? ''
    return conversationId !== ''
  })
  const content = { kind: 'text', text: CANARIES.replied }
  await ask('POST', `/conversations/${conversationId}/take-over`, { body: {} })
  await ask('POST', `/conversations/${conversationId}/messages`, { body: { content, clientId: 'kanari-client-0001' } })
  await until('the reply has left', async () => {
    const path = `/conversations/${conversationId}/messages`
    const { items: thread } = await ask<{ items: { content: { text?: string }; state: string }[] }>('GET', path)
    return thread.some((one) => one.content.text === CANARIES.replied && /sent|delivered|read/.test(one.state))
  })
}

/** Every secret of the installation itself, as its own file holds them. */
function secretsOf(value: unknown, path = 'secret'): [string, string][] {
  if (typeof value === 'string') return value.length >= 16 ? [[path, value]] : []
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([name, inner]) => secretsOf(inner, `${path} ${name}`))
}

test('[S32] [S36] five hundred hostile texts, as names and as messages, stay text on every page', async (t) => {
  const { app } = house.endpoints()
  const simulator = house.endpoints().simulators.whatsapp!
  const { items } = await ask<{ items: { phoneNumberId: string }[] }>('GET', '/channels')
  const to = items[0]!.phoneNumberId
  const phones = Array.from({ length: 10 }, (_, index) => String(254_799_320_000 + index))
  for (const [index, from] of phones.entries()) {
    const texts = HOSTILE_TEXTS.filter((_, at) => at % 10 === index)
    const name = texts.find((text) => text.length < 80)!
    await say(simulator, { from, name, to, text: texts.join('\n').slice(0, 4_000) })
  }
  type Rows = { items: { id: string; contact: { name: string } }[] }
  let conversations: Rows['items'] = []
  await until('all conversations are there', async () => {
    const { items: all } = await ask<Rows>('GET', '/conversations?limit=50')
    conversations = all.filter(({ contact }) => contact.name !== CANARIES.contactName)
    return conversations.length === phones.length
  })

  browser = await openBrowser()
  const page = await openDesk(browser)
  const ran: string[] = []
  page.on('dialog', (dialog) => {
    ran.push(dialog.message())
    void dialog.dismiss()
  })
  const own = [...cookies].map(([name, value]) => ({ name, value, url: app }))
  await page.context().addCookies(own)
  for (const { id } of conversations) {
    await page.goto(`${app}/inbox/${id}`)
    const written = page
      .getByRole('log')
      .first()
      .filter({ hasText: /<script>alert\(1\)<\/script>|onerror=/ })
    await written.waitFor()
  }
  for (const path of ['/contacts', '/audit', '/settings/numbers']) await page.goto(`${app}${path}`)
  const query = encodeURIComponent(`</script><script>alert(736)</script>`)
  const named = `/inbox?${query}=1`
  for (const path of [`/inbox?q=${query}`, named, `/contacts?q=${query}`, `/sign-in?next=${query}`, `/${query}`]) {
    const html = await (await page.request.get(`${app}${path}`)).text()
    assert.ok(!html.includes('<script>alert(736)'), path)
    await page.goto(`${app}${path}`)
  }
  assert.equal(ran.length, 0, ran.join())
  // The same texts as a page of somebody who shows them as they come: they would have run.
  const careless = await browser.newPage()
  careless.on('dialog', (dialog) => {
    ran.push(dialog.message())
    void dialog.dismiss()
  })
  await careless.setContent(HOSTILE_TEXTS.join('\n'))
  await careless.waitForFunction(() => document.readyState === 'complete')
  t.diagnostic(`${HOSTILE_TEXTS.length} texts, ${ran.length} of which run where nobody takes care`)
  assert.ok(HOSTILE_TEXTS.length >= 500 && ran.length > 20, String(ran.length))
})

test('[S68] after a day of work no secret, number or word of anybody is in a log, an error, a figure or Temporal', async () => {
  const log = JSON.stringify(await ask('GET', '/request-log?limit=200'))
  const tenantId = (await ask<{ tenant: { id: string } }>('GET', '/me')).tenant.id
  assert.ok(
    Object.values(learned).every((word) => word?.length > 10),
    Object.keys(learned).join(),
  )
  const secrets = secretsOf(JSON.parse(readFileSync(join(house.dataDir, 'secrets.json'), 'utf8')))
  assert.ok(secrets.length >= 6)
  const words = { ...CANARIES, ...learned, ...Object.fromEntries(secrets) }
  const found = inClear(words, [['the request log', Buffer.from(log)]])
  // An error may name the field, never what was in it; what was asked for is in the path, which only the caller sees.
  const bodies = answers.map(({ path, text }): [string, Buffer] => [`the answer to ${path}`, Buffer.from(text)])
  assert.ok(bodies.length >= 8)
  found.push(...inClear(words, bodies))

  await house.stop({ keepData: true })
  const files = globSync(['logs/**', 'temporal/**', 'media/**', '*.jsonl'], { cwd: house.dataDir, withFileTypes: true })
  const contents = files
    .filter((entry) => entry.isFile())
    .map((entry): [string, Buffer] => [entry.name, readFileSync(join(entry.parentPath, entry.name))])
  contents.push(['what the start printed', Buffer.from(house.output())])
  found.push(...inClear(words, contents))
  assert.deepEqual(found, [])
  const seen = inClear({ control: CONTROL, tenant: tenantId }, contents)
  assert.ok(seen.includes('control in api.log'), seen.join('; '))
  assert.ok(
    seen.some((line) => /^tenant in temporal\.db/.test(line)),
    seen.join('; '),
  )
})
