import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { childEnv, machineVariable } from '#infra/env.ts'
import { KINDS } from '../rolling/kinds.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-docker-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** A docker that only remembers: which containers there are, what was asked of it, and which service never comes up. */
const DOCKER = `#!${process.execPath}
const { readFileSync, writeFileSync, appendFileSync } = require('node:fs')
const [file, log] = ['state.json', 'calls.txt'].map((name) => ${JSON.stringify(folder)} + '/' + name)
const args = process.argv.slice(2)
appendFileSync(log, args.join(' ') + '\\n')
const state = JSON.parse(readFileSync(file, 'utf8'))
const last = args.at(-1)
if (args[0] === 'compose' && args[1] === 'ps') console.log(state.containers.filter((c) => c.startsWith(last)).join('\\n'))
if (args[0] === 'compose' && args[1] === 'up') {
  const wanted = Number(args[args.indexOf('--scale') + 1].split('=')[1])
  while (state.containers.filter((c) => c.startsWith(last)).length < wanted) state.containers.push(last + '-' + ++state.made)
}
if (args[0] === 'compose' && args[1] === 'run' && state.migrationFails) process.exitCode = 1
if (args[0] === 'inspect') console.log('true ' + (state.never && last.startsWith(state.never) && Number(last.split('-')[1]) > 10 ? 'starting' : 'healthy'))
if (args[0] === 'rm') state.containers = state.containers.filter((c) => !args.includes(c))
writeFileSync(file, JSON.stringify(state))
`

function update(wishes: { never?: string; migrationFails?: boolean } = {}) {
  const bin = join(folder, 'docker')
  writeFileSync(bin, DOCKER)
  chmodSync(bin, 0o755)
  const containers = ['worker-1', 'worker-2', 'dispatcher-1', 'api-1', 'api-2']
  writeFileSync(join(folder, 'state.json'), JSON.stringify({ containers, made: 10, ...wishes }))
  writeFileSync(join(folder, 'calls.txt'), '')
  const path = `${folder}${delimiter}${machineVariable('PATH') ?? ''}`
  const { status, stdout, stderr } = spawnSync('sh', [join(ROOT, 'deploy/rolling-update.sh')], {
    env: childEnv({ PATH: path, HOLDFAST_UPDATE_WITHIN_SECONDS: '1' }),
    encoding: 'utf8',
  })
  return {
    status,
    said: stdout + stderr,
    calls: readFileSync(join(folder, 'calls.txt'), 'utf8').trim().split('\n'),
    left: (JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as { containers: string[] }).containers,
  }
}

test('[SEC-12] an update changes the tables first, then replaces each process once its successor is ready', () => {
  const { status, said, calls, left } = update()
  assert.equal(status, 0, said)
  assert.deepEqual(left, ['worker-11', 'worker-12', 'dispatcher-13', 'api-14', 'api-15'])
  const at = (wanted: RegExp) => calls.findIndex((call) => wanted.test(call))
  assert.ok(at(/^compose build/) < at(/^compose run .*migrate$/))
  assert.ok(at(/^compose run .*migrate$/) < at(/^compose up/), 'something was started on the old tables')
  const order = calls.filter((call) => call.startsWith('compose up')).map((call) => call.split(' ').at(-1))
  assert.deepEqual(order, [...KINDS], 'the order that test/rolling proves')
  for (const call of calls.filter((one) => one.startsWith('compose up'))) assert.match(call, /--no-deps --no-recreate/)
  for (const old of ['worker-1', 'worker-2', 'dispatcher-1', 'api-1', 'api-2']) {
    const kind = old.split('-')[0]!
    const stopped = calls.indexOf(`stop --time 60 ${old}`)
    const ready = calls.findLastIndex((call) => new RegExp(`^inspect .* ${kind}-1\\d$`).test(call))
    assert.ok(ready >= 0 && ready < stopped, `${old} was stopped before its successor was ready`)
  }
})

test('[SEC-12] when a new version does not come up, or its tables cannot be made, the old one goes on', () => {
  const worker = update({ never: 'worker' })
  assert.equal(worker.status, 1)
  assert.match(worker.said, /worker of the new version did not come up/)
  assert.deepEqual(worker.left, ['worker-1', 'worker-2', 'dispatcher-1', 'api-1', 'api-2'])
  assert.ok(!worker.calls.some((call) => call.startsWith('stop')))

  const tables = update({ migrationFails: true })
  assert.equal(tables.status, 1)
  assert.ok(!tables.calls.some((call) => /^(compose up|stop)/.test(call)))
})
