import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  type AddressInfo,
  connect as connectTcp,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net'
import { env } from 'node:process'
import { text } from 'node:stream/consumers'
import { after, beforeEach, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type buildConnector, request as plainRequest } from 'undici'
import { isPublicAddress } from '#infra/http/address-guard.ts'
import { checkAddress, createGuardedFetch } from '#infra/http/guarded-fetch.ts'

/** Stands where a service of the inside would stand. Nothing that the guard judges may ever reach it. */
let hitCount = 0
const canary = createServer((_request, response) => {
  hitCount += 1
  response.end('the inside')
})
/** Stands for the outside world. */
let serve: (request: IncomingMessage, response: ServerResponse) => void = () => {}
const outside = createServer((request, response) => serve(request, response))
const raw = { onSocket: (_socket: Socket) => {} }
const rawServer = createTcpServer((socket) => raw.onSocket(socket.on('error', () => {})))

const listen = (server: TcpServer, host: string, port = 0) =>
  new Promise<boolean>((done) => {
    server.once('error', () => done(false))
    server.listen(port, host, () => done(true))
  })
await listen(canary, '127.0.0.1')
await listen(outside, '127.0.0.1')
await listen(rawServer, '127.0.0.1')
const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port
const P = portOf(canary)
const canary6 = createServer((_request, response) => {
  hitCount += 1
  response.end('the inside')
})
await listen(canary6, '::1', P)

after(() => {
  for (const server of [canary, canary6, outside, rawServer]) server.close()
})
beforeEach(() => {
  hitCount = 0
})

/** Ports are opened to the canary's, so that nothing but the judgement of the address keeps a request out. */
const NAMES: Record<string, string[][]> = {
  'inner.test': [['127.0.0.1']],
  'inner6.test': [['::1']],
  'mixed.test': [['8.8.8.8', '127.0.0.1']],
  'mixed6.test': [['2606:4700::1111', '::1']],
  'mapped.test': [['::ffff:127.0.0.1']],
  'nat64.test': [['64:ff9b::7f00:1']],
  'ten.test': [['10.0.0.5']],
  'metadata.test': [['169.254.169.254']],
  'cgnat.test': [['100.64.0.1']],
  'zone.test': [['fe80::1%lo']],
  'garbage.test': [['not an address']],
  'empty.test': [[]],
  'rebind.test': [['93.184.216.34'], ['127.0.0.1']],
}
let lookups: string[] = []
const resolve = async (name: string) => {
  const answers = NAMES[name.replace(/\.$/, '')]
  const seenCount = lookups.filter((one) => one === name).length
  lookups.push(name)
  return answers?.[Math.min(seenCount, answers.length - 1)] ?? []
}
const guard = createGuardedFetch({ ports: [P], resolve, timeoutMs: 2_000 })

const INNER = (
  '127.0.0.1 127.1 127.0.1 0x7f000001 0x7f.1 2130706433 0177.0.0.1 017700000001 127.0.0.1. 127.255.255.254 ' +
  '0.0.0.0 0 0x0 [::] [::1] [0:0:0:0:0:0:0:1] [::ffff:7f00:1] [::ffff:127.0.0.1] [::ffff:0:127.0.0.1] ' +
  '[::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::7f00:1] [2002:7f00:1::] ' +
  '[2001:0:7f00:1::] [fc00::1] [fd00:ec2::254] [fe80::1] [fec0::1] [ff02::1] [100::1] [2001:db8::1] ' +
  '[4000::1] 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 100.127.255.254 169.254.169.254 ' +
  '0xa9fea9fe 2852039166 192.0.0.192 198.18.0.1 192.0.2.1 198.51.100.7 203.0.113.7 192.88.99.1 224.0.0.1 ' +
  '240.0.0.1 255.255.255.255 168.63.129.16 localhost LOCALHOST localhost. a.localhost localhost.localdomain ' +
  'metadata.google.internal printer.local router.lan nas host.docker.internal x.home.arpa %31%32%37.0.0.1 ' +
  '127.0.0.1%00 １２７.０.０.１ 127。0。0。1 ⓛⓞⓒⓐⓛⓗⓞⓢⓣ localhoſt'
).split(' ')

