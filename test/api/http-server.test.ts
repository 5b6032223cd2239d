import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import { createHttpServer, listen, stopListening } from '#api/http-server.ts'
import { ORIGIN, openHouse, PASSWORD } from './house.ts'

const house = await openHouse()
const server = createHttpServer({
  fetch: (incoming, bindings) => house.app.fetch(incoming, bindings),
  web: (_request, response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>the web app</p>'),
  secure: true,
})
const port = await listen(server, { host: '127.0.0.1', port: 0 })
after(() => stopListening(server, 100))
const at = (path: string) => `http://127.0.0.1:${port}${path}`

test('the API and the web app are on one origin, and every answer carries the headers that protect it', async () => {
  const api = await fetch(at('/api/v1/config'))
  assert.equal(((await api.json()) as { version: string }).version, 'test')
  const web = await fetch(at('/inbox'))
  assert.equal(await web.text(), '<p>the web app</p>')
  for (const response of [api, web]) {
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(response.headers.get('x-frame-options'), 'DENY')
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src '(none|self)'/)
  }
  assert.match(web.headers.get('strict-transport-security') ?? '', /max-age/)
})

test('[S50] only the one spelling of a path reaches the API; others get the web app, which guards nothing', async () => {
  for (const path of ['//api/v1/me', '/API/v1/me', '/api%2Fv1/me', '/apiv1/me', '/;/api/v1/me']) {
    const text = await new Promise<string>((resolve, reject) => {
      request({ port, path }, (response) => {
        let body = ''
        response.on('data', (part: Buffer) => {
          body += part.toString()
        })
        response.on('end', () => resolve(body))
      })
        .on('error', reject)
        .end()
    })
    assert.equal(text, '<p>the web app</p>', path)
  }
})

test('[S48] five megabytes are refused while they still arrive, and the process goes on answering meanwhile', async () => {
  const body = `{"email":"${'x'.repeat(5_000_000)}","password":"y"}`
  const headers = { origin: ORIGIN, 'content-type': 'application/json' }
  const answers = await Promise.allSettled([
    fetch(at('/api/v1/auth/sign-in'), { method: 'POST', headers, body }),
    fetch(at('/api/v1/health/live')),
  ])
  const [refused, live] = answers
  assert.ok(refused.status === 'rejected' || refused.value.status === 413)
  assert.ok(live.status === 'fulfilled' && live.value.status === 200)
})

test('what is no HTTP is answered as such and closed', async () => {
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('BOGUS\r\n\r\n'))
    let text = ''
    socket.on('data', (part) => {
      text += part.toString()
    })
    socket.on('close', () => resolve(text))
  })
  assert.match(answer, /^HTTP\/1\.1 400/)
})

test('going down, it lets a running request end and takes no new one', async () => {
  const own = createHttpServer({ fetch: (incoming, bindings) => house.app.fetch(incoming, bindings), secure: false })
  const ownPort = await listen(own, { host: '127.0.0.1', port: 0 })
  const body = JSON.stringify({ name: 'Late', email: 'late@house.test', password: PASSWORD, tenantName: 'Late' })
  const arrived = new Promise<void>((resolve) => own.once('request', () => resolve()))
  const running = fetch(`http://127.0.0.1:${ownPort}/api/v1/auth/sign-up`, {
    method: 'POST',
    headers: { origin: ORIGIN, 'content-type': 'application/json' },
    body,
  })
  await arrived
  const stopped = stopListening(own, 5_000)
  assert.equal((await running).status, 201)
  await stopped
  await assert.rejects(fetch(`http://127.0.0.1:${ownPort}/api/v1/health/live`))
})

test('[SEC-12] about to end, it serves on, says so to the proxy, and asks for each connection to be closed', async () => {
  const leaving = new AbortController()
  const own = await openHouse({ deps: { leaving: leaving.signal } })
  const leaver = createHttpServer({
    fetch: (incoming, bindings) => own.app.fetch(incoming, bindings),
    secure: false,
    leaving: leaving.signal,
  })
  const ownPort = await listen(leaver, { host: '127.0.0.1', port: 0 })
  const get = (path: string) => fetch(`http://127.0.0.1:${ownPort}${path}`)
  const before = await get('/api/v1/health/ready')
  assert.deepEqual([before.status, before.headers.get('connection')], [200, 'keep-alive'])
  const arrived = new Promise<void>((resolve) => leaver.once('request', () => resolve()))
  const running = fetch(`http://127.0.0.1:${ownPort}/api/v1/auth/sign-up`, {
    method: 'POST',
    headers: { origin: ORIGIN, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Last', email: 'last@house.test', password: PASSWORD, tenantName: 'Last' }),
  })
  await arrived
  leaving.abort()
  const [under, ready, other] = [await running, await get('/api/v1/health/ready'), await get('/api/v1/config')]
  assert.deepEqual([under.status, ready.status, other.status], [201, 503, 200])
  for (const { headers } of [under, ready, other]) assert.equal(headers.get('connection'), 'close')
  await stopListening(leaver, 1_000)
})
