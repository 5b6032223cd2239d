import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { sql } from '#infra/db/tx.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { flow } from '../support/flows.ts'
import { openScene } from './scene.ts'

/** Stands where a service of the inside would stand: nothing that a tenant draws may ever reach it. */
let hits: string[] = []
const canary = createServer((request, response) => {
  hits.push(`${request.method} ${request.url} ${request.headers.host}`)
  response.end('{"secret":"the inside"}')
})
/** A stranger's server that is allowed, and leads inside. */
const stranger = createServer((request, response) => {
  const status = Number(request.url!.slice(1))
  if (status === 200) response.end('{"word":"outside"}')
  else if (Number.isNaN(status)) response.writeHead(404).end()
  else response.writeHead(status, { location: `http://127.0.0.1:${portOf(canary)}/redirected` }).end()
})
const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port

let engine: Engine
let origin = ''
before(async () => {
  for (const server of [canary, stranger]) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  origin = `http://127.0.0.1:${portOf(stranger)}`
  engine = await startEngine({ origins: [origin] })
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  await engine?.stop()
  for (const server of [canary, stranger]) server.close()
})

/** Calls one address after the other; the first that answers ends it. */
function callsAll(addresses: readonly string[]) {
  const call = (url: string) => ({ type: 'rest_request', config: { method: 'GET', url, timeoutSeconds: 5 } })
  const say = (text: string) => ({ type: 'send_text', config: { text } })
  const nodes = Object.fromEntries(addresses.map((url, index) => [`call${index}`, call(url)]))
  const edges = addresses.flatMap((_, index) => [
    `call${index}.success > reached`,
    `call${index}.failure > ${index + 1 < addresses.length ? `call${index + 1}` : 'none'}`,
  ])
  return flow(
    { start: { type: 'start' }, ...nodes, reached: say('reached'), none: say('none answered') },
    ['start.next > call0', ...edges],
    [{ kind: 'any_message' }],
  )
}

type CallRow = { outcome: { kind: string; code?: string } }

test('[S13] [S18] [S19] a REST step reaches nothing inside, however the address is written', async () => {
  const port = portOf(canary)
  const hosts = ['127.0.0.1', '127.1', '0x7f000001', '2130706433', '0177.0.0.1', 'localhost', '0.0.0.0']
  const literals = ['[::1]', '[::ffff:7f00:1]', '[64:ff9b::7f00:1]', '169.254.169.254', 'metadata.google.internal']
  const odd = [`http://user@127.0.0.1:${port}/`, 'http://example.com:5432/', 'http://example.com:7233/']
  const addresses = [...[...hosts, ...literals].map((host) => `http://${host}:${port}/inner`), ...odd]
  const scene = await openScene(engine, { flows: [callsAll(addresses)] })
  await scene.says('go')
  assert.deepEqual(await scene.hears(1, 90_000), ['none answered'])
  assert.deepEqual(hits, [])
  const calls = await scene.read((tx) => tx.rows<CallRow>(sql`select outcome from run_calls order by settled_at`))
  // Some are refused as no address at all, before there is a call.
  assert.ok(calls.length >= addresses.length / 2, `${calls.length} calls`)
  for (const { outcome } of calls) {
    assert.equal(outcome.kind, 'failed')
    assert.match(outcome.code ?? '', /^address_blocked:/)
  }
})

test('[S16] [S17] a stranger that is allowed leads nowhere else by a redirect', async () => {
  const scene = await openScene(engine, {
    flows: [callsAll([301, 302, 303, 307, 308].map((status) => `${origin}/${status}`))],
  })
  await scene.says('go')
  assert.deepEqual(await scene.hears(1, 60_000), ['none answered'])
  assert.deepEqual(hits, [])
  const allowed = await openScene(engine, { flows: [callsAll([`${origin}/200`])] })
  await allowed.says('go')
  assert.deepEqual(await allowed.hears(1, 60_000), ['reached'], 'the same step does call where it may')
})

test('[S19] [S26] what a customer writes never chooses the host, and is no address of its own', async () => {
  const port = portOf(canary)
  const steps = flow(
    {
      start: { type: 'start' },
      ask: { type: 'ask_text', config: { text: 'Your code?', variable: 'code' } },
      host: { type: 'rest_request', config: { method: 'GET', url: 'http://{{vars.code}}/' } },
      path: { type: 'rest_request', config: { method: 'GET', url: `${origin}/{{vars.code}}` } },
      end: { type: 'send_text', config: { text: 'over' } },
    },
    [
      'start.next > ask',
      'ask.next > host',
      ...['success', 'failure'].flatMap((port) => [`host.${port} > path`, `path.${port} > end`]),
    ],
    [{ kind: 'any_message' }],
  )
  const scene = await openScene(engine, { flows: [steps] })
  await scene.says('hi')
  await scene.hears(1)
  await scene.says(`127.0.0.1:${port}/x?a=@127.0.0.1:${port}#`)
  await eventually('it is over', async () => (await scene.texts()).includes('over'), 60_000)
  assert.deepEqual(hits, [])
})

test('without the guard the same canary is hit, so it is no deaf one', async () => {
  hits = []
  await fetch(`http://127.0.0.1:${portOf(canary)}/inner`)
  assert.equal(hits.length, 1)
})