for (const host of INNER) {
  test(`[S13] http://${host} is blocked when saved and when called`, async () => {
    const address = `http://${host}:${P}/hook`
    assert.equal(checkAddress(address, { ports: [P] }).kind, 'blocked')
    assert.equal((await guard.fetch(address)).kind, 'blocked')
    assert.equal(hitCount, 0)
  })
}

for (const name of Object.keys(NAMES).filter((one) => one !== 'rebind.test')) {
  test(`[S14] ${name} passes when saved, and is blocked by what it resolves to`, async () => {
    const address = `http://${name}:${P}/`
    assert.equal(checkAddress(address, { ports: [P] }).kind, 'ok')
    const outcome = await guard.fetch(address)
    assert.ok(outcome.kind === 'blocked' && ['private_address', 'no_address'].includes(outcome.reason))
    assert.equal(hitCount, 0)
  })
}

test('[S15] one look-up, and the connection goes to the address that was judged, with the name kept', async () => {
  lookups = []
  const dialled: buildConnector.Options[] = []
  const hosts: (string | undefined)[] = []
  serve = (request, response) => {
    hosts.push(request.headers.host)
    response.end('outside')
  }
  const dial: buildConnector.connector = (options, callback) => {
    dialled.push(options)
    const socket = connectTcp(portOf(outside), '127.0.0.1', () => callback(null, socket))
  }
  const rebound = createGuardedFetch({ ports: [P], resolve, dial })
  const first = await rebound.fetch(`http://rebind.test:${P}/`)
  assert.ok(first.kind === 'response' && first.body.toString() === 'outside')
  assert.deepEqual(lookups, ['rebind.test'])
  assert.deepEqual(
    dialled.map(({ hostname }) => hostname),
    ['93.184.216.34'],
  )
  assert.equal(dialled[0]?.host, `rebind.test:${P}`)
  assert.deepEqual(hosts, [`rebind.test:${P}`])
  assert.deepEqual(await rebound.fetch(`http://rebind.test:${P}/`), { kind: 'blocked', reason: 'private_address' })
  assert.equal(dialled.length, 1)
})

const REFUSED: [string, string][] = [
  ['file:///etc/passwd', 'scheme'],
  ['gopher://example.com/', 'scheme'],
  ['data:text/plain,x', 'scheme'],
  ['ftp://example.com/', 'scheme'],
  ['javascript:alert(1)', 'scheme'],
  ['ws://example.com/', 'scheme'],
  ['http://example.com:22/', 'port'],
  ['http://example.com:25/', 'port'],
  ['http://example.com:5432/', 'port'],
  ['http://example.com:7233/', 'port'],
  ['https://example.com:8233/', 'port'],
  ['http://user:pass@example.com/', 'credentials'],
  ['http://user@example.com/', 'credentials'],
  ['http://@example.com/', 'not_a_url'],
  ['http://example.com@127.0.0.1/', 'credentials'],
  ['http://example.com#@127.0.0.1/', 'fragment'],
  ['http://example.com/#top', 'fragment'],
  ['http://example.com/\r\nX: y', 'characters'],
  ['http://exa\tmple.com/', 'characters'],
  [' http://example.com/', 'characters'],
  ['http://example.com/\0', 'characters'],
  ['http:\\\\example.com/', 'characters'],
  ['http://example.com\\@127.0.0.1/', 'characters'],
  ['http://bücher.example/', 'characters'],
  ['http://example.com/\u202e', 'characters'],
  ['http:example.com', 'not_a_url'],
  ['http:/example.com', 'not_a_url'],
  ['http:///example.com', 'not_a_url'],
  ['//example.com', 'not_a_url'],
  ['example.com', 'not_a_url'],
  ['', 'not_a_url'],
  ['http://', 'not_a_url'],
  ['http://[::1', 'not_a_url'],
  ['http://256.1.1.1/', 'not_a_url'],
  ['http://-a.example.com/', 'not_a_url'],
  ['http://a.-b.example.com/', 'host'],
  ['http://a..example.com/', 'host'],
  [`http://${'a'.repeat(64)}.example.com/`, 'host'],
  [`http://example.com/${'a'.repeat(3_000)}`, 'characters'],
]

