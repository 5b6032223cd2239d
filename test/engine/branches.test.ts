import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import type { Contact } from '#domain/contacts/schema.ts'
import type { Conversation } from '#domain/conversations/schema.ts'
import { sql } from '#infra/db/tx.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { flow } from '../support/flows.ts'
import { type Office, openOffice } from '../support/office.ts'
import { openScene, type Scene } from './scene.ts'

/** The tenant's own system: it knows one order. */
const shop = createServer((request, response) => {
  const known = request.url === '/orders/A100'
  response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' })
  response.end(known ? '{"status":"shipped","items":3}' : '{}')
})

let engine: Engine
let origin = ''
const offices: Office[] = []
before(async () => {
  shop.listen(0, '127.0.0.1')
  await once(shop, 'listening')
  origin = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`
  engine = await startEngine({ origins: [origin] })
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  for (const office of offices) await office.close()
  await engine?.stop()
  shop.close()
})

async function openHouse(flows: readonly Record<string, unknown>[] = []): Promise<{ scene: Scene; office: Office }> {
  const scene = await openScene(engine, { flows })
  const office = await openOffice(engine, scene.tenantId)
  offices.push(office)
  return { scene, office }
}

const say = (text: string) => ({ type: 'send_text', config: { text } })
const branch = (id: string, when: unknown) => ({ id, label: id, when })

const ORDERS = () =>
  flow(
    {
      start: { type: 'start' },
      ask: { type: 'ask_text', config: { text: 'Order number?', variable: 'order' } },
      said: {
        type: 'condition',
        config: { branches: [branch('none', { '==': [{ var: 'vars.order' }, 'none'] })] },
      },
      nothing: say('Then we are done.'),
      call: {
        type: 'rest_request',
        config: {
          method: 'GET',
          url: `${origin}/orders/{{vars.order}}`,
          saves: [{ variable: 'status', path: 'status' }],
        },
      },
      answer: {
        type: 'condition',
        config: { branches: [branch('shipped', { '==': [{ var: 'vars.status' }, 'shipped'] })] },
      },
      unknown: say('We do not know that order.'),
      waiting: say('It is being packed.'),
      who: {
        type: 'condition',
        config: { branches: [branch('vip', { '==': [{ var: 'contact.fields.tier' }, 'gold'] })] },
      },
      vip: say('It is on its way, and a gift is in it.'),
      plain: say('It is on its way.'),
    },
    [
      'start.next > ask',
      'ask.next > said',
      'said.none > nothing',
      'said.else > call',
      'call.success > answer',
      'call.failure > unknown',
      'answer.shipped > who',
      'answer.else > waiting',
      'who.vip > vip',
      'who.else > plain',
    ],
    [{ kind: 'any_message' }],
  )

test('[FLOW-02] a flow branches on what was said, on what an outside API answers, and on the contact', async () => {
  for (const [order, tier, expected] of [
    ['none', null, 'Then we are done.'],
    ['B200', null, 'We do not know that order.'],
    ['A100', null, 'It is on its way.'],
    ['A100', 'gold', 'It is on its way, and a gift is in it.'],
  ] as const) {
    const { scene } = await openHouse([ORDERS()])
    await scene.says('hi')
    await scene.hears(1)
    if (tier !== null) await scene.read((tx) => tx.run(sql`update contacts set fields = ${JSON.stringify({ tier })}`))
    await scene.says(order)
    assert.equal((await scene.hears(2)).at(-1), expected, `${order} ${tier}`)
  }
})

test('[CONT-03] [CONT-01] whoever writes first is a contact by that, with number and name; what is missing is filled in later', async () => {
  const { scene, office } = await openHouse()
  const agent = await office.member('agent')
  const write = (text: string, name: string) =>
    engine.simulator.control(`/phones/${scene.person}/messages`, {
      to: scene.phoneNumberId,
      profile: { name },
      message: { type: 'text', text: { body: text } },
    })
  const contacts = async () => (await office.call<{ items: Contact[] }>(agent, 'GET', '/contacts')).items
  assert.deepEqual(await contacts(), [])
  await write('hello', 'Wanjiru')
  const [made] = await eventually('the contact', async () => {
    const found = await contacts()
    return found.length > 0 && found
  })
  assert.deepEqual([made!.name, made!.phone], ['Wanjiru', `+${scene.person}`])
  // What is missing is filled in by the next message; what people wrote down stays.
  await scene.read((tx) => tx.run(sql`update contacts set name = ''`))
  await write('it is me', 'Wanjiru M.')
  const [named] = await eventually('the name', async () => {
    const found = await contacts()
    return found[0]?.name === 'Wanjiru M.' && found
  })
  assert.equal(named!.id, made!.id, 'nobody is made twice')
  await office.call(agent, 'PATCH', `/contacts/${made!.id}`, { name: 'Ms Wanjiru Mwangi' })
  await write('me again', 'wanji')
  await scene.until('the third message', ({ last_seq }) => last_seq === 3)
  assert.deepEqual(
    (await contacts()).map(({ name }) => name),
    ['Ms Wanjiru Mwangi'],
  )
})

test('[CONV-01] a conversation says whose it is, its state, priority, skills, close reason and its first times', async () => {
  const { scene, office } = await openHouse()
  const agent = await office.member('agent')
  const beforeMs = Date.now() - 1_000
  await scene.says('hi')
  await scene.until('it is there', ({ last_seq }) => last_seq === 1)
  const { id } = await scene.conversation()
  const read = () => office.call<Conversation>(agent, 'GET', `/conversations/${id}`)
  const queued = await scene.until('it is queued', ({ state }) => state === 'queued').then(read)
  assert.partialDeepStrictEqual(queued, { state: 'queued', priority: 'normal', requiredSkills: [], closeReason: null })
  assert.equal(queued.contact.phone, `+${scene.person}`)
  assert.equal(queued.firstResponseAt, null)
  for (const at of [queued.createdAt, queued.firstMessageAt]) {
    assert.ok(Date.parse(at!) >= beforeMs && Date.parse(at!) <= Date.now() + 1_000, String(at))
  }
  await office.call(agent, 'POST', `/conversations/${id}/take-over`, {})
  const content = { kind: 'text', text: 'Hello' }
  await office.call(agent, 'POST', `/conversations/${id}/messages`, { content, clientId: 'client-first' })
  const assigned = await read()
  assert.deepEqual([assigned.state, assigned.owner.kind], ['assigned', 'user'])
  const firstResponseAt = assigned.firstResponseAt!
  assert.ok(Date.parse(firstResponseAt) >= Date.parse(queued.firstMessageAt!))
  await office.call(agent, 'POST', `/conversations/${id}/messages`, { content, clientId: 'client-second' })
  await office.call(agent, 'POST', `/conversations/${id}/close`, { reason: 'resolved' })
  assert.partialDeepStrictEqual(await read(), { state: 'closed', closeReason: 'resolved', firstResponseAt })
})
