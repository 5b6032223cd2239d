import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { TapReport } from '#domain/analytics/schema.ts'
import type { Conversation, ConversationSummary, Message } from '#domain/conversations/schema.ts'
import type { Notification } from '#domain/notifications/schema.ts'
import type { Page } from '#domain/paging.ts'
import type { Run, RunDetail, RunEvent } from '#domain/runs/schema.ts'
import { changeChannel } from '#infra/db/stores/channels.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { sealChannelSecret } from '#infra/providers/channel-secrets.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { flow } from '../support/flows.ts'
import { type Office, openOffice } from '../support/office.ts'
import { openScene, type Scene } from './scene.ts'

let engine: Engine
const offices: Office[] = []
before(async () => {
  engine = await startEngine()
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  for (const office of offices) await office.close()
  await engine?.stop()
})

async function openHouse(flows: readonly Record<string, unknown>[] = []): Promise<{ scene: Scene; office: Office }> {
  const scene = await openScene(engine, { flows })
  const office = await openOffice(engine, scene.tenantId)
  offices.push(office)
  return { scene, office }
}

const ask = (type: string, variable: string) => ({ type, config: { text: `Your ${variable}?`, variable } })
const ANY = [{ kind: 'any_message' }]
const MENU = flow(
  {
    start: { type: 'start' },
    menu: {
      type: 'send_buttons',
      config: {
        text: 'What is it about?',
        variable: 'topic',
        buttons: [
          { id: 'order', title: 'My order' },
          { id: 'people', title: 'Talk to us' },
        ],
      },
    },
    order: { type: 'send_text', config: { text: 'Your order is on its way.' } },
    people: { type: 'hand_over' },
  },
  ['start.next > menu', 'menu.order > order', 'menu.people > people'],
  ANY,
)

type Interactive = {
  type: string
  body: { text: string }
  action: { buttons: { reply: { id: string; title: string } }[] }
}

/** Taps a button of the last message that the customer got. */
async function tap(scene: Scene, title: string): Promise<void> {
  const last = (await scene.sends()).at(-1)!
  const { action } = last.body['interactive'] as Interactive
  const { reply } = action.buttons.find((button) => button.reply.title === title)!
  await scene.says({
    type: 'interactive',
    context: { id: last.id },
    interactive: { type: 'button_reply', button_reply: reply },
  })
}

test('[CH-13] [CH-17] buttons go out as quick replies; a tap is told by webhook, kept with its message, and counted', async () => {
  const { scene, office } = await openHouse([MENU])
  const agent = await office.member('agent')
  await scene.says('hi')
  await eventually('the menu', async () => (await scene.sends()).length === 1)
  const [sent] = await scene.sends()
  assert.equal(sent!.body['type'], 'interactive')
  const interactive = sent!.body['interactive'] as Interactive
  assert.equal(interactive.type, 'button')
  assert.deepEqual(
    interactive.action.buttons.map(({ reply }) => reply.title),
    ['My order', 'Talk to us'],
  )
  await tap(scene, 'My order')
  assert.equal((await scene.hears(2)).at(-1), 'Your order is on its way.')

  const { id } = await scene.conversation()
  const { items } = await office.call<Page<Message>>(agent, 'GET', `/conversations/${id}/messages`)
  const offered = items.find(({ content }) => content.kind === 'buttons')!
  const tapped = items.find(({ content }) => content.kind === 'tap')!
  assert.deepEqual(
    [tapped.direction, tapped.replyTo?.id, 'title' in tapped.content && tapped.content.title],
    ['inbound', offered.id, 'My order'],
  )
  const report = await office.call<TapReport>(agent, 'GET', `/analytics/taps?flowId=${scene.flows[0]!.flowId}`)
  assert.partialDeepStrictEqual(report.items, [
    { source: 'button', title: 'My order', nodeId: 'menu', tapCount: 1, contactCount: 1, flow: { name: 'Flow' } },
  ])
  assert.equal(report.items.length, 1)
})

