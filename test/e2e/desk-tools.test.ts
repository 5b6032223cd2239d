import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { Channel } from '#domain/channels/schema.ts'
import { openBrowser } from '../support/browser.ts'
import { startHouse, type TestHouse } from '../support/house.ts'
import { barriersOf } from './axe.ts'
import { fillByKeyboard, openDesk } from './desk.ts'
import { openPhone, type Phone } from './phone.ts'

const OWNER = { name: 'Wambui Kariuki', email: 'wambui@dock.example', password: 'a crane above the river' }
const CUSTOMER = { number: '12025550177', name: 'Noor Haddad' }

let house: TestHouse
let browser: Browser
let owner: Page
let phone: Phone
const barriers: string[] = []

before(async () => {
  house = await startHouse({ args: ['--no-demo'] })
  browser = await openBrowser()
  owner = await openDesk(browser)
  await owner.goto(`${house.endpoints().app}/sign-up`)
  await fillByKeyboard(owner, {
    'Your name': OWNER.name,
    Company: 'Dock Supplies',
    'Work e-mail': OWNER.email,
    Password: OWNER.password,
  })
  await owner.waitForURL(/\/inbox$/)
  const phoneNumberId = await ownNumber()
  phone = await openPhone(browser, { simulator: house.endpoints().simulators.whatsapp!, ...CUSTOMER, phoneNumberId })
})
after(async () => {
  await browser?.close()
  await house?.stop()
})

/** A new workspace gets its number a moment after its first page. */
async function ownNumber(): Promise<string> {
  const ask = async () => {
    const answer = await owner.request.get(`${house.endpoints().api}/channels`)
    const { items } = (await answer.json()) as { items: Channel[] }
    return items[0]?.phoneNumberId
  }
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
  }
}

const thread = () => owner.getByRole('log', { name: `Conversation with ${CUSTOMER.name}` })
const row = () => owner.locator('[data-conversation]').filter({ hasText: CUSTOMER.name })
const bubble = (text: string) => thread().locator('[data-message]').filter({ hasText: text })

test('[INB-01] an agent sends an approved template, and both sides read it with its footer and its buttons', async () => {
  await phone.write('hi')
  await phone.log.getByText(/How can we help you/).waitFor()
  await row().click()
  await bubble('hi').first().waitFor()
  await owner.keyboard.press('Alt+t')
  await owner.getByText('You have it').waitFor()

  await owner.keyboard.press('Alt+i')
  const picker = owner.getByRole('dialog', { name: 'Choose a template' })
  await picker.getByRole('button', { name: /Sample issue resolution/ }).click()
  const gap = picker.getByLabel('Text: 1')
  assert.equal(await gap.inputValue(), 'Noor', 'a greeting knows whom it greets')
  await gap.fill('')
  await picker.getByRole('button', { name: 'Send template', exact: true }).click()
  await picker.getByText('WhatsApp takes no empty value here.').waitFor()
  barriers.push(...(await barriersOf(owner)))
  await gap.fill('Noor')
  await picker.getByLabel('How it will read').getByText('Hi Noor, were we able to solve').waitFor()
  await picker.getByRole('button', { name: 'Send template', exact: true }).click()

  await phone.log.getByText('Hi Noor, were we able to solve the issue that you were facing?').waitFor()
  const sent = bubble('Hi Noor, were we able to solve')
  await sent.getByText('This message is from an unverified business.').waitFor()
  await sent.getByText('Yes', { exact: true }).waitFor()
  await sent.getByRole('img', { name: 'Read' }).waitFor()
})

test('an agent puts an emoji onto a message of the customer, who sees it, and takes it back', async () => {
  await phone.write('Yes, all is well now')
  const message = bubble('Yes, all is well now')
  await message.hover()
  await message.getByRole('button', { name: 'React', exact: true }).click()
  await owner.getByRole('button', { name: '🎉' }).click()
  await message.getByText('You reacted 🎉').waitFor({ state: 'attached' })
  await phone.log.getByRole('img', { name: 'Reactions: 🎉' }).waitFor()

  await message.hover()
  await message.getByRole('button', { name: 'React', exact: true }).click()
  await owner.getByRole('button', { name: '🎉', pressed: true }).click()
  await message.getByText('You reacted 🎉').waitFor({ state: 'detached' })
  await phone.log.getByRole('img', { name: 'Reactions: 🎉' }).waitFor({ state: 'detached' })
})