for (const [address, reason] of REFUSED) {
  test(`[S18][S19] ${JSON.stringify(address).slice(0, 60)} is refused: ${reason}`, () => {
    assert.deepEqual(checkAddress(address), { kind: 'blocked', reason })
  })
}

test('ordinary addresses pass', () => {
  for (const address of [
    'https://example.com/hooks?tenant=1&x={y}',
    'http://example.com:8080/',
    'https://EXAMPLE.com./a%20b',
    'https://xn--bcher-kva.example/',
    'https://under_score.example.com:8443/',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]/',
  ]) {
    assert.equal(checkAddress(address).kind, 'ok', address)
  }
  assert.ok(!isPublicAddress('nonsense') && !isPublicAddress(''))
})

test('without the guard the canary is hit by the same addresses, and by following a redirect', async () => {
  for (const host of ['127.0.0.1', '127.1', '0x7f000001', '2130706433', '0177.0.0.1', 'localhost']) {
    await plainRequest(new URL(`http://${host}:${P}/`)).then(({ body }) => body.dump())
  }
  assert.equal(hitCount, 6)
  serve = (_request, response) => response.writeHead(302, { location: `http://127.0.0.1:${P}/` }).end()
  await fetch(`http://127.0.0.1:${portOf(outside)}/`)
  assert.equal(hitCount, 7)
})

/** From here on the other side stands on the loopback, reached because its exact origin was allowed. */
const ORIGIN = `http://127.0.0.1:${portOf(outside)}`
const RAW_ORIGIN = `http://127.0.0.1:${portOf(rawServer)}`
const open = createGuardedFetch({ allowOrigins: [ORIGIN, RAW_ORIGIN], timeoutMs: 2_000 })

test('an allowed origin is reached, another port of the same host is not', async () => {
  serve = async (request, response) => {
    const { method, headers } = request
    response.setHeader('x-answer', 'yes').end(`${method} ${headers['x-own']} ${await text(request)}`)
  }
  const outcome = await open.fetch(`${ORIGIN}/a?b=c`, { method: 'POST', headers: { 'X-Own': '1' }, body: 'hello' })
  assert.ok(outcome.kind === 'response' && outcome.body.toString() === 'POST 1 hello')
  assert.equal(outcome.headers['x-answer'], 'yes')
  assert.equal((await open.fetch(`http://127.0.0.1:${P}/`)).kind, 'blocked')
  assert.equal((await open.fetch(`http://localhost:${portOf(outside)}/`)).kind, 'blocked')
  assert.equal(hitCount, 0)
})

test('[S16] no redirect is followed', async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    serve = (_request, response) => response.writeHead(status, { location: `http://127.0.0.1:${P}/` }).end()
    const outcome = await open.fetch(ORIGIN)
    assert.ok(outcome.kind === 'failed' && outcome.reason === 'redirect')
  }
  assert.equal(hitCount, 0)
})

test('[S20] an endless answer is cut, at the bound and with the memory of the bound', async () => {
  const chunk = Buffer.alloc(65_536, 'x')
  let writtenBytes = 0
  serve = (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(chunk)) writtenBytes += chunk.length
    }
    response.on('drain', more)
    more()
  }
  const outcome = await open.fetch(ORIGIN)
  assert.ok(outcome.kind === 'response' && outcome.truncated && outcome.body.length === 65_536)
  assert.ok(writtenBytes < 20 * 1024 * 1024)
})

