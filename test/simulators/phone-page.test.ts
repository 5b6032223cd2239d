import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../support/browser.ts'
import { type Bench, type Loose, startBench } from './support.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const ANA = '12025550143'

let bench: Bench
let browser: Browser
before(async () => {
  bench = await startBench()
  await bench.control('POST', 'options', { pairLimits: false })
  await bench.open(ANA)
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await bench?.close()
})

async function open({ phone = ANA, width = 1440, height = 900, dark = false } = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' })
  const page = await context.newPage()
  page.on('pageerror', (error) => assert.fail(error))
  await page.goto(`${bench.url}/?phone=%2B${phone}&to=${bench.numberId}`)
  await page.getByLabel('Message', { exact: true }).waitFor()
  return page
}

const write = async (page: Page, text: string): Promise<void> => {
  await page.getByLabel('Message', { exact: true }).fill(text)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
}
const log = (page: Page) => page.getByRole('log', { name: 'Messages' })

test('a person writes, is heard, answered, and sees the ticks turn', async () => {
  const page = await open()
  await write(page, 'Hello *there*')
  const heard = await bench.hook.item((item) => item.text?.body === 'Hello *there*')
  assert.equal(heard.from, ANA)
  const mine = log(page).getByRole('article').filter({ hasText: 'Hello there' })
  await mine.getByRole('img', { name: 'Delivered' }).waitFor()
  await bench.send({ status: 'read', message_id: heard.id, typing_indicator: { type: 'text' }, to: undefined })
  await mine.getByRole('img', { name: 'Read' }).waitFor()
  await page.getByText('typing…').waitFor()
  const sent = await bench.send({ to: ANA, text: { body: 'Good morning' } })
  await log(page).getByText('Good morning').waitFor()
  await bench.hook.status(sent.body.messages[0].id, 'read')
  assert.equal(await mine.locator('strong').textContent(), 'there')
  await page.context().close()
})

test('taps on buttons and rows of a list answer with their ids', async () => {
  const page = await open()
  const reply = (id: string, title: string) => ({ type: 'reply', reply: { id, title } })
  const ask = (interactive: Loose) => bench.send({ to: ANA, type: 'interactive', interactive })
  const asked = await ask({
    type: 'button',
    body: { text: 'Sure?' },
    action: { buttons: [reply('y', 'Yes'), reply('n', 'No')] },
  })
  await log(page).getByRole('button', { name: 'Yes' }).click()
  const tapped = await bench.hook.item((item) => item.interactive?.button_reply?.id === 'y')
  assert.equal(tapped.context.id, asked.body.messages[0].id)
  const rows = [
    { id: 'rye', title: 'Dark rye', description: 'with seeds' },
    { id: 'wheat', title: 'Country loaf' },
  ]
  await ask({
    type: 'list',
    body: { text: 'Which?' },
    action: { button: 'See loaves', sections: [{ title: 'Bread', rows }] },
  })
  await log(page).getByRole('button', { name: 'See loaves' }).click()
  await page.getByRole('radio', { name: /Dark rye/ }).check()
  await page.getByRole('button', { name: 'Send choice' }).click()
  const chosen = await bench.hook.item((item) => item.interactive?.list_reply?.id === 'rye')
  assert.deepEqual(chosen.interactive.list_reply, { id: 'rye', title: 'Dark rye', description: 'with seeds' })
  await page.context().close()
})

test('photo, location, order and reaction go out; a template comes in with its buttons', async () => {
  const page = await open()
  const attach = async (name: string) => {
    await page.getByRole('button', { name: 'Attach' }).click()
    await page.getByRole('button', { name, exact: true }).click()
  }
  await attach('Sample photo')
  const photo = await bench.hook.item((item) => item.type === 'image' && item.from === ANA)
  assert.equal((await bench.graph('GET', `/v25.0/${photo.image.id}`)).body.mime_type, 'image/png')
  await attach('Location')
  await bench.hook.item((item) => item.type === 'location' && item.from === ANA)
  await attach('Order')
  await page.getByRole('button', { name: 'Send order' }).click()
  const order = await bench.hook.item((item) => item.type === 'order' && item.from === ANA)
  assert.equal(order.order.product_items[0].quantity, 1)

  const language = { code: 'en_US' }
  const components = [{ type: 'body', parameters: [{ type: 'text', text: 'Ana' }] }]
  const sent = await bench.send({
    to: ANA,
    type: 'template',
    template: { name: 'sample_issue_resolution', language, components },
  })
  const bubble = log(page).getByRole('article').filter({ hasText: 'were we able to solve' })
  await bubble.getByRole('button', { name: 'Yes' }).click()
  const tap = await bench.hook.item((item) => item.type === 'button' && item.from === ANA)
  assert.deepEqual([tap.button.text, tap.context.id], ['Yes', sent.body.messages[0].id])

  await bubble.hover()
  await bubble.getByLabel('React to this message').click()
  await bubble.getByLabel('React with 👍').click()
  const reaction = await bench.hook.item((item) => item.type === 'reaction' && item.from === ANA)
  assert.equal(reaction.reaction.message_id, sent.body.messages[0].id)
  await page.context().close()
})

test('a username user is added, and the business sees no number', async () => {
  const page = await open()
  await page.getByRole('button', { name: 'Add a phone' }).click()
  await page.getByRole('radio', { name: /A username only/ }).check()
  await page.getByLabel('Name', { exact: true }).fill('Noor')
  await page.getByLabel('Username', { exact: true }).fill('@noor')
  await page.getByRole('button', { name: 'Add this phone' }).click()
  await page.getByRole('tab', { name: /Noor/, selected: true }).waitFor()
  await write(page, 'who am I')
  const message = await bench.hook.item((item) => item.text?.body === 'who am I')
  assert.equal(message.from, undefined)
  assert.match(message.from_user_id, /^US\./)
  await page.context().close()
})

test('the clock turns by keyboard, a fault is set and strikes, and the person is told what never arrived', async () => {
  const page = await open()
  await page.getByRole('slider', { name: 'Turn the clock forward' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.getByText('1 h ahead').waitFor()
  assert.equal((await bench.control('GET', 'clock')).offsetMs, 3_600_000)
  await page.getByLabel('What goes wrong').selectOption('131049')
  await page.getByRole('button', { name: 'Set this fault' }).click()
  await page.getByRole('list', { name: 'Faults that wait' }).getByText('Error 131049').waitFor()
  await bench.send({ to: ANA, text: { body: 'too much' } })
  await log(page).getByText('Never arrived (131049)').waitFor()
  await page.getByText('Nothing goes wrong at the moment.').waitFor()
  await page.context().close()
})

for (const [what, look] of [
  ['light', {}],
  ['dark', { dark: true }],
  ['small', { width: 390, height: 844 }],
] as const) {
  test(`nothing in the ${what} page bars anybody: axe finds no violation`, async () => {
    const page = await open(look)
    await page.evaluate(AXE)
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as Loose
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
      const result = await axe.run(document, { runOnly: tags })
      return result.violations.map(({ id, nodes }: Loose) => `${id}: ${nodes[0].html.slice(0, 200)}`)
    })
    assert.deepEqual(violations, [])
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'no sideways scrolling')
    await page.context().close()
  })
}