test('an agent quotes a message of the customer, and the customer sees which', async () => {
  const message = bubble('Yes, all is well now')
  await message.hover()
  await message.getByRole('button', { name: 'Reply to this message' }).click()
  await owner.keyboard.type('I am *glad* to hear that')
  await owner.getByLabel('Reads as').locator('strong', { hasText: 'glad' }).waitFor()
  await owner.keyboard.press('Control+Enter')
  const answer = bubble('to hear that')
  await answer.getByRole('button', { name: /Yes, all is well now/ }).waitFor()
  await phone.log.getByText('to hear that').waitFor()
})

test('[INB-03] who is elsewhere hears of an answer by the bell, and the bell leads there', async () => {
  await owner.getByRole('link', { name: 'Contacts' }).first().click()
  await owner.waitForURL(/\/contacts/)
  await phone.write('One more thing')
  await owner.getByRole('button', { name: 'Notifications, 1 unread' }).waitFor()
  await owner.keyboard.press('Alt+n')
  const panel = owner.getByRole('region', { name: 'Notifications' })
  await panel
    .getByText(/Noor Haddad.* wrote to you/)
    .first()
    .waitFor()
  barriers.push(...(await barriersOf(owner)))
  await panel.getByRole('listitem').first().getByRole('link').click()
  await bubble('One more thing').waitFor()
  await owner.getByRole('button', { name: 'Notifications', exact: true }).waitFor()
})

test('[INB-02] a filter narrows the list, gets a name, and is found again in the list of views', async () => {
  await owner.keyboard.press('Escape')
  await owner.goto(`${house.endpoints().app}/inbox`)
  await row().waitFor()
  await owner.getByRole('button', { name: 'Filter conversations' }).click()
  await owner.getByLabel('Until').fill('2020-01-01')
  await owner.getByLabel('Until').press('Tab')
  await owner.getByText('Nothing fits these filters').waitFor()
  await owner.getByLabel('Name of this view').fill('Before us')
  await owner.getByRole('button', { name: 'Save', exact: true }).click()
  await owner.getByRole('button', { name: 'Remove the view Before us' }).waitFor()
  barriers.push(...(await barriersOf(owner)))
  await owner.keyboard.press('Escape')
  await owner.goto(`${house.endpoints().app}/inbox`)
  await row().waitFor()
  await owner.getByRole('heading', { level: 1 }).getByRole('button').click()
  await owner.getByRole('menuitem', { name: 'Before us' }).click()
  await owner.getByText('Nothing fits these filters').waitFor()
})

test('[CONV-15] [CONV-17] an agent tags a conversation by keyboard; the list shows the tag, and is narrowed by it', async () => {
  await owner.goto(`${house.endpoints().app}/inbox`)
  await row().press('Enter')
  await owner.getByText('Tags of this conversation').waitFor()
  await owner.keyboard.press('Alt+g')
  const search = owner.getByPlaceholder('Find or name a tag')
  await search.fill('Refund')
  await owner.getByRole('option', { name: /Refund/ }).waitFor()
  await search.press('Enter')
  await row().getByText('Refund').waitFor()
  barriers.push(...(await barriersOf(owner)))
  await owner.getByRole('button', { name: 'Filter conversations' }).press('Enter')
  await owner.getByLabel('Tag of the conversation or its contact').press('Enter')
  await owner.getByRole('option', { name: 'Refund' }).waitFor()
  await owner.keyboard.press('ArrowDown')
  await owner.keyboard.press('Enter')
  await owner.waitForURL(/tagId=/)
  await owner.keyboard.press('Escape')
  await row().waitFor()
  await owner.getByRole('button', { name: 'Remove tag Refund' }).press('Enter')
  await owner.getByText('Nothing fits these filters').waitFor()
})

test('a person chooses how they are told, and it is kept', async () => {
  await owner.goto(`${house.endpoints().app}/settings/notifications`)
  const box = owner.getByLabel('Somebody joins the team: E-mail')
  await box.check()
  await owner.getByRole('switch', { name: 'Keep quiet every day' }).click()
  await owner.getByLabel('From').fill('21:00')
  await owner.getByLabel('From').press('Tab')
  barriers.push(...(await barriersOf(owner)))
  await owner.reload()
  await owner.getByLabel('From').waitFor()
  assert.equal(await box.isChecked(), true)
  assert.equal(await owner.getByLabel('From').inputValue(), '21:00')
})

test('none of these bars anybody: axe finds nothing serious, in light and in dark', () => {
  assert.deepEqual(barriers, [])
})