test('[S20] a packed answer that grows is refused, a small one is unpacked, one packed twice is refused', async () => {
  const answer = (body: Buffer, encoding: string) => {
    serve = (_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body)
    return open.fetch(ORIGIN)
  }
  const bomb = await answer(gzipSync(Buffer.alloc(10 * 1024 * 1024)), 'gzip')
  assert.ok(bomb.kind === 'failed' && bomb.reason === 'encoding')
  const small = await answer(gzipSync('small'), 'gzip')
  assert.ok(small.kind === 'response' && small.body.toString() === 'small')
  const twice = await answer(gzipSync(gzipSync('x')), 'gzip, gzip')
  assert.ok(twice.kind === 'failed' && twice.reason === 'encoding')
  const broken = await answer(Buffer.from('not packed'), 'gzip')
  assert.ok(broken.kind === 'failed' && broken.answered?.httpStatus === 200)
})

test('[S20] endless headers and one byte now and then end at their bounds', async () => {
  raw.onSocket = (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    const more = () => {
      while (!socket.destroyed && socket.write(`x-${'a'.repeat(500)}: ${'b'.repeat(500)}\r\n`)) {}
    }
    socket.on('drain', more)
    more()
  }
  const flood = await open.fetch(RAW_ORIGIN)
  assert.ok(flood.kind === 'failed' && flood.started)
  raw.onSocket = (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n')
    const drip = setInterval(() => socket.write('x'), 20)
    socket.on('close', () => clearInterval(drip))
  }
  const slow = await open.fetch(RAW_ORIGIN, { timeoutMs: 150 })
  assert.deepEqual([slow.kind, slow.kind === 'failed' && slow.reason], ['failed', 'timeout'])
  raw.onSocket = () => {}
  const abort = new AbortController()
  raw.onSocket = (socket) => socket.once('data', () => abort.abort())
  const cancelled = await open.fetch(RAW_ORIGIN, { signal: abort.signal })
  assert.ok(cancelled.kind === 'failed' && cancelled.reason === 'cancelled' && cancelled.started)
})

test('a name server that never answers ends at the same bound', async () => {
  const stuck = createGuardedFetch({ resolve: () => new Promise(() => {}), timeoutMs: 50 })
  const outcome = await stuck.fetch('https://example.com/')
  assert.ok(outcome.kind === 'failed' && outcome.reason === 'timeout' && !outcome.started)
})

test('[S21] a secret that belongs to one host goes to no other', async () => {
  const request = { headers: { authorization: 'Bearer secret' }, onlyOrigins: ['https://api.example.com'] }
  assert.deepEqual(await open.fetch(ORIGIN, request), { kind: 'blocked', reason: 'other_origin' })
})

test('headers that decide where a request goes or ends are refused', async () => {
  for (const name of [
    'Host',
    'content-length',
    'Transfer-Encoding',
    'Connection',
    'Expect',
    'Upgrade',
    'x y',
    'x\r\ny',
  ]) {
    const outcome = await open.fetch(ORIGIN, { method: 'POST', headers: { [name]: 'x' }, body: 'x' })
    assert.notEqual(outcome.kind, 'response', name)
  }
  const split = await open.fetch(ORIGIN, { headers: { 'x-a': 'b\r\nhost: evil' } })
  assert.notEqual(split.kind, 'response')
})

test('[S22] proxy settings of the environment are ignored, and no connection is used twice', async () => {
  const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy']
  const before = names.map((name) => env[name])
  for (const name of names) env[name] = `http://127.0.0.1:${P}`
  const ports = new Set<number | undefined>()
  serve = (request, response) => {
    ports.add(request.socket.remotePort)
    response.end('direct')
  }
  try {
    for (let call = 0; call < 3; call += 1) assert.equal((await open.fetch(ORIGIN)).kind, 'response')
  } finally {
    for (const [index, name] of names.entries()) {
      if (before[index] === undefined) delete env[name]
      else env[name] = before[index]
    }
  }
  assert.equal(hitCount, 0)
  assert.equal(ports.size, 3)
})
