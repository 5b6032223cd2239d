import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { Channel } from '#domain/channels/schema.ts'
import type { FlowSummary } from '#domain/flows/api.ts'
import type { Me } from '#domain/people/schema.ts'
import { until } from '../../scripts/start/process-table.ts'
import { openBrowser } from '../support/browser.ts'
import { startHouse, type TestHouse } from '../support/house.ts'
import { barriersOf } from './axe.ts'
import { command, fillByKeyboard, letTemporalDecode, openDesk, pressesOf, seenAt, tabTo } from './desk.ts'
import { englishOn } from './languages.ts'
import { openPhone, type Phone, say } from './phone.ts'

const OWNER = { name: 'Grace Wanjiru', email: 'grace@quay.example', password: 'a harbour full of boats' }
const AGENT = { name: 'Brian Kiptoo', email: 'brian@quay.example', password: 'tea before the rain' }
const CUSTOMER = { number: '12025550188', name: 'Noor Haddad' }
const ROW = '[data-conversation]'

let house: TestHouse
let browser: Browser
let owner: Page
let agent: Page
let phone: Phone
let phoneNumberId = ''
let simulator = ''

before(async () => {
  house = await startHouse({ args: ['--no-demo'] })
  simulator = house.endpoints().simulators.whatsapp!
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await house?.stop()
})

const app = (path: string) => `${house.endpoints().app}${path}`
const api = async <T>(page: Page, path: string): Promise<T> => {
  const answer = await page.request.get(`${house.endpoints().api}${path}`)
  assert.equal(answer.status(), 200, await answer.text())
  return (await answer.json()) as T
}
type List<T> = { items: T[] }
const thread = (page: Page) => page.getByRole('log', { name: `Conversation with ${CUSTOMER.name}` })
const row = (page: Page, name = CUSTOMER.name) => page.locator(ROW).filter({ hasText: name })
/** What bars people from any page that was visited; judged at the end, so that one page does not hide the next. */
const barriers: string[] = []
const lookForBarriers = async (page: Page) => void barriers.push(...(await barriersOf(page)))

test('[SEC-04] [PERF-11] who signs up has a complete workspace within 30 seconds', async (t) => {
  owner = await openDesk(browser)
  await owner.goto(app('/sign-up'))
  await owner.getByRole('button', { name: 'Create account' }).waitFor()
  await lookForBarriers(owner)
  const began = performance.now()
  await fillByKeyboard(owner, {
    'Your name': OWNER.name,
    Company: 'Quay Supplies',
    'Work e-mail': OWNER.email,
    Password: OWNER.password,
  })
  await owner.waitForURL(/\/inbox$/)
  const me = await api<Me>(owner, '/me')
  assert.equal(me.tenant?.name, 'Quay Supplies')
  assert.equal(me.role?.key, 'owner')
  const roles = await api<List<{ key: string }>>(owner, '/roles')
  assert.deepEqual(
    ['owner', 'admin', 'supervisor', 'agent', 'viewer'].filter((key) => !roles.items.some((role) => role.key === key)),
    [],
  )
  assert.ok((await api<List<unknown>>(owner, '/calendars')).items.length > 0, 'business hours')
  const flows = (await api<List<FlowSummary>>(owner, '/flows')).items
  assert.ok(
    flows.some((flow) => flow.enabled && flow.published !== null),
    'a flow that answers the first "hi"',
  )
  // The number is connected beside the answer to the sign-up: a provider may take its time.
  const isConnected = async () => {
    const [first] = (await api<List<Channel>>(owner, '/channels')).items
    phoneNumberId = first?.phoneNumberId ?? ''
    return first?.status === 'connected'
  }
  assert.ok(await until(isConnected, 30_000), 'a number that is connected')
  const tookMs = performance.now() - began
  t.diagnostic(`complete ${(tookMs / 1_000).toFixed(1)} s after the first key`)
  assert.ok(tookMs < 30_000, `${tookMs} ms`)
})

