import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { after, beforeEach, test } from 'node:test'
import {
  createGraphAgent,
  createWhatsAppClient,
  createWhatsAppSender,
  GraphError,
} from '#infra/providers/whatsapp/client.ts'

type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: string }
let answer: (request: Seen, response: ServerResponse) => void
let seen: Seen[] = []

const server = createServer(async (request, response) => {
  const { method = '', url = '', headers } = request
  const exchange = { method, url, headers, body: await text(request) }
  seen.push(exchange)
  answer(exchange, response)
})
const tcpHandlers: { onSocket: (socket: Socket) => void } = { onSocket: () => {} }
const tcp = createTcpServer((socket) => tcpHandlers.onSocket(socket.on('error', () => {})))
await Promise.all([server, tcp].map((one) => new Promise<void>((up) => one.listen(0, '127.0.0.1', up))))

const dispatcher = createGraphAgent()
const originOf = (one: { address(): unknown }) => `http://127.0.0.1:${(one.address() as AddressInfo).port}`
const clientOf = (baseUrl: string) =>
  createWhatsAppClient({ baseUrl, version: 'v25.0', accessToken: 'token-1', dispatcher })
const client = clientOf(originOf(server))
const broken = clientOf(originOf(tcp))
const BODY = { messaging_product: 'whatsapp', to: '+254700000001', type: 'text', text: { body: 'Hi' } }

after(async () => {
  await dispatcher.destroy()
  server.close()
  tcp.close()
})

beforeEach(() => {
  seen = []
})

const json = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  answer = (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
}
const plain = (status: number, body = '', headers: Record<string, string> = {}) => {
  answer = (_request, response) => {
    response.writeHead(status, headers).end(body)
  }
}
const send = () => client.sendMessage('700', BODY)

test('an accepted message gives its id and the ids of the contact', async () => {
  json(200, {
    messaging_product: 'whatsapp',
    contacts: [{ input: '+254700000001', wa_id: '254700000001', user_id: 'KE.1' }],
    messages: [{ id: 'wamid.1', message_status: 'held_for_quality_assessment' }],
  })
  assert.deepEqual(await send(), {
    kind: 'accepted',
    externalId: 'wamid.1',
    messageStatus: 'held_for_quality_assessment',
    waId: '254700000001',
    userId: 'KE.1',
  })
  const [request] = seen
  assert.equal(`${request?.method} ${request?.url}`, 'POST /v25.0/700/messages')
  assert.equal(request?.headers.authorization, 'Bearer token-1')
  assert.deepEqual(JSON.parse(request?.body ?? ''), BODY)
})

test('[R22] an error with a code is a refusal, whatever the HTTP status says', async () => {
  const cases: [number, number, string, string][] = [
    [400, 131056, 'pair', 'provider_pair_throttled'],
    [400, 130429, 'slow', 'provider_throttled'],
    [500, 131000, 'backoff', 'provider_unavailable'],
    [503, 2, 'backoff', 'provider_unavailable'],
    [401, 190, 'fix', 'provider_credentials_invalid'],
    [404, 132001, 'no', 'template_not_approved'],
    [429, 80007, 'slow', 'provider_throttled'],
    [400, 131050, 'no', 'recipient_opted_out'],
    [403, 368, 'stop', 'provider_rejected'],
    [403, 230, 'fix', 'provider_credentials_invalid'],
    [400, 987654, 'no', 'provider_rejected'],
  ]
  for (const [status, code, failureClass, errorCode] of cases) {
    json(status, { error: { message: `(#${code}) Title`, type: 'OAuthException', code, fbtrace_id: 'A1' } })
    const outcome = await send()
    assert.equal(outcome.kind, 'rejected')
    if (outcome.kind !== 'rejected') continue
    assert.equal(outcome.failure.class, failureClass, String(code))
    assert.equal(outcome.failure.errorCode, errorCode)
    assert.equal(outcome.failure.providerCode, code)
    assert.equal(outcome.failure.traceId, 'A1')
  }
})

test('[R22] 429 without a code was not sent, and the time to wait is taken over', async () => {
  plain(429, 'slow down', { 'retry-after': '7' })
  const outcome = await send()
  assert.equal(outcome.kind, 'not_sent')
  assert.ok(outcome.kind === 'not_sent' && outcome.failure.class === 'slow' && outcome.failure.retryAfterMs === 7_000)
})

test('[R22] a 5xx without a code, an HTML page and an answer without an id leave the outcome unknown', async () => {
  for (const status of [500, 502, 503, 504, 408]) {
    for (const body of ['', '<html>Bad gateway</html>', '{"error":"text"}', '{}']) {
      plain(status, body)
      assert.deepEqual(await send(), { kind: 'unknown', reason: `http_${status}_without_code` })
    }
  }
  for (const body of ['', '{}', '{"messages":[]}', '<html>']) {
    plain(200, body)
    assert.deepEqual(await send(), { kind: 'unknown', reason: 'answer_without_message_id' })
  }
})