test('[CH-13] [CH-17] buttons that a person sends are tapped and counted too', async () => {
  const { scene, office } = await openHouse()
  const agent = await office.member('agent')
  await scene.says('hi')
  await scene.until('the conversation', ({ last_seq }) => last_seq === 1)
  const { id } = await scene.conversation()
  const buttons = ['Morning', 'Evening'].map((title) => ({ id: title.toLowerCase(), title }))
  await office.call(agent, 'POST', `/conversations/${id}/messages`, {
    content: { kind: 'buttons', text: 'When?', buttons },
    clientId: 'client-buttons',
  })
  await eventually('the buttons', async () => (await scene.sends()).length === 1)
  await tap(scene, 'Evening')
  await scene.until('the tap', ({ last_seq }) => last_seq === 2)
  const { items } = await office.call<TapReport>(agent, 'GET', '/analytics/taps')
  assert.deepEqual(
    items.map(({ buttonId, title, tapCount, flow: of, nodeId }) => [buttonId, title, tapCount, of, nodeId]),
    [['evening', 'Evening', 1, null, null]],
  )
  const before = await office.call<TapReport>(agent, 'GET', '/analytics/taps?until=2020-01-01T00:00:00Z')
  assert.deepEqual(before.items, [])
})

test('[FLOW-03] [FLOW-12] [SEC-06] a flow takes in seven kinds of answers; its run is on record with times and outcome', async () => {
  const asks = { text: 'text', image: 'image', video: 'video', audio: 'audio', document: 'document' }
  const kinds = [...Object.keys(asks), 'location', 'contact']
  const nodes = Object.fromEntries(kinds.map((kind) => [kind, ask(`ask_${kind}`, kind)]))
  const edges = ['start', ...kinds].map((from, index) => `${from}.next > ${kinds[index] ?? 'thanks'}`)
  const thanks = { type: 'send_text', config: { text: 'That is all.' } }
  const { scene, office } = await openHouse([flow({ start: { type: 'start' }, ...nodes, thanks }, edges, ANY)])
  const agent = await office.member('agent')
  const card = { name: { formatted_name: 'Wanjiru Mwangi' }, phones: [{ phone: '+254711000999' }] }
  const answers: Record<string, unknown>[] = [
    { type: 'text', text: { body: 'In words' } },
    { type: 'image', image: { caption: 'The crack' } },
    { type: 'video', video: {} },
    { type: 'audio', audio: {} },
    { type: 'document', document: {} },
    { type: 'location', location: { latitude: -1.2921, longitude: 36.8219, name: 'Nairobi' } },
    { type: 'contacts', contacts: [card] },
  ]
  const asked = (count: number) =>
    eventually(`${count} questions`, async () => (await scene.sends()).length >= count, 60_000)
  await scene.says('hi')
  for (const [index, answer] of answers.entries()) {
    await asked(index + 1)
    await scene.says(answer)
  }
  await asked(answers.length + 1)
  await scene.untilRun('it has ended', ({ state }) => state === 'closed')

  const { items } = await office.call<Page<Run>>(agent, 'GET', `/runs?flowId=${scene.flows[0]!.flowId}`)
  assert.equal(items.length, 1)
  const run = await office.call<RunDetail>(agent, 'GET', `/runs/${items[0]!.id}`)
  const { variables } = run as { variables: Record<string, Record<string, unknown> & string> }
  assert.equal(variables['text'], 'In words')
  for (const kind of ['image', 'video', 'audio', 'document']) {
    assert.equal(variables[kind]!['kind'], kind)
    assert.ok(variables[kind]!['fileId'] ?? variables[kind]!['providerMediaId'], `${kind} can be found again`)
  }
  assert.equal(variables['image']!['caption'], 'The crack')
  assert.partialDeepStrictEqual(variables['location'], { latitude: -1.2921, longitude: 36.8219 })
  assert.partialDeepStrictEqual(variables['contact'], { name: 'Wanjiru Mwangi', phone: '+254711000999' })

  // [SEC-06] What the worker fetched lies on its disk sealed.
  const files = await eventually('four files are fetched', async () => {
    const found = globSync('media/**/media/**/*.*', { cwd: engine.folder })
    return found.length >= 4 && found
  })
  for (const file of files) {
    assert.equal(readFileSync(join(engine.folder, file)).toString('latin1', 0, 4), 'HFM1', file)
  }

  assert.deepEqual([run.state, run.outcome], ['closed', 'completed'])
  assert.ok(Date.parse(run.startedAt) <= Date.parse(run.endedAt!))
  const events = await office.call<Page<RunEvent>>(agent, 'GET', `/runs/${run.id}/events?limit=100`)
  const instants = events.items.map(({ at }) => Date.parse(at))
  assert.deepEqual(
    instants,
    instants.toSorted((a, b) => a - b),
    'what happened is in order',
  )
  for (const kind of kinds)
    assert.ok(
      events.items.some(({ nodeId }) => nodeId === kind),
      `${kind} is on record`,
    )
  const all: Page<Message> = await office.call(agent, 'GET', `/runs/${run.id}/messages`)
  const first: Page<Message> = await office.call(agent, 'GET', `/runs/${run.id}/messages?limit=5`)
  const rest: Page<Message> = await office.call(agent, 'GET', `/runs/${run.id}/messages?cursor=${first.nextCursor}`)
  assert.deepEqual(
    all.items.map(({ run: of, direction, externalId }) => [of?.id, direction, externalId]),
    (await scene.sends()).map(({ id }) => [run.id, 'outbound', id]),
    'what it wrote, in the order in which the phone got it',
  )
  assert.deepEqual([...first.items, ...rest.items], all.items)
})

