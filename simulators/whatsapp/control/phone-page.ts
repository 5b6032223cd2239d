import { existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import type { JsonObject } from '../json.ts'
import { type ChatMessage, type Customer, threadKey } from '../model.ts'
import type { Sim } from '../sim.ts'
import { ControlError, clockView, idOf, numberOf, optionsView } from './api.ts'

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
      messages: sim.world.thread(customer, number.id).map((message) => ({
        ...message,
        hook: message.direction === 'in' && !sim.world.untaken.has(`m:${message.id}`) ? 'taken' : 'waiting',
      })),
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

const PHONES_SHOWN = 60

function pageState(sim: Sim): JsonObject {
  const previews = [...sim.world.threads.keys()].flatMap((key) => previewOf(sim, key))
  const lastMs = new Map<string, number>()
  for (const { customer, message } of previews) lastMs.set(customer, Math.max(lastMs.get(customer) ?? 0, message.atMs))
  const everybody = [...sim.world.customers.values()]
  const recent = (left: Customer, right: Customer): number => (lastMs.get(right.key) ?? 0) - (lastMs.get(left.key) ?? 0)
  const phones = everybody.filter((customer) => customer.familiar)
  const shown = phones.length > PHONES_SHOWN ? phones.toSorted(recent).slice(0, PHONES_SHOWN) : phones
  const keys = new Set(shown.map((customer) => customer.key))
  return {
    customers: shown as unknown as JsonObject[],
    strangers: everybody
      .filter((customer) => !customer.familiar && lastMs.has(customer.key))
      .toSorted(recent)
      .slice(0, 6)
      .map(({ key, name }) => ({ key, name })),
    previews: previews.filter(({ customer }) => keys.has(customer)) as unknown as JsonObject[],
    clock: clockView(sim),
    options: optionsView(sim),
    faults: sim.faults.list() as unknown as JsonObject[],
    waiting: sim.webhooks.waitingCount,
    numbers: [...sim.world.numbers.values()].map((number) => ({
      id: number.id,
      name: number.verifiedName,
      display: number.displayPhoneNumber,
      status: number.status,
      about: number.profile['about'],
      listened: sim.webhooks.endpointOf(number.wabaId, number) !== undefined,
    })),
  }
}

type Preview = { customer: string; numberId: string; message: ChatMessage; unread: number }

/** The last message that reached the phone, and how many nobody has looked at. */
function previewOf(sim: Sim, key: string): Preview[] {
  const [customer = '', numberId = ''] = key.split('|')
  if (!sim.world.customers.get(customer)?.familiar) {
    const id = sim.world.threads.get(key)?.at(-1)
    const message = id === undefined ? undefined : sim.world.messages.get(id)
    return message ? [{ customer, numberId, message, unread: 0 }] : []
  }
  const thread = sim.world.thread(customer, numberId)
  const arrived = thread.filter(
    ({ direction, status }) => direction === 'in' || status === 'delivered' || status === 'read',
  )
  const message = arrived.at(-1)
  const unread = arrived.filter(({ direction, status }) => direction === 'out' && status === 'delivered').length
  return message ? [{ customer, numberId, message, unread }] : []
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