test('an empty inbox says what it is for, and leads to the phone that writes to this number', async () => {
  const link = owner.getByRole('link', { name: /phone simulator/ })
  await owner.locator(`a[href="${simulator}/?to=${phoneNumberId}"]`).waitFor()
  await tabTo(owner, link)
  const [page] = await Promise.all([owner.context().waitForEvent('page'), owner.keyboard.press('Enter')])
  await page.getByRole('heading', { name: 'Quay Supplies' }).waitFor()
  await page.close()
  await lookForBarriers(owner)
})

test('[SEC-02] a colleague comes by the link in the mail, and is an agent', async () => {
  const roles = await api<List<{ id: string; key: string }>>(owner, '/roles')
  const roleId = roles.items.find(({ key }) => key === 'agent')!.id
  const invited = await owner.request.post(`${house.endpoints().api}/invitations`, {
    data: { email: AGENT.email, roleId },
    headers: { origin: house.endpoints().app },
  })
  assert.equal(invited.status(), 201, await invited.text())
  const mail = house.endpoints().simulators.mail!
  const [letter] = await messagesTo(mail, AGENT.email)
  const full = (await (await fetch(`${mail}/api/messages/${letter!.id}`)).json()) as { links: string[] }
  const link = full.links.find((url) => url.includes('/invitation'))
  assert.ok(link, `no invitation in ${full.links}`)

  agent = await openDesk(browser)
  await agent.goto(link)
  await agent.getByRole('button', { name: 'Join' }).waitFor()
  await lookForBarriers(agent)
  await fillByKeyboard(agent, { 'Your name': AGENT.name, Password: AGENT.password })
  await agent.waitForURL(/\/inbox$/)
  assert.equal((await api<Me>(agent, '/me')).role?.key, 'agent')
})

async function messagesTo(mail: string, to: string): Promise<{ id: string }[]> {
  const answer = await fetch(`${mail}/api/messages?to=${encodeURIComponent(to)}&wait=20000`)
  const found = (await answer.json()) as { messages: { id: string }[] }
  return found.messages
}

/** Half of them were quicker: one pause of a busy machine does not judge the house. */
const median = (tookMs: readonly number[]): number => tookMs.toSorted((a, b) => a - b)[Math.floor(tookMs.length / 2)]!

test('by keyboard alone a customer writes "hi" on the phone page, and the welcome menu serves', async () => {
  phone = await openPhone(browser, { simulator, ...CUSTOMER, phoneNumberId })
  await phone.write('hi')
  await phone.log.getByText(/Welcome to Quay Supplies\. How can we help you/).waitFor()
  await phone.choose(/Opening hours/)
  await phone.log.getByText(/We are open Monday to Friday/).waitFor()
  await phone.press('Yes, please')
  await phone.log
    .getByText(/How can we help you/)
    .nth(1)
    .waitFor()
})

test('on the canvas of the flow stands how many people are at which node', async () => {
  const flows = (await api<List<FlowSummary>>(owner, '/flows')).items
  const menu = flows.find((flow) => flow.enabled && flow.published !== null)!
  await owner.goto(app(`/flows/${menu.id}`))
  const canvas = owner.getByRole('main')
  const node = (id: string) => canvas.locator(`.svelte-flow__node[data-id="${id}"]`)
  await node('menu').getByText('1 person stands here now', { exact: true }).waitFor({ state: 'attached' })
  assert.match(await node('menu').innerText(), /(^|\n)1(\n|$)/)
  assert.equal(await canvas.getByText(/stands? here now/).count(), 1, 'and nobody elsewhere')
  await lookForBarriers(owner)
})

test('[PERF-10] [INB-01] an agent sees a message within one second of its arrival, without reloading', async (t) => {
  await row(agent).waitFor()
  await agent.evaluate(() => Object.assign(globalThis, { neverReloaded: true }))
  const tookMs: number[] = []
  for (let nth = 0; nth < 7; nth += 1) {
    const name = `Customer ${'ABCDEFG'[nth]}`
    const shown = seenAt(agent, ROW, name)
    const sentAtMs = Date.now()
    await say(simulator, { from: `1202555020${nth}`, name, to: phoneNumberId, text: 'Is anybody there?' })
    tookMs.push((await shown) - sentAtMs)
  }
  t.diagnostic(`from the customer's phone to the agent's list, in ms: ${tookMs.join(', ')}`)
  assert.ok(median(tookMs) <= 1_000, `${tookMs}`)
  assert.ok(await agent.evaluate(() => 'neverReloaded' in globalThis), 'the page was never loaded again')
})

