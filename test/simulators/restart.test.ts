import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Journal, SendLog } from '../../simulators/whatsapp/journal.ts'
import { World } from '../../simulators/whatsapp/world.ts'
import { APP_SECRET, CUSTOMER, caller, type Hook, type Loose, startHook, TOKEN, VERIFY_TOKEN } from './support.ts'

const MAIN = join(import.meta.dirname, '../../simulators/whatsapp/main.ts')
const dataDir = mkdtempSync(join(tmpdir(), 'simulator-restart-'))

let hook: Hook
let child: ChildProcess | undefined
before(async () => {
  hook = await startHook()
})
after(async () => {
  child?.kill('SIGKILL')
  await hook.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function start(): Promise<ReturnType<typeof caller> & { url: string }> {
  const args = ['--app-secret', APP_SECRET, '--verify-token', VERIFY_TOKEN, '--access-token', TOKEN, '--data', dataDir]
  child = spawn(process.execPath, [MAIN, ...args, '--webhook', hook.url, '--status-delay-ms=0', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const line = await new Promise<string>((resolve) => child?.stdout?.once('data', (data) => resolve(String(data))))
  const { listening: url } = JSON.parse(line)
  return { url, ...caller(url) }
}

const kill = (): Promise<void> =>
  new Promise((resolve) => {
    child?.once('exit', () => resolve())
    child?.kill('SIGKILL')
  })

test('a kill loses nothing: log, numbers, templates, threads, and webhooks that nobody had taken', async () => {
  let api = await start()
  const numberId = (await api.control('GET', 'state')).numbers[0].id
  const wabaId = (await api.control('GET', 'state')).wabas[0].id
  const message = { type: 'text', text: { body: 'before the kill' } }
  const written = await api.control('POST', `phones/${CUSTOMER}/messages`, { to: numberId, message })
  await hook.item((item) => item.id === written.id)
  const path = `/v25.0/${numberId}/messages`
  const body = { messaging_product: 'whatsapp', to: CUSTOMER, text: { body: 'kept' }, biz_opaque_callback_data: 'c.1' }
  const sent = await api.graph('POST', path, body)
  await hook.status(sent.body.messages[0].id, 'delivered')
  await api.graph('POST', `/v25.0/${wabaId}/message_templates`, {
    name: 'kept',
    language: 'en_US',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'kept' }],
  })
  await api.control('POST', 'clock', { advanceMs: 60_000 })
  await api.control('POST', 'options', { holdWebhooks: true })
  const waiting = await api.control('POST', `phones/${CUSTOMER}/messages`, { to: numberId, message })
  const late = await api.graph('POST', path, { ...body, biz_opaque_callback_data: 'c.2' })
  await kill()
  assert.ok(!hook.items().some((item) => item.id === waiting.id))

  api = await start()
  await hook.item((item) => item.id === waiting.id)
  await hook.status(late.body.messages[0].id, 'delivered')
  const { entries } = await api.control('GET', 'log?after=0')
  assert.deepEqual(
    entries.map((entry: Loose) => [entry.n, entry.callbackData]),
    [
      [1, 'c.1'],
      [2, 'c.2'],
    ],
  )
  const state = await api.control('GET', 'state')
  assert.equal(state.clock.offsetMs, 60_000)
  assert.ok(state.templates.some((template: Loose) => template.name === 'kept'))
  const thread: Loose = await (await fetch(`${api.url}/phone/thread?customer=${CUSTOMER}&number=${numberId}`)).json()
  assert.deepEqual(
    thread.messages.map((one: Loose) => one.direction),
    ['in', 'out', 'in', 'out'],
  )
  const again = await api.graph('POST', path, { ...body, biz_opaque_callback_data: 'c.3' })
  assert.equal(again.status, 200, 'the window is still open')
  assert.equal((await api.control('GET', 'log?after=2')).entries[0].n, 3)
  assert.equal(hook.items().filter((item) => item.id === written.id).length, 1, 'what was taken does not come again')
})

test('a line that was torn by a kill is dropped from the log, and the next line is whole', () => {
  const path = join(dataDir, 'torn.jsonl')
  const entry = { at: 'now', phoneNumberId: '1', to: '2', body: {}, id: 'a' }
  const log = new SendLog(path)
  log.append(entry)
  log.close()
  appendFileSync(path, '{"n":2,"at":"no')
  const again = new SendLog(path)
  again.append({ ...entry, id: 'b' })
  const page = JSON.parse(again.page(0))
  again.close()
  assert.deepEqual(
    page.entries.map((one: Loose) => [one.n, one.id]),
    [
      [1, 'a'],
      [2, 'b'],
    ],
  )
})

test('a journal that is rewritten says the same', () => {
  const journal = new Journal(join(dataDir, 'rewritten.jsonl'))
  const world = new World(journal)
  world.meet('15550101111', { name: 'Ana' })
  world.addIncoming(
    {
      id: 'wamid.1',
      direction: 'in',
      customer: '15550101111',
      numberId: '9',
      atMs: 5,
      type: 'text',
      body: {},
      status: 'accepted',
    },
    7,
  )
  world.advanceClock(1000)
  journal.rewrite(world.snapshot())
  const copy = new World(journal)
  for (const record of journal.read()) copy.restore(record)
  journal.close()
  assert.deepEqual([...copy.customers], [...world.customers])
  assert.deepEqual([...copy.messages], [...world.messages])
  assert.deepEqual([...copy.untaken], [...world.untaken])
  assert.deepEqual([...copy.windows], [...world.windows])
  assert.equal(copy.clockOffsetMs, 1000)
})
