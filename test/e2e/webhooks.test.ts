import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import type { Channel } from '#domain/channels/schema.ts'
import { openBrowser } from '../support/browser.ts'
import { startHouse, type TestHouse } from '../support/house.ts'
import { openReceiver, verifyStandard } from '../support/webhooks.ts'
import { barriersOf } from './axe.ts'
import { fillByKeyboard, openDesk, PATIENCE_MS, pressesOf } from './desk.ts'
import { say } from './phone.ts'

const OWNER = { name: 'Nia Were', email: 'nia@hooks.example', password: 'a lantern on the pier' }

let refusing = false
const receiver = await openReceiver(() =>
  refusing ? { status: 422, body: '{"error":"no such order"}' } : { status: 200, body: '{"ok":true}' },
)
let house: TestHouse
let browser: Browser
let owner: Page
let secret = ''
const barriers: string[] = []
const lookForBarriers = async () => void barriers.push(...(await barriersOf(owner)))

before(async () => {
  house = await startHouse({ args: ['--no-demo'], env: { HOLDFAST_ALLOWED_ORIGINS: receiver.origin } })
  browser = await openBrowser()
  owner = await openDesk(browser)
  await owner.goto(`${house.endpoints().app}/sign-up`)
  await fillByKeyboard(owner, {
    'Your name': OWNER.name,
    Company: 'Hooks and Lines',
    'Work e-mail': OWNER.email,
    Password: OWNER.password,
  })
  await owner.waitForURL(/\/inbox$/)
})
after(async () => {
  await browser?.close()
  await house?.stop()
  await receiver.close()
})

const press = (where: Page | Locator, name: string | RegExp) =>
  where.getByRole('button', { name, exact: typeof name === 'string' }).press('Enter')
const tab = (name: string) => owner.getByRole('radio', { name }).press('Space')
const rows = () => owner.locator('tbody tr')
const heading = (name: string) => owner.getByRole('heading', { name, level: 1 }).waitFor()
const got = (type: string, path = '/till') =>
  receiver.received.filter((one) => one.path === path && (JSON.parse(one.body) as { type: string }).type === type)

async function arrives(what: string, look: () => boolean): Promise<void> {
  const untilMs = Date.now() + PATIENCE_MS
  while (!look()) {
    assert.ok(Date.now() < untilMs, `never arrived: ${what}`)
    await owner.evaluate(() => new Promise(requestAnimationFrame))
  }
}

/** Asks for a ping and waits until it is there. @returns what came since. */
async function ping(): Promise<typeof receiver.received> {
  const before = receiver.received.length
  await press(owner, 'Ping')
  await owner.getByText('A ping is on its way').waitFor()
  const since = () => receiver.received.slice(before)
  await arrives('the ping', () => since().length > 0)
  return since()
}

async function customerSays(text: string): Promise<void> {
  const { api, simulators } = house.endpoints()
  const { items } = (await (await owner.request.get(`${api}/channels`)).json()) as { items: Channel[] }
  const message = { from: '12025550144', name: 'Tariq Aziz', to: items[0]!.phoneNumberId, text }
  await say(simulators.whatsapp!, message)
}

test('[INT-29] a webhook is made by keyboard, after the form has said what is missing; its secret is shown once', async () => {
  await owner.goto(`${house.endpoints().app}/settings/webhooks`)
  await owner.getByText('Nobody is told yet').waitFor()
  await lookForBarriers()
  await owner.getByRole('link', { name: 'New webhook' }).first().press('Enter')
  await heading('New webhook')
  await press(owner, 'Create webhook')
  await owner.getByText('Choose at least one event.').waitFor()
  await lookForBarriers()
  await owner.getByLabel('Name').fill('Till')
  await owner.getByLabel('Address').fill('http://10.0.0.1/inside')
  for (const type of ['message.received', 'conversation.closed']) {
    await owner.getByRole('checkbox', { name: type, exact: true }).press('Space')
  }
  await press(owner, 'Create webhook')
  await owner.getByText('We do not call this address').waitFor()
  await owner.getByLabel('Address').fill(`${receiver.origin}/till`)
  await press(owner, 'Create webhook')
  const shown = owner.getByRole('dialog', { name: 'Copy the secret now' })
  secret = await shown.locator('code').innerText()
  assert.match(secret, /^whsec_/)
  await lookForBarriers()
  await press(shown, 'I have it')
  await heading('Till')
  assert.ok(!(await owner.content()).includes(secret), 'what was shown is gone from the page')
})

test('[INT-21] a ping and a sample of an event arrive, signed with that secret, and are in the log', async () => {
  const pings = await ping()
  for (const one of pings) assert.ok(verifyStandard(secret, one, Date.now()))
  await rows().filter({ hasText: 'Arrived' }).first().waitFor()
  await tab('Test')
  await owner.getByText('What will be sent').waitFor()
  await lookForBarriers()
  await press(owner, 'Send sample')
  await rows().filter({ hasText: 'sample' }).filter({ hasText: 'Arrived' }).waitFor()
  const [sample] = got('conversation.closed')
  assert.ok(verifyStandard(secret, sample!, Date.now()))
})

