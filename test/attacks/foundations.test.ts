import assert from 'node:assert/strict'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { contractOf } from '../api/contract.ts'
import { furnish } from '../api/furniture.ts'
import type { Browser, House } from '../api/house.ts'
import { type Edit, holds } from '../support/without.ts'
import { houseOf } from './house.ts'

const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })
const ROOT = join(import.meta.dirname, '../..')
const open = await houseOf()

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

type Ban = { what: string; pattern: RegExp; sample: string; allowed: readonly string[] }

/** Where statements are asked for past the one door that sets a tenant's context, or put together from what somebody said. */
const PAST_THE_DOOR: readonly Ban[] = [
  {
    what: 'a driver of its own',
    pattern: /\b(from|import\(|require\() ?['"](pg|pg-[a-z-]+|@mikro-orm\/[a-z-]+)['"]/,
    sample: `const pg = await import('pg')`,
    allowed: ['auth/attempts.ts', 'auth/auth.ts', 'auth/sessions.ts', 'db/migrate.ts', 'db/tx.ts'],
  },
  {
    what: 'a connection that carries no context',
    pattern: /\.(getConnection|getKnex|getDriver|execute)\(/,
    sample: 'await em.getConnection().execute(text)',
    allowed: [],
  },
  {
    what: 'rows copied in or out',
    pattern: /\bcopy\s+[\w."(]+[^;`]*\b(from\s+stdin|to\s+stdout)\b/i,
    sample: 'copy contacts (id, name) from stdin',
    allowed: [],
  },
  {
    what: 'a stream or cursor of rows',
    pattern: /\b(QueryStream|new Cursor|queryStream|declare\s+\w+\s+cursor)\b/i,
    sample: 'client.query(new Cursor(text))',
    allowed: [],
  },
  {
    what: 'a statement put together from values',
    pattern: /(\btext: ?|\.query\(\s*)`[^`]*\$\{/,
    sample: 'tx.rows({ text: `select * from contacts where name = $'.concat('{name}`, values: [], name })'),
    // Names of roles and of the database, quoted; and the text that `sql` makes of numbered places.
    allowed: ['db/migrate.ts', 'db/tx.ts'],
  },
]

const breaches = (file: string, text: string): string[] =>
  PAST_THE_DOOR.filter(
    ({ pattern, allowed }) => pattern.test(text) && !allowed.includes(file.replace(/^infra\//, '')),
  ).map(({ what }) => `${file}: ${what}`)

test('[S08] nobody talks to Postgres but through a transaction that has a context, in statements that are written down', () => {
  const files = globSync('{activities,api,domain,infra,temporal,worker,workflows}/**/*.ts', { cwd: ROOT })
  const product = files.filter((file) => !file.endsWith('.test.ts'))
  assert.ok(product.length > 300)
  assert.deepEqual(
    product.flatMap((file) => breaches(file, readFileSync(join(ROOT, file), 'utf8'))),
    [],
  )
  // Each ban finds what it is for, and nothing in a statement as they are written here.
  for (const { what, sample } of PAST_THE_DOOR) assert.deepEqual(breaches('api/a.ts', sample), [`api/a.ts: ${what}`])
  assert.deepEqual(breaches('api/a.ts', 'tx.rows(sql`select name from contacts where id = $'.concat('{id}`)')), [])
})

/** What Temporal would take for the name of a workflow, a task or a question. None of it is for callers to say. */
const TEMPORAL_WORDS =
  /^(workflow_?id|workflow_?type|run_?token|task_?token|task_?queue|visibility|namespace|search_?attributes?)$/i

const fieldsOf = (schema: unknown): string[] => {
  if (schema === null || typeof schema !== 'object') return []
  const own = Object.entries((schema as { properties?: object }).properties ?? {}).map(([name]) => name)
  return [...own, ...Object.values(schema).flatMap(fieldsOf)]
}

const HOSTILE_IDS = ['flow%2F..', '..%2f..', '%00', '*', "x' or '1'='1"]

holds('[S11] no route takes the name of a workflow, a token of a task or a question to Temporal', {
  open,
  async attack(house) {
    const said = contractOf(house.app).operations.flatMap(({ method, path, params, query, body }) =>
      [...params, ...query, ...fieldsOf(body)]
        .filter((name) => TEMPORAL_WORDS.test(name))
        .map((name) => `${method} ${path}: ${name}`),
    )
    const [owner, stranger] = [await house.owner(), await house.owner()]
    const got = [...said]
    const refused = async (path: string) => {
      const { status } = await owner.request('GET', path)
      if (status !== 404 && status !== 422) got.push(`${path}: ${status}`)
    }
    const ids = [`flow%2F${stranger.tenantId}%2Fx`, `conversation%2F${stranger.tenantId}%2Fx`, ...HOSTILE_IDS]
    for (const path of ['/runs', '/conversations', '/diagnostics/runs'])
      for (const id of ids) await refused(`${path}/${id}`)
    for (const word of ['workflowId', 'query', 'taskToken']) await refused(`/runs?${word}=x`)
    return got
  },
  // Nothing guards what is not there: so the counter-trial puts it there.
  without: edit(
    'domain/runs/schema.ts',
    'PageQuery.extend({',
    'PageQuery.extend({\n  workflowId: z.string().optional(),',
  ),
})

/** A Temporal that only writes down which workflows it was asked for. */
function listeningTemporal() {
  const asked: string[] = []
  const getHandle = (workflowId: string) => {
    asked.push(workflowId)
    return { signal: async () => undefined, cancel: async () => undefined }
  }
  const temporal = { workflow: { getHandle }, withDeadline: (_: unknown, work: () => unknown) => work() }
  return { asked, temporal: temporal as unknown as NonNullable<House['deps']['temporal']> }
}

holds('[S11] Temporal is asked for workflows of the caller’s own tenant only, however the request is written', {
  async open(code) {
    const house = await open(code)
    const { asked, temporal } = listeningTemporal()
    house.deps.temporal = temporal
    return { house, asked }
  },
  async attack({ house, asked }) {
    const [victim, thief] = [await house.owner(), await house.owner()]
    const [theirs, own] = [await furnish(house, victim), await furnish(house, thief)]
    const request = (browser: Browser, contact: string) =>
      browser.json<{ id: string }>(202, 'POST', `/contacts/${contact}/data-requests`, { kind: 'export' })
    const [foreign, mine] = [await request(victim, theirs['contact']!), await request(thief, own['contact']!)]
    const { id } = await thief.json<{ id: string }>(202, 'POST', '/diagnostics/runs')
    const word = `export/${victim.tenantId}/${foreign.id}`
    const headers = { 'x-workflow-id': word, 'workflow-id': word, 'temporal-workflow-id': word }
    asked.length = 0
    for (const { method, path, params } of contractOf(house.app).operations) {
      if (method === 'GET' || params.join() !== 'id') continue
      for (const one of [foreign.id, mine.id, id, theirs['run']!]) {
        await thief.request(method, path.replace('{id}', one), undefined, headers)
      }
    }
    if (asked.length < 2) throw new Error('Temporal is asked for their own')
    return asked.filter((name) => !new RegExp(`^\\w+/${thief.tenantId}/(${mine.id}|${id})$`).test(name))
  },
  without: edit(
    'api/routes/data-requests.ts',
    'getHandle(exportWorkflowId(tenantId, id))',
    "getHandle(c.req.header('workflow-id') ?? exportWorkflowId(tenantId, id))",
  ),
})