test('a redirect is not followed and was not sent', async () => {
  plain(307, '', { location: 'http://127.0.0.1:1/elsewhere' })
  assert.equal((await send()).kind, 'rejected')
  assert.equal(seen.length, 1)
})

test('[R22] a refused connection was not sent', async () => {
  const outcome = await clientOf('http://127.0.0.1:1').sendMessage('700', BODY)
  assert.equal(outcome.kind, 'not_sent')
  assert.ok(outcome.kind === 'not_sent' && outcome.failure.details === 'econnrefused')
})

test('[R22] a name that does not resolve and a broken TLS handshake were not sent', async () => {
  const nowhere = await clientOf('http://nowhere.invalid').sendMessage('700', BODY)
  assert.equal(nowhere.kind, 'not_sent')
  tcpHandlers.onSocket = (socket) => socket.end('this is not TLS')
  const noTls = await clientOf(originOf(tcp).replace('http:', 'https:')).sendMessage('700', BODY)
  assert.equal(noTls.kind, 'not_sent')
})

test('[R22] a connection that is reset after the request is an unknown outcome', async () => {
  tcpHandlers.onSocket = (socket) => socket.once('data', () => socket.resetAndDestroy())
  assert.equal((await broken.sendMessage('700', BODY)).kind, 'unknown')
  tcpHandlers.onSocket = (socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{"mess'))
  assert.equal((await broken.sendMessage('700', BODY)).kind, 'unknown')
})

test('[R22] an answer that does not come in time is an unknown outcome, and so is a cancelled wait', async () => {
  tcpHandlers.onSocket = () => {}
  assert.deepEqual(await broken.sendMessage('700', BODY, { timeoutMs: 60 }), { kind: 'unknown', reason: 'timeout' })
  const abort = new AbortController()
  tcpHandlers.onSocket = (socket) => socket.once('data', () => abort.abort())
  const outcome = await broken.sendMessage('700', BODY, { signal: abort.signal })
  assert.deepEqual(outcome, { kind: 'unknown', reason: 'cancelled' })
  const early = await client.sendMessage('700', BODY, { signal: AbortSignal.abort() })
  assert.equal(early.kind, 'not_sent')
  assert.equal(seen.length, 0)
})

test('[R22] a request still waiting for a free connection when its time is up was not sent', async () => {
  const narrow = createGraphAgent({ connections: 1 })
  const sockets: Socket[] = []
  tcpHandlers.onSocket = (socket) => sockets.push(socket)
  const one = createWhatsAppClient({ baseUrl: originOf(tcp), version: 'v1', accessToken: 't', dispatcher: narrow })
  const first = one.sendMessage('700', BODY, { timeoutMs: 200 })
  const second = one.sendMessage('700', BODY, { timeoutMs: 100 })
  assert.equal((await second).kind, 'not_sent')
  assert.equal((await first).kind, 'unknown')
  await narrow.destroy()
  for (const socket of sockets) socket.destroy()
})

test('an id that would change the path never leaves', async () => {
  for (const id of ['', '..', '7/../8', '7?x=1', '7#', '7%2f', 'a b']) {
    await assert.rejects(client.sendMessage(id, BODY), { code: 'invalid_input' })
  }
  assert.equal(seen.length, 0)
})

test('the port of the house sends, marks read and shows typing', async () => {
  json(200, { messages: [{ id: 'wamid.2' }] })
  const sender = createWhatsAppSender(client, '700')
  const content = { kind: 'text', text: 'Hello' } as const
  const outcome = await sender.send({ content, to: { waId: '254700000001' }, callbackData: 'm1.1' })
  assert.equal(outcome.kind, 'accepted')
  json(200, { success: true })
  await sender.markRead('wamid.in', { typing: true })
  assert.deepEqual(JSON.parse(seen[1]?.body ?? ''), {
    messaging_product: 'whatsapp',
    status: 'read',
    message_id: 'wamid.in',
    typing_indicator: { type: 'text' },
  })
  await assert.rejects(sender.send({ content, to: {}, callbackData: 'm1.1' }), { code: 'message_not_sendable' })
})

test('a file is uploaded as a form with its type', async () => {
  json(200, { id: '3281363908663165' })
  const file = { bytes: Buffer.from('%PDF'), mimeType: 'application/pdf', fileName: 'offer.pdf' }
  assert.deepEqual(await client.uploadMedia('700', file), { id: '3281363908663165' })
  const form = seen[0]?.body ?? ''
  assert.match(form, /name="messaging_product"\r\n\r\nwhatsapp/)
  assert.match(form, /filename="offer.pdf"\r\nContent-Type: application\/pdf\r\n\r\n%PDF/)
})

test('media are described and downloaded with the token, up to the bound', async () => {
  const url = `${originOf(server)}/attachments/?mid=1&hash=x`
  json(200, { url, mime_type: 'image/png', sha256: 'A'.repeat(64), file_size: 10, id: '5' })
  const described = await client.getMedia('5', { phoneNumberId: '700' })
  assert.deepEqual(described, { url, mimeType: 'image/png', sha256: 'a'.repeat(64), sizeBytes: 10 })
  assert.equal(seen[0]?.url, '/v25.0/5?phone_number_id=700')
  plain(200, '0123456789', { 'content-type': 'image/png' })
  const { stream, mimeType } = await client.downloadMedia(url, { sizeBytesMax: 10 })
  assert.equal((await buffer(stream)).toString(), '0123456789')
  assert.equal(mimeType, 'image/png')
  assert.equal(seen[1]?.headers.authorization, 'Bearer token-1')
})

test('a file above the bound is refused, announced or not', async () => {
  const url = `${originOf(server)}/big`
  plain(200, 'x'.repeat(100), { 'content-length': '100' })
  await assert.rejects(client.downloadMedia(url, { sizeBytesMax: 99 }), { code: 'media_too_large' })
  answer = (_request, response) => {
    response.writeHead(200)
    response.write('x'.repeat(60))
    response.end('x'.repeat(60))
  }
  const { stream } = await client.downloadMedia(url, { sizeBytesMax: 99 })
  await assert.rejects(buffer(stream), { code: 'media_too_large' })
})

test('[S17] the token never goes to another host, and a redirect of a download is refused', async () => {
  for (const url of [
    'https://evil.example/x',
    'https://fbsbx.com.evil.example/x',
    'https://evilfbsbx.com/x',
    'http://lookaside.fbsbx.com/x',
    'https://lookaside.fbsbx.com:8443/x',
    'file:///etc/passwd',
  ]) {
    await assert.rejects(client.downloadMedia(url, { sizeBytesMax: 10 }), { code: 'address_blocked' }, url)
  }
  plain(302, '', { location: 'http://127.0.0.1:1/' })
  await assert.rejects(client.downloadMedia(`${originOf(server)}/moved`, { sizeBytesMax: 10 }), GraphError)
  assert.equal(seen.length, 1)
})

test('templates are listed page by page, made, changed and deleted', async () => {
  const template = {
    id: '1',
    name: 'sale',
    language: 'en-US',
    status: 'approved',
    category: 'MARKETING',
    components: [],
  }
  json(200, { data: [template], paging: { cursors: { after: 'c1' }, next: 'https://x' } })
  const page = await client.listTemplates('900', { limit: 1 })
  assert.equal(page.after, 'c1')
  const [first] = page.templates
  assert.deepEqual([first?.language, first?.status, first?.category], ['en_US', 'APPROVED', 'marketing'])
  json(200, { data: [] })
  assert.deepEqual(await client.listTemplates('900', { after: 'c1' }), { templates: [] })
  json(200, { id: '2', status: 'PENDING', category: 'UTILITY' })
  const draft = {
    name: 'new',
    language: 'en',
    category: 'marketing',
    components: [{ type: 'BODY', text: 'x' }],
  } as const
  assert.deepEqual(await client.createTemplate('900', draft), {
    templateId: '2',
    status: 'PENDING',
    category: 'utility',
  })
  json(200, { success: true })
  await client.editTemplate('2', { category: 'utility' })
  await client.deleteTemplate('900', { name: 'new', templateId: '2' })
  assert.equal(seen.at(-1)?.url, '/v25.0/900/message_templates?name=new&hsm_id=2')
  assert.equal(seen.at(-2)?.body, '{"category":"UTILITY"}')
})

test('a refused management call throws what the house knows about it', async () => {
  json(400, {
    error: {
      message: 'Invalid parameter',
      type: 'OAuthException',
      code: 100,
      error_subcode: 2593002,
      error_user_title: 'Message Template Not Found',
      error_user_msg: "The message template wasn't found for this account.",
    },
  })
  await assert.rejects(client.deleteTemplate('900', { name: 'x' }), (error) => {
    assert.ok(error instanceof GraphError)
    assert.equal(error.code, 'provider_rejected')
    assert.match(error.message, /Not Found: The message template/)
    return true
  })
  plain(500, '')
  await assert.rejects(client.register('700', '123456'), { code: 'provider_outcome_unknown' })
  await assert.rejects(client.getTemplate('1'), { code: 'provider_unavailable' })
})

test('numbers and accounts are connected with an address of their own', async () => {
  json(200, { success: true })
  const override = { callbackUrl: 'https://holdfast.example/webhooks/whatsapp/c1', verifyToken: 'v' }
  await client.subscribeApp('900', override)
  await client.overrideCallback('700', override)
  await client.register('700', '123456')
  const wire = { override_callback_uri: override.callbackUrl, verify_token: 'v' }
  assert.deepEqual(
    seen.map(({ url, body }) => [url, JSON.parse(body)]),
    [
      ['/v25.0/900/subscribed_apps', wire],
      ['/v25.0/700', { webhook_configuration: wire }],
      ['/v25.0/700/register', { messaging_product: 'whatsapp', pin: '123456' }],
    ],
  )
  json(200, { data: [{ about: 'We sew', messaging_product: 'whatsapp' }] })
  assert.equal((await client.getProfile('700')).about, 'We sew')
})