test('[CH-10] conversation and messages say their channel; whoever hides the number is known by the id of the business', async () => {
  const { scene, office } = await openHouse()
  const agent = await office.member('agent')
  const person = 'KE.1029384756'
  const say = (to: string, text: string) =>
    engine.simulator.control(`/phones/${person}/messages`, { to, message: { type: 'text', text: { body: text } } })
  await say(scene.phoneNumberId, 'without a number')
  await scene.until('it is there', ({ last_seq }) => last_seq === 1)
  const { items } = await office.call<Page<ConversationSummary>>(agent, 'GET', '/conversations')
  assert.equal(items.length, 1)
  const [summary] = items
  assert.deepEqual([summary!.contact.phone, summary!.channel.kind], [null, 'whatsapp_cloud'])
  const thread = await office.call<Page<Message>>(agent, 'GET', `/conversations/${summary!.id}/messages`)
  assert.deepEqual(
    thread.items.filter(({ direction }) => direction === 'inbound').map(({ channelId }) => channelId),
    [summary!.channel.id],
  )
  // An answer finds the person by that id, as there is no number to write to.
  await office.call(agent, 'POST', `/conversations/${summary!.id}/messages`, {
    content: { kind: 'text', text: 'Hello there' },
    clientId: 'client-hidden',
  })
  const sent = await eventually('the answer', async () =>
    (await engine.simulator.log()).find(
      ({ phoneNumberId, body }) =>
        phoneNumberId === scene.phoneNumberId && JSON.stringify(body).includes('Hello there'),
    ),
  )
  assert.ok(JSON.stringify(sent.body).includes(person))

  // The same id at another business account is another identity, and here another tenant's contact.
  const { scene: elsewhere } = await openHouse()
  await say(elsewhere.phoneNumberId, 'and here')
  await elsewhere.until('it is there too', ({ last_seq }) => last_seq === 1)
  assert.equal((await office.call<Page<unknown>>(agent, 'GET', '/conversations')).items.length, 1)
})

