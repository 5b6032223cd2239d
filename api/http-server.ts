import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { commonHeaders } from './middleware/security-headers.ts'

/** The built web app, as its adapter exports it. */
export type WebHandler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void

export type HttpServerOptions = {
  fetch: Parameters<typeof getRequestListener>[0]
  /** Absent where the web app is not built: then there is only the API. */
  web?: WebHandler
  secure: boolean
  /** Aborted when the process begins to leave: from then on each answer asks its connection to be closed. */
  leaving?: AbortSignal
}

/** Pages that the web app answers bring their own policy with nonces; what it forgot gets this one. */
const FALLBACK_POLICY = "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"

/** What is said to whoever sends no HTTP that is understood; nothing else of it is read. */
const REFUSED: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

const isApi = (path: string): boolean => /^\/(api|webhooks|problems)(\/|\?|$)/.test(path)

function missing(response: ServerResponse): void {
  response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('There is nothing here.\n')
}

/** One server on one origin: the API and the web app share cookies, and nothing has to be allowed across origins. */
export function createHttpServer({ fetch, web, secure, leaving }: HttpServerOptions): Server {
  const api = getRequestListener(fetch)
  const headers = new Map(Object.entries(commonHeaders(secure)))
  const parting = closingAnswers(leaving)
  const server = createServer(
    // Only the time to receive a request is bounded; an answer, as the stream of events, may last.
    { requestTimeout: 60_000, headersTimeout: 20_000, keepAliveTimeout: 65_000, noDelay: true },
    (request, response) => {
      parting(response)
      if (isApi(request.url ?? '/')) {
        void api(request, response)
        return
      }
      response.setHeaders(headers)
      response.setHeader('Content-Security-Policy', FALLBACK_POLICY)
      if (web === undefined) missing(response)
      else web(request, response, () => missing(response))
    },
  )
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else
      socket.end(
        `HTTP/1.1 ${REFUSED[error.code ?? ''] ?? '400 Bad Request'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      )
  })
  return server
}

/**
 * A proxy that keeps connections must not lose a request on one that we close under it. So it is asked, with each answer, to
 * close them itself: when we stop listening, none is left that it could use.
 */
function closingAnswers(leaving: AbortSignal | undefined): (response: ServerResponse) => void {
  if (leaving === undefined) return () => undefined
  const open = new Set<ServerResponse>()
  const ask = (response: ServerResponse) => {
    if (!response.headersSent) response.setHeader('Connection', 'close')
  }
  leaving.addEventListener('abort', () => {
    for (const response of open) ask(response)
  })
  return (response) => {
    if (leaving.aborted) return ask(response)
    open.add(response)
    response.once('close', () => open.delete(response))
  }
}

/** Listens, and tells the port, which the system chose when it was asked for 0. */
export function listen(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/** Takes no new request, lets the running ones end, and cuts off what has not ended in time. */
export async function stopListening(server: Server, withinMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const cut = setTimeout(() => server.closeAllConnections(), withinMs)
  // A connection whose request has ended is kept open for the next one, which will not be taken.
  const idle = setInterval(() => server.closeIdleConnections(), 50)
  await closed
  clearTimeout(cut)
  clearInterval(idle)
}
