import { once } from 'node:events'
import { globSync } from 'node:fs'
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { after, before } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import type { WebHandler } from '#api/http-server.ts'
import { buildWeb } from '../../scripts/start/web-build.ts'
import { openHouse } from '../api/house.ts'
import { PAGE_PATHS } from '../e2e/web/pages.ts'
import { openBrowser } from '../support/browser.ts'
import { type Code, holds } from '../support/without.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const house = await openHouse()
const servers: Server[] = []
let web: WebHandler
let browser: Browser
before(async () => {
  await buildWeb(ROOT, () => undefined)
  const built = (await import(pathToFileURL(join(ROOT, 'build-web/handler.js')).href)) as { handler: WebHandler }
  web = built.handler
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  for (const server of servers) server.closeAllConnections()
  for (const server of servers) server.close()
})

async function listening(server: Server): Promise<string> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

type Served = { at: string; server: Server }

/** The built web app and the API on one origin, as they are served. */
async function serve(code: Code): Promise<Served> {
  const { createHttpServer } = await code<typeof import('#api/http-server.ts')>('api/http-server.ts')
  const { app } = house
  const server = createHttpServer({ fetch: (request, bindings) => app.fetch(request, bindings), web, secure: false })
  return { server, at: await listening(server) }
}

/** Lets every answer go out without what forbids to frame it. */
async function frameable({ server }: Served): Promise<void> {
  const [serving] = server.listeners('request') as [RequestListener]
  server.removeAllListeners('request')
  server.on('request', (request, response: ServerResponse) => {
    const set = response.setHeader.bind(response)
    const isKept = (name: string) => !/^(x-frame-options|content-security-policy)$/i.test(name)
    response.setHeader = (name, value) => (isKept(name) ? set(name, value) : response)
    response.setHeaders = (headers) => {
      for (const [name, value] of headers) response.setHeader(name, value)
      return response
    }
    const write = response.writeHead.bind(response)
    const headers = (all: object) => Object.fromEntries(Object.entries(all).filter(([name]) => isKept(name)))
    response.writeHead = ((status: number, ...rest: unknown[]) =>
      write(status, headers((rest.at(-1) ?? {}) as object) as never)) as typeof response.writeHead
    serving(request, response)
  })
}

/** Every page of the web app, what it is made of, and what is shown where there is no page. */
function pagePaths(): string[] {
  const assets = globSync('_app/immutable/**/*.{js,css}', { cwd: join(ROOT, 'build-web/client') }).slice(0, 4)
  return [
    ...['/', ...PAGE_PATHS, ...assets.map((file) => `/${file.replaceAll('\\', '/')}`)],
    ...['/favicon.svg', '/push-worker.js', '/_app/version.json', '/inbox/__data.json'],
    ...['/nothing/at/all', '/%E0%A4%A', '/settings/', '/_app/immutable/nothing.js', '//inbox'],
  ]
}

const OTHERS = [
  ...['/api/docs', '/api/docs/start.js', '/api/openapi.json', '/problems', '/problems/not_found', '/problems/nothing'],
  ...['/api/guides/quick-start', '/api/clients/typescript.tgz', '/api/collections/holdfast.http'],
  ...['/api/v1/config', '/api/v1/me', '/api/v1/nothing', '/api/v1/roles/permissions', '/webhooks/whatsapp/x', '/api'],
]

/** Names what a page of another site can show inside itself. */
async function framed(at: string, paths: readonly string[]): Promise<string[]> {
  const frames = paths.map((path) => `<iframe src="${at}${path}"></iframe>`).join('')
  const evil = await listening(
    createServer((_, response) => response.setHeader('content-type', 'text/html').end(`<body>${frames}</body>`)),
  )
  const page = await browser.newPage()
  await page.goto(evil, { waitUntil: 'load' })
  const shown = page.frames().filter((frame) => frame !== page.mainFrame() && frame.url().startsWith(at))
  const got = shown.map((frame) => frame.url().slice(at.length))
  await page.close()
  return got
}

holds('[S37] every page, file and answer, of whatever status, says that nobody may frame it', {
  open: serve,
  async attack({ at }) {
    const got: string[] = []
    const paths = pagePaths()
    if (paths.length < 50) throw new Error('the pages are found')
    for (const path of [...paths, ...OTHERS]) {
      for (const method of ['GET', 'POST']) {
        const { headers, status, body } = await fetch(`${at}${path}`, { method, redirect: 'manual' })
        await body?.cancel()
        const policy = headers.get('content-security-policy') ?? ''
        const isClosed = policy.includes("frame-ancestors 'none'") && headers.get('x-frame-options') === 'DENY'
        if (!isClosed) got.push(`${method} ${path}: ${status}`)
      }
    }
    return got
  },
  without: frameable,
})

holds('[S37] a browser shows nothing of ours inside a page of another site', {
  open: serve,
  attack: ({ at }) =>
    framed(at, ['/sign-in', '/inbox', '/nothing/at/all', '/favicon.svg', '/api/docs', '/problems', '/api/v1/me']),
  without: frameable,
})
