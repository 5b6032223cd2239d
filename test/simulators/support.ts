import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningSimulator, startSimulator } from '../../simulators/whatsapp/server.ts'
import type { Settings } from '../../simulators/whatsapp/settings.ts'

export const APP_SECRET = 'app_secret_123'
export const VERIFY_TOKEN = 'verify me'
export const TOKEN = 'EAAtoken'

// biome-ignore lint/suspicious/noExplicitAny: bodies of another party are read as they come, in tests only.
export type Loose = any

export type Hook = {
  url: string
  bodies: { raw: string; headers: Record<string, string | string[] | undefined>; json: Loose }[]
  /** Answers with this status instead of 200, once per entry. */
  answers: number[]
  /** The nth received item, in any POST, that fits; waits for it. */
  item: (fits: (item: Loose, field: string) => boolean, nth?: number) => Promise<Loose>
  status: (id: string, status: string) => Promise<Loose>
  items: () => Loose[]
  close: () => Promise<void>
}

const WAIT_MS = 10_000

/** An endpoint that takes webhooks, and lets a test wait for what it wants to see. */
export async function startHook({ verifyToken = VERIFY_TOKEN, port = 0 } = {}): Promise<Hook> {
  const waiting = new Set<() => void>()
  const bodies: Hook['bodies'] = []
  const answers: number[] = []
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://hook')
    if (request.method === 'GET') {
      const known = url.searchParams.get('hub.verify_token') === verifyToken
      response.writeHead(known ? 200 : 403).end(known ? url.searchParams.get('hub.challenge') : 'no')
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8')
      const answer = answers.shift() ?? 200
      bodies.push({ raw, headers: request.headers, json: JSON.parse(raw) })
      response.writeHead(answer).end()
      for (const wake of waiting) wake()
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const items = (): Loose[] => bodies.flatMap(({ json }) => itemsOf(json))
  const item: Hook['item'] = (fits, nth = 1) =>
    new Promise((resolve, reject) => {
      const look = (): boolean => {
        const found = items().filter(({ item, field }) => fits(item, field))[nth - 1]
        if (found === undefined) return false
        waiting.delete(look)
        clearTimeout(timer)
        resolve(found.item)
        return true
      }
      const timer = setTimeout(() => {
        waiting.delete(look)
        reject(new Error(`nothing fits in ${JSON.stringify(items()).slice(0, 2000)}`))
      }, WAIT_MS)
      if (!look()) waiting.add(look)
    })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    bodies,
    answers,
    item,
    status: (id, status) => item((candidate) => candidate.id === id && candidate.status === status),
    items: () => items().map((entry) => entry.item),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function itemsOf(json: Loose): { item: Loose; field: string }[] {
  return json.entry.flatMap((entry: Loose) =>
    entry.changes.flatMap(({ field, value }: Loose) => {
      const lists = [value.messages, value.statuses, value.user_preferences].filter(Boolean).flat()
      return (lists.length > 0 ? lists : [value]).map((item: Loose) => ({ item, field }))
    }),
  )
}

export type Bench = {
  url: string
  simulator: RunningSimulator
  hook: Hook
  dataDir: string
  numberId: string
  wabaId: string
  graph: (method: string, path: string, body?: unknown) => Promise<{ status: number; body: Loose; headers: Headers }>
  send: (body: Record<string, unknown>, numberId?: string) => Promise<{ status: number; body: Loose; headers: Headers }>
  control: (method: string, path: string, body?: unknown) => Promise<Loose>
  /** A customer writes `hi`, so that the window is open. */
  open: (phone: string, numberId?: string) => Promise<string>
  log: () => Promise<Loose[]>
  close: () => Promise<void>
}

export const CUSTOMER = '15550102030'

/** A simulator and an endpoint that listens to it; statuses come at once, so that no test waits for them. */
export async function startBench(settings: Partial<Settings> = {}): Promise<Bench> {
  const hook = await startHook()
  const dataDir = settings.dataDir ?? mkdtempSync(join(tmpdir(), 'simulator-'))
  const simulator = await startSimulator({
    port: 0,
    appSecret: APP_SECRET,
    verifyToken: VERIFY_TOKEN,
    accessTokens: [TOKEN],
    dataDir,
    numbersCount: 2,
    appEndpoint: { url: hook.url, verifyToken: VERIFY_TOKEN },
    statusDelayMs: 0,
    autoRead: false,
    ...settings,
  })
  simulator.sim.templates.reviewDelayMs = 1
  const call = caller(simulator.url)
  const [number] = [...simulator.sim.world.numbers.values()]
  if (!number) throw new Error('the pool is empty')
  return {
    url: simulator.url,
    simulator,
    hook,
    dataDir,
    numberId: number.id,
    wabaId: number.wabaId,
    ...call,
    send: (body, numberId = number.id) =>
      call.graph('POST', `/v25.0/${numberId}/messages`, { messaging_product: 'whatsapp', to: CUSTOMER, ...body }),
    open: async (phone, numberId = number.id) => {
      const message = { type: 'text', text: { body: 'hi' } }
      return (await call.control('POST', `phones/${phone}/messages`, { to: numberId, message })).id
    },
    log: async () => (await call.control('GET', 'log?after=0')).entries,
    async close() {
      await simulator.close()
      await hook.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

export function caller(url: string): Pick<Bench, 'graph' | 'control'> {
  return {
    async graph(method, path, body) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${TOKEN}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers }
    },
    async control(method, path, body) {
      const response = await fetch(`${url}/control/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const answer = await response.json()
      if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(answer)}`)
      return answer
    },
  }
}
