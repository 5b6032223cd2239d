import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { createHttpServer, listen, stopListening } from '#api/http-server.ts'
import { createFileStore } from '#infra/media/store.ts'
import { createChannelConnections } from '#infra/providers/channel-connections.ts'
import { type Browser, buildHouse, type House, ORIGIN } from '../house.ts'
import { setLimits } from '../program.ts'
import { fillStock, type Stock } from './stock.ts'

/** Guards stay as they are; the tenant has a plan under which a fuzzer gets through. */
const ROOMY = 100_000_000
const COUNTED = ['apiCalls', 'contacts', 'tags', 'roles', 'calendars', 'flows', 'customFields', 'webhooks', 'members']
const RATES = ['requestsPerMinute', 'keyRequestsPerMinute', 'personRequestsPerMinute']
const PLAN = Object.fromEntries([...COUNTED, ...RATES, 'channels', 'apiKeys'].map((figure) => [figure, ROOMY]))

/** A provider that knows nobody, so that no request waits for one that is not there. */
async function openProvider(): Promise<{ url: string; close: () => void }> {
  const server = createServer((_, response) => {
    const error = { message: 'Invalid OAuth access token.', type: 'OAuthException', code: 190 }
    response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() }
}

/** A key that came again would be told so and nothing else; what a key means has its own test. */
function freshKey({ headers, rawHeaders }: IncomingMessage, count: number): void {
  const key = headers['idempotency-key']
  if (typeof key !== 'string' || !/^[!-~]{1,255}$/.test(key)) return
  const fresh = `${key}-${count}`.slice(-255)
  headers['idempotency-key'] = fresh
  // Whoever reads the request may ask either.
  rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === 'idempotency-key') + 1] = fresh
}

/** Each request comes from an address of its own: the bound on addresses is there, and is not what is met. */
async function serve(house: House) {
  let count = 0
  const nextAddress = () => `10.${(count >> 16) & 255}.${(count >> 8) & 255}.${count & 255}`
  const server = createHttpServer({
    fetch: (request) => {
      const bindings = { incoming: { socket: { remoteAddress: nextAddress() } } }
      return house.app.fetch(request, bindings as never)
    },
    secure: false,
  })
  server.prependListener('request', (request) => {
    count += 1
    freshKey(request, count)
  })
  const port = await listen(server, { host: '127.0.0.1', port: 0 })
  return { url: `http://127.0.0.1:${port}`, close: () => stopListening(server, 1_000) }
}

export type ServedHouse = { house: House; owner: Browser; stock: Stock; url: string; close: () => Promise<void> }

/** The whole API on a port and a database of its own, with one tenant that has something of everything. */
export async function openServedHouse(folder: string): Promise<ServedHouse> {
  const house = await buildHouse()
  const provider = await openProvider()
  house.deps.media = createFileStore(join(folder, 'media'))
  house.deps.channels = createChannelConnections({
    db: house.deps.db,
    keyRing: house.deps.keyRing,
    clock: house.deps.clock,
    settings: { graph: { baseUrl: provider.url, version: 'v25.0' }, publicUrl: ORIGIN },
  })
  const owner = await house.owner()
  await setLimits(house, owner.tenantId, PLAN)
  const stock = await fillStock(house, owner)
  const served = await serve(house)
  const close = async () => {
    await served.close()
    provider.close()
    await house.close()
  }
  return { house, owner, stock, url: served.url, close }
}
