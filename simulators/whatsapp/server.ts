import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerControl, ControlError } from './control/api.ts'
import { answerPhonePage } from './control/phone-page.ts'
import { answerGraph } from './http.ts'
import type { Settings } from './settings.ts'
import { createSim, type Sim } from './sim.ts'

const HOST = '127.0.0.1'

export type RunningSimulator = { url: string; sim: Sim; close: () => Promise<void> }

export async function startSimulator(settings: Settings): Promise<RunningSimulator> {
  const sim = createSim(settings)
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 120_000 }, (request, response) => {
    answer(sim, request, response).catch((error: unknown) => fail(response, error))
  })
  await listen(server, settings.port)
  const url = `http://${HOST}:${(server.address() as AddressInfo).port}`
  sim.media.baseUrl = url
  return {
    url,
    sim,
    async close() {
      await sim.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, resolve)
  })
}

async function answer(sim: Sim, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/'
  if (path.startsWith('/control/')) {
    requireOwnPage(request)
    const { status, json, text } = await answerControl(sim, request, new URL(path, `http://${HOST}`))
    sendJson(response, status, text ?? JSON.stringify(json))
    return
  }
  if (path === '/' || path.startsWith('/?') || path.startsWith('/phone/')) {
    requireOwnPage(request)
    await answerPhonePage(sim, request, response)
    return
  }
  await answerGraph(sim, request, response)
}

/** Pages of other origins, and names that only point at the loopback, get no say over the phones. */
function requireOwnPage(request: IncomingMessage): void {
  const host = request.headers.host ?? ''
  const { origin } = request.headers
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host))
    throw new ControlError(403, 'Call this by 127.0.0.1 or localhost.')
  if (origin !== undefined && origin !== `http://${host}`) throw new ControlError(403, 'Call this from its own page.')
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const status = error instanceof ControlError ? error.status : 500
  if (status === 500) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  sendJson(response, status, JSON.stringify({ error: error instanceof Error ? error.message : String(error) }))
}

function sendJson(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}
