import { connect } from 'node:net'
import { after } from 'node:test'
import { type House, openHouse } from '../api/house.ts'
import { type Code, type Edit, holds } from '../support/without.ts'

const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })
const SERVER = 'api/http-server.ts'
const LIMITS = '{ requestTimeout: 60_000, headersTimeout: 20_000,'

const house = await openHouse()

type Served = { port: number }

/** The server of the given code over the API as it is: what is attacked here is the wire before it. */
async function serve(code: Code): Promise<Served> {
  const { createHttpServer, listen, stopListening } = await code<typeof import('#api/http-server.ts')>(SERVER)
  const app: House['app'] = house.app
  const server = createHttpServer({ fetch: (request, bindings) => app.fetch(request, bindings), secure: true })
  after(() => stopListening(server, 50))
  return { port: await listen(server, { host: '127.0.0.1', port: 0 }) }
}

/** Sends bytes as they are. @returns the statuses of all answers until the other side closes or is silent for a while. */
function sent({ port }: Served, pieces: readonly string[], silentMs = 6_000): Promise<number[]> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => {
      for (const piece of pieces) socket.write(piece)
    })
    const end = () => {
      socket.destroy()
      resolve([...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status)))
    }
    socket.setTimeout(silentMs, end)
    socket.on('data', (part) => {
      text += part.toString('latin1')
    })
    socket.on('close', end)
    socket.on('error', end)
  })
}

const HIDDEN = 'GET /api/v1/health/live HTTP/1.1\r\nHost: x\r\n\r\n'
const chunked = `0\r\n\r\n${HIDDEN}`

holds('[S73] a request that two readers would cut differently is refused as a whole', {
  open: serve,
  async attack(served) {
    const post = (headers: string) => `POST /api/v1/config HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${chunked}`
    const tries: Record<string, string> = {
      'length and chunks': post(`Content-Length: ${chunked.length}\r\nTransfer-Encoding: chunked`),
      'chunks and length': post(`Transfer-Encoding: chunked\r\nContent-Length: 4`),
      'two lengths': post(`Content-Length: 5\r\nContent-Length: ${chunked.length}`),
      'chunks that are none': post('Transfer-Encoding: xchunked'),
      'chunks twice': post('Transfer-Encoding: chunked, identity'),
      'a folded header': 'GET /api/v1/health/live HTTP/1.1\r\nHost: x\r\nX-Folded: a\r\n b: c\r\n\r\n',
      'a space before the colon': 'GET /api/v1/health/live HTTP/1.1\r\nHost : x\r\n\r\n',
      'a lone line feed in a header': 'GET /api/v1/health/live HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n',
      'no host': 'GET /api/v1/health/live HTTP/1.1\r\n\r\n',
    }
    for (const [name, bytes] of Object.entries(tries)) {
      const statuses = await sent(served, [bytes])
      // One is enough; whoever is let through keeps the line open, and each would be waited for.
      if (statuses.length !== 1 || ![400, 405, 411].includes(statuses[0]!)) return [`${name}: ${statuses.join()}`]
    }
    return []
  },
  without: edit(SERVER, LIMITS, `{ insecureHTTPParser: true, ${LIMITS.slice(1)}`),
})

holds('[S73] headers without end are cut at 16 KB', {
  open: serve,
  async attack(served) {
    const flood = Array.from({ length: 200 }, (_, index) => `X-Flood-${index}: ${'x'.repeat(200)}`).join('\r\n')
    const statuses = await sent(served, [`GET /api/v1/health/live HTTP/1.1\r\nHost: x\r\n${flood}\r\n\r\n`])
    return statuses.filter((status) => status !== 431).map(String)
  },
  without: edit(SERVER, LIMITS, `{ maxHeaderSize: 1_000_000, ${LIMITS.slice(1)}`),
})

/** The same server with its bounds in time a hundredth of what they are, so that nobody waits for them. */
const HASTY = edit(SERVER, LIMITS, '{ connectionsCheckingInterval: 50, requestTimeout: 600, headersTimeout: 200,')

holds('[S73] whoever sends headers for ever is answered and cut off', {
  open: serve,
  hastened: HASTY,
  async attack(served) {
    const statuses = await sent(served, ['GET /api/v1/health/live HTTP/1.1\r\nHost: x\r\nX-Slow: '], 10_000)
    return statuses.length === 1 && statuses[0] === 408 ? [] : [`answered by ${statuses.join() || 'nothing'}`]
  },
  without: edit(SERVER, LIMITS, '{ connectionsCheckingInterval: 50, requestTimeout: 0, headersTimeout: 0,'),
})
