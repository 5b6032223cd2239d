import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { anyFreePort } from '../../scripts/start/ports.ts'

/**
 * What stands before several processes of the API, as `deploy/proxy/Caddyfile` says it: in turn, on kept connections, a
 * refused connection leads elsewhere, and what was cut off is repeated only where that does no harm.
 */
export type Balancer = {
  url: string
  env: Record<string, string>
  place: () => Promise<Place>
  add: (place: Place) => void
  remove: (place: Place) => void
  /** How many requests the process on a port has answered. */
  answered: () => ReadonlyMap<number, number>
  /** Requests that nobody could be found for, and those that were cut off and may not be repeated. */
  given502: () => number
  close: () => Promise<void>
}

type Place = { host: string; port: number }
type Options = { keepIdleMs: number }
type Outcome = 'answered' | 'refused' | 'cut off'

const TRY_FOR_MS = 5_000
const TRY_AGAIN_MS = 50

/** Reads, the stored-once webhooks, and what carries a key of idempotency. */
const mayRepeat = ({ method = 'GET', url = '/', headers }: IncomingMessage): boolean =>
  method === 'GET' || url.startsWith('/webhooks/') || headers['idempotency-key'] !== undefined

export async function startBalancer({ keepIdleMs }: Options): Promise<Balancer> {
  const agents = new Map<number, Agent>()
  const answered = new Map<number, number>()
  let turn = 0
  let failures = 0

  function next(): number | undefined {
    const ports = [...agents.keys()]
    turn += 1
    return ports[turn % ports.length]
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    const until = performance.now() + TRY_FOR_MS
    for (;;) {
      const port = next()
      const agent = port === undefined ? undefined : agents.get(port)
      const outcome =
        port === undefined || agent === undefined ? 'refused' : await pass({ port, agent, incoming, body, outgoing })
      if (outcome === 'answered') return void answered.set(port!, (answered.get(port!) ?? 0) + 1)
      const again = outcome === 'refused' || mayRepeat(incoming)
      if (!again || performance.now() > until) break
      await pause(TRY_AGAIN_MS)
    }
    failures += 1
    outgoing.writeHead(502).end()
  }

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy())
  })
  server.requestTimeout = 0
  const { port } = await listening(server)
  return {
    url: `http://127.0.0.1:${port}`,
    env: {},
    place: async () => ({ host: '127.0.0.1', port: await anyFreePort() }),
    add: (added) => void agents.set(added.port, new Agent({ keepAlive: true, timeout: keepIdleMs })),
    remove: (removed) => void agents.delete(removed.port),
    answered: () => answered,
    given502: () => failures,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      for (const agent of agents.values()) agent.destroy()
    },
  }
}

function listening(server: Server): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server.address() as AddressInfo))
  })
}

type Passage = { port: number; agent: Agent; incoming: IncomingMessage; body: Buffer; outgoing: ServerResponse }

function pass({ port, agent, incoming, body, outgoing }: Passage): Promise<Outcome> {
  const { method, url: path, headers } = incoming
  return new Promise((resolve) => {
    const forwarded = { ...headers, 'x-forwarded-for': incoming.socket.remoteAddress ?? '' }
    const asking = request({ host: '127.0.0.1', port, agent, method, path, headers: forwarded }, (answer) => {
      const { connection: _, 'keep-alive': __, ...given } = answer.headers
      outgoing.writeHead(answer.statusCode ?? 502, given)
      answer.pipe(outgoing)
      // Who asked may be gone before a stream ends, and a stream may break.
      outgoing.once('close', () => asking.destroy())
      answer.once('error', () => outgoing.destroy())
      resolve('answered')
    })
    asking.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.syscall === 'connect' ? 'refused' : 'cut off')
    })
    asking.end(body)
  })
}
