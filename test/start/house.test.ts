import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { childEnv } from '#infra/env.ts'
import { readJson } from '../../scripts/start/data-dir.ts'
import type { Endpoints } from '../../scripts/start/house.ts'
import { isAlive, until } from '../../scripts/start/process-table.ts'
import { stubRoot } from './stub-root.ts'

const PORTS = ['APP', 'POSTGRES', 'TEMPORAL', 'TEMPORAL_UI', 'WHATSAPP_SIMULATOR', 'MAIL_SIMULATOR', 'MAIL_SMTP']
const FREE_PORTS = Object.fromEntries(PORTS.map((part) => [`HOLDFAST_${part}_PORT`, '0']))

const root = stubRoot()
const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-test-start-'))
chmodSync(dataDir, 0o711)
const starts: ChildProcess[] = []
after(async () => {
  for (const start of starts.filter((one) => one.exitCode === null && one.signalCode === null))
    await end(start, 'SIGTERM')
  for (const folder of [root, dataDir]) rmSync(folder, { recursive: true, force: true })
})

type Start = { child: ChildProcess; output: () => string; up: boolean }

async function start(env: Record<string, string> = {}, data = dataDir): Promise<Start> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run-stub.ts'), root, data], {
    env: childEnv({ ...FREE_PORTS, ...env }),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  starts.push(child)
  let output = ''
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const up = await Promise.race([once(child, 'message').then(() => true), once(child, 'close').then(() => false)])
  return { child, output: () => output, up }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const closed = once(child, 'exit')
  child.kill(signal)
  await closed
}

const endpoints = () => readJson<Endpoints>(join(dataDir, 'endpoints.json'))
const pidOf = (name: string) => endpoints()?.processes.find((one) => one.name === name)?.pid ?? 0
const pids = () => endpoints()?.processes.map(({ pid }) => pid) ?? []

let first: Start

test('the first start brings everything up and says where it is', async () => {
  first = await start()
  assert.ok(first.up, first.output())
  const found = endpoints()!
  assert.deepEqual(Object.keys(found), [
    ...['app', 'api', 'openapi', 'temporalAddress', 'temporalUi', 'simulators', 'channels', 'demo', 'processes'],
  ])
  assert.deepEqual(found.processes.map(({ name }) => name).sort(), [
    'api',
    'dispatcher',
    'mail',
    'postgres',
    'temporal',
    'whatsapp',
    'worker',
  ])
  assert.ok(pids().every((pid) => isAlive(pid)))
  for (const file of ['endpoints.json', 'secrets.json']) assert.equal(statSync(join(dataDir, file)).mode & 0o777, 0o600)
})

test('a process is told its own address of the database, never the owner', async () => {
  const told = (await (await fetch(endpoints()!.app)).json()) as Record<string, string>
  assert.match(told['HOLDFAST_DATABASE_APP_URL']!, /^postgres:\/\/holdfast_app:/)
  assert.equal(Buffer.from(told['HOLDFAST_ROOT_KEY']!, 'base64').length, 32)
  assert.equal(told['DATABASE_URL'], '')
  assert.equal(told['HOLDFAST_DATABASE_MIGRATE_URL'], '')
})

test('who a provider or a person waits for has the processors before those who can do it a moment later', () => {
  const steps = Object.fromEntries(endpoints()!.processes.map(({ name, pid }) => [name, getPriority(pid)]))
  const { api, postgres, whatsapp, mail, ...later } = steps
  assert.deepEqual([api, postgres, whatsapp, mail], Array(4).fill(getPriority()))
  assert.deepEqual(later, { dispatcher: 5, temporal: 5, worker: 5 })
})

test('a second start on the same data is refused, and says where the first one is', async () => {
  const second = await start()
  assert.equal(second.up, false)
  assert.match(second.output(), /Holdfast already runs from .* at http:\/\/localhost:\d+ \(process \d+\)/)
  assert.ok(
    pids().every((pid) => isAlive(pid)),
    'the first one is not disturbed',
  )
})

for (const part of ['api', 'worker', 'postgres', 'temporal'] as const) {
  test(`${part} is killed and comes back under another process id, said so in the endpoints`, async () => {
    const before = pidOf(part)
    process.kill(before, 'SIGKILL')
    assert.ok(await until(() => pidOf(part) !== before && isAlive(pidOf(part)), 20_000), `${part} did not come back`)
    const title = { api: 'The API', worker: 'The worker', postgres: 'PostgreSQL', temporal: 'Temporal' }[part]
    const lines = [`${title} was ended by SIGKILL. Starting it again.`, `${title} is up again.`]
    assert.ok(await until(() => lines.every((line) => first.output().includes(line)), 20_000), first.output())
  })
}

test('an orderly end leaves no process and no endpoints, and the next start has the same secrets and ports', async () => {
  const before = { pids: pids(), app: endpoints()!.app, secrets: readFileSync(join(dataDir, 'secrets.json'), 'utf8') }
  await end(starts[0]!, 'SIGTERM')
  assert.deepEqual(
    before.pids.filter((pid) => isAlive(pid)),
    [],
  )
  assert.equal(existsSync(join(dataDir, 'endpoints.json')), false)
  assert.equal(existsSync(join(dataDir, 'lock.json')), false)

  const port = new URL(before.app).port
  const again = await start({ HOLDFAST_APP_PORT: '' })
  assert.ok(again.up, again.output())
  assert.equal(new URL(endpoints()!.app).port, port, 'bookmarks and webhooks go on working')
  assert.equal(readFileSync(join(dataDir, 'secrets.json'), 'utf8'), before.secrets)
})

test('a start that is killed with -9 takes everything with it, and the next one clears up', async () => {
  const before = pids()
  await end(starts.at(-1)!, 'SIGKILL')
  assert.ok(await until(() => before.every((pid) => !isAlive(pid)), 25_000), 'something outlived its supervisor')
  assert.ok(existsSync(join(dataDir, 'lock.json')), 'the lock is still there, as after any crash')

  const next = await start()
  assert.ok(next.up, next.output())
  assert.match(next.output(), /clearing up/)
  await end(next.child, 'SIGTERM')
})

test('a part that cannot start is named, with the end of its log, and nothing is left running', async () => {
  const broken = stubRoot({ 'worker/main.ts': `throw new Error('no such table: conversations')` })
  const data = mkdtempSync(join(tmpdir(), 'holdfast-test-start-'))
  chmodSync(data, 0o711)
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run-stub.ts'), broken, data], {
    env: childEnv(FREE_PORTS),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(child, 'close')
  assert.equal(child.exitCode, 1)
  assert.match(output, /The worker ended with code 1 while it was starting/)
  assert.match(output, /no such table: conversations/)
  assert.equal(existsSync(join(data, 'lock.json')), false)
  for (const folder of [broken, data]) rmSync(folder, { recursive: true, force: true })
})

test('a port that was asked for and is taken is named, with the setting that moves it', async () => {
  const { createServer } = await import('node:net')
  const squatter = createServer().listen(0, '127.0.0.1')
  await once(squatter, 'listening')
  const { port } = squatter.address() as { port: number }
  const refused = await start({ HOLDFAST_APP_PORT: String(port) })
  squatter.close()
  assert.equal(refused.up, false)
  assert.match(refused.output(), new RegExp(`Port ${port} for the app is taken`))
})