test('[INB-03] [PERF-10] a new message notifies whose conversation it is, within a second, once until they have looked', async () => {
  const { scene, office } = await openHouse()
  const [mine, other] = [await office.member('agent'), await office.member('agent')]
  await scene.says('hi')
  await scene.until('it is there', ({ last_seq }) => last_seq === 1)
  const { id } = await scene.conversation()
  await office.call<Conversation>(mine, 'POST', `/conversations/${id}/take-over`, {})
  const [heard, overheard] = [await office.listen(mine), await office.listen(other)]
  const told = () => heard.filter(({ event }) => event.type === 'notification.created')
  const atMs = Date.now()
  await scene.says('are you there?')
  await eventually('the notice', async () => told().length === 1)
  assert.ok(told()[0]!.atMs - atMs < 1_000, `${told()[0]!.atMs - atMs} ms`)
  const notices = (of: string) => office.call<Page<Notification>>(of, 'GET', '/notifications?unread=true')
  const [notice, ...more] = (await notices(mine)).items
  assert.deepEqual([notice!.kind, notice!.subject.id, more.length], ['conversation_waiting', id, 0])
  await scene.says('hello?')
  await scene.until('the third', ({ last_seq }) => last_seq === 3)
  await eventually('its event', async () => heard.filter(({ event }) => event.type === 'message.received').length === 2)
  assert.equal((await notices(mine)).items.length, 1, 'who has not looked yet is not told again')
  await office.call(mine, 'POST', `/notifications/${notice!.id}/read`)
  await scene.says('please')
  await eventually('the second notice', async () => told().length === 2)
  assert.deepEqual((await notices(other)).items, [])
  assert.ok(!overheard.some(({ event }) => event.type === 'notification.created'), 'nobody else is told')
})

/** What the provider refused, as it tells whoever looks at its phone page. */
async function listenForRefusals(): Promise<{ seen: string[]; close: () => void }> {
  const ending = new AbortController()
  const { body } = await fetch(`${engine.simulator.url}/phone/events`, { signal: ending.signal })
  const seen: string[] = []
  const read = async () => {
    const decoder = new TextDecoder()
    for await (const bytes of body!) {
      for (const line of decoder.decode(bytes).split('\n')) if (line === 'event: refused') seen.push(line)
    }
  }
  void read().catch(() => undefined)
  return { seen, close: () => ending.abort() }
}

test('[CH-12] sends keep to the pace of the number and of the pair, so that the provider refuses none', async () => {
  const scene = await openScene(engine)
  const perSecond = 8
  await scene.read((tx) =>
    tx.run(sql`update channels set messages_per_second = ${perSecond} where id = ${scene.channelId}`),
  )
  await engine.simulator.control('/options', { mps: perSecond })
  const refusals = await listenForRefusals()
  await scene.says('hi')
  await scene.until('it is there', ({ last_seq }) => last_seq === 1)
  for (let n = 1; n <= 3 * perSecond; n += 1) await scene.replies(`reply ${n}`)
  const texts = await scene.hears(3 * perSecond, 90_000)
  assert.deepEqual(
    texts,
    Array.from({ length: 3 * perSecond }, (_, n) => `reply ${n + 1}`),
  )
  const atMs = (await scene.sends()).map(({ at }) => at)
  for (const [index, first] of atMs.entries()) {
    const within = atMs.slice(index).filter((at) => at - first < 1_000).length
    assert.ok(within <= 2 * perSecond, `${within} within a second`)
  }
  assert.deepEqual(refusals.seen, [])
  // The ear is not deaf, and what is refused all the same leaves later.
  await engine.simulator.control('/options', { mps: 80 })
  await engine.simulator.control('/faults', { kind: '130429', phoneNumberId: scene.phoneNumberId, count: 1 })
  await scene.replies('refused once')
  assert.equal((await scene.hears(3 * perSecond + 1)).at(-1), 'refused once')
  assert.equal(refusals.seen.length, 1)
  refusals.close()
})

