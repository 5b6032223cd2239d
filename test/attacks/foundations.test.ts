import assert from 'node:assert/strict'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { contractOf } from '../api/contract.ts'
import { openHouse } from '../api/house.ts'
import { type Edit, holds } from '../support/without.ts'

const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })
const ROOT = join(import.meta.dirname, '../..')

/** As much of a PostgreSQL as is needed to say how old it is. @returns its address, and what it was asked. */
async function serverOfAge(version: number) {
  const asked: string[] = []
  const message = (type: string, body: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(body.length + 4)
    return Buffer.concat([Buffer.from(type), length, body])
  }
  const int = (value: number, bytes: 2 | 4) => {
    const buffer = Buffer.alloc(bytes)
    buffer.writeIntBE(value, 0, bytes)
    return buffer
  }
  const ready = message('Z', Buffer.from('I'))
  const column = (name: string, type: number) =>
    Buffer.concat([Buffer.from(`${name}\0`), int(0, 4), int(0, 2), int(type, 4), int(-1, 2), int(-1, 4), int(0, 2)])
  const text = (value: string) => Buffer.concat([int(Buffer.byteLength(value), 4), Buffer.from(value)])
  const row = Buffer.concat([
    message('T', Buffer.concat([int(2, 2), column('version', 23), column('database', 25)])),
    message('D', Buffer.concat([int(2, 2), text(String(version)), text('postgres')])),
    message('C', Buffer.from('SELECT 1\0')),
    ready,
  ])
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    let greeted = false
    socket.on('data', (bytes) => {
      if (!greeted) {
        greeted = true
        socket.write(Buffer.concat([message('R', int(0, 4)), ready]))
      } else if (bytes[0] === 0x51) {
        asked.push(bytes.subarray(5, -1).toString())
        if (asked.length === 1) socket.write(row)
        else socket.end()
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, asked, close: () => server.close() }
}

holds('[S10] a PostgreSQL that leaks past row-level security is not used', {
  open: (code) => code<typeof import('#infra/db/migrate.ts')>('infra/db/migrate.ts'),
  async attack({ migrate }) {
    const got: string[] = []
    for (const version of [170_005, 160_009, 150_014, 140_020]) {
      const server = await serverOfAge(version)
      await migrate({ adminUrl: server.url }).catch(() => undefined)
      server.close()
      if (server.asked.length > 1) got.push(`${version} was asked for more`)
    }
    return got
  },
  without: edit('infra/db/migrate.ts', 'if (version < OLDEST_POSTGRES) {', 'if (version < 0) {'),
})

const CHANGES_ROLE = /\b(set\s+(local\s+|session\s+)?role|set\s+session\s+authorization|reset\s+role)\b/i

test('[S10] nobody changes the role of a connection: plans that were made for one role would serve another', () => {
  const files = globSync('{api,infra,worker,activities,temporal}/**/*.{ts,sql}', { cwd: ROOT })
  const changing = files.filter((file) => CHANGES_ROLE.test(readFileSync(join(ROOT, file), 'utf8')))
  assert.deepEqual(changing, [])
  for (const text of ['SET ROLE admin', 'set local role x', 'set session authorization y']) {
    assert.ok(CHANGES_ROLE.test(text), text)
  }
})

/** What Temporal would take for the name of a workflow, a task or a question. None of it is for callers to say. */
const TEMPORAL_WORDS =
  /^(workflow_?id|workflow_?type|run_?token|task_?token|task_?queue|visibility|namespace|search_?attributes?)$/i

const fieldsOf = (schema: unknown): string[] => {
  if (schema === null || typeof schema !== 'object') return []
  const own = Object.entries((schema as { properties?: object }).properties ?? {}).map(([name]) => name)
  return [...own, ...Object.values(schema).flatMap(fieldsOf)]
}

test('[S11] no route takes the name of a workflow, a token of a task or a question to Temporal', async () => {
  const house = await openHouse()
  const { operations } = contractOf(house.app)
  const said = operations.flatMap(({ method, path, params, query, body }) =>
    [...params, ...query, ...fieldsOf(body)]
      .filter((name) => TEMPORAL_WORDS.test(name))
      .map((name) => `${method} ${path}: ${name}`),
  )
  assert.deepEqual(said, [])
  for (const word of ['workflowId', 'task_token', 'taskQueue']) assert.ok(TEMPORAL_WORDS.test(word), word)
  const owner = await house.owner()
  const stranger = await house.owner()
  for (const id of [`flow/${stranger.tenantId}/x`, `conversation%2F${stranger.tenantId}%2Fx`, '..%2f..', '%00']) {
    for (const path of ['/runs', '/conversations']) {
      const { status } = await owner.request('GET', `${path}/${id}`)
      assert.ok([404, 422].includes(status), `${path}/${id}: ${status}`)
    }
  }
  for (const word of ['workflowId', 'query', 'taskToken']) {
    assert.equal((await owner.request('GET', `/runs?${word}=x`)).status, 422, word)
  }
})
