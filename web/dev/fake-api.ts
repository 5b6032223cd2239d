import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { parseArgs } from 'node:util'
import { answer } from './routes.ts'
import { makeWorld } from './world.ts'

/*
 * A stand-in for the API while pages are drawn: rich fixtures, no truth. `node web/dev/fake-api.ts --size 3000`.
 * The cookie `fake` chooses how it answers: empty, fail, forbid, slow.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '3000' },
    size: { type: 'string', default: '3000' },
    handler: { type: 'string', default: '' },
  },
})

const world = makeWorld(Number(values.size))
const streams = new Set<ServerResponse>()
/** The built app, so that screenshots show what ships. */
const app = values.handler ? (await import(values.handler)).handler : undefined

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    return {}
  }
}

export function publish(event: Record<string, unknown>): void {
  world.position += 1
  const data = JSON.stringify({ position: world.position, ...event })
  for (const stream of streams) stream.write(`id: ${world.position}\ndata: ${data}\n\n`)
}

createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://fake')
  if (!url.pathname.startsWith('/api/')) {
    if (app) return app(request, response, () => response.writeHead(404).end())
    return response.writeHead(404).end()
  }
  const mode = /(?:^|; )fake=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
  const path = url.pathname.replace('/api/v1', '')
  if (path === '/events/stream') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': hello\n\n')
    streams.add(response)
    request.on('close', () => streams.delete(response))
    return
  }
  const result = await answer({
    world,
    method: request.method ?? 'GET',
    path,
    query: url.searchParams,
    body: await bodyOf(request),
    mode,
    publish,
  })
  if (mode === 'slow') return
  if (result.raw) {
    response.writeHead(200, { 'content-type': result.type ?? 'image/svg+xml' }).end(result.raw)
    return
  }
  const type = result.status >= 400 ? 'application/problem+json' : 'application/json'
  response
    .writeHead(result.status, { 'content-type': type })
    .end(result.status === 204 ? undefined : JSON.stringify(result.body))
}).listen(Number(values.port), '127.0.0.1', function listening(this: { address(): unknown }) {
  process.stdout.write(`fake api ${JSON.stringify(this.address())}\n`)
})
