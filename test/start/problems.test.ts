import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { childEnv } from '#infra/env.ts'
import { anyFreePort } from '../../scripts/start/ports.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-problems-'))
const servers: Server[] = []
after(() => {
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true, force: true })
})

let starts = 0

/** What `npm start` says before it gives up. */
async function refused(env: Record<string, string>): Promise<string> {
  starts += 1
  const data = { HOLDFAST_DATA: join(folder, `data-${starts}`), NO_COLOR: '1' }
  const child = spawn(process.execPath, ['scripts/start.mjs', '--no-demo', '--no-web'], {
    cwd: ROOT,
    env: childEnv({ ...data, ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, complaints, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  assert.equal(code, 1, out + complaints)
  assert.equal(complaints, '')
  assert.doesNotMatch(out + complaints, /should not have happened|\n\s+at .*\.ts:\d+/, 'no stack for what is no fault')
  return out
}

const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
const int16 = (value: number) => Buffer.from([value >> 8, value & 0xff])
const READY = message('Z', Buffer.from('I'))

/** One row of texts, as the protocol of PostgreSQL says it. */
function rowOf(row: Record<string, string>): Buffer {
  const columns = Object.keys(row).map((name) => {
    const rest = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0])
    return Buffer.concat([Buffer.from(`${name}\0`), rest])
  })
  const values = Object.values(row).map((value) =>
    Buffer.concat([Buffer.from([0, 0, 0, value.length]), Buffer.from(value)]),
  )
  return Buffer.concat([
    message('T', Buffer.concat([int16(columns.length), ...columns])),
    message('D', Buffer.concat([int16(values.length), ...values])),
    message('C', Buffer.from('SELECT 1\0')),
    READY,
  ])
}

/** A PostgreSQL that can say nothing but how old it is. */
async function oldPostgres(version: number): Promise<string> {
  const server = createServer((socket: Socket) => {
    let greeted = false
    socket.on('error', () => undefined)
    socket.on('data', (data: Buffer) => {
      if (data.toString('latin1', 0, 1) === 'X') return socket.end()
      socket.write(
        greeted
          ? rowOf({ version: String(version), database: 'holdfast' })
          : Buffer.concat([message('R', Buffer.alloc(4)), READY]),
      )
      greeted = true
    })
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `postgres://postgres@127.0.0.1:${(server.address() as { port: number }).port}/holdfast`
}

test('a database that is too old is named with its version, and with the way out', async () => {
  const out = await refused({ DATABASE_URL: await oldPostgres(160_004) })
  assert.match(out, /PostgreSQL 16\.4 is too old: 17\.6 or later is needed\./)
  assert.match(out, /→ Correct DATABASE_URL, or leave it out/)
})

test('a database that does not answer is named by its setting', async () => {
  const out = await refused({ DATABASE_URL: `postgres://x:secret-word@127.0.0.1:${await anyFreePort()}/holdfast` })
  assert.match(out, /No PostgreSQL answers at DATABASE_URL\./)
  assert.match(out, /→ Correct DATABASE_URL/)
  assert.doesNotMatch(out, /secret-word/)
})

test('data of an older PostgreSQL are left alone, and named with the ways out', async () => {
  const data = join(folder, 'old-cluster')
  const cluster = join(data, 'postgres')
  mkdirSync(cluster, { recursive: true })
  // Where root starts it, PostgreSQL is another user, whose data lie elsewhere if they cannot reach this folder.
  chmodSync(folder, 0o711)
  writeFileSync(join(cluster, 'PG_VERSION'), '17\n')
  const out = await refused({ HOLDFAST_DATA: data })
  assert.match(out, /The data in .*old-cluster.postgres were written by PostgreSQL 17; this is PostgreSQL 18\./)
  assert.match(
    out,
    /→ Move them with pg_upgrade or pg_dump, .*HOLDFAST_DATA=\/path, or empty them: npm start -- --reset/,
  )
  assert.deepEqual(readdirSync(cluster), ['PG_VERSION'])
})

test('every wrong setting names itself and what it may be, all in one go', async () => {
  const out = await refused({
    HOLDFAST_APP_PORT: 'eighty',
    HOLDFAST_LOG_LEVEL: 'loud',
    HOLDFAST_ROOT_KEY: 'short-secret',
  })
  assert.match(out, /HOLDFAST_APP_PORT is "eighty"\. It must be a port number/)
  assert.match(out, /HOLDFAST_LOG_LEVEL is "loud"\. It must be one of/)
  assert.match(out, /HOLDFAST_ROOT_KEY has a value that cannot be used/)
  assert.doesNotMatch(out, /short-secret/)
})

test('a disk that is full is said before anything is begun', async (t) => {
  const mounted = join(folder, 'full')
  mkdirSync(mounted)
  if (spawnSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mounted]).status !== 0) {
    return t.skip('a small disk can only be made by root')
  }
  try {
    const out = await refused({ HOLDFAST_DATA: join(mounted, 'data') })
    assert.match(out, /Only 1 MB are free on the disk of .*full\/data/)
    assert.match(out, /→ Free some space .*HOLDFAST_DATA=\/path npm start/)
  } finally {
    spawnSync('/bin/umount', [mounted])
  }
})

type Search = { found?: { origin: string }; message: string; wayOut: string[]; notes: string[] }

/** What the search for a Temporal says and finds on a machine with nothing but this, without a way to the outside. */
async function findTemporalWith(env: Record<string, string>): Promise<Search> {
  const script = `
    import { findTemporal } from ${JSON.stringify(join(ROOT, 'scripts/start/temporal-binary.ts'))}
    const notes = []
    await findTemporal((note) => notes.push(note)).then((found) => ({ found }), ({ message, wayOut }) => ({ message, wayOut }))
      .then((said) => console.log(JSON.stringify({ ...said, notes })))`
  const nowhere = `http://127.0.0.1:${await anyFreePort()}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: ROOT,
    env: childEnv({
      ...env,
      ...Object.fromEntries(['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].map((name) => [name, nowhere])),
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, complaints] = await Promise.all([text(child.stdout), text(child.stderr)])
  assert.notEqual(out, '', complaints)
  return JSON.parse(out) as Search
}

test('without Temporal, Go and a download the ways to get one are listed', async () => {
  const said = await findTemporalWith({ PATH: join(folder, 'empty'), XDG_CACHE_HOME: join(folder, 'cache') })
  assert.match(said.message, /Temporal is not on this machine, .*download was not to be had, and there is no Go/)
  assert.equal(said.wayOut.length, 3)
  for (const [index, way] of [/Temporal CLI/, /Go 1\.25/, /TEMPORAL_ADDRESS=/].entries()) {
    assert.match(said.wayOut[index]!, way)
  }
  assert.ok(
    said.notes.some((note) => /download/.test(note)),
    'it says what it tries',
  )
})

test('a server that is built here says how far it is', async () => {
  const path = join(folder, 'with-go')
  mkdirSync(path)
  // Says what Go says of two modules and of half the packages, and makes the file that it was asked for.
  const go = `#!/bin/sh
[ "$1" = version ] && echo 'go version go1.25.0 linux/amd64' && exit
for name in one two; do echo "go: downloading $name" >&2; done
n=0; while [ $n -lt 660 ]; do n=$((n + 1)); echo "package/$n"; done >&2
while [ "$1" != -o ]; do shift; done
: > "$2"`
  writeFileSync(join(path, 'go'), go, { mode: 0o755 })
  const { found, notes } = await findTemporalWith({ PATH: path, XDG_CACHE_HOME: join(folder, 'build-cache') })
  assert.equal(found?.origin, 'built')
  const built = notes.slice(notes.findIndex((note) => /^building Temporal with Go, once/.test(note)) + 1)
  const percents = built.flatMap((note) => /^building Temporal: (\d+) %$/.exec(note)?.[1] ?? []).map(Number)
  assert.equal(percents.at(-1), 50)
  assert.deepEqual(
    percents,
    percents.toSorted((one, other) => one - other),
  )
})