test('[INT-20] what a customer writes is told outside, and its delivery shows request and answer', async () => {
  await customerSays('Is my order there?')
  await arrives('the message', () => got('message.received').length === 1)
  const [told] = got('message.received')
  assert.ok(verifyStandard(secret, told!, Date.now()))
  await owner.reload()
  await rows().filter({ hasText: 'message.received' }).getByRole('link').press('Enter')
  await heading('message.received')
  const attempts = owner.getByRole('listitem').filter({ hasText: 'Attempt 1' })
  await attempts.getByText(`POST ${receiver.origin}/till`).waitFor()
  await attempts.getByText('{"ok":true}').waitFor()
  await attempts.getByText('webhook-signature').waitFor()
  await owner.getByText(told!.id).first().waitFor()
  await lookForBarriers()
})

test('[INT-20] an edited body goes out under an id of its own, and what was refused is delivered again under its own', async () => {
  refusing = true
  await press(owner, 'Edit and send')
  const editing = owner.getByRole('dialog', { name: 'Send an edited body' })
  const body = editing.getByLabel('Body (JSON)')
  await body.fill('{ "type": ')
  await editing.getByText('This is not JSON.').waitFor()
  await lookForBarriers()
  await body.fill('{ "type": "order.asked", "order": 7 }')
  await press(editing, 'Edit and send')
  await owner.getByText('The receiver refused it. A client error is final.').waitFor()
  const [refused] = got('order.asked')
  assert.notEqual(refused!.id, got('message.received')[0]!.id)
  await owner.getByText('{"error":"no such order"}').waitFor()
  refusing = false
  await press(owner, 'Deliver again')
  await owner.getByRole('listitem').filter({ hasText: 'Attempt 2' }).waitFor()
  await owner.getByText('Given up').waitFor({ state: 'detached' })
  assert.deepEqual(
    got('order.asked').map(({ id }) => id),
    [refused!.id, refused!.id],
  )
})

test('a new secret and the one before it both sign, and its dialog outlives the news of the change', async () => {
  await owner.getByRole('link', { name: 'Back' }).press('Enter')
  await heading('Till')
  await tab('Settings')
  await press(owner, 'New secret')
  await press(owner.getByRole('dialog', { name: 'Make a new secret?' }), 'New secret')
  const shown = owner.getByRole('dialog', { name: 'Copy the secret now' })
  const renewed = await shown.locator('code').innerText()
  assert.notEqual(renewed, secret)
  // The page behind it has heard of the change by now.
  await owner.getByText('The secret before it signs as well until').waitFor()
  await press(shown, 'I have it')
  await lookForBarriers()
  const [signed] = await ping()
  for (const one of [secret, renewed]) assert.ok(verifyStandard(one, signed!, Date.now()))
})

/** Another address that is told as well: what it has heard of has passed everybody who listens. */
async function callWitness(): Promise<void> {
  const { api, app } = house.endpoints()
  const answer = await owner.request.post(`${api}/webhook-subscriptions`, {
    headers: { Origin: app },
    data: { name: 'Witness', url: `${receiver.origin}/witness`, events: ['message.received'] },
  })
  assert.equal(answer.status(), 201)
}

test('[INT-20] what happened while it was off is delivered since an instant, once somebody asks for it', async () => {
  await tab('Settings')
  await press(owner, 'Switch off')
  await press(owner.getByRole('dialog', { name: 'Switch Till off?' }), 'Switch off')
  await owner.getByText('Somebody switched it off. Nothing is sent.').waitFor()
  const before = got('message.received').length
  await callWitness()
  await customerSays('Hello?')
  await arrives('what was said, at the witness', () => got('message.received', '/witness').length === 1)
  await press(owner, 'Switch on')
  await press(owner, 'Deliver again since…')
  const dialog = owner.getByRole('dialog', { name: 'Deliver again' })
  await lookForBarriers()
  await press(dialog, 'Deliver again')
  await owner.getByText(/^\d+ deliver(y goes|ies go) out again$/).waitFor()
  await arrives('what was said meanwhile', () => got('message.received').length === before + 1)
})

test('[INT-22] success rate and answer time stand above the log, and the log is narrowed by its address', async () => {
  await owner.reload()
  await heading('Till')
  await tab('Deliveries')
  const figures = owner.getByRole('region', { name: 'Last 24 hours' })
  const shown = await figures.innerText()
  const arrived = /Arrived\n(\d+)/.exec(shown)?.[1]
  assert.ok(Number(arrived) > 50 && Number(arrived) < 100, `one of the attempts was refused: ${shown}`)
  assert.match(shown, /Answer time\n\d+ ms/)
  await figures.getByRole('listitem').first().waitFor()
  await press(owner, 'Given up')
  await owner.waitForURL(/state=failed/)
  await owner.getByText('Nothing was sent yet').waitFor()
  await press(owner, 'All')
  await rows().first().waitFor()
  await lookForBarriers()
})

test('no page of these bars anybody, is wider than a phone, or was pressed with a mouse', async () => {
  assert.equal(await pressesOf(owner), 0)
  await owner.setViewportSize({ width: 390, height: 844 })
  await owner.reload()
  await rows().first().waitFor()
  assert.ok((await owner.evaluate(() => document.documentElement.scrollWidth)) <= 390)
  assert.deepEqual(barriers, [])
})