test('who asks for a person waits in the queue, seen at once', async () => {
  await phone.choose(/Talk to a person/)
  await phone.log.getByText('I am calling a colleague. You will hear from us soon.').waitFor()
  await row(agent).getByText('Waits in the queue', { exact: true }).waitFor({ state: 'attached' })
  await lookForBarriers(agent)
})

test('by keyboard alone the agent finds the conversation, takes it over and answers; the customer reads it', async () => {
  await command(agent, CUSTOMER.name, new RegExp(CUSTOMER.name))
  await thread(agent).getByText('I am calling a colleague. You will hear from us soon.').waitFor()
  await lookForBarriers(agent)
  await agent.keyboard.press('Alt+t')
  await agent.getByText('You have it').waitFor()
  // The customer has just written: of the 24 hours in which WhatsApp lets one answer freely, minutes are gone at most.
  const open = agent.getByRole('region', { name: `Conversation with ${CUSTOMER.name}` })
  await open.getByText(/\b(24h|23h [45]\dm) left\b/).waitFor()
  await agent.keyboard.press('r')
  await agent.keyboard.type('Hello Noor, this is Brian. What can I do for you?')
  await agent.keyboard.press('Control+Enter')
  await phone.log.getByText('Hello Noor, this is Brian. What can I do for you?').waitFor()
  await tick(agent, 'Hello Noor, this is Brian', 'Read').waitFor()
})

test('[INB-01] in the open thread the customer is heard within one second', async (t) => {
  const tookMs: number[] = []
  for (const text of ['Do you have rope?', 'Twelve millimetres', 'Fifty metres', 'In blue', 'And how much is it?']) {
    const shown = seenAt(agent, '[role="log"] [data-message]', text)
    const sentAtMs = Date.now()
    await say(simulator, { from: CUSTOMER.number, name: CUSTOMER.name, to: phoneNumberId, text })
    tookMs.push((await shown) - sentAtMs)
  }
  t.diagnostic(`from the customer's phone into the open thread, in ms: ${tookMs.join(', ')}`)
  assert.ok(median(tookMs) <= 1_000, `${tookMs}`)
})