test('[CH-12] a business writes first to no more people than its verification lets it; the others wait in sight', async () => {
  const { scene, office } = await openHouse()
  const agent = await office.member('agent')
  await scene.read(async (tx) => {
    await tx.run(sql`update channels set messaging_limit = 'TIER_2' where id = ${scene.channelId}`)
    await tx.run(sql`
      insert into templates (id, tenant_id, channel_id, name, language, category, status, components)
      values (${newId()}, ${scene.tenantId}, ${scene.channelId}, 'hello_world', 'en_US', 'utility', 'approved', '[]')`)
  })
  const people = Array.from({ length: 4 }, (_, n) => String(254_733_000_000 + n))
  for (const person of people) await engine.simulator.says(person, scene.phoneNumberId, 'hi')
  const { items } = await eventually('four conversations', async () => {
    const page = await office.call<Page<ConversationSummary>>(agent, 'GET', '/conversations')
    return page.items.length === 4 && page
  })
  // The fourth has written today; the others long ago.
  const [recent, ...others] = items
  await scene.read((tx) =>
    tx.run(sql`update conversations set window_expires_at = now() - interval '1 day' where id <> ${recent!.id}`),
  )
  const content = { kind: 'template', name: 'hello_world', language: 'en_US', category: 'utility', components: [] }
  const written: string[] = []
  for (const { id } of [...others, recent!]) {
    const path = `/conversations/${id}/messages`
    const { id: messageId } = await office.call<Message>(agent, 'POST', path, { content, clientId: `client-${id}` })
    written.push(messageId)
    // One after the other, so that it is known which of them comes too late.
    if (written.length < 4) await attempted(messageId)
  }
  await eventually('three have left', async () => (await leftIn(scene)).length === 3)
  assert.deepEqual(await leftIn(scene), [written[0], written[1], written[3]].sort(), 'an answer costs nothing')
  const { items: thread } = await office.call<Page<Message>>(agent, 'GET', `/conversations/${others[2]!.id}/messages`)
  const waiting = thread.find(({ id }) => id === written[2])!
  assert.deepEqual([waiting.state, waiting.failure?.code], ['queued', 'provider_throttled'])
  assert.match(waiting.failure!.detail!, /limit/)

  async function attempted(messageId: string): Promise<void> {
    await eventually('it was tried', async () => {
      const row = await scene.read((tx) =>
        tx.row<{ state: string; failure: unknown }>(sql`select state, failure from messages where id = ${messageId}`),
      )
      return row?.state !== 'queued' || row.failure !== null
    })
  }
})

const leftIn = async (scene: Scene): Promise<string[]> => {
  const rows = await scene.read((tx) =>
    tx.rows<{ id: string }>(
      sql`select id from messages where direction = 'outbound' and external_id is not null order by id`,
    ),
  )
  return rows.map(({ id }) => id)
}

test('a file that came while the token was expired is there as soon as its number has a new one', async () => {
  const { scene } = await openHouse()
  const { tenantId, channelId } = scene
  await engine.simulator.control('/faults', { kind: 'token_invalid', count: null })
  const onPhone = await fetch(`${engine.simulator.url}/control/media?type=image/png&name=receipt.png`, {
    method: 'POST',
    body: Buffer.from('a receipt'),
  })
  const { id } = (await onPhone.json()) as { id: string }
  await scene.says({ type: 'image', image: { id } })
  const file = async () =>
    scene.read((tx) =>
      tx.row<{ state: string; refused: boolean }>(sql`
        select state, refused_at is not null as refused from media_files`),
    )
  await eventually('the file is refused', async () => (await file())?.refused)
  assert.equal((await file())!.state, 'pending')

  const answer = await fetch(`${engine.simulator.url}/control/faults`, { method: 'DELETE' })
  assert.equal(answer.status, 200)
  const accessToken = sealChannelSecret(engine.keyRing, { tenantId, channelId, secret: 'access_token' }, 'access-token')
  await scene.read((tx) =>
    changeChannel(tx, { tenantId, actor: scene.actor }, { id: channelId, change: { accessToken } }),
  )
  await eventually('the file is stored', async () => (await file())?.state === 'stored')
})
