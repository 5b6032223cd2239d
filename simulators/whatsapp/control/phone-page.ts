import { existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import type { JsonObject } from '../json.ts'
import { threadKey } from '../model.ts'
import type { Sim } from '../sim.ts'
import { ControlError, clockView, idOf, numberOf } from './api.ts'

const PUBLIC_DIR = join(import.meta.dirname, '..', 'public')
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The page itself, what it needs at first, and the stream of what changes. */
export async function answerPhonePage(sim: Sim, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (request.method !== 'GET') throw new ControlError(405, 'Read only.')
  if (url.pathname === '/phone/events') return sim.live.join(response)
  if (url.pathname === '/phone/state') return sendJson(response, pageState(sim))
  if (url.pathname === '/phone/thread') {
    const customer = idOf(url.searchParams.get('customer') ?? '')
    const number = numberOf(sim, url.searchParams.get('number'))
    const typingUntil = sim.typing.get(threadKey(customer, number.id)) ?? 0
    return sendJson(response, {
      messages: sim.world.thread(customer, number.id),
      typingMs: Math.max(0, typingUntil - Date.now()),
      windowMs: Math.max(
        0,
        (sim.world.windows.get(threadKey(customer, number.id)) ?? 0) + 86_400_000 - sim.clock.now(),
      ),
    })
  }
  if (url.pathname.startsWith('/phone/media/')) return sendMedia(sim, response, url.pathname.slice(13))
  sendFile(response, url.pathname === '/' ? 'index.html' : url.pathname.slice('/phone/'.length))
}

function pageState(sim: Sim): JsonObject {
  const customers = [...sim.world.customers.values()].filter((customer) => customer.familiar)
  const previews = customers.flatMap((customer) =>
    [...sim.world.numbers.values()].flatMap((number) => {
      const last = sim.world.thread(customer.key, number.id).at(-1)
      return last ? [{ customer: customer.key, numberId: number.id, message: last as unknown as JsonObject }] : []
    }),
  )
  return {
    customers: customers as unknown as JsonObject[],
    previews,
    clock: clockView(sim),
    faults: sim.faults.list() as unknown as JsonObject[],
    numbers: [...sim.world.numbers.values()].map((number) => ({
      id: number.id,
      name: number.verifiedName,
      display: number.displayPhoneNumber,
      status: number.status,
      listened: sim.webhooks.endpointOf(number.wabaId, number) !== undefined,
    })),
  }
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
  response.end(JSON.stringify(value))
}

function sendMedia(sim: Sim, response: ServerResponse, id: string): void {
  const item = sim.world.media.get(id)
  if (!item) throw new ControlError(404, `No media ${id}.`)
  response.writeHead(200, {
    'content-type': item.mimeType,
    'cache-control': 'private, max-age=3600',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  })
  response.end(sim.media.read(item))
}

function sendFile(response: ServerResponse, name: string): void {
  const file = join(PUBLIC_DIR, normalize(`/${name}`))
  const type = TYPES[extname(file)]
  if (!type || !existsSync(file)) throw new ControlError(404, `No page ${name}.`)
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' })
  response.end(readFileSync(file))
}