test('the run behind a bubble opens on our page, and from there in the Temporal UI', async () => {
  await tabTo(agent, thread(agent))
  const bubble = thread(agent).locator('[data-message]').filter({ hasText: 'I am calling a colleague' })
  await tabTo(agent, bubble.getByRole('link', { name: 'Open the run behind this message' }), 'Shift+Tab')
  await agent.keyboard.press('Enter')
  await agent.waitForURL(/\/runs\//)
  await agent.getByRole('heading', { level: 1, name: new RegExp(CUSTOMER.name) }).waitFor()
  await agent.getByText('Call people').first().waitFor()
  await lookForBarriers(agent)

  const link = agent.getByRole('link', { name: 'Open in Temporal' })
  await tabTo(agent, link)
  const [opened] = await Promise.all([agent.context().waitForEvent('page'), agent.keyboard.press('Enter')])
  const workflowId = decodeURIComponent(new URL(opened.url()).pathname.split('/workflows/')[1]!.split('/')[0]!)
  assert.match(workflowId, /^flow\//)
  await opened.getByText(workflowId).first().waitFor()
  await opened.getByText('Completed').first().waitFor()
  await opened.close()
})

/** The last run of the customer at the phone; others have written since. */
async function runOfCustomer(): Promise<{ id: string; workflowId: string; conversationId: string }> {
  type Run = { id: string; workflowId: string; conversationId: string; contact: { name: string } }
  const { items } = await api<List<Run>>(owner, '/runs')
  return items.find(({ contact }) => contact.name === CUSTOMER.name)!
}

test('an engineer reads the run in the Temporal UI: sealed for strangers, open for who may read it', async () => {
  const theirs = await runOfCustomer()
  const { app: place, temporalUi } = house.endpoints()
  const page = await owner.context().newPage()
  const href = `${temporalUi}/namespaces/holdfast/workflows/${encodeURIComponent(theirs.workflowId)}`
  await page.goto(href)
  await page.getByText('Event History', { exact: true }).waitFor()
  assert.equal(await page.getByText('"tenantId"').count(), 0, 'without asking the app nothing is readable')
  await letTemporalDecode(page, { temporalUi: temporalUi!, endpoint: `${place}/api/temporal-codec`, byCookie: true })
  await page.goto(href)
  await page.getByText('"tenantId"').first().waitFor()
  await page.getByText('Message of the flow').first().waitFor()
  const run = await backFromTemporal(page, 'Open the run')
  await run.waitForURL(app(`/runs/${theirs.id}`))
  await run.getByRole('heading', { level: 1, name: new RegExp(CUSTOMER.name) }).waitFor()
  await page.close()

  const hint = run.getByRole('button', { name: 'How to read the contents there' })
  await hint.click()
  await run.getByText(`${place}/api/temporal-codec`, { exact: true }).waitFor()
  await lookForBarriers(run)
  await run.close()
})

test('in a browser that has no cookie of ours the Temporal UI opens the run by an address of the engineer’s own', async () => {
  const theirs = await runOfCustomer()
  const { app: place, temporalUi } = house.endpoints()
  const made = await owner.context().request.post(`${place}/api/v1/decoding-passes`, { headers: { origin: place } })
  const { endpoint } = (await made.json()) as { endpoint: string }
  const elsewhere = await browser.newContext()
  const page = await elsewhere.newPage()
  await letTemporalDecode(page, { temporalUi: temporalUi!, endpoint, byCookie: false })
  await page.goto(`${temporalUi}/namespaces/holdfast/workflows/${encodeURIComponent(theirs.workflowId)}`)
  await page.getByText('"tenantId"').first().waitFor()
  await elsewhere.close()
})

test('what people write in a conversation has its workflow too: there and back', async () => {
  const theirs = await runOfCustomer()
  const path = `/inbox/${theirs.conversationId}`
  const desk = await owner.context().newPage()
  await desk.goto(app(path))
  const link = desk.getByRole('complementary', { name: 'Contact' }).getByRole('link', { name: 'Open in Temporal' })
  const [page] = await Promise.all([owner.context().waitForEvent('page'), link.click()])
  await page.getByText(`/${theirs.conversationId}`).first().waitFor()
  const conversation = await backFromTemporal(page, 'Open in the inbox')
  await conversation.waitForURL(app(path))
  await thread(conversation).waitFor()
  for (const one of [conversation, page, desk]) await one.close()
})

/** Follows the link that stands in the details of a workflow in the Temporal UI. */
async function backFromTemporal(page: Page, name: string): Promise<Page> {
  await page.getByText('User Metadata', { exact: true }).first().click()
  const details = page.locator('iframe[title="output"]').nth(1).contentFrame()
  const link = details.getByRole('link', { name })
  const [opened] = await Promise.all([page.context().waitForEvent('page'), link.click()])
  return opened
}

test('handed back, the bot answers again; closed, the conversation leaves the list', async () => {
  await agent.goBack()
  await agent.getByText('You have it').waitFor()
  await agent.keyboard.press('Alt+b')
  await agent.getByText('The bot has it', { exact: true }).last().waitFor()
  await phone.write('hello again')
  await phone.log
    .getByText(/How can we help you/)
    .nth(2)
    .waitFor()
  await agent.getByText('Welcome menu is talking').waitFor()
  await agent.keyboard.press('Alt+e')
  await agent.getByText('This conversation is closed.').waitFor()
  await row(agent).waitFor({ state: 'detached' })
  assert.equal(await pressesOf(agent), 0, 'no mouse was used')
  assert.equal(await pressesOf(phone.page), 0, 'nor a finger on the phone')
})

const tick = (page: Page, text: string, state: string) =>
  thread(page).locator('[data-message]').filter({ hasText: text }).getByRole('img', { name: state })

test('every page is there for its owner, and says what it is', async () => {
  const contacts = (await api<List<{ id: string }>>(owner, '/contacts')).items
  const flows = (await api<List<FlowSummary>>(owner, '/flows')).items
  const channels = (await api<List<Channel>>(owner, '/channels')).items
  const settings = ['profile', 'appearance', 'members', 'roles', 'channels', 'translations', 'audit']
  const paths = [
    ...['/inbox?view=closed', '/contacts', `/contacts/${contacts[0]!.id}`, '/flows', `/flows/${flows[0]!.id}`, '/runs'],
    ...settings.map((place) => `/settings/${place}`),
    `/settings/channels/${channels[0]!.id}`,
  ]
  for (const path of paths) {
    await owner.goto(app(path))
    await owner.locator('main h1').first().waitFor()
    await owner.waitForFunction(() => document.querySelector('main .skeleton') === null)
    assert.equal(await owner.getByRole('alert').filter({ hasText: /./ }).count(), 0, `${path} shows a failure`)
    assert.match(await owner.title(), /. · Holdfast$/, path)
    await lookForBarriers(owner)
  }
})

test('in Arabic the house is mirrored, and nothing of it stays English', async () => {
  const before = (await agent.getByRole('navigation').boundingBox())!
  assert.ok(before.x < 100)
  await command(agent, 'Language', /العربية/)
  await agent.locator('html[dir="rtl"][lang="ar"]').waitFor()
  const mirrored = (await agent.getByRole('navigation').boundingBox())!
  assert.ok(mirrored.x > 1_000, 'the rail is on the right')
  await lookForBarriers(agent)
  const left: Record<string, string[]> = { thread: await englishOn(agent, 'ar') }
  await agent.keyboard.press('Control+k')
  await agent.getByRole('dialog').getByRole('option').first().waitFor()
  left['command bar'] = await englishOn(agent, 'ar')
  await agent.keyboard.press('Escape')
  for (const path of ['/inbox', '/contacts', '/flows', '/runs', '/settings/profile', '/settings/appearance']) {
    await agent.goto(app(path))
    await agent.locator('main h1').first().waitFor()
    await agent.waitForFunction(() => document.querySelector('main .skeleton') === null)
    left[path] = await englishOn(agent, 'ar')
  }
  await lookForBarriers(agent)
  assert.deepEqual(
    Object.entries(left).filter(([, texts]) => texts.length > 0),
    [],
  )
  await command(agent, 'English', /English/)
  await agent.locator('html[dir="ltr"][lang="en"]').waitFor()
})

test('on a narrow screen there is one pane at a time, and a way back', async () => {
  const storageState = await owner.context().storageState()
  const small = await openDesk(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, storageState })
  const fits = () => small.evaluate(() => document.documentElement.scrollWidth <= innerWidth)
  await small.goto(app('/inbox'))
  const list = small.getByRole('region', { name: 'Conversations' })
  const open = small.getByRole('region', { name: 'Conversation with Customer A' })
  await row(small, 'Customer A').waitFor()
  assert.ok(await fits(), 'the list')
  await lookForBarriers(small)
  await row(small, 'Customer A').tap()
  await open.waitFor()
  await list.waitFor({ state: 'hidden' })
  await open.getByText('Is anybody there?').waitFor()
  assert.ok(await fits(), 'the thread')
  await lookForBarriers(small)
  await open.getByRole('button', { name: 'Show or hide the contact' }).tap()
  await small.getByRole('dialog').getByText('+12025550200').waitFor()
  assert.ok(await fits(), 'the contact')
  await lookForBarriers(small)
  await small.keyboard.press('Escape')
  await small.getByRole('dialog').waitFor({ state: 'detached' })
  await open.getByRole('button', { name: 'Back to the list' }).tap()
  await list.waitFor()
  await open.waitFor({ state: 'hidden' })
  await small.goBack()
  await open.waitFor()
  await small.context().close()
})

test('no page that was visited bars anybody: axe finds nothing serious, in light and in dark', () => {
  assert.deepEqual(barriers, [])
})
