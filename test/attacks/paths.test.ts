import { Agent, request } from 'node:http'
import { after } from 'node:test'
import { contractOf, type Operation } from '../api/contract.ts'
import { furnish } from '../api/furniture.ts'
import { type House, ORIGIN } from '../api/house.ts'
import { makeKey, setLimits } from '../api/program.ts'
import { type Code, type Edit, holds } from '../support/without.ts'
import { houseOf } from './house.ts'

const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })
const fresh = await houseOf()

type Served = { house: House; port: number; agent: Agent }

async function serve(code: Code): Promise<Served> {
  const house = await fresh(code)
  // Each request of nobody comes from an address of its own, so that what refuses it is the guard and not the limit.
  house.deps.settings = { ...house.deps.settings, trustedProxies: ['127.0.0.1'] }
  const { createHttpServer, listen, stopListening } =
    await code<typeof import('#api/http-server.ts')>('api/http-server.ts')
  const server = createHttpServer({ fetch: (incoming, bindings) => house.app.fetch(incoming, bindings), secure: true })
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  after(async () => {
    agent.destroy()
    await stopListening(server, 50)
  })
  return { house, agent, port: await listen(server, { host: '127.0.0.1', port: 0 }) }
}

/** Asks with a path that is sent as it is written; every client that knows addresses would tidy it first. */
const asked = (
  { port, agent }: Served,
  { method, path, headers }: { method: string; path: string; headers: Record<string, string> },
): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request({ port, agent, host: '127.0.0.1', method, path, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', reject).end(method === 'GET' ? undefined : '{}')
  })

const encoded = (letter: string) => `%${letter.charCodeAt(0).toString(16)}`

/** Other ways to write a path, each of which some server or framework has taken for the same. */
function spellings(path: string): string[] {
  const [, first = '', rest = ''] = /^\/(\w[\w-]*)(.*)$/.exec(path) ?? []
  const tail = `${first}${rest}`
  return [
    ...[`//api/v1/${tail}`, `/api//v1/${tail}`, `/api/v1//${tail}`, `/./api/v1/${tail}`, `/api/v1/./${tail}`],
    ...[`/x/../api/v1/${tail}`, `/api/v1/x/../${tail}`, `/api/v1/x/%2e%2e/${tail}`, `/api/v1/config/../${tail}`],
    ...[`/api/v1/${tail}/`, `/api/v1/${tail}/.`, `/api/v1/${tail}.`, `/api/v1/${tail}%2F`, `/api/v1/${tail}%00`],
    ...[
      `/api/v1/${tail};a=b`,
      `/api;a=b/v1/${tail}`,
      `/api/v1/${tail}%20`,
      `/api/v1/${tail}%3Fx`,
      `/api/v1/${tail}.json`,
    ],
    ...[`/api%2Fv1%2F${tail}`, `/api/v1%2F${tail}`, `/%61pi/v1/${tail}`, `/api/%76%31/${tail}`, `/api%5Cv1%5C${tail}`],
    ...[`/api/v1/${encoded(first[0]!)}${tail.slice(1)}`, `/api/v1/%25${encoded(first[0]!).slice(1)}${tail.slice(1)}`],
    ...[`/API/v1/${tail}`, `/api/V1/${tail}`, `/api/v1/${first.toUpperCase()}${rest}`, `\\api\\v1\\${tail}`],
    ...[`http://${tail}/api/v1/${tail}`, `http://127.0.0.1/api/v1/${tail}`, `/webhooks/../api/v1/${tail}`],
  ]
}

/** No guard answers otherwise: it is not there, not for you, or not understood. */
const KEPT_OUT = new Set([400, 401, 403, 404, 405])

holds('[S50] however the path of a guarded route is written, the same guard stands before it, or nothing is there', {
  open: serve,
  async attack(served) {
    const { house } = served
    const owner = await house.owner()
    const ids = await furnish(house, owner)
    await setLimits(house, owner.tenantId, { requestsPerMinute: 1_000_000, keyRequestsPerMinute: 1_000_000 })
    const { secret } = await makeKey(owner, { permissions: ['webhooks.read'] })
    const key = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    const guarded = contractOf(house.app).operations.filter(
      ({ access }: Operation) => !['public', 'member', 'signed_in', 'webhooks.read'].includes(access),
    )
    // One of each method in each feature: their paths are matched and guarded by the same code.
    const ones = Object.values(Object.groupBy(guarded, ({ method, path }) => `${method} ${path.split('/')[1]}`))
    if (ones.length < 50) throw new Error('the guarded routes are found')
    const tries = ones.flatMap((alike, index) => {
      const { method, path } = alike![0]!
      const filled = path.replace(/\{\w+\}/g, ids[path.split('/')[1]!.replace(/s$/, '')] ?? ids['contact']!)
      // Each spelling is tried at a quarter of them, each time another one.
      const some = spellings(filled).filter((_, place) => (place + index) % 4 === 0)
      return some.map((written) => ({ method, path: written }))
    })
    const got: string[] = []
    let count = 0
    const ask = async (one: { method: string; path: string }, as: string, headers: Record<string, string>) => {
      const status = await asked(served, { ...one, headers })
      if (!KEPT_OUT.has(status)) got.push(`${one.method} ${one.path} as ${as}: ${status}`)
    }
    const taker = async () => {
      for (let next = tries.pop(); next !== undefined && got.length < 20; next = tries.pop()) {
        count += 1
        await ask(next, 'a key without the permission', key)
        const from = `198.51.${(count >> 8) & 255}.${count & 255}`
        if (count % 3 === 0) await ask(next, 'nobody', { origin: ORIGIN, 'x-forwarded-for': from })
      }
    }
    await Promise.all(Array.from({ length: 8 }, taker))
    return got
  },
  // A guard that is chosen by how the path is written, as one in a proxy or in a list of patterns is.
  without: edit(
    'api/routing.ts',
    'middleware: [guard(spec)],',
    'middleware: [createMiddleware<AppEnv>((c, next) => (c.req.raw.url.includes("%") ? next() : guard(spec)(c, next)))],',
  ),
})

holds('[S50] … and what a header says of the path or the method is not heeded', {
  open: serve,
  async attack(served) {
    const { house } = served
    const owner = await house.owner()
    const { secret } = await makeKey(owner, { permissions: ['contacts.read'] })
    const tags = () => house.admin('select 1 from tags where tenant_id = $1', [owner.tenantId])
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    const got: string[] = []
    for (const name of ['x-original-url', 'x-rewrite-url', 'x-forwarded-uri', 'x-forwarded-prefix']) {
      const status = await asked(served, {
        method: 'GET',
        path: '/api/v1/flows',
        headers: { ...headers, [name]: '/api/v1/contacts' },
      })
      if (status !== 403) got.push(`${name}: ${status}`)
    }
    for (const name of ['x-http-method-override', 'x-method-override', 'x-http-method']) {
      const status = await asked(served, {
        method: 'POST',
        path: '/api/v1/tags',
        headers: { ...headers, [name]: 'GET' },
      })
      if (status !== 403) got.push(`${name}: ${status}`)
    }
    return [...got, ...(await tags()).map(() => 'a tag')]
  },
  without: edit(
    'api/middleware/permission.ts',
    "if (access !== 'member' && !c.get('principal').permissions.has(access)) {",
    "if (c.req.header('x-original-url') === undefined && !c.get('principal').permissions.has(access as Permission)) {",
  ),
})
